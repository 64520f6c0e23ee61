"""The second step of a sign-in: an app's code, a passkey, or a recovery code."""

import logging
from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts import passkeys, second_factor
from dnk_tool.services.accounts.passkeys import PasskeyVerificationFailed
from dnk_tool.services.accounts.second_factor import WrongCode
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts import alerts, passkey_challenges, pending_sign_in
from dnk_tool.web.accounts import sign_in as sign_in_flow
from dnk_tool.web.http import security_events
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.headers import request_id
from dnk_tool.web.http.request_limits import accepts_large_form
from dnk_tool.web.http.transactions import db

log = logging.getLogger(__name__)

blueprint = Blueprint("second_step", __name__)

PURPOSE = "second-step"


@blueprint.get("/anmelden/zweiter-schritt")
@permit(Permission.SIGN_IN)
def show() -> ResponseReturnValue:
    account = pending_sign_in.pending_account()
    return pending_sign_in.second_step_page(account) if account else _too_late()


@blueprint.post("/anmelden/zweiter-schritt")
@permit(Permission.SIGN_IN)
@accepts_large_form
def check() -> ResponseReturnValue:
    """Complete the sign-in if the second factor is proved."""
    account = pending_sign_in.pending_account()
    if account is None:
        return _too_late()
    try:
        way = _verify_proof(account)
    except WrongCode:
        return _refused(account, _wrong_code(), href=_code_field_href())
    except PasskeyVerificationFailed:
        return _refused(account, _("Der Passkey wurde nicht erkannt. Versuchen Sie es noch einmal."))
    pending_sign_in.end()
    return sign_in_flow.complete_sign_in(account, via=way)


def _verify_proof(account: Account) -> str:
    """Verify the second factor and return its kind. Raises WrongCode and PasskeyVerificationFailed."""
    now, given = datetime.now(UTC), request.form
    if given.get("credential"):
        passkeys.verify_passkey(
            db(),
            answer=given["credential"],
            party=passkey_challenges.relying_party(),
            challenge=passkey_challenges.take_challenge(PURPOSE),
            account_id=account.id,
            is_second=True,
            now=now,
        )
        return "passkey"
    if given.get("recovery_code", "").strip():
        second_factor.use_recovery_code(db(), account.id, given["recovery_code"])
        alerts.send_sign_in_alert(account, "recovery-code-used")
        return "recovery-code"
    key = current_app.config["SECRET_KEY"]
    second_factor.check_code(db(), account.id, given.get("code", ""), key=key, now=now)
    return "app"


def _code_field_href() -> str:
    return "#recovery_code" if request.form.get("recovery_code", "").strip() else "#code"


def _wrong_code() -> str:
    of_app = _("Der Code stimmt nicht. Nehmen Sie den, den Ihre App gerade zeigt.")
    of_recovery = _("Dieser Wiederherstellungscode gilt nicht. Jeder gilt nur einmal.")
    return str(of_app if _code_field_href() == "#code" else of_recovery)


def _refused(account: Account, text: str, href: str = "#passkey") -> ResponseReturnValue:
    log.info("the second step of account %s was refused (request %s)", account.id, request_id())
    via = "passkey" if href == "#passkey" else "recovery-code" if href == "#recovery_code" else "app"
    security_events.record(SecurityEvent.SECOND_STEP_REFUSED, account_id=account.id, via=via)
    return pending_sign_in.second_step_page(account, [{"text": text, "href": href}]), 422


def _too_late() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect("/", 303)
    flash(_("Das hat zu lange gedauert. Bitte melden Sie sich noch einmal an."), "info")
    return redirect(url_for("security.login"), 303)
