"""Step-up: what gives power away or changes how one signs in requires a proof from the last ten minutes."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts import passkeys, passwords, second_factor
from dnk_tool.services.accounts.passkeys import PasskeyVerificationFailed
from dnk_tool.services.accounts.second_factor import WrongCode
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.store.accounts import identities, second_factors
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts import alerts, passkey_challenges
from dnk_tool.web.http import interrupted_forms, security_events
from dnk_tool.web.http.access import current_account, permit
from dnk_tool.web.http.interrupted_forms import InterruptedForm
from dnk_tool.web.http.safe_urls import current_path, is_same_origin, readable_path, safe_redirect_path
from dnk_tool.web.http.sessions import TwoPartSession
from dnk_tool.web.http.transactions import db, end_transaction, is_safe

blueprint = Blueprint("fresh", __name__)

View = TypeVar("View", bound=Callable[..., Any])

STEP_UP_VALID_FOR = timedelta(minutes=10)
PROVED_AT = "fs_paa"  # Flask-Security's key, set at every sign-in
PURPOSE = "confirm"
APP_CODE_LENGTH = 6
INTERRUPTED_KEY = "interrupted_forms"  # session key of [path, fields] of forms that wait for the proof
MOST_INTERRUPTED = 3  # forms of so many tabs
PROVIDER_PROVED_AT = "provider_proved_at"  # session key: single sign-on confirmed, the second factor not yet


def requires_step_up(view: View) -> View:
    """Decorate a view so that it requires a recent proof of identity. Goes below `@permit(…)`."""

    @wraps(view)
    def wrapped(**names: Any) -> Any:
        return view(**names) if has_recent_proof() else ask_for_proof()

    return cast(View, wrapped)


def requires_step_up_for_password(view: View) -> View:
    """Decorate the view that changes the password, which asks for the present one and counts as a proof.

    Requires a step-up where that is not enough: from accounts without a password, and from those with a
    second factor.
    """

    @wraps(view)
    def wrapped() -> Any:
        account = current_account()
        is_enough = account.password_hash and not second_factors.has_any(db(), account.id)
        return (view if is_enough else requires_step_up(view))()

    return cast(View, wrapped)


def ask_for_proof() -> ResponseReturnValue:
    """Redirect to the page that asks for a proof; a form on its way is kept until then."""
    form = _interrupted_form()
    if form is not None:
        others = [kept for kept in session.get(INTERRUPTED_KEY, []) if kept[0] != form.path]
        session[INTERRUPTED_KEY] = [*others, [form.path, form.fields]][-MOST_INTERRUPTED:]
    return redirect(url_for("fresh.show", next=form.path if form else _return_path()), 303)


def continue_after_proof(after: str, *, via: str) -> ResponseReturnValue:
    """Note the proof; then offer the form that it interrupted at `after`, or redirect there.

    `via`: how it was proved.
    """
    record_proof()
    security_events.record(SecurityEvent.STEP_UP_ACCEPTED, via=via)
    page = interrupted_forms.resume_page(_take_interrupted_form(after), "confirmed")
    return page or redirect(readable_path(after, url_for("account.show")), 303)


def continue_after_provider(after: str, *, via: str) -> ResponseReturnValue:
    """Accept a confirmation by single sign-on, which stands for the password.

    Where a second factor is set up, ask for that as well before anything counts as proved.
    """
    if not second_factors.has_any(db(), current_account().id):
        return continue_after_proof(after, via=via)
    session[PROVIDER_PROVED_AT] = time.time()
    return redirect(url_for("fresh.show", next=after), 303)


def has_recent_proof() -> bool:
    """Whether identity was proved within ten minutes, according to the session's server part only."""
    return _is_recent(PROVED_AT)


def _is_recent(key: str) -> bool:
    sign_in = cast(TwoPartSession, session).sign_in
    proved_at = float(sign_in.data.get(key, 0)) if sign_in else 0.0
    return 0 <= time.time() - proved_at < STEP_UP_VALID_FOR.total_seconds()


def record_proof() -> None:
    """Note in the session that identity was proved now, and change the session's id."""
    session[PROVED_AT] = time.time()
    session.pop(PROVIDER_PROVED_AT, None)
    cast(TwoPartSession, session).renew_id()


@blueprint.get("/konto/bestaetigen")
@permit(Permission.ACCOUNT)
def show() -> ResponseReturnValue:
    return _page()


