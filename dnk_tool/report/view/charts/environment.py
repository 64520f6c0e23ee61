"""Charts of what the environment is asked for: energy by carrier, waste by fate, greenhouse gases by year."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from dnk_tool.domain import numbers
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.quantities import Quantity, converted, in_base
from dnk_tool.report.view.charts.bar_chart import FEWEST, Part, alt_of, as_part, bar_chart, paint, short
from dnk_tool.report.view.charts.svg import Bar, Group, bars, columns
from dnk_tool.report.view.figures.status import Standing, standing_label, stated, summed, worded
from dnk_tool.report.view.parts import ChartView
from dnk_tool.report.view.requirements import Source

AREA = "environment"
SPREAD = Fraction(2, 100)  # what rounding may take from a sum

FUELS = {
    "energy.fuels.non-renewable": "GRI-SRS-302-1.a-carriers",
    "energy.fuels.renewable": "GRI-SRS-302-1.b-carriers",
}
BOUGHT = (
    "energy.electricity.consumption",
    "energy.heating.consumption",
    "energy.cooling.consumption",
    "energy.steam.consumption",
)
WASTE_TABLE = "GRI-SRS-306-3.a-waste"


def energy(source: Source) -> Iterator[ChartView]:
    _ = source.words.gettext
    parts = [part for key, table in FUELS.items() for part in _fuels(key, table, source)]
    parts += [part for key in BOUGHT for part in as_part(key, source)]
    title = _("Energieverbrauch nach Energieträgern %(year)s") % {"year": source.document.reporting_year}
    yield from bar_chart(title, parts, source, "energy.total", AREA)


def _fuels(key: str, table: str, source: Source) -> Iterator[Part]:
    """The carriers if they are all of the figure, else the figure."""
    point = source.document.selection.catalogue.datapoints[key]
    whole = stated(key, source)
    if whole.standing is Standing.EXPLAINED:
        yield from as_part(key, source)
        return
    named = _listed(table, source) or _calculated(key, source)
    total = sum((in_base(one, point.family.units) for _, one in named), Fraction(0))
    said = in_base(whole.quantity, point.family.units) if whole.quantity else total
    if not named or abs(total - said) > SPREAD * abs(said):
        yield from as_part(key, source)
        return
    for label, quantity in named:
        if quantity.value:
            value = in_base(quantity, point.family.units)
            yield Part(_named(label, key, source), value, worded(quantity, point, source))


def _named(label: str, key: str, source: Source) -> str:
    if key != "energy.fuels.renewable":
        return label
    return source.words.gettext("%(carrier)s (erneuerbar)") % {"carrier": label}


def _listed(table: str, source: Source) -> list[tuple[str, Quantity]]:
    """The carriers of a table in which every row has its energy; nothing where one has none."""
    value = source.sheet.answer(table).value
    rows = value.rows if isinstance(value, Rows) else ()
    found = []
    for row in rows:
        quantity, carrier = row.get("energy"), row.get("carrier")
        if not isinstance(quantity, Quantity) or not isinstance(carrier, str):
            return []
        found.append((short(source.words.said(carrier)), quantity))
    return found


def _calculated(key: str, source: Source) -> list[tuple[str, Quantity]]:
    """The kinds of lines that a calculator added up for a figure."""
    point = source.document.selection.catalogue.datapoints[key]
    by_title: dict[str, list[Quantity]] = {}
    for line in source.document.annex.calculations:
        for step in line.steps:
            if step.datapoint == key and step.result.unit in point.family.units:
                by_title.setdefault(line.title, []).append(step.result)
    return [(short(source.words.said(title)), summed(each, point)[1]) for title, each in by_title.items()]


def waste(source: Source) -> Iterator[ChartView]:
    _ = source.words.gettext
    selection = source.document.selection
    point = selection.catalogue.datapoints["waste.total"]
    item, value = selection.items.get(WASTE_TABLE), source.sheet.answer(WASTE_TABLE).value
    is_silent = stated("waste.total", source).standing is Standing.EXPLAINED
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
            unweighed.append(short(source.words.said(str(row.get("waste", "")))))
    for key in (*(choice.key for choice in routes), ""):
        if key in by_route:
            total, shown = summed(by_route[key], point)
            label = source.words.choice(routes, key) if key else _("Weg nicht angegeben")
            parts.append(Part(label, total, worded(shown, point, source)))
    parts += [Part(name or _("Weiterer Abfall"), None, _("ohne Menge")) for name in unweighed]
    title = _("Abfall nach Verbleib %(year)s") % {"year": source.document.reporting_year}
    yield from bar_chart(title, parts, source, "waste.total", AREA)


def gases(source: Source) -> Iterator[ChartView]:
    """The three scopes beside each other, each with its years."""
    _ = source.words.gettext
    years = sorted(source.sheets)
    location, market = "ghg.scope2.location", "ghg.scope2.market"
    has_location = any(stated(location, source, year).quantity for year in years)
    keys = ("ghg.scope1.gross", location if has_location else market, "ghg.scope3.gross")
    if not has_location and stated(market, source).quantity is None:
        keys = ("ghg.scope1.gross", location, "ghg.scope3.gross")
    shown = [year for year in years if any(stated(key, source, year).quantity for key in keys)]
    point = source.document.selection.catalogue.datapoints[location]
    given = [one for key in keys for year in shown if (one := stated(key, source, year).quantity)]
    if len(given) < FEWEST:
        return
    units = {one.unit for one in given}
    unit = units.pop() if len(units) == 1 else point.default_unit
    names = {
        "ghg.scope1.gross": "Scope\N{NO-BREAK SPACE}1",
        location: _("Scope 2, standortbasiert"),
        market: _("Scope 2, marktbasiert"),
        "ghg.scope3.gross": "Scope\N{NO-BREAK SPACE}3",
    }
    groups: list[Group] = []
    notes: list[str] = []
    for key in keys:
        values = tuple(_of_year(key, year, unit, shown, source) for year in shown)
        if any(bar.value is not None for bar in values):
            groups.append(Group(names[key], values))
        missing = {year: stated(key, source, year).standing for year in shown}
        notes += _missing(names[key], missing, source)
    about = {"unit": source.words.unit(unit, point.family.units[unit])}
    title = _("Treibhausgase in %(unit)s") % about
    said = "; ".join(f"{g.label}: " + ", ".join(f"{b.label} {b.text}" for b in g.bars) for g in groups)
    alt = alt_of(title, [said], notes)
    brush = paint(source.words, AREA)
    svg = columns(alt, groups, brush) or bars(alt, groups, brush)
    yield ChartView(title, svg, tuple(notes))


def _of_year(key: str, year: int, unit: str, shown: Sequence[int], source: Source) -> Bar:
    point = source.document.selection.catalogue.datapoints[key]
    quantity = stated(key, source, year).quantity
    tone = shown[-1] - year
    if quantity is None:
        return Bar(str(year), None, "–", tone)
    same = quantity.unit == unit
    value = quantity.value if same else numbers.readable(converted(quantity, unit, point.family))
    return Bar(str(year), value, source.words.number(value), tone)


def _missing(name: str, standings: dict[int, Standing], source: Source) -> Iterator[str]:
    """A sentence for each scope that a year has no value of."""
    without = {year: one for year, one in standings.items() if one is not Standing.GIVEN}
    for standing in dict.fromkeys(without.values()):
        years = ", ".join(str(year) for year, one in without.items() if one is standing)
        is_now = source.document.reporting_year in [y for y, one in without.items() if one is standing]
        said = standing_label(standing, source) if is_now else source.words.gettext("keine Angabe")
        yield f"{name}: {said}" if len(without) == len(standings) else f"{name}, {years}: {said}"
