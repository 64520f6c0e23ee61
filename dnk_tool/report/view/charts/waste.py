"""Builds the chart of waste by route of disposal."""

from collections.abc import Iterator

from dnk_tool.catalogue.presentation.model import IndicatorChart
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.quantities import Quantity
from dnk_tool.report.view.charts.bar_chart import ChartValue, bar_chart, dated_title, truncate_label
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.figures.status import FigureAvailability, reported_figure, sum_quantities
from dnk_tool.report.view.parts import ChartView


def waste_by_route(chart: IndicatorChart, area: str, source: RenderContext) -> Iterator[ChartView]:
    """The amounts of a table, added up by its column `route`; nothing where the figure is explained."""
    _ = source.words.gettext
    selection = source.document.selection
    point = selection.catalogue.datapoints[chart.datapoint]
    item, value = selection.items.get(chart.table), source.sheet.answer(chart.table).value
    is_silent = reported_figure(chart.datapoint, source).availability is FigureAvailability.EXPLAINED
    if item is None or item.table is None or not isinstance(value, Rows) or is_silent:
        return
    routes = next(column.choices for column in item.table.columns if column.key == "route")
    by_route: dict[str, list[Quantity]] = {}
    parts, unweighed = [], []
    for row in value.rows:
        amount, route = row.get("amount"), str(row.get("route", ""))
        if isinstance(amount, Quantity) and amount.unit in point.family.units:
            by_route.setdefault(route, []).append(amount)
        else:
            unweighed.append(truncate_label(source.words.printable_text(str(row.get("waste", "")))))
    for key in (*(choice.key for choice in routes), ""):
        if key in by_route:
            _total, shown = sum_quantities(by_route[key], point)
            label = source.words.choice(routes, key) if key else _("Weg nicht angegeben")
            parts.append(ChartValue(label, shown))
    parts += [ChartValue(name or _("Weiterer Abfall"), None, _("ohne Menge")) for name in unweighed]
    yield from bar_chart(dated_title(chart, source), parts, source, chart.datapoint, area)
