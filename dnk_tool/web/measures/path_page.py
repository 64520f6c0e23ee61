"""What the page of a company's path shows: sentences, table and picture in one, what is missing.

The shapes of the path's picture, which stretches over the columns of its table; it holds no text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dnk_tool.domain.measures.climate_goal import BaseOrigin, ClimateGoal, shown_decimals
from dnk_tool.domain.measures.model import MeasureState
from dnk_tool.domain.measures.path import ClimatePath, NamedMeasure, NotCounted, Wedge, shown_places
from dnk_tool.services.measures.climate_goals import CompanyPath, is_possible_base
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.measures import path_texts
from dnk_tool.web.text.labels import label_of

MOST_WEDGES = 6
MOST_SIGNS = 3  # of a number, where nine stand beside each other on a phone


COLUMN, HEIGHT, GROUND, ROOM = 100, 300, 290, 262  # of the picture's own units


@dataclass(frozen=True, slots=True)
class PathWedge:
    """One wedge: its corners, and the look that its row in the table has, too."""

    corners: str
    look: str


@dataclass(frozen=True, slots=True)
class PathChart:
    """The shapes as attributes of SVG. `gap`: the line of the gap in the last year; "" without one."""

    width: int
    height: int
    ground: str
    rest: str
    wedges: tuple[PathWedge, ...]
    path: str
    actual: str
    dots: tuple[str, ...]
    gap: str


def path_chart(
    *,
    actual: Sequence[Decimal | None],
    path: Sequence[Decimal],
    wedges: Sequence[tuple[str, Sequence[Decimal]]],
    left: Sequence[Decimal | None],
    last: int,
) -> PathChart:
    """The picture of values by column. `wedges`: look and amounts; `last`: the place of the last figures.

    `left`: what is left with the measures, known after `last`.
    """
    known = [value for value in (*actual, *path) if value is not None]
    heights = _Heights(max(known))
    start = actual[last] or Decimal(0)
    points = [(place, value) for place, value in enumerate(actual) if value is not None]
    ahead = [(place, value) for place, value in enumerate(left) if value is not None]
    return PathChart(
        width=COLUMN * len(path),
        height=HEIGHT,
        ground=f"M0 {GROUND}H{COLUMN * len(path)}",
        rest=_polygon([(0, Decimal(0)), *points, *ahead, (len(path) - 1, Decimal(0))], heights)
        if ahead
        else _polygon([(0, Decimal(0)), *points, (last, Decimal(0))], heights),
        wedges=tuple(_wedges(wedges, start, last, heights)),
        path=_polygon(list(enumerate(path)), heights),
        actual=_polygon(points, heights),
        dots=tuple(f"M{_x(place)} {heights.y(value)}h.01" for place, value in points),
        gap=_gap_line(path, actual, left, heights),
    )


@dataclass(frozen=True, slots=True)
class _Heights:
    largest: Decimal

    def y(self, value: Decimal) -> str:
        """The height of a value; what is below zero stands on the ground."""
        share = max(Decimal(0), min(value, self.largest)) / self.largest if self.largest else Decimal(0)
        return f"{GROUND - ROOM * share:.1f}"


def _x(place: int) -> int:
    return COLUMN * place + COLUMN // 2


def _polygon(points: Sequence[tuple[int, Decimal]], heights: _Heights) -> str:
    return " ".join(f"{_x(place)},{heights.y(value)}" for place, value in points)


def _wedges(
    wedges: Sequence[tuple[str, Sequence[Decimal]]], start: Decimal, last: int, heights: _Heights
) -> list[PathWedge]:
    """Each wedge between what was left before it and what is left after it, from the last figures on."""
    shapes = []
    length = len(wedges[0][1]) if wedges else 0
    upper = [start] * length
    for look, amounts in wedges:
        lower = [above - amount for above, amount in zip(upper, amounts, strict=True)]
        places = range(last, length)
        there = [(place, upper[place]) for place in places]
        back = [(place, lower[place]) for place in reversed(places)]
        shapes.append(PathWedge(_polygon([*there, *back], heights), look))
        upper = lower
    return shapes


def _gap_line(
    path: Sequence[Decimal],
    actual: Sequence[Decimal | None],
    left: Sequence[Decimal | None],
    heights: _Heights,
) -> str:
    value = actual[-1] if left[-1] is None else left[-1]
    if value is None or value <= path[-1]:
        return ""
    return f"M{_x(len(path) - 1)} {heights.y(value)}V{heights.y(path[-1])}"


@dataclass(frozen=True, slots=True)
class PathRow:
    """A row of the table. `look`: the sign before its name; `kind`: what the row is.

    `gaps`: the places of the cells that show a gap, by what is shown: one that rounds to zero is none.
    """

    name: str
    cells: tuple[str, ...]
    look: str = ""
    kind: str = ""
    gaps: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PathTable:
    """The years with the picture and the rows below it. `is_shortened`: some years stand in `every` only."""

    years: tuple[str, ...]
    rows: tuple[PathRow, ...]
    chart: PathChart
    every: tuple[tuple[str, ...], ...] = ()

    @property
    def is_wide(self) -> bool:
        """Whether nine of its numbers are too wide beside each other on a phone."""
        return any(len(cell) > MOST_SIGNS for row in self.rows for cell in row.cells)

    @property
    def is_shortened(self) -> bool:
        """Whether years are left out."""
        return bool(self.every)


@dataclass(frozen=True, slots=True)
class MissingFigures:
    """Which figures of a year lack; `href` leads to the first of them, "" where no page has it."""

    year: int
    names: str
    href: str


def path_table(goal: ClimateGoal, path: ClimatePath) -> PathTable:
    """The table of the path with at most nine years."""
    places = shown_places(path.years, path.last_actual)
    decimals = shown_decimals(goal.base)
    wedges = _grouped(path.wedges)
    looks = wedge_looks(wedges)

    def cells(values: Sequence[Decimal | None]) -> tuple[str, ...]:
        return tuple(path_texts.amount(values[place], decimals) for place in places)

    rows = (
        PathRow(_("Ist"), cells(path.actual), "actual", "own"),
        PathRow(_("Pfad zum Ziel"), cells(path.path), "path"),
        *(
            PathRow(_wedge_name(wedge), cells(_taken(wedge, path)), look)
            for wedge, look in zip(wedges, looks, strict=True)
        ),
        PathRow(_("Mit Maßnahmen"), cells(path.with_measures), "", "own"),
        _gap_row(cells(path.gap), decimals),
    )
    if path.with_measures[-1] is None:
        rows = tuple(row for row in rows if row.name != _("Mit Maßnahmen"))
    chart = path_chart(
        actual=[path.actual[place] for place in places],
        path=[path.path[place] for place in places],
        wedges=[
            (look, [wedge.amounts[place] for place in places])
            for wedge, look in zip(wedges, looks, strict=True)
        ],
        left=[path.with_measures[place] for place in places],
        last=places.index(path.years.index(path.last_actual)),
    )
    years = tuple(str(path.years[place]) for place in places)
    return PathTable(years, rows, chart, _every_year(path, decimals) if len(places) < len(path.years) else ())


def _gap_row(cells: tuple[str, ...], decimals: int) -> PathRow:
    none = {path_texts.amount(None, decimals), path_texts.amount(Decimal(0), decimals)}
    gaps = frozenset(place for place, cell in enumerate(cells) if cell not in none)
    return PathRow(_("Lücke zum Pfad"), cells, "gap" if gaps else "", "gap", gaps)


def wedge_looks(wedges: Sequence[Wedge]) -> list[str]:
    """The look of each wedge and its row: by state, and in turns, so that neighbours differ."""
    looks: list[str] = []
    for wedge in wedges:
        if wedge.measure is None:
            looks.append("others" if wedge.text else "grid")
            continue
        kind = "planned" if wedge.state is MeasureState.PLANNED else "running"
        looks.append(f"{kind}-2" if looks and looks[-1] == f"{kind}-1" else f"{kind}-1")
    return looks


def _grouped(wedges: tuple[Wedge, ...]) -> tuple[Wedge, ...]:
    """The wedges in their order; where there are many, the smallest ones together in one."""
    measures = [wedge for wedge in wedges if wedge.measure is not None]
    if len(measures) <= MOST_WEDGES:
        return wedges
    largest = sorted(measures, key=lambda wedge: -abs(wedge.amounts[-1]))[: MOST_WEDGES - 1]
    kept = tuple(wedge for wedge in measures if wedge in largest)
    others = [wedge for wedge in measures if wedge not in largest]
    name = ngettext("%(num)d weitere Maßnahme", "%(num)d weitere Maßnahmen", len(others))
    sums = tuple(sum(amounts, Decimal(0)) for amounts in zip(*(w.amounts for w in others), strict=True))
    grid = tuple(wedge for wedge in wedges if wedge.measure is None)
    return (*kept, Wedge(None, str(name), None, sums), *grid)


def _wedge_name(wedge: Wedge) -> str:
    if wedge.state is not None:
        return f"{wedge.text}, {label_of(wedge.state)}"
    return wedge.text or str(_("Sauberer Netzstrom, Annahme"))


def _taken(wedge: Wedge, path: ClimatePath) -> tuple[Decimal | None, ...]:
    """What the wedge takes away as a change: below zero where it saves; nothing up to the last figures."""
    return tuple(
        -amount if amount and year > path.last_actual else None
        for amount, year in zip(wedge.amounts, path.years, strict=True)
    )


def _every_year(path: ClimatePath, decimals: int) -> tuple[tuple[str, ...], ...]:
    values = zip(path.years, path.actual, path.path, path.with_measures, path.gap, strict=True)
    return tuple(
        (str(year), *(path_texts.amount(each, decimals) for each in of_year)) for year, *of_year in values
    )


def missing_figures(known: CompanyPath, declarations: Mapping[int, Declaration]) -> list[MissingFigures]:
    """The years after the base year, up to the latest with a declaration, of which figures lack."""
    goal, latest = known.goal, max((known.path.last_actual, *declarations))
    return [
        MissingFigures(year, ", ".join(path_texts.datapoint_labels(missing)), _figure_href(missing, found))
        for year in range(goal.base_year + 1, min(goal.target_year, latest) + 1)
        if (missing := known.emissions[year].missing if year in known.emissions else goal.datapoints)
        for found in [declarations.get(year)]
    ]


def _figure_href(missing: Sequence[str], declaration: Declaration | None) -> str:
    if declaration is None:
        return ""
    return url_for("figures.show", declaration_id=declaration.id, datapoint=missing[0])


def closing_idea(path: ClimatePath) -> NamedMeasure | None:
    """The first idea that would close the gap of the target year alone; None without such an idea."""
    return next((each for each in path.named if path.final_gap and _closes_gap(each, path)), None)


def _closes_gap(each: NamedMeasure, path: ClimatePath) -> bool:
    is_in_time = each.from_year is None or each.from_year <= path.years[-1]
    is_idea = each.reason is NotCounted.IDEA
    return is_idea and is_in_time and each.amount is not None and each.amount >= path.final_gap


def named_measures(path: ClimatePath, reason: NotCounted) -> list[NamedMeasure]:
    """The measures that change nothing for this reason."""
    return [each for each in path.named if each.reason is reason]


@dataclass(frozen=True, slots=True)
class BaseChange:
    """Why the base year may have to be taken anew.

    `today`: what its figures give now, "" if that is the same. `sites`: years since when other sites count;
    `gases`: whether another set of global warming potentials does. `is_possible`: today's value can be taken.
    """

    today: str
    sites: tuple[int, ...]
    gases: bool
    is_possible: bool


def base_change(
    known: CompanyPath, changed_sites: tuple[int, ...], gwp_sets: Mapping[int, str]
) -> BaseChange | None:
    """What has changed about the base year; None where nothing has.

    A company that has given its reason since is not asked again unless the figures give another value.
    """
    goal, today = known.goal, known.base_today
    own, last = gwp_sets.get(goal.base_year, ""), gwp_sets.get(known.path.last_actual, "")
    is_asked = today is not None or not goal.base_reason
    moved = changed_sites if is_asked else ()
    gases = is_asked and bool(own and last) and own != last
    if today is None and not moved and not gases:
        return None
    decimals = max(shown_decimals(goal.base), 1)
    return BaseChange(
        today=path_texts.tonnes(today, decimals) if today is not None else "",
        sites=moved,
        gases=gases,
        is_possible=today is not None and is_possible_base(goal, today),
    )


_REASONS = {
    NotCounted.NO_EFFECT: _l("Es fehlt, wie viele Tonnen sie im Jahr spart:"),
    NotCounted.NO_YEAR: _l("Es fehlt, ab welchem Jahr sie wirkt:"),
    NotCounted.LATE: _l("Nur geplant, obwohl ihr erstes Jahr vorbei ist:"),
    NotCounted.NO_REDUCTION: _l("Eingekaufter Ökostrom oder Kompensation mindert nichts im Betrieb:"),
    NotCounted.OUTSIDE: _l("Wirkt in Scope 3, das Ihr Ziel nicht umfasst:"),
    NotCounted.AFTER_TARGET: _l("Wirkt erst nach dem Zieljahr:"),
    NotCounted.IN_FIGURES: _l("Steckt schon in den Ist-Werten:"),
}


def left_out(path: ClimatePath) -> list[tuple[str, list[NamedMeasure]]]:
    """The decided measures that change nothing, by reason in words."""
    groups = ((str(words), named_measures(path, reason)) for reason, words in _REASONS.items())
    return [(words, measures) for words, measures in groups if measures]


def goal_details(goal: ClimateGoal) -> list[dict[str, str]]:
    """Base year, assumptions and guiding goal as rows of key and value."""
    decimals = max(shown_decimals(goal.base), 1)
    base = path_texts.tonnes(goal.base, decimals)
    origin = _("aus den Kennzahlen") if goal.base_origin is BaseOrigin.FIGURES else _("von Ihnen eingetragen")
    rows = [
        (_("Basisjahr"), f"{goal.base_year}: {base}, {origin}"),
        (_("Neu berechnet, weil"), goal.base_reason),
        (_("Was zählt"), path_texts.scope_text(goal)),
        (_("Netzstrom"), path_texts.grid_text(goal)),
        (_("Leitziel"), path_texts.neutral_text(goal)),
    ]
    return [{"key": str(key), "value": str(value)} for key, value in rows if value]
