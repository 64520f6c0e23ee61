"""Builds the chart of figures that make up a whole, such as energy by carrier."""

from collections.abc import Iterator
from fractions import Fraction

from dnk_tool.catalogue.presentation.model import ChartPart, IndicatorChart
from dnk_tool.catalogue.presentation.reader import NAME_PLACEHOLDER
from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.quantities import Quantity, in_base
from dnk_tool.report.view.charts.bar_chart import (
    ChartValue,
    bar_chart,
    chart_values,
    dated_title,
    truncate_label,
)
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.figures.status import FigureAvailability, reported_figure, sum_quantities
from dnk_tool.report.view.parts import ChartView

ROUNDING_TOLERANCE = Fraction(2, 100)  # the share of a sum that may be lost by rounding


def parts_chart(chart: IndicatorChart, area: str, source: RenderContext) -> Iterator[ChartView]:
    """Each figure as a bar, or as several if rows of a table or lines say what it consists of."""
    parts = [value for part in chart.parts for value in _part_values(part, source)]
    yield from bar_chart(dated_title(chart, source), parts, source, chart.datapoint, area)


def _part_values(part: ChartPart, source: RenderContext) -> Iterator[ChartValue]:
    """The rows or lines of a split figure if they add up to it (within 2 %), else the figure."""
    point = source.document.selection.catalogue.datapoints[part.datapoint]
    whole = reported_figure(part.datapoint, source)
    if not part.is_split or whole.availability is FigureAvailability.EXPLAINED:
        yield from chart_values(part.datapoint, source)
        return
    named = _named_rows(part.table, source) or _named_lines(part.datapoint, source)
    total = sum((in_base(quantity, point.family.units) for _, quantity in named), Fraction(0))
    said = in_base(whole.quantity, point.family.units) if whole.quantity else total
    if not named or abs(total - said) > ROUNDING_TOLERANCE * abs(said):
        yield from chart_values(part.datapoint, source)
        return
    label = source.words.catalogue_text(part.label) or NAME_PLACEHOLDER
    for name, quantity in named:
        if quantity.value:
            yield ChartValue(label.replace(NAME_PLACEHOLDER, name), quantity)


def _named_rows(ref: str, source: RenderContext) -> list[tuple[str, Quantity]]:
    """The (name, amount) of a table's rows; empty if any row lacks one of them."""
    item = source.document.selection.items.get(ref)
    value = source.sheet.answer(ref).value
    if item is None or item.table is None or not isinstance(value, Rows):
        return []
    keys = {column.kind: column.key for column in reversed(item.table.columns)}
    named_quantities = []
    for row in value.rows:
        quantity, name = row.get(keys[ItemKind.QUANTITY]), row.get(keys[ItemKind.TEXT])
        if not isinstance(quantity, Quantity) or not isinstance(name, str):
            return []
        named_quantities.append((truncate_label(source.words.printable_text(name)), quantity))
    return named_quantities


def _named_lines(key: str, source: RenderContext) -> list[tuple[str, Quantity]]:
    """The sums of a figure's calculator lines by the lines' title."""
    point = source.document.selection.catalogue.datapoints[key]
    by_title: dict[str, list[Quantity]] = {}
    for line in source.document.annex.calculations:
        for step in line.steps:
            if step.datapoint == key and step.result.unit in point.family.units:
                by_title.setdefault(line.title, []).append(step.result)
    return [
        (truncate_label(source.words.printable_text(title)), sum_quantities(each, point)[1])
        for title, each in by_title.items()
    ]