@blueprint.post("/konto/bestaetigen")
@permit(Permission.ACCOUNT)
def confirm() -> ResponseReturnValue:
    """Confirm by password, with a code where there is a second factor, or by passkey.

    Single sign-on returns through its own view; for an account without a password it stands for the password.
    """
    account = current_account()
    via = "passkey" if request.form.get("credential") else "password"
    if via == "passkey":
        try:
            _check_passkey(account, request.form["credential"])
        except PasskeyVerificationFailed:
            security_events.record(SecurityEvent.STEP_UP_REFUSED, via=via)
            return _page(_("Der Passkey wurde nicht erkannt. Versuchen Sie es noch einmal."), "#passkey"), 422
    else:
        end_transaction()
        if not _has_first_factor(account):
            security_events.record(SecurityEvent.STEP_UP_REFUSED, via=via)
            return _first_factor_refused(account), 422
        try:
            via = _check_second_factor(account)
        except WrongCode:
            security_events.record(SecurityEvent.STEP_UP_REFUSED, via="code")
            return _page(
                _("Der Code stimmt nicht, oder er wurde schon benutzt. Nehmen Sie einen neuen."), "#code"
            ), 422
    after = safe_redirect_path(request.form.get("next"), url_for("account.show"))
    return continue_after_proof(after, via=via)


def _has_first_factor(account: Account) -> bool:
    """Whether the password is right; without one, whether single sign-on confirmed just now."""
    if account.password_hash:
        return passwords.matches(request.form.get("password", ""), account.password_hash)
    return _is_recent(PROVIDER_PROVED_AT)


def _first_factor_refused(account: Account) -> str:
    if account.password_hash:
        return _page(_("Das ist nicht Ihr jetziges Passwort."), "#password")
    return _page(_("Die Bestätigung ist zu lange her. Fangen Sie bitte noch einmal damit an."))


def _check_second_factor(account: Account) -> str:
    """Check the code beside the first factor where a second factor is set up, and return how it was proved.

    Else a password that somebody saw being typed, and an open browser, would be enough to remove the factor.
    Raises WrongCode.
    """
    if not second_factors.has_any(db(), account.id):
        return "password"
    code = "".join(request.form.get("code", "").split())
    if len(code) == APP_CODE_LENGTH and code.isdecimal():
        key = current_app.config["SECRET_KEY"]
        second_factor.check_code(db(), account.id, code, key=key, now=datetime.now(UTC))
        return "app"
    second_factor.use_recovery_code(db(), account.id, code)
    alerts.send_sign_in_alert(account, "recovery-code-used")
    return "recovery-code"


def _check_passkey(account: Account, answer: str) -> None:
    passkeys.verify_passkey(
        db(),
        answer=answer,
        party=passkey_challenges.relying_party(),
        challenge=passkey_challenges.take_challenge(PURPOSE),
        account_id=account.id,
        is_second=False,
        now=datetime.now(UTC),
    )


def _page(error: str = "", href: str = "") -> str:
    account = current_account()
    has_second_factor = second_factors.has_any(db(), account.id)
    # With a second factor single sign-on is not enough, and who has a password enters that instead.
    is_provider_enough = not (account.password_hash and has_second_factor)
    has_confirmed = not account.password_hash and has_second_factor and _is_recent(PROVIDER_PROVED_AT)
    return render_template(
        "accounts/confirm.html",
        account=account,
        has_app=second_factors.app_of(db(), account.id) is not None,
        has_second_factor=has_second_factor,
        has_passkey=passkey_challenges.are_passkeys_possible()
        and bool(second_factors.passkeys_of(db(), account.id)),
        has_identity=is_provider_enough and bool(identities.of_account(db(), account.id)),
        has_confirmed=has_confirmed,
        after=safe_redirect_path(request.values.get("next"), url_for("account.show")),
        errors=[{"text": error, "href": href}] if error else [],
    )


def _take_interrupted_form(path: str) -> InterruptedForm | None:
    """The form that waits at the path, which is kept no longer; forms of other tabs stay."""
    kept = session.get(INTERRUPTED_KEY, [])
    found = next((fields for kept_path, fields in kept if kept_path == path), None)
    if found is None:
        return None
    session[INTERRUPTED_KEY] = [form for form in kept if form[0] != path]
    return InterruptedForm(path, [(name, value) for name, value in found])


def _interrupted_form() -> InterruptedForm | None:
    """The form of this request, perhaps without fields; None if it cannot be sent again as it was."""
    has_secrets = not interrupted_forms.SECRET_FIELDS.isdisjoint(request.form)
    if is_safe() or has_secrets or interrupted_forms.is_fetch_request() or not is_same_origin():
        return None
    return interrupted_forms.posted_form() or InterruptedForm(current_path(), [])


def _return_path() -> str:
    """The page to return to: this one if it can be read by GET, else the second factors."""
    can_be_read = is_safe() or "GET" in cast(Any, request.url_rule).methods
    return current_path() if can_be_read else url_for("second_factor.show")
