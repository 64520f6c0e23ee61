"""Builds the charts of a block of indicators, which the edition's presentation names by indicator.

Builds the chart of waste by route of disposal.
Builds charts of the workforce: age groups, and shares such as that of women in management.
Builds the chart of greenhouse gases by scope and year.
Builds the chart of figures that make up a whole, such as energy by carrier.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from dnk_tool.catalogue.presentation import NAME_PLACEHOLDER, ChartKind, ChartPart, IndicatorChart
from dnk_tool.catalogue.standard.item_model import Datapoint, ItemKind
from dnk_tool.catalogue.standard.model import Indicator, IndicatorBlock
from dnk_tool.domain import precision
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.quantities import Quantity, converted, from_base, in_base
from dnk_tool.report.view.charts.bar_chart import (
    MIN_VALUES,
    ChartValue,
    alike_texts,
    alt_text,
    bar_chart,
    chart_style,
    chart_values,
    common_unit,
    dated_title,
    truncate_label,
    values_in_words,
)
from dnk_tool.report.view.charts.svg import Bar, BarGroup, StackedBar, bars, columns, stacked_bars
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.figures.status import (
    FigureAvailability,
    availability_label,
    figure_label,
    reported_figure,
    sum_quantities,
)
from dnk_tool.report.view.parts import ChartView

ChartFunction = Callable[[IndicatorChart, str, RenderContext], Iterator[ChartView]]


AGES = ("under-30", "30-to-50", "over-50")


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
    unit = common_unit([each for results in by_title.values() for each in results], point, source)
    return [
        (truncate_label(source.words.printable_text(title)), precision.shown(_sum_in(unit, each, point)))
        for title, each in by_title.items()
    ]


def _sum_in(unit: str, quantities: list[Quantity], point: Datapoint) -> Quantity:
    total, _shown = sum_quantities(quantities, point)
    return Quantity(from_base(total, unit, point.family), unit)


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


def age_groups(_chart: IndicatorChart, area: str, source: RenderContext) -> Iterator[ChartView]:
    """Employees and management by age as shares, if these are complete; else full-time equivalents by age."""
    _ = source.words.gettext
    legend = (_("unter 30 Jahre"), _("30 bis 50 Jahre"), _("über 50 Jahre"))
    point = source.document.selection.catalogue.datapoints["diversity.employees.under-30-share"]
    rows: list[StackedBar] = []
    given_shares: list[Quantity] = []
    groups = (("employees", _("Beschäftigte")), ("board", _("Leitung und Aufsicht")))
    for group, label in groups:
        given = [reported_figure(f"diversity.{group}.{age}-share", source).quantity for age in AGES]
        shares = [share for share in given if share is not None]
        values = tuple(in_base(share, point.family.units) for share in shares)
        if len(values) == len(AGES) and abs(sum(values, Fraction(0)) - 100) <= 2 and min(values) >= 0:
            rows.append(StackedBar(label, values, ""))
            given_shares += shares
    title = _("Altersgruppen %(year)s") % {"year": source.document.reporting_year}
    if rows:
        texts = [*alike_texts(given_shares, point.default_unit, point, source)]
        rows = [
            replace(row, text=" · ".join(texts[at * len(AGES) : (at + 1) * len(AGES)]))
            for at, row in enumerate(rows)
        ]
        shares_of = {row.label: zip(legend, row.text.split(" · "), strict=True) for row in rows}
        told = (
            f"{label}: {', '.join(' '.join(share) for share in shares)}"
            for label, shares in shares_of.items()
        )
        alt = alt_text(title, [*told], [])
        yield ChartView(
            title,
            stacked_bars(alt, rows, legend, chart_style(source.words, area, is_wide=source.has_wide_charts)),
        )
        return
    parts = []
    for age, label in zip(AGES, legend, strict=True):
        posts = [
            ChartValue(label, chart_value.quantity, chart_value.reason)
            for chart_value in chart_values(f"workforce.fte.{age}", source)
        ]
        parts += posts
    yield from bar_chart(title, parts, source, "workforce.fte.under-30", area, in_order=True)


def shares_chart(chart: IndicatorChart, area: str, source: RenderContext) -> Iterator[ChartView]:
    """Each figure as a share of 100 per cent; nothing for fewer than two values or one above 100."""
    keys = [part.datapoint for part in chart.parts]
    figures = {key: reported_figure(key, source) for key in keys}
    quantities = {key: figure.quantity for key, figure in figures.items() if figure.quantity}
    if len(quantities) < MIN_VALUES:
        return
    point = source.document.selection.catalogue.datapoints[keys[0]]
    said = alike_texts([*quantities.values()], point.default_unit, point, source)
    texts = dict(zip(quantities, said, strict=True))
    groups = []
    for key, figure in figures.items():
        if figure.quantity is not None:
            value = in_base(figure.quantity, point.family.units)
            groups.append(BarGroup(figure_label(key, source), (Bar("", value, texts[key]),)))
        elif why := availability_label(figure.availability, source):
            groups.append(BarGroup(figure_label(key, source), (Bar("", None, why),)))
    if max(bar.value for group in groups for bar in group.bars if bar.value is not None) > 100:
        return
    title = dated_title(chart, source)
    alt = alt_text(title, [f"{group.label}: {group.bars[0].text}" for group in groups], [])
    yield ChartView(
        title,
        bars(alt, groups, chart_style(source.words, area, is_wide=source.has_wide_charts), Fraction(100)),
    )


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
