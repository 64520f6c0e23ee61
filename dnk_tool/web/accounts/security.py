"""Sign-in, sign-out, changing and resetting a password: Flask-Security with our texts and pages.

Sends a link for a new password, when a person asks for one or the operator sends them one.
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from flask import Flask, flash, g, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, user_logged_in
from flask_security import LoginForm, Security, password_changed, password_reset, user_authenticated
from flask_security.recoverable import generate_reset_password_token
from flask_security.utils import get_message
from flask_wtf import FlaskForm
from wtforms import EmailField, Field

from dnk_tool.labels import N_
from dnk_tool.paths import PACKAGE
from dnk_tool.services.accounts.lifecycle import InvalidAddress, normalised_address
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.accounts import sign_ins
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts import devices
from dnk_tool.web.accounts import sign_in as sign_in_flow
from dnk_tool.web.accounts.sign_in import SecondStepPlugin
from dnk_tool.web.accounts.step_up import requires_step_up_for_password
from dnk_tool.web.accounts.users import (
    AccountDatastore,
    AddressValidator,
    PasswordHasher,
    PasswordRules,
    User,
)
from dnk_tool.web.exports import pending_pdfs
from dnk_tool.web.http import interrupted_forms, security_events
from dnk_tool.web.http.access import current_actor
from dnk_tool.web.http.headers import clear_browser_data, request_id
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.request_limits import accepts_large_form
from dnk_tool.web.http.safe_urls import safe_redirect_path
from dnk_tool.web.http.transactions import db, end_transaction, is_safe
from dnk_tool.web.mail import mails
from dnk_tool.web.text.form_errors import form_errors

log = logging.getLogger(__name__)

RESET_WITHIN = timedelta(hours=2)


MESSAGES = {
    "GENERIC_AUTHN_FAILED": N_("E-Mail-Adresse oder Passwort stimmt nicht."),
    "PASSWORD_RESET_EXPIRED": N_("Der Link ist abgelaufen. Fordern Sie einen neuen an."),
    "INVALID_RESET_PASSWORD_TOKEN": N_("Der Link gilt nicht mehr. Fordern Sie einen neuen an."),
    "PASSWORD_RESET_NO_LOGIN": N_("Ihr neues Passwort gilt. Melden Sie sich jetzt damit an."),
    "PASSWORD_CHANGE": N_("Ihr neues Passwort gilt. In anderen Browsern sind Sie abgemeldet."),
    "EMAIL_NOT_PROVIDED": N_("Geben Sie Ihre E-Mail-Adresse ein."),
    "INVALID_EMAIL_ADDRESS": N_("Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@firma.de."),
    "PASSWORD_NOT_PROVIDED": N_("Geben Sie ein Passwort ein."),
    "RETYPE_PASSWORD_MISMATCH": N_("Die beiden Passwörter sind nicht gleich."),
    "INVALID_PASSWORD": N_("Das ist nicht Ihr jetziges Passwort."),
    "PASSWORD_IS_THE_SAME": N_("Das neue Passwort ist Ihr jetziges. Wählen Sie ein anderes."),
    "DISABLED_ACCOUNT": N_("Dieses Konto ist gesperrt."),
}
SUCCESS_MESSAGES = {"PASSWORD_RESET_NO_LOGIN", "PASSWORD_CHANGE"}

CONFIG = {
    "SECURITY_LOGIN_URL": "/anmelden",
    "SECURITY_LOGOUT_URL": "/abmelden",
    "SECURITY_RESET_URL": "/passwort-vergessen",
    "SECURITY_CHANGE_URL": "/konto/passwort",
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_LOGIN_USER_TEMPLATE": "accounts/sign_in/sign_in.html",
    "SECURITY_FORGOT_PASSWORD_TEMPLATE": "accounts/sign_in/forgot_password.html",
    "SECURITY_RESET_PASSWORD_TEMPLATE": "accounts/sign_in/reset_password.html",
    "SECURITY_CHANGE_PASSWORD_TEMPLATE": "accounts/sign_in/change_password.html",
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_REGISTERABLE": False,
    "SECURITY_FRESHNESS": timedelta(seconds=-1),
    "SECURITY_RESET_PASSWORD_WITHIN": RESET_WITHIN,
    "SECURITY_POST_CHANGE_VIEW": "/konto",
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    # We send our own mails, queued by the signal handlers below.
    "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
    "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
    "SECURITY_PASSWORD_SINGLE_HASH": True,
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    # A reset link ends with the account's fs_uniquifier; slow hashes would reveal accounts by timing.
    "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
    "SECURITY_DEPRECATED_HASHING_SCHEMES": [],
    "SECURITY_I18N_DOMAIN": "messages",
    "SECURITY_I18N_DIRNAME": [str(PACKAGE / "locale")],
    "SECURITY_CLI_USERS_NAME": False,
    "SECURITY_CLI_ROLES_NAME": False,
    # Flask-Login would change the session when a browser moves to another network.
    "SESSION_PROTECTION": None,
    **{
        f"SECURITY_MSG_{key}": (text, "success" if key in SUCCESS_MESSAGES else "error")
        for key, text in MESSAGES.items()
    },
}


def send_reset_link(account: Account, *, recipient: str, is_from_operator: bool = False) -> None:
    """Queue the mail with the link. It ends with the account's `fs_uniquifier`, so with a lock.

    An empty `recipient` means that it is never delivered: an unknown address takes as long as a known one.
    """
    token = generate_reset_password_token(User(account))  # type: ignore[no-untyped-call]  # the library's
    link = mails.public_base_url() + url_for("security.reset_password", token=token)
    written = mails.render_mail("accounts/reset", account, link=link, is_from_operator=is_from_operator)
    mails.queue_mail(written, recipient=recipient, language=account.language, reply_to=mails.NOBODY)


class SignInForm(LoginForm):
    """Address and password. Has no "remember me": the settings say how long a sign-in lasts."""

    remember = None

    def validate_next(self, field: Field) -> None:
        """Replace an unsafe return path by the start page instead of refusing the sign-in."""
        field.data = safe_redirect_path(field.data)


class ForgotPasswordForm(FlaskForm):
    """The address for the reset link."""

    email = EmailField()


def init_app(app: Flask) -> None:
    """Register the library's views at our addresses and wrap their responses."""
    app.config.update(CONFIG)
    security = Security(
        app,
        AccountDatastore(),
        login_form=SignInForm,
        password_util_cls=PasswordRules,
        mail_util_cls=AddressValidator,
        render_template=render_library_page,
    )
    security.pwd_context = PasswordHasher()
    security.two_factor_plugins = SecondStepPlugin()
    security.want_json(lambda _request: False)
    # Only the session signs in: no token in an address or header, no "remember me" cookie.
    security.login_manager.request_loader(lambda _request: None)
    security.login_manager._load_user_from_remember_cookie = lambda _cookie: None
    views = app.view_functions
    views["security.login"] = accepts_large_form(_wrap_view(views["security.login"], sign_in_response))
    views["security.logout"] = _wrap_view(views["security.logout"], sign_out_response)
    views["security.reset_password"] = _wrap_view(views["security.reset_password"], _reset_response)
    change_password = _wrap_view(views["security.change_password"], form_response)
    views["security.change_password"] = requires_step_up_for_password(change_password)
    views["security.forgot_password"] = forgot_password
    user_logged_in.connect(_renew_form_token, app)
    user_authenticated.connect(_record_sign_in, app)
    password_changed.connect(_after_new_password, app)
    password_reset.connect(_after_new_password, app)
    password_reset.connect(_remember_owner, app)


