"""Validates mail addresses in forms."""

from typing import Any

from flask_babel import gettext as _
from wtforms import EmailField, ValidationError

from dnk_tool.services.accounts.lifecycle import InvalidAddress, normalised_address


def checked_address(typed: str | None) -> str:
    """The normalised address. Raises ValidationError."""
    try:
        return normalised_address(typed or "")
    except InvalidAddress:
        raise ValidationError(_("Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@firma.de.")) from None


class MailAddressField(EmailField):
    """A field whose address is normalised when it is checked."""

    data: Any

    def pre_validate(self, form: Any) -> None:
        self.data = checked_address(self.data)
