"""Charts of what the environment is asked for: energy by carrier, waste by fate, greenhouse gases by year."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from dnk_tool.domain import numbers
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.quantities import Quantity, converted, in_base
from dnk_tool.report.view.charts.bar_chart import (
    MIN_VALUES,
    ChartValue,
    alt_text,
    bar_chart,
    chart_style,
    chart_values,
    truncate_label,
)
from dnk_tool.report.view.charts.svg import Bar, BarGroup, bars, columns
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.figures.status import (
    FigureAvailability,
    availability_label,
    reported_figure,
    sum_quantities,
    value_with_unit,
)
from dnk_tool.report.view.parts import ChartView

AREA = "environment"
ROUNDING_TOLERANCE = Fraction(2, 100)  # what rounding may take from a sum

FUELS = {
    "energy.fuels.non-renewable": "GRI-SRS-302-1.a-carriers",
    "energy.fuels.renewable": "GRI-SRS-302-1.b-carriers",
}
PURCHASED_ENERGY = (
    "energy.electricity.consumption",
    "energy.heating.consumption",
    "energy.cooling.consumption",
    "energy.steam.consumption",
)
WASTE_TABLE = "GRI-SRS-306-3.a-waste"


def energy(source: RenderContext) -> Iterator[ChartView]:
    _ = source.words.gettext
    parts = [part for key, table in FUELS.items() for part in _fuels(key, table, source)]
    parts += [part for key in PURCHASED_ENERGY for part in chart_values(key, source)]
    title = _("Energieverbrauch nach Energieträgern %(year)s") % {"year": source.document.reporting_year}
    yield from bar_chart(title, parts, source, "energy.total", AREA)


def _fuels(key: str, table: str, source: RenderContext) -> Iterator[ChartValue]:
    """The carriers if they are all of the figure, else the figure."""
    point = source.document.selection.catalogue.datapoints[key]
    whole = reported_figure(key, source)
    if whole.availability is FigureAvailability.EXPLAINED:
        yield from chart_values(key, source)
        return
    named = _carriers_in_table(table, source) or _carriers_in_lines(key, source)
    total = sum((in_base(one, point.family.units) for _, one in named), Fraction(0))
    said = in_base(whole.quantity, point.family.units) if whole.quantity else total
    if not named or abs(total - said) > ROUNDING_TOLERANCE * abs(said):
        yield from chart_values(key, source)
        return
    for label, quantity in named:
        if quantity.value:
            value = in_base(quantity, point.family.units)
            yield ChartValue(
                _carrier_label(label, key, source), value, value_with_unit(quantity, point, source)
            )


def _carrier_label(label: str, key: str, source: RenderContext) -> str:
    if key != "energy.fuels.renewable":
        return label
    return source.words.gettext("%(carrier)s (erneuerbar)") % {"carrier": label}


def _carriers_in_table(table: str, source: RenderContext) -> list[tuple[str, Quantity]]:
    """The carriers of a table in which every row has its energy; nothing where one has none."""
    value = source.sheet.answer(table).value
    rows = value.rows if isinstance(value, Rows) else ()
    found = []
    for row in rows:
        quantity, carrier = row.get("energy"), row.get("carrier")
        if not isinstance(quantity, Quantity) or not isinstance(carrier, str):
            return []
        found.append((truncate_label(source.words.printable_text(carrier)), quantity))
    return found


def _carriers_in_lines(key: str, source: RenderContext) -> list[tuple[str, Quantity]]:
    """The kinds of lines that a calculator added up for a figure."""
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


def waste(source: RenderContext) -> Iterator[ChartView]:
    _ = source.words.gettext
    selection = source.document.selection
    point = selection.catalogue.datapoints["waste.total"]
    item, value = selection.items.get(WASTE_TABLE), source.sheet.answer(WASTE_TABLE).value
    is_silent = reported_figure("waste.total", source).availability is FigureAvailability.EXPLAINED
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
            total, shown = sum_quantities(by_route[key], point)
            label = source.words.choice(routes, key) if key else _("Weg nicht angegeben")
            parts.append(ChartValue(label, total, value_with_unit(shown, point, source)))
    parts += [ChartValue(name or _("Weiterer Abfall"), None, _("ohne Menge")) for name in unweighed]
    title = _("Abfall nach Verbleib %(year)s") % {"year": source.document.reporting_year}
    yield from bar_chart(title, parts, source, "waste.total", AREA)


def gases(source: RenderContext) -> Iterator[ChartView]:
    """The three scopes beside each other, each with its years."""
    _ = source.words.gettext
    years = sorted(source.sheets)
    location, market = "ghg.scope2.location", "ghg.scope2.market"
    has_location = any(reported_figure(location, source, year).quantity for year in years)
    keys = ("ghg.scope1.gross", location if has_location else market, "ghg.scope3.gross")
    if not has_location and reported_figure(market, source).quantity is None:
        keys = ("ghg.scope1.gross", location, "ghg.scope3.gross")
    shown = [year for year in years if any(reported_figure(key, source, year).quantity for key in keys)]
    point = source.document.selection.catalogue.datapoints[location]
    given = [one for key in keys for year in shown if (one := reported_figure(key, source, year).quantity)]
    if len(given) < MIN_VALUES:
        return
    units = {one.unit for one in given}
    unit = units.pop() if len(units) == 1 else point.default_unit
    names = {
        "ghg.scope1.gross": "Scope\N{NO-BREAK SPACE}1",
        location: _("Scope 2, standortbasiert"),
        market: _("Scope 2, marktbasiert"),
        "ghg.scope3.gross": "Scope\N{NO-BREAK SPACE}3",
    }
    groups: list[BarGroup] = []
    notes: list[str] = []
    for key in keys:
        values = tuple(_year_bar(key, year, unit, shown, source) for year in shown)
        if any(bar.value is not None for bar in values):
            groups.append(BarGroup(names[key], values))
        missing = {year: reported_figure(key, source, year).availability for year in shown}
        notes += _missing_notes(names[key], missing, source)
    about = {"unit": source.words.unit(unit, point.family.units[unit])}
    title = _("Treibhausgase in %(unit)s") % about
    said = "; ".join(f"{g.label}: " + ", ".join(f"{b.label} {b.text}" for b in g.bars) for g in groups)
    alt = alt_text(title, [said], notes)
    brush = chart_style(source.words, AREA)
    svg = columns(alt, groups, brush) or bars(alt, groups, brush)
    yield ChartView(title, svg, tuple(notes))


def _year_bar(key: str, year: int, unit: str, shown: Sequence[int], source: RenderContext) -> Bar:
    point = source.document.selection.catalogue.datapoints[key]
    quantity = reported_figure(key, source, year).quantity
    tone = shown[-1] - year
    if quantity is None:
        return Bar(str(year), None, "–", tone)
    same = quantity.unit == unit
    value = quantity.value if same else numbers.readable(converted(quantity, unit, point.family))
    return Bar(str(year), value, source.words.number(value), tone)


def _missing_notes(
    name: str, standings: dict[int, FigureAvailability], source: RenderContext
) -> Iterator[str]:
    """A sentence for each scope that a year has no value of."""
    without = {year: one for year, one in standings.items() if one is not FigureAvailability.GIVEN}
    for standing in dict.fromkeys(without.values()):
        years = ", ".join(str(year) for year, one in without.items() if one is standing)
        is_now = source.document.reporting_year in [y for y, one in without.items() if one is standing]
        said = availability_label(standing, source) if is_now else source.words.gettext("keine Angabe")
        yield f"{name}: {said}" if len(without) == len(standings) else f"{name}, {years}: {said}"
