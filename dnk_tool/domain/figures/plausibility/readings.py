"""Decides which reading of an ambiguous number, such as "1.234", is the more plausible."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from dnk_tool.catalogue.plausibility.model import PlausibilityRules
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.figures.calculators.lines import CalculatorLine
from dnk_tool.domain.figures.plausibility.facts import FactLookup, PlausibilityFacts
from dnk_tool.domain.figures.plausibility.rules import plausibility_warnings
from dnk_tool.domain.quantities import Quantity


def is_other_figure_likelier(
    rules: PlausibilityRules, facts: PlausibilityFacts, key: str, other: Quantity
) -> bool:
    """Whether the figure is more plausible as `other`: with fewer warnings, else nearer to last year's."""
    figure = facts.figures.get(key)
    if figure is None or figure.quantity is None:
        return False
    changed = replace(figure, value=other.value, unit=other.unit)
    as_other = replace(facts, figures={**facts.figures, key: changed})
    if (difference := _warning_difference(rules, facts, as_other)) != 0:
        return difference < 0
    now, meant = (FactLookup(rules, one).figure(key) for one in (facts, as_other))
    before = FactLookup(rules, facts).before(key)
    if now is None or meant is None or before is None:
        return False
    return is_nearer(meant.exact, now.exact, [before.exact])


def is_other_line_likelier(
    rules: PlausibilityRules,
    facts: PlausibilityFacts,
    line: CalculatorLine,
    field: str,
    other: CalculatorLine,
    results: Mapping[str, Figure],
) -> bool:
    """Whether the line is more plausible with the field as in `other`.

    `results` are the figures that follow then. Compares warnings first, else other lines of the activity.
    """
    lines = [other if one.id == line.id else one for one in facts.lines]
    as_other = replace(facts, lines=lines, figures={**facts.figures, **results})
    if (difference := _warning_difference(rules, facts, as_other)) != 0:
        return difference < 0
    known = FactLookup(rules, facts)
    now, meant = (known.compared(field, one.quantities[field]) for one in (line, other))
    if now is None or meant is None:
        return False
    alike = [
        value.exact
        for one in facts.lines
        if one.id != line.id and (one.calculator, one.activity) == (line.calculator, line.activity)
        if field in one.quantities and (value := known.compared(field, one.quantities[field])) is not None
        if known.is_alike(value, now.quantity.unit)
    ]
    return is_nearer(meant.exact, now.exact, alike)


def is_nearer(value: Fraction, other: Fraction, compared: Sequence[Fraction]) -> bool:
    """Whether the value is nearer to the middle of the compared ones, as a ratio; False without any."""
    positive = sorted(one for one in compared if one > 0)
    if not positive or value <= 0 or other <= 0:
        return False
    middle = positive[len(positive) // 2]
    return _times_apart(value, middle) < _times_apart(other, middle)


def _times_apart(value: Fraction, other: Fraction) -> Fraction:
    return max(value / other, other / value)


def _warning_difference(rules: PlausibilityRules, one: PlausibilityFacts, other: PlausibilityFacts) -> int:
    """How many warnings more the other facts give."""
    return len(plausibility_warnings(rules, other)) - len(plausibility_warnings(rules, one))
