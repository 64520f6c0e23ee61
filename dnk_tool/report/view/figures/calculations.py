"""Prints calculations line by line (quantity × factor = result) with the sources of the factors.

Groups many lines of a kind: one row in the calculation, and a list with the single lines.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from dnk_tool.catalogue.factors.model import Boundary
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain import precision
from dnk_tool.domain.answers.answer import NO_FIGURE, Origin
from dnk_tool.domain.declarations.annex import AnnexLine, AnnexStep, FurtherFigure, UsedFactor
from dnk_tool.domain.quantities import Quantity
from dnk_tool.labels import stored_label
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.prose import Prose
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.figures.company_tables import lay_out_table, row_cells
from dnk_tool.report.view.figures.status import in_common_unit, stated_figure
from dnk_tool.report.view.parts import PrintedTable, TableCell

TIMES = "\N{MULTIPLICATION SIGN}"
COUNT = "1"
# The digits in chemical formulas of gases.
SUBSCRIPT_DIGITS = {ord("2"): "\N{SUBSCRIPT TWO}", ord("4"): "\N{SUBSCRIPT FOUR}"}


# More lines with the same factor than this are printed together.
MAX_UNGROUPED_LINES = 8
LINES_PER_ROW = 3  # lines side by side in a list

Steps: TypeAlias = Sequence[tuple[AnnexLine, AnnexStep]]


def group_by_factor(steps: Steps) -> Iterator[Steps]:
    """Group the steps of one figure that differ only in line and amount; small groups are single steps.

    More than MAX_UNGROUPED_LINES steps make a group.
    """
    groups: dict[object, list[tuple[AnnexLine, AnnexStep]]] = {}
    for line, step in steps:
        key = (line.title, step.category, step.factor, step.quantity.unit, step.result.unit)
        groups.setdefault(key, []).append((line, step))
    for each in groups.values():
        if len(each) > MAX_UNGROUPED_LINES:
            yield each
        else:
            yield from ([pair] for pair in each)


class LineLists:
    """The lists of lines that calculations refer to, numbered in the order of their first use.

    Equal lines with equal amounts are listed once for all figures that follow from them.
    """

    def __init__(self, words: TextFormatter) -> None:
        self._words = words
        self._numbers: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}

    def reference_text(self, steps: Steps, amounts: Sequence[str]) -> str:
        """Add the list of these steps' lines and return the text that refers to it; `amounts` as printed."""
        title = self._words.printable_text(steps[0][0].title)
        rows = tuple(
            (self._words.printable_text(line.label) or title, amount)
            for (line, _step), amount in zip(steps, amounts, strict=True)
        )
        number = self._numbers.setdefault((title, rows), len(self._numbers) + 1)
        about = {"title": title, "count": self._words.number(Decimal(len(rows))), "list": number}
        return self._words.gettext("%(title)s: %(count)s Zeilen (Liste %(list)s)") % about

    def views(self) -> tuple[PrintedTable, ...]:
        """Each list as a table with several lines side by side."""
        _ = self._words.gettext
        heads = row_cells((_("Zeile"), _("Menge")) * LINES_PER_ROW, frozenset(range(1, 2 * LINES_PER_ROW, 2)))
        views = []
        for (title, rows), number in self._numbers.items():
            padded = [*rows, *[("", "")] * (-len(rows) % LINES_PER_ROW)]
            lines = (padded[at : at + LINES_PER_ROW] for at in range(0, len(padded), LINES_PER_ROW))
            numbers = frozenset(range(1, 2 * LINES_PER_ROW, 2))
            table = tuple(row_cells([text for pair in line for text in pair], numbers) for line in lines)
            caption = _("Liste %(list)s: %(title)s") % {"list": number, "title": title}
            views.append(lay_out_table(caption, heads, table))
        return tuple(views)


@dataclass(frozen=True, slots=True)
class CalculationView:
    """The calculation of a figure: its lines as a table, their total, and explanations of odd values."""

    table: PrintedTable
    total: str
    explanations: tuple[Prose, ...] = ()


class FactorSources:
    """The sources of factors, numbered in the order of their first use."""

    def __init__(self, words: TextFormatter) -> None:
        self.words = words
        self.texts: list[str] = []

    def number(self, factor: UsedFactor) -> str:
        """The number of the factor's source such as "[3]"; a new source gets the next number."""
        text = _source_text(factor, self.words)
        if text not in self.texts:
            self.texts.append(text)
        return f"[{self.texts.index(text) + 1}]"


