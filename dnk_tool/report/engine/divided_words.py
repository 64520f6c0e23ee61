"""Says each word that is divided at a line's end once and whole, for programs that take out the text.

The glyphs stay. The first part of the word says all of it and the second one nothing, by `ActualText`
(ISO 32000-1, 14.9.4). The second part says a space: PDFium takes an empty text for none.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import pydyf  # type: ignore[import-untyped]  # it brings no types

LINE_END_HYPHEN, HYPHEN = "\N{HYPHEN}", "-"  # for the sake of a line, and of a word
_LAST_WORD, _FIRST_WORD = re.compile(r"\S+$"), re.compile(r"\S+")
_FROM_RIGHT = frozenset({"R", "AL", "AN"})
_SHOWN, _FONT = re.compile(rb"\[(.*)\] TJ"), re.compile(rb"/(\S+) \S+ Tf")
_PART = re.compile(rb"<([0-9a-f]*)>|([^<>]+)")
_GLYPH = 4  # hexadecimal digits
_END, _START = "word_at_end", "word_at_start"  # what is noted on the box of a text


@dataclass(slots=True)
class _DividedWord:
    """A whole word, and the properties of its parts: they say it only once both parts are drawn."""

    word: str
    properties: list[pydyf.Dictionary] = field(default_factory=list)

    def add_part(self) -> pydyf.Dictionary:
        """The properties of the next part."""
        self.properties.append(pydyf.Dictionary())
        if len(self.properties) == 2:
            for part, said in zip(self.properties, (self.word, " "), strict=True):
                part["ActualText"] = pydyf.String(said)
        return self.properties[-1]


def forget(text: Any) -> None:
    """Forgets what was noted on a text when it stood in another document."""
    text.__dict__.pop(_END, None)
    text.__dict__.pop(_START, None)


def is_divided(text: Any) -> bool:
    """Whether a text ends its line with a part of a word."""
    return (
        getattr(text, "is_divided", False)
        and not text.ends_with_space
        and text.pango_layout.text[-1:] in (LINE_END_HYPHEN, HYPHEN)
    )


def note(text: Any, following: Any, *, is_last: bool) -> None:
    """Notes on two texts that a word ends the first and goes on in the second, `is_last` of its block.

    Nothing where the word may go on behind the second text, and nothing of words from right to left, whose
    glyphs are in another order than their letters.
    """
    said, rest_said = text.pango_layout.text, following.pango_layout.text
    word, rest = _LAST_WORD.search(said), _FIRST_WORD.match(rest_said)
    if word is None or rest is None or (rest.end() == len(rest_said) and not is_last):
        return
    if any(unicodedata.bidirectional(sign) in _FROM_RIGHT for sign in said + rest_said):
        return
    whole = _DividedWord(word[0].removesuffix(LINE_END_HYPHEN) + rest[0])
    setattr(text, _END, (word.start(), whole))
    setattr(following, _START, (min(rest.end() + 1, len(rest_said)), whole))


def mark_parts(stream: Any, begin: int, text: Any) -> None:
    """Marks the parts of divided words in the operators from `begin` on, which draw a text.

    Leaves a text as it is that is drawn with several faces, or whose words do not end where glyphs do.
    """
    at_start, at_end = getattr(text, _START, None), getattr(text, _END, None)
    drawn = _drawn_glyphs(stream, begin) if at_start or at_end else None
    if drawn is None:
        return
    place, glyphs, letters = drawn
    offsets = list(accumulate(letters, initial=0))
    start, first = at_start or (0, None)
    end, last = at_end or (len(text.pango_layout.text), None)
    if offsets[-1] != len(text.pango_layout.text) or not {start, end} <= {*offsets}:
        return
    cuts = offsets.index(start), offsets.index(end)
    stream.stream[place : place + 1] = [
        *_part(first, glyphs[: cuts[0]]),
        *_drawing(glyphs[cuts[0] : cuts[1]]),
        *_part(last, glyphs[cuts[1] :]),
    ]


def _drawn_glyphs(stream: Any, begin: int) -> tuple[int, list[bytes], list[int]] | None:
    """The place of the one operator that draws a text, its glyphs, and how many letters each stands for."""
    shown, fonts = [], []
    for place, operator in enumerate(stream.stream[begin:], begin):
        if isinstance(operator, bytes):
            shown += [(place, found[1]) for found in [_SHOWN.fullmatch(operator)] if found]
            fonts += [found[1].decode() for found in [_FONT.fullmatch(operator)] if found]
    if len(shown) != 1 or len(fonts) != 1:
        return None
    [(place, said)], [name] = shown, fonts
    font = next((each for each in stream._fonts.values() if each.hash == name), None)
    glyphs = _glyphs(said)
    if font is None or font.bitmap or not glyphs:
        return None
    return place, glyphs, [len(font.to_unicode.get(int(glyph[1:5], 16), "")) for glyph in glyphs]


def _glyphs(shown: bytes) -> list[bytes]:
    """The glyphs of an operator, each with the shift behind it; none if a shift comes first."""
    glyphs: list[bytes] = []
    for digits, shift in _PART.findall(shown):
        if not shift:
            glyphs += [b"<%b>" % digits[at : at + _GLYPH] for at in range(0, len(digits), _GLYPH)]
        elif glyphs:
            glyphs[-1] += shift
        else:
            return []
    return glyphs


def _drawing(glyphs: Sequence[bytes]) -> list[Any]:
    return [b"[%b] TJ" % b"".join(glyphs).replace(b"><", b"")] if glyphs else []


def _part(word: _DividedWord | None, glyphs: Sequence[bytes]) -> list[Any]:
    """The operators that draw a part of a word."""
    if word is None:
        return _drawing(glyphs)
    return [b"/Span", word.add_part(), b"BDC", *_drawing(glyphs), b"EMC"]
