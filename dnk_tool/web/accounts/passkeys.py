"""Pages for passkeys: adding, removing, and signing in with a passkey alone."""

import logging
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts import passkeys
from dnk_tool.services.accounts.passkeys import PasskeyVerificationFailed
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts import alerts, passkey_challenges, pending_sign_in, second_step, step_up
from dnk_tool.web.accounts import sign_in as sign_in_flow
from dnk_tool.web.accounts.second_factor import after_adding_factor
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.http import interrupted_forms, security_events
from dnk_tool.web.http.access import current_account, current_actor, current_work, permit
from dnk_tool.web.http.headers import request_id
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.request_limits import accepts_large_form
from dnk_tool.web.http.sessions import browser_name
from dnk_tool.web.http.transactions import db

log = logging.getLogger(__name__)

blueprint = Blueprint("passkeys", __name__)

REGISTER_PURPOSE, SIGN_IN_PURPOSE = "new", "sign-in"


class AccountLocked(PasskeyVerificationFailed):
    """The passkey is right, but its account is locked."""


@blueprint.get("/konto/passkeys/neu")
@permit(Permission.ACCOUNT)
@requires_step_up
def new() -> ResponseReturnValue:
    return _new_page()


@blueprint.post("/konto/passkeys/anfrage")
@permit(Permission.ACCOUNT)
@requires_step_up
def options_for_new() -> ResponseReturnValue:
    """Return the WebAuthn registration options as JSON."""
    challenge = passkeys.registration_challenge(db(), current_account(), datetime.now(UTC))
    passkey_challenges.store_challenge(challenge, REGISTER_PURPOSE)
    return _json(
        passkeys.registration_options(
            db(), current_account(), party=passkey_challenges.relying_party(), challenge=challenge
        )
    )


@blueprint.post("/konto/passkeys/neu")
@permit(Permission.ACCOUNT)
@creates
@requires_step_up
def add() -> ResponseReturnValue:
    account = current_account()
    try:
        passkeys.add_passkey(
            current_work(),
            account,
            answer=request.form.get("credential", ""),
            name=request.form.get("name", "").strip() or _("Passkey"),
            party=passkey_challenges.relying_party(),
            challenge=passkey_challenges.take_challenge(REGISTER_PURPOSE),
        )
    except PasskeyVerificationFailed as error:
        log.info("a passkey for account %s was refused: %s (request %s)", account.id, error, request_id())
        return _new_page(_("Der Passkey konnte nicht angelegt werden. Versuchen Sie es noch einmal.")), 422
    alerts.send_sign_in_alert(account, "passkey-added")
    flash(_("Ihr Passkey ist angelegt."), "success")
    return after_adding_factor(account)


@blueprint.post("/konto/passkeys/<int:passkey_id>/entfernen")
@permit(Permission.ACCOUNT)
@requires_step_up
def remove(passkey_id: int) -> ResponseReturnValue:
    if not passkeys.remove_passkey(db(), current_account(), passkey_id, actor=current_actor()):
        abort(404)
    alerts.send_sign_in_alert(current_account(), "passkey-removed")
    flash(_("Der Passkey ist entfernt."), "success")
    return redirect(url_for("second_factor.show"), 303)


@blueprint.post("/anmelden/passkey/anfrage")
@permit(Permission.SIGN_IN)
def options() -> ResponseReturnValue:
    """Return the WebAuthn request options as JSON, for a step-up, the second step, or a sign-in."""
    waits_for = None if current_user.is_authenticated else pending_sign_in.pending_account()
    if current_user.is_authenticated:
        account_id, purpose = current_user.account.id, step_up.PURPOSE
    elif waits_for and request.form.get("step") == second_step.PURPOSE:
        account_id, purpose = waits_for.id, second_step.PURPOSE
    else:
        account_id, purpose = None, SIGN_IN_PURPOSE
    challenge = passkeys.authentication_challenge(datetime.now(UTC))
    passkey_challenges.store_challenge(challenge, purpose)
    return _json(
        passkeys.authentication_options(
            db(),
            account_id,
            is_second=purpose == second_step.PURPOSE,
            party=passkey_challenges.relying_party(),
            challenge=challenge,
        )
    )


@blueprint.post("/anmelden/passkey")
@permit(Permission.SIGN_IN)
@accepts_large_form
def sign_in() -> ResponseReturnValue:
    """Sign in by passkey alone; user verification counts as both factors."""
    if current_user.is_authenticated:
        return sign_in_flow.resume_or_redirect()
    try:
        account = _account_of_passkey(request.form.get("credential", ""))
    except PasskeyVerificationFailed as error:
        log.info("a passkey was refused: %s (request %s)", error, request_id())
        reason = "locked" if isinstance(error, AccountLocked) else "passkey"
        security_events.record(SecurityEvent.SIGN_IN_REFUSED, reason=reason, via="passkey")
        text = _("Dieser Passkey gehört zu keinem Konto hier, oder er wurde nicht erkannt.")
        errors = [{"text": text, "href": "#passkey"}]
        return render_template(
            "accounts/sign_in/sign_in.html", **interrupted_forms.sign_in_page_values(errors=errors)
        ), 422
    pending_sign_in.end()
    return sign_in_flow.complete_sign_in(account, via="passkey")


def _account_of_passkey(answer: str) -> Account:
    """Return the active account to which the passkey belongs. Raises PasskeyVerificationFailed."""
    passkey = passkeys.verify_passkey(
        db(),
        answer=answer,
        party=passkey_challenges.relying_party(),
        challenge=passkey_challenges.take_challenge(SIGN_IN_PURPOSE),
        account_id=None,
        is_second=False,
        now=datetime.now(UTC),
    )
    account = db().get_one(Account, passkey.account_id)
    if not account.active:
        raise AccountLocked("the account is locked")
    return account


def _new_page(error: str = "") -> str:
    return render_template(
        "accounts/passkey_new.html",
        name=request.form.get("name", "") or browser_name(request.user_agent.string),
        errors=[{"text": error, "href": "#name"}] if error else [],
    )


def _json(text: str) -> Response:
    return Response(text, mimetype="application/json")