def _source_text(factor: UsedFactor, words: TextFormatter) -> str:
    _ = words.gettext
    if not factor.edition and factor.reason:
        return _("Eigener Faktor: %(reason)s") % {"reason": words.printable_text(factor.reason)}
    year = _("Datenjahr %(year)s") % {"year": factor.data_year} if factor.data_year else ""
    boundary = stored_label(Boundary, factor.boundary, words.language)
    gases = factor.gases.translate(SUBSCRIPT_DIGITS)
    said = (factor.name, factor.source, year, gases, boundary, factor.address)
    return ", ".join(words.printable_text(text) for text in said if text)


def calculation_views(
    source: RenderContext, sources: FactorSources, lists: LineLists
) -> Iterator[CalculationView]:
    """The calculation of each figure that has lines with factors, in the order of the catalogue."""
    points = source.document.selection.catalogue.datapoints
    for key, steps in _steps_by_datapoint(source).items():
        if _has_factors(steps):
            yield _calculation(points[key], steps, source, sources, lists)


def datapoints_with_factors(source: RenderContext) -> frozenset[str]:
    """The keys of figures whose lines have factors, which are printed as calculations."""
    return frozenset(key for key, steps in _steps_by_datapoint(source).items() if _has_factors(steps))


def _steps_by_datapoint(source: RenderContext) -> Mapping[str, Steps]:
    """The lines and steps by figure, in the order of the catalogue."""
    steps_by_datapoint: dict[str, list[tuple[AnnexLine, AnnexStep]]] = {}
    for line in source.document.annex.calculations:
        for step in line.steps:
            steps_by_datapoint.setdefault(step.datapoint, []).append((line, step))
    return {
        key: steps_by_datapoint[key]
        for key in source.document.selection.catalogue.datapoints
        if key in steps_by_datapoint
    }


def _has_factors(steps: Steps) -> bool:
    return any(step.factor for _line, step in steps)


def _calculation(
    point: Datapoint, steps: Steps, source: RenderContext, sources: FactorSources, lists: LineLists
) -> CalculationView:
    words = source.words
    _ = words.gettext
    heads = (
        TableCell(_("Zeile"), False),
        TableCell(_("Menge"), True),
        TableCell(f"{TIMES} {_('Faktor')}", True),
        TableCell(f"= {_('Ergebnis')}", True),
        TableCell(_("Quelle"), False),
    )
    rows = tuple(_step_row(each, source, sources, lists) for each in group_by_factor(steps))
    title = words.catalogue_text(point.printed)
    explained = (
        explanation
        for explanation in source.document.annex.explanations
        if explanation.datapoint == point.key
    )
    return CalculationView(
        lay_out_table(title, heads, rows),
        _total(point, source),
        tuple(words.prose(explanation.sentence) for explanation in explained),
    )


def sum_tables(source: RenderContext, lists: LineLists) -> Iterator[PrintedTable]:
    """One table of all figures that are sums of lines without a factor."""
    words = source.words
    points = source.document.selection.catalogue.datapoints
    rows = []
    for key, steps in _steps_by_datapoint(source).items():
        if _has_factors(steps):
            continue
        groups = [*group_by_factor(steps)]
        for place, each in enumerate(groups, 1):
            total = _total(points[key], source) if place == len(groups) else ""
            said = (words.catalogue_text(points[key].printed), _line_title(each, source, lists))
            amounts = (_rounded_text(_sum_quantities([step.quantity for _line, step in each]), source), total)
            rows.append(
                (*(TableCell(text, False) for text in said), *(TableCell(amount, True) for amount in amounts))
            )
    if rows:
        heads = (
            TableCell(words.gettext("Kennzahl"), False),
            TableCell(words.gettext("Zeile"), False),
            TableCell(words.gettext("Menge"), True),
            TableCell(words.gettext("Ergibt"), True),
        )
        yield lay_out_table(
            words.gettext("Ohne Faktor: Mengen aus Rechnungen und Listen"), heads, tuple(rows)
        )


