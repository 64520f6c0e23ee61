"""The shapes of the path's picture, which stretches over the columns of its table; it holds no text."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

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
