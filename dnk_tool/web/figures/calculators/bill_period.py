"""The period of a bill over the turn of the year: typed as two days, and said with the days that count."""

from typing import Any

from flask_babel import gettext as _

from dnk_tool.catalogue.calculators.model import Activity
from dnk_tool.domain.figures.calculators import BillPeriod, CalculatorLine
from dnk_tool.labels import period_text
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.form_fields import DayField

FIRST, LAST = "period_first", "period_last"


def period_fields(activity: Activity) -> dict[str, DayField]:
    """The form fields of the period; none for activities without bills."""
    return {FIRST: DayField(), LAST: DayField()} if activity.has_period else {}


def period_data(line: CalculatorLine) -> dict[str, Any]:
    """The form's initial data for the stored period."""
    return {FIRST: line.period.first, LAST: line.period.last} if line.period else {}


def posted_period(form: Any) -> BillPeriod | None:
    """The period of the form; None unless both days are given."""
    first, last = (form[name].data if name in form else None for name in (FIRST, LAST))
    return BillPeriod(first, last) if first and last else None


def add_period_errors(form: Any, line: CalculatorLine, year: int) -> None:
    """Ask for the day that is missing, and refuse a bill without a day in the reporting year."""
    if FIRST not in form or form[FIRST].errors or form[LAST].errors:
        return
    if line.period is None and (form[FIRST].data or form[LAST].data):
        empty = form[LAST] if form[FIRST].data else form[FIRST]
        empty.errors = [
            _("Geben Sie den ersten und den letzten Tag der Rechnung an, oder keinen von beiden.")
        ]
    elif line.period and line.period.days > 0 and not line.period.days_in(year):
        form[FIRST].errors = [_("Kein Tag dieser Rechnung liegt im Berichtsjahr %(year)s.", year=year)]


def line_period_text(line: CalculatorLine, year: int) -> str:
    """The period in words; "" without one."""
    period = line.period
    return period_text(period.first, period.last, period.days_in(year), current_language()) if period else ""
