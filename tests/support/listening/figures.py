"""Figures of a printed declaration: where they lie, and what they say."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tests.support.listening.text_layer import Element, Piece

LINE, SLACK = 5.0, 3.0  # points: texts further apart stand on two lines; letters reach beyond their place
SHORT_UNIT = re.compile(r"\d (?:[kMG]Wh|[GMT]?J|k?g|t|m³|m²|%|T?EUR|VZÄ|FTE|h)(?!\w)|CO₂e")


def figure_failures(figure: Element, sizes: dict[Any, list[float]]) -> Iterator[str]:
    """A figure lies on its page, around its own words, and tells them in sentences."""
    left, bottom, right, top = (float(side) for side in figure.source.A.BBox)
    page_left, page_bottom, page_right, page_top = sizes[figure.source.Pg.objgen]
    if not (page_left <= left < right <= page_right and page_bottom <= bottom < top <= page_top):
        yield f"a figure beyond its page: {left, bottom, right, top}"
    pieces = list(figure.pieces())
    for piece in pieces:
        if not (left - SLACK <= piece.x <= right + SLACK and bottom - SLACK <= piece.y <= top + SLACK):
            yield f"a figure whose words stand elsewhere: {piece}"
            break
    for piece, after in pairwise(pieces):
        if abs(piece.y - after.y) > LINE and not piece.text[-1:].isspace() and not after.text[:1].isspace():
            yield f"no space between words of a figure: {_around(pieces, piece)!r}"
            break
    said = str(figure.source.get("/Alt", ""))
    if not pieces or not said.strip():
        return  # what is no chart may be named alone
    if not re.fullmatch(r"[^:.]+: .*[.]", said):
        yield f"a figure that does not say what it is, in sentences: {said!r}"
    if re.search(r"[.,;:!?](?=[^\W\d])", said) or "; " in said or "\N{NO-BREAK SPACE}" in said:
        yield f"a figure that is no sentence: {said!r}"
    if SHORT_UNIT.search(said):
        yield f"a unit that is not spoken: {said!r}"


def _around(pieces: list[Piece], piece: Piece) -> str:
    at = pieces.index(piece)
    return "".join(each.text for each in pieces[max(at - 10, 0) : at + 10])
