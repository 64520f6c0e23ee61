"""Writes the numbers of pages into contents and index once the pages are there.

The engine would lay out again every page that names another, three times over. Here, a number stands at the
right end of a line and takes a room of its own from the start, so that nothing moves when it is written.
"""

import re
from collections.abc import Iterator
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.text.line_break import split_first_line

_EMPTY = re.compile(r'(<span class="page" data-target="#[^"<>]*">)(?=</span>)')
_TARGET, _ROOM = "data-target", "000"


def with_room(html: str) -> str:
    """The HTML in which every number of a page that is still to be written has its room."""
    return _EMPTY.sub(rf"\g<1>{_ROOM}", html)


def write(document: Any) -> None:
    """Writes into a laid-out document on which page each target stands; nothing where there is none."""
    numbers: dict[str, str] = {}
    for number, page in enumerate(document.pages, start=1):
        for name in page.anchors:
            numbers.setdefault(name, str(number))
    for page in document.pages:
        for place in _places(page._page_box):
            _write(place, numbers.get(place.element.get(_TARGET)[1:], ""))


def _places(box: Any) -> Iterator[Any]:
    """Finds the boxes below `box`, itself included, that wait for the number of a page."""
    box = box._box if isinstance(box, AbsolutePlaceholder) else box
    if box.element_tag == "span" and box.element.get(_TARGET):
        yield box
    else:
        for child in box.children:
            yield from _places(child)


def _write(place: Any, number: str) -> None:
    """Puts the number into its room, flush with the right end; without a number, empties the room."""
    for line in [place, *place.descendants()]:
        for text in line.children:
            if not isinstance(text, boxes.TextBox):
                continue
            if not number:
                line.children = []
                return
            layout, _length, _rest, width, _height, _baseline = split_first_line(
                number, text.style, None, None, 0
            )
            text.position_x += text.width - width
            text.text, text.pango_layout, text.width = layout.text, layout, width
            return
