"""No page ends in a divided word: its line goes on to the next page.

A reader would have to keep half a word in mind while turning the page. The engine divides words wherever a
line ends, also the last one of a page.
"""

from functools import wraps
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout.block import remove_placeholders

from dnk_tool.report.engine.divided_words import LINE_END_HYPHEN
from dnk_tool.report.engine.patches import Patch


def _without_hyphen_below(lay_out: Any) -> Any:
    """Takes lines that end in a divided word from the end of a paragraph that goes on overleaf."""

    @wraps(lay_out)
    def linebox_layout(
        context: Any,
        box: Any,
        index: int,
        child: Any,
        lines: list[Any],
        page_is_empty: bool,
        absolute_boxes: list[Any],
        fixed_boxes: list[Any],
        *rest: Any,
    ) -> Any:
        """Lays out lines as ever; where too few of them would stay, the paragraph begins overleaf."""
        placed = absolute_boxes, fixed_boxes
        result = lay_out(context, box, index, child, lines, page_is_empty, *placed, *rest)
        abort, stop, resume_at, *others = result
        if not stop or abort or resume_at is None or context.in_column or not lines:
            return result
        kept = _lines_to_keep(lines)
        if kept == len(lines):
            return result
        if kept >= box.style["orphans"] or (page_is_empty and kept):
            remove_placeholders(context, lines[kept:], *placed)
            del lines[kept:]
            return False, True, {index: lines[-1].resume_at}, *others
        return result if page_is_empty else (True, False, resume_at, *others)

    return linebox_layout


def _without_hyphen_above(find: Any) -> Any:
    """Finds an earlier end of a page as ever, but none behind a divided word."""

    @wraps(find)
    def find_earlier_page_break(
        context: Any, children: Any, absolute_boxes: list[Any], fixed_boxes: list[Any]
    ) -> Any:
        """Keeps fewer lines of a paragraph, or none where too few would stay."""
        found = find(context, children, absolute_boxes, fixed_boxes)
        if not found or not isinstance(children[0], boxes.LineBox):
            return found
        lines = found[0]
        kept = _lines_to_keep(lines)
        if kept == len(lines):
            return found
        if kept < lines[0].style["orphans"]:
            return None
        remove_placeholders(context, lines[kept:], absolute_boxes, fixed_boxes)
        return lines[:kept], {0: lines[kept - 1].resume_at}

    return find_earlier_page_break


def _lines_to_keep(lines: Any) -> int:
    """How many of the lines stay when those at the end that end in a divided word go."""
    kept = len(lines)
    while kept and _ends_in_hyphen(lines[kept - 1]):
        kept -= 1
    return kept


def _ends_in_hyphen(box: Any) -> bool:
    """Tells whether the last text in a line ends in the hyphen of a divided word."""
    while not isinstance(box, boxes.TextBox):
        if not getattr(box, "children", ()):
            return False
        box = box.children[-1]
    return bool(box.text.endswith(LINE_END_HYPHEN))


PATCHES = (
    Patch(
        "weasyprint.layout.block:_linebox_layout",
        "ce5f2a213058c23aa797e2293ae51bc3a63f08bc0204fab9f6a4dffeb1dff66a",
        _without_hyphen_below,
    ),
    Patch(
        "weasyprint.layout.block:find_earlier_page_break",
        "210dcf01a774b735738224a811378d8e4a08d7505d5f6be16295f48c5c67619b",
        _without_hyphen_above,
    ),
)
