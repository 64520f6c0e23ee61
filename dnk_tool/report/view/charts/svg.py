"""Charts as SVG, drawn from numbers alone: bars, columns by year, and strips that are divided.

Every chart says in its title what it shows, for whoever does not see it. What was not stated is no zero: it
has a text and no bar. All measures are points of paper; no mark leaves the box of its chart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from markupsafe import Markup

from dnk_tool.report.text.text_width import width

Number = Decimal | Fraction

SIZE, SMALL = 8.0, 7.0  # of labels and values, of years and legends
LINE = 10.0  # from one line of a label to the next
ROW, THICK = 15.0, 8.5  # from bar to bar, and the bar itself
BETWEEN = 6.0  # groups
GAP = 6.0  # label, bar and value
PLOT = 68.0  # the height of the highest column
WIDEST = 34.0  # a column
THINNEST = 0.75  # what is not zero can be seen
WIDEST_LABEL, WIDEST_TEXT = 0.34, 0.45  # as parts of the room
MOST_LINES = 2
INK, MUTED, LINES = "#1d2629", "#56636a", "#8b979c"
WHITE = (255, 255, 255)
TONES = (0.0, 0.5, 0.88)  # how much white is in the accent


@dataclass(frozen=True, slots=True)
class Paint:
    """What a chart is drawn with: accent as #rrggbb, fonts, the room in points, pixels for each point."""

    accent: str
    family: str
    room: float
    scale: float = 4 / 3


