"""From which year a company's figures may enter sums over the members of a cluster, or never."""

from datetime import UTC, datetime

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField

from dnk_tool.web.wizard.fields import YearField

NEVER, FROM_YEAR = "never", "from-year"


class FiguresForm(FlaskForm):
    """Nothing is given unless it is chosen."""

    figures = RadioField(choices=[NEVER, FROM_YEAR], validate_choice=False)
    year = YearField()

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


def shown(aggregates_from: int | None) -> dict[str, object]:
    """What the form shows at first. Where nothing is chosen, nothing is given."""
    year = aggregates_from or datetime.now(UTC).year - 1
    return {"figures": FROM_YEAR if aggregates_from else NEVER, "year": year}
