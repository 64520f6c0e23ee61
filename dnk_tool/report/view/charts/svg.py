"""Draws charts as SVG from numbers: bars, columns by year, and stacked bars.

Every chart has its alternative text as title. A missing value is not zero: it has a text and no bar. All
measures are points on paper; nothing is drawn outside the box of its chart.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from markupsafe import Markup

from dnk_tool.report.text.text_width import text_width

Number = Decimal | Fraction

LABEL_SIZE, SMALL_SIZE = 8.0, 7.5  # of labels and values, of years and legends
LINE_HEIGHT = 10.0  # from one line of a label to the next
ROW_HEIGHT, BAR_THICKNESS = 15.0, 8.5  # from bar to bar; the bar itself
GROUP_GAP, GAP = 6.0, 6.0  # between groups; between label, bar and value
PLOT_HEIGHT = 68.0  # the height of the highest column
MAX_COLUMN_WIDTH = 34.0  # of a column
MIN_BAR_LENGTH = 0.75  # so that a value above zero is visible
MAX_LABEL_SHARE, MAX_TEXT_SHARE = 0.34, 0.45  # as shares of the chart's width
MOST_LINES = 2
TEXT_COLOUR, MUTED_COLOUR, AXIS_COLOUR = "#1d2629", "#56636a", "#8b979c"
WHITE = (255, 255, 255)
TONES = (0.0, 0.5, 0.88)  # the share of white in the accent


class ChartForm(Enum):
    """What a chart looks like, for those who cannot see it."""

    BARS = "bars"
    COLUMNS = "columns"
    STACKED_BARS = "stacked bars"


def _as_it_is(_form: ChartForm, text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class ChartStyle:
    """Accent as #rrggbb, font family, the chart's width `room` in points, and `scale` in pixels per point.

    `is_aligned`: its bars begin where those of every other such chart do. `says`: form and content in words.
    """

    accent: str
    family: str
    room: float
    scale: float = 4 / 3
    is_aligned: bool = False
    says: Callable[[ChartForm, str], str] = field(default=_as_it_is, compare=False)


@dataclass(frozen=True, slots=True)
class Bar:
    """A value and the text beside it; `value` None: there is none, and `text` says why."""

    label: str
    value: Number | None
    text: str
    tone: int = 0


@dataclass(frozen=True, slots=True)
class BarGroup:
    """Bars that belong together; a single one has no label of its own."""

    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class StackedBar:
    """The parts of a whole, drawn side by side in the order of the legend, and the text beside them."""

    label: str
    parts: tuple[Number, ...]
    text: str


def is_drawable(value: Number | None) -> bool:
    """Whether the value is there and finite."""
    return isinstance(value, Fraction) or (value is not None and value.is_finite())


def bars(title: str, groups: Sequence[BarGroup], paint: ChartStyle, full: Number | None = None) -> Markup:
    """Horizontal bars on one scale; with `full` (such as 100 per cent) each has a ground of that length."""
    texts = [bar.text for group in groups for bar in group.bars]
    year = max((text_width(bar.label, SMALL_SIZE) for group in groups for bar in group.bars), default=0.0)
    year = min(year, paint.room * 0.2)
    label = _label_width([group.label for group in groups], paint, year + GAP if year else 0.0)
    left = label + GAP + (year + GAP if year else 0.0)
    right = (
        min(max((text_width(text, LABEL_SIZE) for text in texts), default=0.0), paint.room * MAX_TEXT_SHARE)
        + 1
    )
    room = max(paint.room - left - GAP - right, 20.0)
    longest = _largest_value(groups, full)
    marks: list[Markup] = []
    y = 0.0
    for group in groups:
        lines = _wrapped_lines(group.label, label)
        height = max(len(group.bars) * ROW_HEIGHT, (len(lines) - 1) * LINE_HEIGHT + ROW_HEIGHT)
        marks += [_text(line, 0, y + 10.5 + LINE_HEIGHT * at) for at, line in enumerate(lines)]
        for at, bar in enumerate(group.bars):
            top = y + at * ROW_HEIGHT
            if year:
                marks.append(
                    _text(
                        _truncate_to_width(bar.label, year, SMALL_SIZE),
                        label + GAP,
                        top + 10.5,
                        MUTED_COLOUR,
                        SMALL_SIZE,
                    )
                )
            long = _bar_length(bar.value, longest, room)
            if full is not None and is_drawable(bar.value):
                marks.append(
                    _rect(left, top + 3.5, room, BAR_THICKNESS, _mix_with_white(paint.accent, TONES[2]))
                )
            if long:
                marks.append(_toned_rect(left, top + 3.5, long, BAR_THICKNESS, bar.tone, paint))
            behind = left + GAP + (room if full is not None and is_drawable(bar.value) else long)
            ink = TEXT_COLOUR if is_drawable(bar.value) else MUTED_COLOUR
            marks.append(
                _text(_truncate_to_width(bar.text, paint.room - behind, LABEL_SIZE), behind, top + 10.5, ink)
            )
        y += height + GROUP_GAP
    return _svg(paint.says(ChartForm.BARS, title), paint, y - GROUP_GAP if groups else ROW_HEIGHT, marks)


def columns(title: str, groups: Sequence[BarGroup], paint: ChartStyle) -> Markup | None:
    """Groups of columns side by side with labels below; None if a text does not fit above its column."""
    count = max((len(group.bars) for group in groups), default=0)
    if not count:
        return None
    each = paint.room / len(groups)
    slot = min((each - 2 * GAP) / count, MAX_COLUMN_WIDTH + 2)
    shown = [bar for group in groups for bar in group.bars]
    if any(
        text_width(bar.text, LABEL_SIZE) > slot or text_width(bar.label, SMALL_SIZE) > slot for bar in shown
    ):
        return None
    longest = _largest_value(groups, None)
    base = 12 + PLOT_HEIGHT
    below = max(len(_wrapped_lines(group.label, each - GAP)) for group in groups)
    marks = [_rect(0, base, paint.room, 0.75, AXIS_COLOUR)]
    for at, group in enumerate(groups):
        start = at * each
        for number, bar in enumerate(group.bars):
            x = start + number * slot
            high = _bar_length(bar.value, longest, PLOT_HEIGHT)
            if high:
                marks.append(_toned_rect(x + 1, base - high, slot - 2, high, bar.tone, paint))
            middle = x + slot / 2
            ink = TEXT_COLOUR if is_drawable(bar.value) else MUTED_COLOUR
            marks.append(_text(bar.text, middle, base - high - 3, ink, anchor="middle"))
            marks.append(_text(bar.label, middle, base + 10, MUTED_COLOUR, SMALL_SIZE, anchor="middle"))
        for line, words in enumerate(_wrapped_lines(group.label, each - GAP)):
            marks.append(_text(words, start + 1, base + 23 + line * LINE_HEIGHT))
    return _svg(paint.says(ChartForm.COLUMNS, title), paint, base + 26 + (below - 1) * LINE_HEIGHT, marks)


def stacked_bars(title: str, rows: Sequence[StackedBar], legend: Sequence[str], paint: ChartStyle) -> Markup:
    """Stacked bars, each of the full length, under a legend in the order of the parts."""
    label = _label_width([row.label for row in rows], paint)
    texts = max((text_width(row.text, LABEL_SIZE) for row in rows), default=0.0)
    right = min(texts, paint.room * MAX_TEXT_SHARE) + 1
    left = label + GAP
    room = max(paint.room - left - GAP - right, 20.0)
    marks, y = _legend(legend, left, paint)
    for row in rows:
        lines = _wrapped_lines(row.label, label)
        marks += [_text(line, 0, y + 10.5 + LINE_HEIGHT * at) for at, line in enumerate(lines)]
        marks += _segments(row, left, y + 2.5, room, paint)
        behind = left + room + GAP
        marks.append(_text(_truncate_to_width(row.text, paint.room - behind, LABEL_SIZE), behind, y + 10.5))
        y += ROW_HEIGHT + 2 + (len(lines) - 1) * LINE_HEIGHT
    return _svg(paint.says(ChartForm.STACKED_BARS, title), paint, y, marks)


def _segments(row: StackedBar, left: float, top: float, room: float, paint: ChartStyle) -> Iterator[Markup]:
    shown = [Fraction(part) if is_drawable(part) and part > 0 else Fraction(0) for part in row.parts]
    whole = sum(shown)
    begin = Fraction(0)
    for tone, part in enumerate(shown):
        if part:
            wide = max(room * float(part / whole) - 0.5, 0.3)
            x = min(left + room * float(begin / whole), left + room - wide)
            yield _toned_rect(x, top, wide, BAR_THICKNESS + 1.5, tone, paint)
        begin += part


def _legend(labels: Sequence[str], left: float, paint: ChartStyle) -> tuple[list[Markup], float]:
    marks, x, y = [], left, 0.0
    for tone, label in enumerate(labels):
        words = _truncate_to_width(label, paint.room - left - 12, SMALL_SIZE)
        need = 12 + text_width(words, SMALL_SIZE)
        if x > left and x + need > paint.room:
            x, y = left, y + 11
        marks.append(_toned_rect(x + 0.4, y + 1.5, 7, 7, tone, paint))
        marks.append(_text(words, x + 11, y + 7.5, MUTED_COLOUR, SMALL_SIZE))
        x += need + 2 * GAP
    return marks, y + 15 if labels else 0.0


def _largest_value(groups: Sequence[BarGroup], full: Number | None) -> Fraction:
    drawn = (bar.value for group in groups for bar in group.bars)
    values = [Fraction(value) for value in drawn if value is not None and is_drawable(value)]
    return max([*values, Fraction(full) if full is not None else Fraction(0)], default=Fraction(0))


def _bar_length(value: Number | None, longest: Fraction, room: float) -> float:
    """The length of a bar in points; 0 for a missing value, zero or below, which have no true length."""
    if value is None or not is_drawable(value) or value <= 0 or longest <= 0:
        return 0.0
    return min(max(room * float(Fraction(value) / longest), MIN_BAR_LENGTH), room)


def _label_width(labels: Sequence[str], paint: ChartStyle, beside: float = 0.0) -> float:
    """The width of the column of labels; `beside` is what stands between them and the bars."""
    most = paint.room * MAX_LABEL_SHARE
    if paint.is_aligned:
        shorter = most - beside
        is_whole = [" ".join(_wrapped_lines(label, shorter)) == label for label in labels]
        return shorter if all(is_whole) else most
    return min(max((text_width(label, LABEL_SIZE) for label in labels), default=0.0) + 1, most)


def _wrapped_lines(label: str, room: float) -> list[str]:
    """The label on at most two lines, each cut to the width."""
    lines: list[str] = []
    for word in label.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (text_width(longer, LABEL_SIZE) <= room or len(lines) == MOST_LINES):
            lines[-1] = longer
        else:
            lines.append(word)
    return [_truncate_to_width(line, room, LABEL_SIZE) for line in lines]


def _truncate_to_width(text: str, room: float, size: float) -> str:
    if text_width(text, size) <= room:
        return text
    while text and text_width(f"{text}…", size) > room:
        text = text[: len(text) * 9 // 10] if len(text) > 80 else text[:-1]
    return f"{text.rstrip()}…" if text else ""


def _toned_rect(x: float, y: float, wide: float, high: float, tone: int, paint: ChartStyle) -> Markup:
    """A rectangle in one of three tones of the accent; the lighter ones have an edge."""
    fill = _mix_with_white(paint.accent, TONES[min(tone, len(TONES) - 1)])
    if tone == 0:
        return _rect(x, y, wide, high, fill)
    edge = min(0.6, wide / 2, high / 2)
    stroke = Markup(' stroke="{}" stroke-width="{}"').format(paint.accent, _number(edge))
    return _rect(x + edge / 2, y + edge / 2, wide - edge, high - edge, fill, stroke)


def _rect(x: float, y: float, wide: float, high: float, fill: str, stroke: str = "") -> Markup:
    place = (_number(length) for length in (x, y, wide, high))
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"{}/>').format(*place, fill, stroke)


def _text(
    words: str, x: float, y: float, fill: str = TEXT_COLOUR, size: float = LABEL_SIZE, *, anchor: str = ""
) -> Markup:
    place = Markup(' text-anchor="{}"').format(anchor) if anchor else ""
    return Markup('<text x="{}" y="{}" fill="{}" font-size="{}"{}>{}</text>').format(
        _number(x), _number(y), fill, _number(size), place, words
    )


def _svg(title: str, paint: ChartStyle, height: float, marks: Sequence[Markup]) -> Markup:
    room = (
        _number(length) for length in (paint.room * paint.scale, height * paint.scale, paint.room, height)
    )
    head = Markup('<svg width="{}" height="{}" viewBox="0 0 {} {}" role="img" font-family="{}">')
    return (
        head.format(*room, paint.family)
        + Markup("<title>{}</title>").format(title)
        + Markup().join(marks)
        + Markup("</svg>")
    )


def _mix_with_white(colour: str, white: float) -> str:
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(p + (w - p) * white):02x}" for p, w in zip(parts, WHITE, strict=True))


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