def render_library_page(template: str, **values: Any) -> str:
    """Render one of the library's pages with the form and errors that our templates expect."""
    forms = [value for name, value in values.items() if name.endswith("_form")]
    form = forms[0]
    values["errors"] = form_errors(form)
    if template == CONFIG["SECURITY_CHANGE_PASSWORD_TEMPLATE"] and not is_safe():
        _record_wrong_present_password(form.password.errors)
    if template == "accounts/sign_in/sign_in.html":
        values |= interrupted_forms.sign_in_page_values(errors=values["errors"], email=form.email.data or "")
    return render_template(template, form=form, **values)


def _record_wrong_present_password(errors: Sequence[str]) -> None:
    """Record that the present password was wrong; one that is to become the new one again was right."""
    if errors and get_message("PASSWORD_IS_THE_SAME")[0] not in errors:
        security_events.record(SecurityEvent.STEP_UP_REFUSED, via="password")


def _wrap_view(view: Callable[..., Any], answer: Callable[[Any], Any]) -> Callable[..., Any]:
    def wrapped(**names: Any) -> Any:
        return answer(view(**names))

    return wrapped


def form_response(result: ResponseReturnValue) -> ResponseReturnValue:
    """Return the view's response, with status 422 if a POST rendered the form again."""
    return (result, 422) if isinstance(result, str) and not is_safe() else result


