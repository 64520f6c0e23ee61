"""Bills that may be counted twice: entered again, or the year's bill beside those of its months."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from dnk_tool.catalogue.calculators.model import Activity
from dnk_tool.domain.figures.calculators.activity_quantity import measured_amount
from dnk_tool.domain.figures.calculators.lines import CalculatorLine

# With fewer lines, the largest may easily be as much as the others together.
_MIN_LINES = 4
_TOLERANCE = Fraction(1, 100)


def is_duplicate(line: CalculatorLine, others: Iterable[CalculatorLine]) -> bool:
    """Whether another line has the same activity, label, quantities and period."""
    return any(
        other.id != line.id
        and (other.calculator, other.activity, other.label) == (line.calculator, line.activity, line.label)
        and (other.quantities, other.period) == (line.quantities, line.period)
        and other.is_credit == line.is_credit
        for other in others
    )


def is_annual_beside_monthly(
    line: CalculatorLine, lines: Sequence[CalculatorLine], activity: Activity
) -> bool:
    """Whether the largest line of this activity and site equals all others together, within one per cent.

    So the bill of a year does beside those of its months. False with fewer than four lines.
    """
    alike = line.calculator, line.activity, line.site
    amounts = [
        amount.exact
        for bill in lines
        if (bill.calculator, bill.activity, bill.site) == alike
        and not bill.is_credit
        and (amount := measured_amount(activity, bill.quantities))
    ]
    if len(amounts) < _MIN_LINES:
        return False
    largest = max(amounts)
    rest = sum(amounts, Fraction(0)) - largest
    return abs(largest - rest) <= rest * _TOLERANCE
