"""The form that closes a round with a request for changes."""

from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError

from dnk_tool.language import local_day
from dnk_tool.services.review.round_closing import MAX_LETTER_LENGTH, RoundClosing
from dnk_tool.web.text.form_fields import DayField, ProseField

LONGEST_TIME = timedelta(days=366)
FIRST_REMINDER = timedelta(days=7)


class ClosingForm(FlaskForm):
    """Letter and day; `drafts`: the fingerprint of the drafts that the page showed."""

    letter = ProseField(longest=MAX_LETTER_LENGTH)
    answer_until = DayField()
    drafts = HiddenField(default="")

    def validate_answer_until(self, field: DayField) -> None:
        """Require a day from tomorrow on, within a year."""
        today = local_day(datetime.now(UTC))
        if field.errors:
            return
        if field.data is None:
            raise ValidationError(_("Geben Sie ein Datum ein, zum Beispiel 31.12.2026"))
        if field.data <= today:
            raise ValidationError(_("Dieser Tag ist schon da oder vorbei. Nennen Sie einen ab morgen."))
        if field.data > today + LONGEST_TIME:
            raise ValidationError(_("Dieser Tag liegt mehr als ein Jahr entfernt. Prüfen Sie das Jahr."))

    @property
    def is_hurried(self) -> bool:
        """Whether the day comes before the first reminder could be sent."""
        day = self.answer_until.data
        return (
            day is not None
            and not self.answer_until.errors
            and day <= local_day(datetime.now(UTC)) + FIRST_REMINDER
        )

    @property
    def closing(self) -> RoundClosing:
        """What is entered; only of a valid form."""
        return RoundClosing(self.letter.data or "", self.answer_until.data, self.drafts.data or "")
