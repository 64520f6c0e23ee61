"""Compares the two readings of an ambiguous number with bounds, last year and other lines."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.domain.answers.answer import Origin
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.figures.plausibility.readings import is_other_figure_likelier, is_other_line_likelier
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.figures.calculator_lines import StoredLine, lines_of
from dnk_tool.services.figures.plausibility import facts_of
from dnk_tool.services.figures.recalculate import calculation_from_lines
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration


def likelier_figures(
    session: Session, declaration: Declaration, others: Mapping[str, Quantity]
) -> frozenset[str]:
    """The saved figures that are more plausible in their other reading; no query without `others`."""
    if not others:
        return frozenset()
    content = declarations.read_content(session, declaration)
    facts = facts_of(declaration, content, lines_of(session, declaration))
    rules = load_plausibility()
    return frozenset(
        key for key, other in others.items() if is_other_figure_likelier(rules, facts, key, other)
    )


def likelier_fields(
    session: Session,
    declaration: Declaration,
    line: CalculatorLine,
    others: Mapping[str, Quantity],
) -> frozenset[str]:
    """The fields of a saved line that are more plausible in their other reading."""
    if not others:
        return frozenset()
    content, lines = declarations.read_content(session, declaration), lines_of(session, declaration)
    facts, rules = facts_of(declaration, content, lines), load_plausibility()
    figures = content.of_year(declaration.reporting_year)
    likelier = set()
    for field, quantity in others.items():
        other = replace(line, quantities={**line.quantities, field: quantity})
        calculation = calculation_from_lines(declaration, _with_line(lines, other), figures)
        results = {
            key: result.figure
            for key, result in calculation.results.items()
            if key in facts.figures and facts.figures[key].origin is Origin.LINES
        }
        if is_other_line_likelier(rules, facts, line, field, other, results):
            likelier.add(field)
    return frozenset(likelier)


def _with_line(lines: Sequence[StoredLine], line: CalculatorLine) -> list[CalculatorLine]:
    return [line if stored.line.id == line.id else stored.line for stored in lines]
