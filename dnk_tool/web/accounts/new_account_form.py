"""The form for a new account, after an invitation and after a registration."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField

from dnk_tool.services.accounts.lifecycle import MAX_NAME_LENGTH
from dnk_tool.web.accounts.users import weakness_message
from dnk_tool.web.text.form_fields import LineField


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
