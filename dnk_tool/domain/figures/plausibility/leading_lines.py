"""Finds the line of a calculator behind an odd figure; a slip that shows in several is asked about once."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from dnk_tool.catalogue.plausibility.model import PlausibilityRules, RuleKind
from dnk_tool.domain.answers.answer import Origin
from dnk_tool.domain.figures.calculators.lines import CalculatorLine
from dnk_tool.domain.figures.calculators.results import Calculation, CalculationStep
from dnk_tool.domain.figures.plausibility.facts import PlausibilityFacts
from dnk_tool.domain.figures.plausibility.line_rules import slip_by_factor
from dnk_tool.domain.figures.plausibility.warning import PlausibilityWarning


def at_leading_lines(
    rules: PlausibilityRules,
    warnings: Iterable[PlausibilityWarning],
    facts: PlausibilityFacts,
    calculation: Calculation,
) -> tuple[PlausibilityWarning, ...]:
    """The warnings with the line that makes the most of their figure, each slip of a line once.

    `calculation`: what follows from the lines of the `facts`; a figure entered by hand has no line.
    The slip then names the units of the line, which are those that somebody typed. Of the warnings about the
    same slip only the first is kept, because one entry mends them all.
    """
    lines = {line.id: line for line in facts.lines}
    known = {key for key, figure in facts.figures.items() if figure.origin is Origin.LINES}
    results = {key: result for key, result in calculation.results.items() if key in known}
    kept: dict[object, PlausibilityWarning] = {}
    placed = (_at_line(rules, warning, lines, Calculation(results)) for warning in warnings)
    for number, warning in enumerate(placed):
        meant = warning.slip.meant if warning.slip else ""
        kept.setdefault((warning.line, meant) if warning.line and meant else number, warning)
    return tuple(kept.values())


def _at_line(
    rules: PlausibilityRules,
    warning: PlausibilityWarning,
    lines: Mapping[int, CalculatorLine],
    calculation: Calculation,
) -> PlausibilityWarning:
    if rules.by_key[warning.rule].kind is not RuleKind.RANGE:
        subject = warning.subject.removeprefix("line-")
        return replace(warning, line=int(subject)) if subject.isdecimal() else warning
    family = rules.family_by_unit.get(warning.compared[0].quantity.unit)
    of = [value.key for value in warning.compared if rules.family_by_unit.get(value.quantity.unit) is family]
    others = {value.key for value in warning.compared} - set(of)
    steps = [step for key in of if (step := _leading_step(calculation, key))]
    step = max(steps, key=lambda one: one.exact, default=None)
    line = lines.get(step.line) if step else None
    if step is None or line is None:
        return warning
    # A line that enters both parts of a ratio cannot make it odd.
    if any(line.id in calculation.results[key].lines for key in others & calculation.results.keys()):
        return warning
    slip = warning.slip and replace(
        slip_by_factor(warning.slip.times, step.quantity, rules), about=f"{line.calculator}/{line.activity}"
    )
    return replace(warning, line=line.id, slip=slip)


def _leading_step(calculation: Calculation, key: str) -> CalculationStep | None:
    """The largest step that leads to the figure, directly or by a formula over other figures."""
    result = calculation.results.get(key)
    if result is None:
        return None
    parts = (_leading_step(calculation, part.key) for part in result.parts if part.key != key)
    steps = (*result.steps, *(step for step in parts if step))
    return max(steps, key=lambda one: one.exact, default=None)