def _reset_response(result: ResponseReturnValue) -> ResponseReturnValue:
    """Record a link that does not work: the library leads from it to the form for a new one."""
    location = getattr(result, "location", None)
    if location and location.endswith(url_for("security.forgot_password")):
        security_events.record(SecurityEvent.TOKEN_REFUSED, refused="reset-link")
    return form_response(result)


def _record_refusal() -> None:
    """Record a refused sign-in; the reason "locked" also stands for a wrong password of a locked account."""
    account = devices.named_account_row()
    reason = "locked" if account and not account.active else ""
    security_events.record(
        SecurityEvent.SIGN_IN_REFUSED, account=devices.named_account(), reason=reason, via="password"
    )


def sign_in_response(result: ResponseReturnValue) -> ResponseReturnValue:
    """After a sign-in resume the interrupted form or redirect; otherwise show the form again."""
    if not current_user.is_authenticated:
        if not is_safe() and isinstance(result, str):
            log.info("a sign-in was refused (request %s)", request_id())
            _record_refusal()
        return form_response(result)
    return (
        sign_in_flow.resume_or_redirect() if is_safe() else sign_in_flow.after_sign_in(current_user.account)
    )


def sign_out_response(_result: ResponseReturnValue) -> ResponseReturnValue:
    """Redirect to the start page after a sign-out, and clear the browser. Ignores the requested target."""
    log.info("account %s signed out (request %s)", current_actor().user_id, request_id())
    security_events.record(SecurityEvent.SIGN_INS_ENDED, by="sign-out")
    pending_pdfs.forget_pending_pdfs()
    return clear_browser_data(make_response(redirect("/", 303)))


def forgot_password() -> ResponseReturnValue:
    """Answer known and unknown addresses with the same words, work and time, so that none is revealed."""
    form = ForgotPasswordForm()
    if is_safe():
        return render_template(
            "accounts/sign_in/forgot_password.html", errors=(), email=form.email.data or ""
        )
    try:
        email = normalised_address(form.email.data or "")
    except InvalidAddress:
        message = _("Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@firma.de.")
        errors = [{"text": message, "href": "#email"}]
        return render_template(
            "accounts/sign_in/forgot_password.html", errors=errors, email=form.email.data or ""
        ), 422
    _send_reset_link(email)
    flash(
        _("Wenn es zu dieser Adresse ein Konto gibt, ist jetzt eine E-Mail mit einem Link unterwegs."), "info"
    )
    return redirect(url_for("security.login"), 303)


def _send_reset_link(email: str) -> None:
    account = accounts.by_email(db(), email)
    known = account is not None and account.active
    if account is None:
        account = Account(
            email=email,
            name="",
            language=current_language(),
            fs_uniquifier=secrets.token_hex(16),
            password_hash="x" * 97,
        )
    end_transaction()
    send_reset_link(account, recipient=account.email if known else "")


def _renew_form_token(_app: Flask, **_given: Any) -> None:
    """Invalidate forms that were shown before the sign-in."""
    session["csrf_token"] = secrets.token_hex(20)
    g.pop("csrf_token", None)


def _record_sign_in(_app: Flask, user: User, authn_via: list[str], **_given: Any) -> None:
    """Record a complete sign-in with the way: the last proof that was asked for."""
    security_events.record(
        SecurityEvent.SIGN_IN_ACCEPTED, account_id=user.account.id, via=authn_via[-1] if authn_via else ""
    )


def _remember_owner(_app: Flask, user: User, **_given: Any) -> None:
    """Let strangers' guesses not keep out who set a new password by the link in the mail."""
    devices.remember_device(user.account.email)


def _after_new_password(_app: Flask, user: User, **_given: Any) -> None:
    """Sign out every other browser and tell the owner by mail."""
    account: Account = user.account
    log.info("account %s has a new password (request %s)", account.id, request_id())
    security_events.record(SecurityEvent.FACTORS_CHANGED, account_id=account.id, change="new-password")
    sign_ins.remove_all_of(db(), account.id)
    mails.queue_mail(
        mails.render_mail("accounts/new_password", account),
        recipient=account.email,
        language=account.language,
        reply_to=mails.NOBODY,
    )
