"""From which year a company's figures may enter sums over the members of a cluster, or never."""

import re
from datetime import UTC, datetime

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField

from dnk_tool.language import local_day
from dnk_tool.web.text.form_fields import YearField

NEVER, FROM_YEAR = "never", "from-year"
FIRST_DNK_YEAR = 2010  # the code is from 2011; nobody declared for a year before


class FirstYearField(YearField):
    """A reporting year from which on figures may count: one that was declared for, or the next one."""

    def read(self, text: str) -> int:
        last = _this_year() + 1
        if re.fullmatch(r"[0-9]{4}", text) and not FIRST_DNK_YEAR <= int(text) <= last:
            message = _(
                "Geben Sie ein Berichtsjahr von %(first)s bis %(last)s ein", first=FIRST_DNK_YEAR, last=last
            )
            raise ValueError(message)
        return super().read(text)


class FiguresConsentForm(FlaskForm):
    """Nothing is given unless it is chosen."""

    figures = RadioField(choices=[NEVER, FROM_YEAR], validate_choice=False)
    year = FirstYearField()

    def check_figures(self) -> bool:
        """Whether a choice can be made of it; messages stand at the fields."""
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
        """The first reporting year; none for never."""
        return self.year.data if self.figures.data == FROM_YEAR else None


def consent_form_data(aggregates_from: int | None) -> dict[str, object]:
    """What the form shows at first. Where nothing is chosen, nothing is given."""
    year = aggregates_from or _this_year() - 1
    return {"figures": FROM_YEAR if aggregates_from else NEVER, "year": year}


def _this_year() -> int:
    return local_day(datetime.now(UTC)).year
