"""Bills that may be counted twice: entered again, or the year's bill beside those of its months."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from dnk_tool.catalogue.calculators.loader import Activity
from dnk_tool.domain.figures.calculators.activity_quantity import amount
from dnk_tool.domain.figures.calculators.lines import Line

# Below so many lines the largest is easily as much as the others together.
_ENOUGH = 4
_ALIKE = Fraction(1, 100)


def is_twice(line: Line, others: Iterable[Line]) -> bool:
    """Whether another line says exactly the same."""
    return any(
        one.id != line.id
        and (one.calculator, one.activity, one.label) == (line.calculator, line.activity, line.label)
        and one.quantities == line.quantities
        for one in others
    )


def is_year_beside_months(line: Line, lines: Sequence[Line], activity: Activity) -> bool:
    """Whether one line of this kind and site is, within one per cent, as much as all others together."""
    alike = line.calculator, line.activity, line.site
    amounts = [
        found.exact
        for one in lines
        if (one.calculator, one.activity, one.site) == alike and (found := amount(activity, one.quantities))
    ]
    if len(amounts) < _ENOUGH:
        return False
    largest = max(amounts)
    rest = sum(amounts, Fraction(0)) - largest
    return abs(largest - rest) <= rest * _ALIKE