@dataclass(frozen=True, slots=True)
class Bar:
    """A value with its words; `value` None means that there is none, and `text` says why."""

    label: str
    value: Number | None
    text: str
    tone: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Bars that belong together; a single one has no label of its own."""

    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """Parts of a whole, drawn side by side in the order of the legend."""

    label: str
    parts: tuple[Number, ...]
    text: str


def is_drawable(value: Number | None) -> bool:
    """Whether there is a finite value."""
    return isinstance(value, Fraction) or (value is not None and value.is_finite())


def bars(title: str, groups: Sequence[Group], paint: Paint, full: Number | None = None) -> Markup:
    """Horizontal bars on one scale; with `full` each stands on a ground of that length."""
    texts = [bar.text for group in groups for bar in group.bars]
    label = _column((group.label for group in groups), paint.room * WIDEST_LABEL)
    year = max((width(bar.label, SMALL) for group in groups for bar in group.bars), default=0.0)
    year = min(year, paint.room * 0.2)
    left = label + GAP + (year + GAP if year else 0.0)
    right = min(max((width(one, SIZE) for one in texts), default=0.0), paint.room * WIDEST_TEXT) + 1
    room = max(paint.room - left - GAP - right, 20.0)
    longest = _longest(groups, full)
    marks: list[Markup] = []
    y = 0.0
    for group in groups:
        lines = _lines(group.label, label)
        height = max(len(group.bars) * ROW, (len(lines) - 1) * LINE + ROW)
        marks += [_text(line, 0, y + 10.5 + LINE * at) for at, line in enumerate(lines)]
        for at, bar in enumerate(group.bars):
            top = y + at * ROW
            if year:
                marks.append(_text(_cut(bar.label, year, SMALL), label + GAP, top + 10.5, MUTED, SMALL))
            long = _length(bar.value, longest, room)
            if full is not None and is_drawable(bar.value):
                marks.append(_rect(left, top + 3.5, room, THICK, _mixed(paint.accent, TONES[2])))
            if long:
                marks.append(_block(left, top + 3.5, long, THICK, bar.tone, paint))
            behind = left + GAP + (room if full is not None and is_drawable(bar.value) else long)
            ink = INK if is_drawable(bar.value) else MUTED
            marks.append(_text(_cut(bar.text, paint.room - behind, SIZE), behind, top + 10.5, ink))
        y += height + BETWEEN
    return _svg(title, paint, y - BETWEEN if groups else ROW, marks)


def columns(title: str, groups: Sequence[Group], paint: Paint) -> Markup | None:
    """Groups of columns side by side, their labels below; None if a text has no room above its column."""
    count = max((len(group.bars) for group in groups), default=0)
    if not count:
        return None
    each = paint.room / len(groups)
    slot = min((each - 2 * GAP) / count, WIDEST + 2)
    shown = [bar for group in groups for bar in group.bars]
    if any(width(bar.text, SIZE) > slot or width(bar.label, SMALL) > slot for bar in shown):
        return None
    longest = _longest(groups, None)
    base = 12 + PLOT
    below = max(len(_lines(group.label, each - GAP)) for group in groups)
    marks = [_rect(0, base, paint.room, 0.75, LINES)]
    for at, group in enumerate(groups):
        start = at * each
        for number, bar in enumerate(group.bars):
            x = start + number * slot
            high = _length(bar.value, longest, PLOT)
            if high:
                marks.append(_block(x + 1, base - high, slot - 2, high, bar.tone, paint))
            middle = x + slot / 2
            ink = INK if is_drawable(bar.value) else MUTED
            marks.append(_text(bar.text, middle, base - high - 3, ink, anchor="middle"))
            marks.append(_text(bar.label, middle, base + 10, MUTED, SMALL, anchor="middle"))
        for line, words in enumerate(_lines(group.label, each - GAP)):
            marks.append(_text(words, start + 1, base + 23 + line * LINE))
    return _svg(title, paint, base + 26 + (below - 1) * LINE, marks)


def strips(title: str, rows: Sequence[Strip], legend: Sequence[str], paint: Paint) -> Markup:
    """Wholes that are divided, each of the full length; the legend above is in the order of the parts."""
    label = _column((row.label for row in rows), paint.room * WIDEST_LABEL)
    texts = max((width(row.text, SIZE) for row in rows), default=0.0)
    right = min(texts, paint.room * WIDEST_TEXT) + 1
    left = label + GAP
    room = max(paint.room - left - GAP - right, 20.0)
    marks, y = _legend(legend, left, paint)
    for row in rows:
        lines = _lines(row.label, label)
        marks += [_text(line, 0, y + 10.5 + LINE * at) for at, line in enumerate(lines)]
        marks += _parts(row, left, y + 2.5, room, paint)
        behind = left + room + GAP
        marks.append(_text(_cut(row.text, paint.room - behind, SIZE), behind, y + 10.5))
        y += ROW + 2 + (len(lines) - 1) * LINE
    return _svg(title, paint, y, marks)


def _parts(row: Strip, left: float, top: float, room: float, paint: Paint) -> Iterator[Markup]:
    shown = [Fraction(one) if is_drawable(one) and one > 0 else Fraction(0) for one in row.parts]
    whole = sum(shown)
    begin = Fraction(0)
    for tone, part in enumerate(shown):
        if part:
            wide = max(room * float(part / whole) - 0.5, 0.3)
            x = min(left + room * float(begin / whole), left + room - wide)
            yield _block(x, top, wide, THICK + 1.5, tone, paint)
        begin += part


def _legend(labels: Sequence[str], left: float, paint: Paint) -> tuple[list[Markup], float]:
    marks, x, y = [], left, 0.0
    for tone, label in enumerate(labels):
        words = _cut(label, paint.room - left - 12, SMALL)
        need = 12 + width(words, SMALL)
        if x > left and x + need > paint.room:
            x, y = left, y + 11
        marks.append(_block(x + 0.4, y + 1.5, 7, 7, tone, paint))
        marks.append(_text(words, x + 11, y + 7.5, MUTED, SMALL))
        x += need + 2 * GAP
    return marks, y + 15 if labels else 0.0


def _longest(groups: Sequence[Group], full: Number | None) -> Fraction:
    drawn = (bar.value for group in groups for bar in group.bars)
    values = [Fraction(one) for one in drawn if one is not None and is_drawable(one)]
    return max([*values, Fraction(full) if full is not None else Fraction(0)], default=Fraction(0))


def _length(value: Number | None, longest: Fraction, room: float) -> float:
    """The points of a bar; nothing for what is not stated, zero or below, where no length would be true."""
    if value is None or not is_drawable(value) or value <= 0 or longest <= 0:
        return 0.0
    return min(max(room * float(Fraction(value) / longest), THINNEST), room)


def _column(labels: Iterator[str], most: float) -> float:
    return min(max((width(one, SIZE) for one in labels), default=0.0) + 1, most)


def _lines(label: str, room: float) -> list[str]:
    """The label on at most two lines; what has no room is cut."""
    lines: list[str] = []
    for word in label.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (width(longer, SIZE) <= room or len(lines) == MOST_LINES):
            lines[-1] = longer
        else:
            lines.append(word)
    return [_cut(line, room, SIZE) for line in lines]


def _cut(text: str, room: float, size: float) -> str:
    if width(text, size) <= room:
        return text
    while text and width(f"{text}…", size) > room:
        text = text[: len(text) * 9 // 10] if len(text) > 80 else text[:-1]
    return f"{text.rstrip()}…" if text else ""


def _block(x: float, y: float, wide: float, high: float, tone: int, paint: Paint) -> Markup:
    """A mark of the accent in one of three tones, the lighter ones with an edge."""
    fill = _mixed(paint.accent, TONES[min(tone, len(TONES) - 1)])
    if tone == 0:
        return _rect(x, y, wide, high, fill)
    edge = min(0.6, wide / 2, high / 2)
    stroke = Markup(' stroke="{}" stroke-width="{}"').format(paint.accent, _number(edge))
    return _rect(x + edge / 2, y + edge / 2, wide - edge, high - edge, fill, stroke)


def _rect(x: float, y: float, wide: float, high: float, fill: str, stroke: str = "") -> Markup:
    place = (_number(one) for one in (x, y, wide, high))
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"{}/>').format(*place, fill, stroke)


def _text(words: str, x: float, y: float, fill: str = INK, size: float = SIZE, *, anchor: str = "") -> Markup:
    place = Markup(' text-anchor="{}"').format(anchor) if anchor else ""
    return Markup('<text x="{}" y="{}" fill="{}" font-size="{}"{}>{}</text>').format(
        _number(x), _number(y), fill, _number(size), place, words
    )


def _svg(title: str, paint: Paint, height: float, marks: Sequence[Markup]) -> Markup:
    room = (_number(one) for one in (paint.room * paint.scale, height * paint.scale, paint.room, height))
    head = Markup('<svg width="{}" height="{}" viewBox="0 0 {} {}" role="img" font-family="{}">')
    return (
        head.format(*room, paint.family)
        + Markup("<title>{}</title>").format(title)
        + Markup().join(marks)
        + Markup("</svg>")
    )


def _mixed(colour: str, white: float) -> str:
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(p + (w - p) * white):02x}" for p, w in zip(parts, WHITE, strict=True))


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
