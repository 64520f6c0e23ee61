"""Which figures come from calculator lines, and which calculators could give the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

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
    """By datapoint: how many lines its figure comes from, a calculator that leads to it, and shown digits."""

    lines: Mapping[str, int]
    calculators: Mapping[str, Calculator]
    digits: Mapping[str, int] = field(default_factory=dict)


def calculator_hints(
    declaration: Declaration, content: DeclarationContent, lines: Sequence[StoredLine]
) -> CalculatorHints:
    """Collect the hints; calculates nothing unless a figure comes from lines."""
    figures, counts, digits = content.sheet.figures, {}, {}
    if any(figure.origin is Origin.LINES for figure in figures.values()):
        results = results_of_lines(declaration, figures, lines)
        counts = {key: result.count for key, result in results.items()}
        digits = {key: result.figure.shown_digits for key, result in results.items()}
    return CalculatorHints(counts, calculators_by_result(), digits)


def results_of_lines(
    declaration: Declaration, figures: Mapping[str, Figure], lines: Sequence[StoredLine]
) -> dict[str, LinesResult]:
    """Calculate the results of the year's lines, by datapoint. `figures`: the year's, for intensities."""
    if not lines:
        return {}
    calculation = calculator_lines.calculation_of(declaration, lines, figures)
    return {key: LinesResult(result.figure, len(result.lines)) for key, result in calculation.results.items()}


def as_shown(
    declaration: Declaration, content: DeclarationContent, lines: Sequence[StoredLine]
) -> DeclarationContent:
    """The content with the results of the year's lines as rounded as on the page where they are asked for."""
    hints = calculator_hints(declaration, content, lines)
    return with_shown_digits(content, declaration.reporting_year, hints.digits)


def with_shown_digits(
    content: DeclarationContent, year: int, digits: Mapping[str, int]
) -> DeclarationContent:
    """The content with the digits of the year's results that are shown."""

    def shown(key: str, figure: Figure) -> Figure:
        is_result = figure.origin is Origin.LINES and key in digits
        return replace(figure, digits=digits[key]) if is_result else figure

    sheet = content.sheet
    return replace(
        content,
        sheet=replace(sheet, figures={key: shown(key, figure) for key, figure in sheet.figures.items()}),
        figures={
            (of, key): shown(key, figure) if of == year else figure
            for (of, key), figure in content.figures.items()
        },
    )
