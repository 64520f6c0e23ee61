"""Which figures come from calculator lines, and which calculators could give the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dnk_tool.catalogue.calculators.loader import calculators_by_result
from dnk_tool.catalogue.calculators.model import Calculator
from dnk_tool.domain.answers.answer import Figure, Origin
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.figures.calculator_lines import StoredLine
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True, slots=True)
class LinesResult:
    """The result of the lines for one figure, and how many lines it comes from."""

    figure: Figure
    count: int


@dataclass(frozen=True, slots=True)
class CalculatorHints:
    """By datapoint: how many lines its figure comes from, and a calculator that leads to it."""

    lines: Mapping[str, int]
    calculators: Mapping[str, Calculator]


def calculator_hints(
    declaration: Declaration, content: DeclarationContent, lines: Sequence[StoredLine]
) -> CalculatorHints:
    """Collect the hints; calculates nothing unless a figure comes from lines."""
    figures, counts = content.sheet.figures, {}
    if any(figure.origin is Origin.LINES for figure in figures.values()):
        results = results_of_lines(declaration, figures, lines)
        counts = {key: result.count for key, result in results.items()}
    return CalculatorHints(counts, calculators_by_result())


def results_of_lines(
    declaration: Declaration, figures: Mapping[str, Figure], lines: Sequence[StoredLine]
) -> dict[str, LinesResult]:
    """Calculate the results of the year's lines, by datapoint. `figures`: the year's, for intensities."""
    if not lines:
        return {}
    calculation = calculator_lines.calculation_of(declaration, lines, figures)
    return {key: LinesResult(result.figure, len(result.lines)) for key, result in calculation.results.items()}
