"""Credit notes are taken off what bills of their kind count, and never more than that."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from dnk_tool.catalogue.calculators.model import Activity
from dnk_tool.domain.figures.calculators.lines import CalculatorLine
from dnk_tool.domain.figures.calculators.results import CalculationStep


def credits_above_bills(
    lines: Sequence[tuple[CalculatorLine, Activity]], steps: Mapping[str, Sequence[CalculationStep]]
) -> Mapping[str, tuple[int, ...]]:
    """The datapoints for which credit notes of a kind are more than its bills, with the lines of the kind."""
    kinds = {line.id: (line.calculator, line.activity) for line, _activity in lines}
    credited = {kinds[line.id] for line, _activity in lines if line.is_credit}
    found: dict[str, tuple[int, ...]] = {}
    for key, of_datapoint in steps.items() if credited else ():
        sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for step in of_datapoint:
            sums[kinds[step.line]] += step.exact
        below = {kind for kind, total in sums.items() if kind in credited and total < 0}
        if below:
            found[key] = tuple(sorted({step.line for step in of_datapoint if kinds[step.line] in below}))
    return found
