"""Measures text in the embedded sans face, and distributes the width of a table among its columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from fontTools.ttLib import TTFont

from dnk_tool.report.assets import fonts

MILLIMETRE = 72 / 25.4
_RUN = re.compile(r"[^ \n\N{ZERO WIDTH SPACE}/-]*[/-]?")
_FACES = {False: "IBMPlexSans-Regular.ttf", True: "IBMPlexSans-SemiBold.ttf"}


class _Advances(dict[str, float]):
    """The width of each character as a share of the font size; 1.0 for one without a glyph."""

    def __missing__(self, char: str) -> float:
        return 1.0


@cache
def _advances(file_name: str) -> _Advances:
    (path,) = (font for font in fonts() if font.name == file_name)
    with TTFont(path, lazy=True) as face:
        unit, widths = face["head"].unitsPerEm, face["hmtx"].metrics
        return _Advances((chr(code), widths[name][0] / unit) for code, name in face.getBestCmap().items())


def text_width(text: str, size: float, *, is_bold: bool = False) -> float:
    """The width in points of the text on one line, without kerning; `size` in points."""
    return size * sum(map(_advances(_FACES[is_bold]).__getitem__, text))


def widest_word(text: str, size: float, *, is_bold: bool = False) -> float:
    """The width in points of the widest part without a line break; a line may end after "-" and "/"."""
    advance_of = _advances(_FACES[is_bold]).__getitem__
    return size * max(sum(map(advance_of, run)) for run in _RUN.findall(text))


@dataclass(frozen=True, slots=True)
class ColumnNeed:
    """The minimal and the preferred width of a column in points, and whether it holds words."""

    minimum: float
    preferred: float
    has_words: bool


def distribute_width(needs: Sequence[ColumnNeed], room: float) -> tuple[float, ...] | None:
    """The width of each column in points, in sum `room`; None if the minimal widths do not fit."""
    least = sum(need.minimum for need in needs)
    if least > room:
        return None
    spare = room - least
    asked = [max(need.preferred - need.minimum, 0.0) for need in needs]
    total = sum(asked)
    if total >= spare:
        return tuple(
            need.minimum + (spare * more / total if total else 0.0)
            for need, more in zip(needs, asked, strict=True)
        )
    # All have their preferred width: the rest goes to columns of words, so that figures stay close to them.
    words = [need.preferred if need.has_words else 0.0 for need in needs]
    weights = words if any(words) else [need.preferred for need in needs]
    left, whole = spare - total, sum(weights) or 1.0
    return tuple(
        need.minimum + more + left * weight / whole
        for need, more, weight in zip(needs, asked, weights, strict=True)
    )
