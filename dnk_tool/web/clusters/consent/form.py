"""Forms for what a company allows its cluster: figures from a reporting year on or never, and choices."""

import re
from datetime import UTC, datetime

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, ValidationError

from dnk_tool.domain.clusters.consent_editions import ASKED_CHOICES, ConsentChoice
from dnk_tool.language import local_day
from dnk_tool.web.text.form_fields import YearField

NEVER, FROM_YEAR = "never", "from-year"
FIRST_DNK_YEAR = 2010  # the DNK dates from 2011; no declaration covers an earlier year


class FirstYearField(YearField):
    """A reporting year from 2010 to next year."""

    def read(self, text: str) -> int:
        """Parse the year. Raises ValueError outside of 2010 to next year."""
        last = _this_year() + 1
        if re.fullmatch(r"[0-9]{4}", text) and not FIRST_DNK_YEAR <= int(text) <= last:
            message = _(
                "Geben Sie ein Berichtsjahr von %(first)s bis %(last)s ein", first=FIRST_DNK_YEAR, last=last
            )
            raise ValueError(message)
        return super().read(text)


class FiguresConsentForm(FlaskForm):
    """Whether figures may enter sums, and from which year. Consents to nothing unless chosen."""

    figures = RadioField(choices=[NEVER, FROM_YEAR], validate_choice=False)
    year = FirstYearField()

    def check_figures(self) -> bool:
        """Validate the choice and put messages at the fields; True if it is complete."""
        self.figures.errors, errors = [], list(self.year.errors)
        if self.figures.data == NEVER:
            errors = []
        elif self.figures.data != FROM_YEAR:
            self.figures.errors = [_("Wählen Sie, ob Kennzahlen eingehen dürfen.")]
        elif self.year.data is None and not errors:
            errors = [_("Geben Sie das erste Berichtsjahr ein, zum Beispiel 2025.")]
        self.year.errors = errors
        return not (self.figures.errors or errors)

    @property
    def aggregates_from(self) -> int | None:
        """The first reporting year; None for never."""
        return self.year.data if self.figures.data == FROM_YEAR else None


class ConsentAnswersForm(FiguresConsentForm):
    """Everything that a company may allow on top of its membership; nothing is ticked in advance."""

    allowed = SelectMultipleField(choices=list(ASKED_CHOICES), validate_choice=False)

    @property
    def choices(self) -> frozenset[ConsentChoice]:
        """What was ticked."""
        return frozenset(choice for choice in ASKED_CHOICES if choice in (self.allowed.data or ()))


class ChoiceForm(FlaskForm):
    """Whether one thing is allowed."""

    answer = RadioField(choices=["yes", "no"], validate_choice=False)

    def validate_answer(self, field: RadioField) -> None:
        if field.data not in ("yes", "no"):
            raise ValidationError(_("Wählen Sie Ja oder Nein."))


def consent_form_data(aggregates_from: int | None) -> dict[str, object]:
    """The form's initial data: "never" unless there is a year."""
    year = aggregates_from or _this_year() - 1
    return {"figures": FROM_YEAR if aggregates_from else NEVER, "year": year}


def _this_year() -> int:
    return local_day(datetime.now(UTC)).year
