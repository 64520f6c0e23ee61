"""Self-registration: creates an account once its address is confirmed, if the operator allows it.

The form for a new account, after an invitation and after a registration.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField

from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts import passwords, registration
from dnk_tool.services.accounts.lifecycle import MAX_NAME_LENGTH
from dnk_tool.services.accounts.registration import InvalidRegistrationLink
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts import limit_pages
from dnk_tool.web.accounts.users import weakness_message
from dnk_tool.web.http import security_events
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db, end_transaction, is_safe
from dnk_tool.web.mail import mails
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.text.form_fields import LineField
from dnk_tool.web.text.mail_address import MailAddressField

blueprint = Blueprint("registration", __name__)


class NewAccountForm(FlaskForm):
    """A new account; its address is the one to which the link was sent."""

    name = LineField(longest=MAX_NAME_LENGTH)
    password = PasswordField()
    password_confirm = PasswordField()

    def check(self, email: str, companies: Sequence[str] = ()) -> bool:
        """Validate all fields and put messages at them; True if an account can be created.

        `companies`: names of companies that no password may consist of.
        """
        for field in self:
            field.errors = []
        name, password = (self.name.data or "").strip(), self.password.data or ""
        if not name or len(name) > MAX_NAME_LENGTH:
            self.name.errors.append(_("Geben Sie Ihren Namen ein, höchstens 200 Zeichen."))
        message = weakness_message(password, email=email, name=name, companies=companies)
        if message:
            self.password.errors.append(message)
        elif password != self.password_confirm.data:
            self.password_confirm.errors.append(_("Die beiden Passwörter sind nicht gleich."))
        return not any(field.errors for field in self)


def init_app(app: Flask, settings: Settings) -> None:
    """Tell the templates whether self-registration is allowed, and keep the address at a limit."""
    app.context_processor(lambda: {"self_registration": settings.self_registration})
    limit_pages.show_on_form(app, "registration.register", _limit_page)


class RegistrationForm(FlaskForm):
    """The address for the confirmation mail. Asks for nothing else: it may be somebody else's address."""

    email = MailAddressField()


@blueprint.route("/registrieren", methods=["GET", "POST"])
@permit(Permission.SIGN_IN)
@creates
def register() -> ResponseReturnValue:
    """Answer known and unknown addresses with the same words, work and time, so that none is revealed."""
    _check_allowed()
    form = RegistrationForm(formdata=None if is_safe() else request.form)
    if is_safe() or not form.validate():
        page = render_template("accounts/sign_in/register.html", form=form, errors=form_errors(form))
        return page, 200 if is_safe() else 422
    _send_confirmation_link(form.email.data)
    return redirect(url_for("registration.sent"), 303)


@blueprint.get("/registrieren/unterwegs")
@permit(Permission.SIGN_IN)
def sent() -> ResponseReturnValue:
    _check_allowed()
    return render_template("accounts/sign_in/register_sent.html")


@blueprint.route("/registrieren/bestaetigen/<token>", methods=["GET", "POST"])
@permit(Permission.SIGN_IN)
@creates
def confirm(token: str) -> ResponseReturnValue:
    """The mailed link: GET changes nothing; POST creates the account with name and password."""
    _check_allowed()
    form = NewAccountForm(formdata=None if is_safe() else request.form)
    try:
        email = registration.find_registration(db(), token, now=datetime.now(UTC)).email
        if is_safe() or not form.check(email):
            return _confirm_page(email, form), 200 if is_safe() else 422
        _confirm(token, form)
    except InvalidRegistrationLink:
        security_events.record(SecurityEvent.TOKEN_REFUSED, refused="registration-link")
        return render_template("accounts/sign_in/register_invalid_link.html"), 410
    flash(_("Ihr Konto ist angelegt. Melden Sie sich jetzt an."), "success")
    return redirect(url_for("security.login"), 303)


def _confirm(token: str, form: NewAccountForm) -> None:
    """Create the account. Raises InvalidRegistrationLink."""
    end_transaction()
    password_hash = passwords.hashed(form.password.data)
    registration.confirm_registration(
        db(), token, name=form.name.data, password_hash=password_hash, now=datetime.now(UTC)
    )


def _limit_page(message: str) -> str:
    form = RegistrationForm()
    form.email.errors = [message]
    return render_template("accounts/sign_in/register.html", form=form, errors=form_errors(form))


def _confirm_page(email: str, form: NewAccountForm) -> str:
    return render_template(
        "accounts/sign_in/register_confirm.html", email=email, form=form, errors=form_errors(form)
    )


def _send_confirmation_link(email: str) -> None:
    language = current_language()
    token = registration.register(db(), email=email, language=language, now=datetime.now(UTC))
    known = accounts.by_email(db(), email)
    recipient = known or Account(email=email, language=language)
    link = mails.public_base_url() + url_for("registration.confirm", token=token)
    written = mails.render_mail(
        "accounts/registered_before" if known else "accounts/register", recipient, link=link
    )
    mails.queue_mail(written, recipient=email, language=recipient.language, reply_to=mails.NOBODY)


def _check_allowed() -> None:
    """Abort with 404 where self-registration is off."""
    if not current_settings().self_registration:
        abort(404)
