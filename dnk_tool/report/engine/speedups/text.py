"""Remembers how a line of text is divided and drawn, for as long as its style and its layout are kept.

The engine asks the text engine for the glyphs of every line again when it paints it. The glyphs of a line
that did not change are the same wherever it stands; only the fonts of each document must learn of them.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dnk_tool.report.engine.patches import Patch

_DRAWN = "kept_drawing"  # the attribute of a text's layout
_LINES = "kept_lines"  # the attribute of a style
LONGEST_TEXT = 3_000  # characters: the rest of a text is remembered with each of its lines

# Fonts as they are before a document learns its glyphs, by the key that the engine gives them.
_fonts: dict[int, Any] = {}


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """The operators of a line behind its place, and what its font learns: characters and widths of glyphs."""

    operators: tuple[bytes, ...]
    font: int
    characters: Mapping[int, str]
    widths: Mapping[int, int]


def _remembering_lines(divide: Any) -> Any:
    """Replaces the division of a text by one that keeps its lines on the style."""

    def split_first_line(
        text: str,
        style: Any,
        context: Any,
        max_width: float | None,
        justification_spacing: float,
        is_line_start: bool = True,
        minimum: bool = False,
    ) -> Any:
        """Divides a text after its first line; beyond LONGEST_TEXT characters, nothing is remembered."""
        given = text, style, context, max_width, justification_spacing, is_line_start, minimum
        if len(text) > LONGEST_TEXT:
            return divide(*given)
        lines = style.__dict__.setdefault(_LINES, {})
        key = text, max_width, justification_spacing, is_line_start, minimum
        if key not in lines:
            lines[key] = divide(*given)
        return lines[key]

    return split_first_line


def _remembering_drawings(paint: Any) -> Any:
    """Replaces the drawing of a line by one that keeps its operators on the layout of the text."""

    def draw_text(stream: Any, box: Any, offset_x: float, overflow: str, ellipsis: str = "none") -> None:
        """Draws a line from memory, or draws it as ever and remembers it.

        Lines that are underlined, cut off, justified or hidden are never remembered: their operators depend
        on more than the layout.
        """
        style, layout = box.style, box.pango_layout
        drawn: DrawnLine | None = getattr(layout, _DRAWN, None)
        if drawn is not None:
            _draw(stream, box, drawn)
            return
        is_plain = (
            style["visibility"] == "visible"
            and style["text_decoration_line"] == "none"
            and overflow == "clip"
            and ellipsis == "none"
            and not layout.justification_spacing
        )
        if not is_plain:
            paint(stream, box, offset_x, overflow, ellipsis)
            return
        listening = _LineRecorder(stream)
        paint(listening.stream, box, offset_x, overflow, ellipsis)
        if (heard := listening.heard()) is not None:
            setattr(layout, _DRAWN, heard)

    return draw_text


LINES = (
    Patch(
        "weasyprint.layout.inline:split_first_line",
        "32bf03efc06c8e684f6c69a0dd55ea91c732c33c366225409b76a2bf21be2afd",
        _remembering_lines,
    ),
)
DRAWING = (
    Patch(
        "weasyprint.draw:draw_text",
        "9be0306169a1e4f5ed094c487b1d3a7933434eae133d1f8d187c47ea5386cd5b",
        _remembering_drawings,
        relies_on=(
            "weasyprint.draw.text:draw_first_line",
            "weasyprint.pdf.stream:Stream.add_font",
            "weasyprint.pdf.fonts:Font.__init__",
        ),
    ),
)


def _draw(stream: Any, box: Any, drawn: DrawnLine) -> None:
    """Draws a remembered line where its box stands now, in the colour of its style."""
    stream.set_color(box.style["color"])
    font = stream._fonts.get(drawn.font)
    if font is None:
        font = stream._fonts[drawn.font] = _fresh(_fonts[drawn.font])
    _teach(font, drawn.characters, drawn.widths)
    stream.begin_text()
    stream.set_text_matrix(1, 0, 0, -1, box.position_x, box.position_y + box.baseline)
    stream.stream.extend(drawn.operators)
    stream.end_text()


class _LineRecorder:
    """Notes what is drawn into a stream for one line, and what its font learns by that."""

    def __init__(self, stream: Any) -> None:
        """Listens in `stream` from here on, until `heard` is called."""
        self.stream = stream
        self._start = len(stream.stream)
        self._seen: list[tuple[Any, dict[int, str], dict[int, int]]] = []
        add = type(stream).add_font.__get__(stream)

        def add_font(pango_font: Any) -> Any:
            """Returns the font as ever, with empty tables at first: they show what this line teaches it."""
            font, size = add(pango_font)
            if not self._seen:
                self._seen.append((font, font.to_unicode, font.widths))
                font.to_unicode, font.widths = {}, {}
            elif self._seen[0][0] is not font:
                self._seen.append((font, {}, {}))
            return font, size

        stream.add_font = add_font

    def heard(self) -> DrawnLine | None:
        """The line; None unless it is in one font that has all its glyphs."""
        del self.stream.add_font
        if not self._seen:
            return None
        font, characters, widths = self._seen[0]
        own_characters, own_widths = font.to_unicode, font.widths
        font.to_unicode, font.widths = characters, widths
        _teach(font, own_characters, own_widths)
        drawn = self.stream.stream[self._start :]
        key = next((key for key, known_font in self.stream._fonts.items() if known_font is font), None)
        is_simple = len(self._seen) == 1 and not (
            font.missing or font.bitmap or font.png or font.svg or font.colr
        )
        if key is None or not is_simple or b"BT" not in drawn or drawn[-1] != b"ET":
            return None
        if key not in _fonts:
            _fonts[key] = _fresh(font)
        at = drawn.index(b"BT")
        return DrawnLine(tuple(drawn[at + 2 : -1]), key, own_characters, own_widths)


def _fresh(font: Any) -> Any:
    """A font that no document has used; made before the engine strips it of all glyphs that are not used."""
    new = copy.copy(font)
    new.to_unicode, new.widths, new.missing = {}, {}, {}
    return new


def _teach(font: Any, characters: Mapping[int, str], widths: Mapping[int, int]) -> None:
    """Lets a font know characters and widths of glyphs; what it knows already stays."""
    for glyph, character in characters.items():
        font.to_unicode.setdefault(glyph, character)
    for glyph, width in widths.items():
        font.widths.setdefault(glyph, width)
