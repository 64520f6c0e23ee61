"""Which charts stand before a block of indicators: those of what it asks for."""

from dnk_tool.catalogue.standard.model import IndicatorBlock
from dnk_tool.report.view.charts import environment, workforce
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.parts import ChartView

_CHARTS = {
    "energy.total": environment.energy,
    "waste.total": environment.waste,
    "ghg.scope1.gross": environment.gases,
    "diversity.employees.women-share": workforce.workforce,
}


def charts_of(block: IndicatorBlock, source: RenderContext) -> tuple[ChartView, ...]:
    """The charts of what a block of indicators asks for, of which none has fewer than two values."""
    asked = {item.datapoint.key for one in block.indicators for item in one.items if item.datapoint}
    return tuple(chart for key, drawn in _CHARTS.items() if key in asked for chart in drawn(source))
