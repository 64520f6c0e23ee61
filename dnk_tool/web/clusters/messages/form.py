"""The form of a message to members; its preview carries the recipients that it showed."""

import re
import secrets
from collections.abc import Sequence
from hashlib import sha256

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError

from dnk_tool.domain.clusters.message_placeholders import placeholder_names, unknown_placeholders
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.form_fields import LineField, ProseField

MAX_SUBJECT_LENGTH, MAX_TEXT_LENGTH = 150, 5_000

# (company id, account id)
RecipientKey = tuple[int, int]

_RECIPIENT_KEY = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_MESSAGE_ID = re.compile(r"[\w-]{16,64}", re.ASCII)


class MessageForm(FlaskForm):
    """Subject and text. The preview adds the recipients that it showed and an idempotency key."""

    subject = LineField(longest=MAX_SUBJECT_LENGTH)
    text = ProseField()
    to = HiddenField()
    message_id = HiddenField()

    def validate_subject(self, field: LineField) -> None:
        if not field.data:
            raise ValidationError(_("Geben Sie einen Betreff ein."))
        _refuse_unknown(field.data)

    def validate_text(self, field: ProseField) -> None:
        if not field.data:
            raise ValidationError(_("Geben Sie einen Text ein."))
        if len(field.data) > MAX_TEXT_LENGTH:
            raise ValidationError(
                _("Bitte kürzen Sie den Text auf höchstens %(most)s Zeichen.", most=MAX_TEXT_LENGTH)
            )
        _refuse_unknown(field.data)

    def begin_preview(self, keys: Sequence[RecipientKey], *, after: str = "") -> None:
        """Note the previewed recipients and a new idempotency key, so that a second click sends nothing.

        `after`: the key of the message that left them out, from which theirs follows: both answers to a
        double click lead to the same message.
        """
        self.to.data = ",".join(f"{company}-{person}" for company, person in keys)
        self.message_id.data = sha256(after.encode()).hexdigest() if after else secrets.token_urlsafe(16)

    @property
    def previewed(self) -> list[RecipientKey]:
        """The recipients that the preview showed."""
        return list(
            dict.fromkeys(
                (int(organisation_id), int(account_id))
                for organisation_id, account_id in _RECIPIENT_KEY.findall(self.to.data or "")
            )
        )

    @property
    def idempotency_key(self) -> str:
        """The key of this message; a new one if the form holds none."""
        message_id = self.message_id.data or ""
        return message_id if _MESSAGE_ID.fullmatch(message_id) else secrets.token_urlsafe(16)


def _refuse_unknown(text: str) -> None:
    if wrong := unknown_placeholders(text):
        raise ValidationError(
            _(
                "Diesen Platzhalter gibt es nicht: %(name)s. Möglich sind: %(known)s",
                name=", ".join(wrong),
                known=", ".join(placeholder_names(current_language())),
            )
        )
