"""Builds the charts of a block of indicators, which the edition's presentation names by indicator."""

from collections.abc import Callable, Iterator, Mapping

from dnk_tool.catalogue.presentation.model import ChartKind, IndicatorChart
from dnk_tool.catalogue.standard.model import Indicator, IndicatorBlock
from dnk_tool.report.view.charts.emissions import emissions_by_scope
from dnk_tool.report.view.charts.figure_parts import parts_chart
from dnk_tool.report.view.charts.waste import waste_by_route
from dnk_tool.report.view.charts.workforce import age_groups, shares_chart
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.parts import ChartView

ChartFunction = Callable[[IndicatorChart, str, RenderContext], Iterator[ChartView]]

# Each gets the chart's entry in the presentation and the area whose colour it has.
CHART_FUNCTIONS: Mapping[ChartKind, ChartFunction] = {
    ChartKind.PARTS: parts_chart,
    ChartKind.SHARES: shares_chart,
    ChartKind.WASTE_BY_ROUTE: waste_by_route,
    ChartKind.EMISSIONS_BY_SCOPE: emissions_by_scope,
    ChartKind.AGE_GROUPS: age_groups,
}


def charts_of(block: IndicatorBlock, source: RenderContext) -> tuple[ChartView, ...]:
    """The charts of a block of indicators; charts with fewer than two values are left out."""
    return tuple(
        chart for indicator in block.indicators for chart in indicator_charts(indicator, block, source)
    )


def indicator_charts(
    indicator: Indicator, block: IndicatorBlock, source: RenderContext
) -> tuple[ChartView, ...]:
    """The charts named for an indicator, in the colour of its block's area."""
    criteria = source.document.selection.criteria
    area = next((criterion.area for criterion in criteria if criterion.number in block.criteria), "")
    named = source.presentation.charts.get(indicator.ref, ())
    return tuple(view for chart in named for view in CHART_FUNCTIONS[chart.kind](chart, area, source))