def formula_input_tables(source: RenderContext) -> Iterator[PrintedTable]:
    """One table of the lines whose values are only used in formulas, without steps of their own."""
    words = source.words
    _ = words.gettext
    rows = []
    for line in source.document.annex.calculations:
        if line.entered and not line.steps:
            name = line_name(line, words)
            said = (
                f"{words.printable_text(value.label)}: {quantity_text(value.quantity, source)}"
                for value in line.entered
            )
            rows.append((TableCell(name, False), TableCell("; ".join(said), False)))
    if rows:
        heads = (TableCell(_("Zeile"), False), TableCell(_("Eingegeben"), False))
        yield lay_out_table(_("Zahlen, aus denen Anteile und Quoten berechnet sind"), heads, tuple(rows))


def line_name(line: AnnexLine, words: TextFormatter) -> str:
    """The name of a line: its kind and the company's label."""
    return words.printable_text(": ".join(part for part in (line.title, line.label) if part))


def _line_title(steps: Steps, source: RenderContext, lists: LineLists) -> str:
    """The name of a single line, or the reference to the list of many."""
    if len(steps) == 1:
        return line_name(steps[0][0], source.words)
    return lists.reference_text(steps, [_rounded_text(step.quantity, source) for _line, step in steps])


def _step_row(
    steps: Steps, source: RenderContext, sources: FactorSources, lists: LineLists
) -> tuple[TableCell, ...]:
    words, step = source.words, steps[0][1]
    factor, name = step.factor, _line_title(steps, source, lists)
    if step.category:
        name += f" ({words.gettext('Scope')}{NO_BREAK}{step.category})"
    times = ""
    if factor:
        times = f"{words.number(factor.value)}{NO_BREAK}{_factor_unit(factor, source)}"
    return (
        TableCell(name, False),
        TableCell(_rounded_text(_sum_quantities([step.quantity for _line, step in steps]), source), True),
        TableCell(times or "–", True),
        TableCell(_result_text(steps, source), True),
        TableCell(sources.number(factor) if factor else "", False),
    )


def _result_text(steps: Steps, source: RenderContext) -> str:
    """The sum of the results; what counts without a factor is as it was entered."""
    total = _sum_quantities([step.result for _line, step in steps])
    has_factor = any(step.factor for _line, step in steps)
    return quantity_text(precision.shown(total) if has_factor else precision.as_typed(total), source)


def _sum_quantities(quantities: list[Quantity]) -> Quantity:
    """The sum of quantities in one unit."""
    return Quantity(sum((quantity.value for quantity in quantities), Decimal(0)), quantities[0].unit)


def _factor_unit(factor: UsedFactor, source: RenderContext) -> str:
    """The unit of a factor; one that counts carbon dioxide alone is not said to be in CO2 equivalents."""
    result = _unit(factor.result_unit, source)
    if factor.gases == "CO2":
        result = result.replace("CO₂e", "CO₂")
    return f"{result}/{_unit(factor.unit, source)}"


def _unit(symbol: str, source: RenderContext) -> str:
    families = source.document.selection.catalogue.families.values()
    unit = next((family.units[symbol] for family in families if symbol in family.units), None)
    return source.words.unit(symbol, unit)


def _rounded_text(quantity: Quantity, source: RenderContext) -> str:
    """The quantity as entered; shortened if a conversion made many decimals."""
    return quantity_text(precision.as_typed(quantity), source)


def quantity_text(quantity: Quantity, source: RenderContext) -> str:
    """The amount with its unit, without rounding; a count has no unit."""
    if quantity.unit == COUNT:
        return source.words.number(quantity.value)
    return f"{source.words.number(quantity.value)}{NO_BREAK}{_unit(quantity.unit, source)}"


def _total(point: Datapoint, source: RenderContext) -> str:
    """The figure that follows from the lines, as the declaration has it; empty if it was overwritten.

    It is in the unit of the lines and, where that is another one, in that of the document.
    """
    further = (each for each in source.document.annex.figures if each.datapoint == point.key)
    given = source.document.figures.get((source.document.reporting_year, point.key))
    figure = given if given and given.origin is Origin.LINES else next(map(stated_figure, further), NO_FIGURE)
    amounts = (figure.readable, in_common_unit(figure, point.key, source).readable)
    return " = ".join(dict.fromkeys(quantity_text(amount, source) for amount in amounts if amount))


def further_figure_text(further_figure: FurtherFigure, source: RenderContext) -> str:
    """The value of a further figure in the unit of the document, rounded if it is calculated or estimated."""
    figure = in_common_unit(stated_figure(further_figure), further_figure.datapoint, source)
    return quantity_text(figure.readable, source) if figure.readable else ""
