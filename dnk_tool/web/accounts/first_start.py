"""First start: creates the operator's account with the token that the console printed."""

from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security.utils import login_user
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts import first_start, passwords
from dnk_tool.services.accounts.lifecycle import MAX_NAME_LENGTH, InvalidAddress, normalised_address
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.web.accounts.required_second_factor import demanded_roles
from dnk_tool.web.accounts.users import User, weakness_message
from dnk_tool.web.http import security_events
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db, end_transaction, is_safe
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.text.form_fields import LineField

blueprint = Blueprint("set_up", __name__)


class SetUpForm(FlaskForm):
    """The form for the operator's account."""

    name = LineField(longest=MAX_NAME_LENGTH)
    email = EmailField()
    password = PasswordField()
    password_confirm = PasswordField()

    def check(self) -> bool:
        """Validate all fields and put messages at them; True if an account can be created."""
        for field in self:
            field.errors = []
        name, email, password = self.name.data or "", self.email.data or "", self.password.data or ""
        if not name or len(name) > MAX_NAME_LENGTH:
            self.name.errors.append(_("Geben Sie Ihren Namen ein, höchstens 200 Zeichen."))
        try:
            normalised_address(email)
        except InvalidAddress:
            self.email.errors.append(_("Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@firma.de."))
        message = weakness_message(password, email=email, name=name)
        if message:
            self.password.errors.append(message)
        elif password != self.password_confirm.data:
            self.password_confirm.errors.append(_("Die beiden Passwörter sind nicht gleich."))
        return not any(field.errors for field in self)


@blueprint.route("/einrichten", methods=["GET", "POST"])
@permit(Permission.SET_UP)
@creates
def show() -> ResponseReturnValue:
    """Show or process the form; 404 without a valid token or once any account exists."""
    token = request.values.get("token", "")
    if not first_start.is_valid_setup_token(_instance(), token) or accounts.any_exists(db()):
        security_events.record(SecurityEvent.TOKEN_REFUSED, refused="setup-link")
        abort(404)
    form = SetUpForm(formdata=None if is_safe() else request.form)
    if is_safe() or not form.check():
        page = render_template("accounts/first_start.html", form=form, token=token, errors=form_errors(form))
        return page, 200 if is_safe() else 422
    return _create(form, token)


def _create(form: SetUpForm, token: str) -> ResponseReturnValue:
    end_transaction()
    password_hash = passwords.hashed(form.password.data)
    try:
        account = first_start.create_operator(
            db(),
            _instance(),
            token,
            email=form.email.data,
            name=form.name.data,
            password_hash=password_hash,
            language=current_language(),
            now=datetime.now(UTC),
        )
    except first_start.AlreadySetUp:
        abort(404)
    first_start.discard_setup_token(_instance())
    login_user(User(account), authn_via=["set-up"])
    flash(_("Ihr Konto ist angelegt, und Sie sind angemeldet."), "success")
    is_demanded = "operator" in demanded_roles()
    return redirect(url_for("second_factor.show") if is_demanded else "/", 303)


def _instance() -> Path:
    return current_settings().instance
