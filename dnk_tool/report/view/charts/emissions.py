"""Builds the chart of greenhouse gases by scope and year."""

from collections.abc import Iterator

from dnk_tool.catalogue.presentation.model import IndicatorChart
from dnk_tool.domain.quantities import converted
from dnk_tool.report.view.charts.bar_chart import (
    MIN_VALUES,
    alike_texts,
    alt_text,
    chart_style,
    common_unit,
    values_in_words,
)
from dnk_tool.report.view.charts.svg import Bar, BarGroup, bars, columns
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.figures.status import FigureAvailability, availability_label, reported_figure
from dnk_tool.report.view.parts import ChartView


def emissions_by_scope(_chart: IndicatorChart, area: str, source: RenderContext) -> Iterator[ChartView]:
    """Greenhouse gases by scope and year; nothing for fewer than two values.

    Scope 2 is location-based if that is stated for any year, else market-based if that is.
    """
    _ = source.words.gettext
    years = sorted(source.sheets)
    location, market = "ghg.scope2.location", "ghg.scope2.market"
    has_location = any(reported_figure(location, source, year).quantity for year in years)
    keys = ("ghg.scope1.gross", location if has_location else market, "ghg.scope3.gross")
    if not has_location and reported_figure(market, source).quantity is None:
        keys = ("ghg.scope1.gross", location, "ghg.scope3.gross")
    shown = [year for year in years if any(reported_figure(key, source, year).quantity for key in keys)]
    point = source.document.selection.catalogue.datapoints[location]
    given = {
        (key, year): quantity
        for key in keys
        for year in reversed(shown)
        if (quantity := reported_figure(key, source, year).quantity)
    }
    if len(given) < MIN_VALUES:
        return
    # The unit of the latest year, in which the tables are, too.
    latest = max(year for _key, year in given)
    now = [quantity for (_key, year), quantity in given.items() if year == latest]
    unit = common_unit(now, point, source)
    said = alike_texts([*given.values()], unit, point, source, has_unit=False)
    texts = dict(zip(given, said, strict=True))
    values = {of: converted(quantity, unit, point.family) for of, quantity in given.items()}
    names = {
        "ghg.scope1.gross": "Scope\N{NO-BREAK SPACE}1",
        location: _("Scope 2, standortbasiert"),
        market: _("Scope 2, marktbasiert"),
        "ghg.scope3.gross": "Scope\N{NO-BREAK SPACE}3",
    }
    groups: list[BarGroup] = []
    notes: list[str] = []
    for key in keys:
        years_of = tuple(
            Bar(str(year), values.get((key, year)), texts.get((key, year), "–"), shown[-1] - year)
            for year in shown
        )
        if any(bar.value is not None for bar in years_of):
            groups.append(BarGroup(names[key], years_of))
        missing = {year: reported_figure(key, source, year).availability for year in shown}
        notes += _missing_notes(names[key], missing, source)
    about = {"unit": source.words.unit(unit, point.family.units[unit])}
    title = _("Treibhausgase in %(unit)s") % about
    told = [
        f"{group.label}: {values_in_words(((bar.label, bar.text) for bar in group.bars), source.words)}"
        for group in groups
    ]
    alt = alt_text(title, told, notes)
    brush = chart_style(source.words, area, is_wide=source.has_wide_charts)
    svg = columns(alt, groups, brush) or bars(alt, groups, brush)
    yield ChartView(title, svg, tuple(notes))


def _missing_notes(
    name: str, standings: dict[int, FigureAvailability], source: RenderContext
) -> Iterator[str]:
    """A note per reason why years have no value of a scope."""
    without = {
        year: availability
        for year, availability in standings.items()
        if availability is not FigureAvailability.GIVEN
    }
    for standing in dict.fromkeys(without.values()):
        years = ", ".join(str(year) for year, availability in without.items() if availability is standing)
        is_now = source.document.reporting_year in [
            y for y, availability in without.items() if availability is standing
        ]
        said = availability_label(standing, source) if is_now else source.words.gettext("keine Angabe")
        yield f"{name}: {said}" if len(without) == len(standings) else f"{name}, {years}: {said}"
