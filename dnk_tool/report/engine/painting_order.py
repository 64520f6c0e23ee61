"""Paints what is placed on its own, floats or is cut off where it stands in the text, not after the rest.

CSS paints such boxes behind all others, as they may lie over them. Programs that read a page as it was
painted would get all numbers of headings, all dashes of lists and all charts after its words. In our pages
nothing lies over anything but backgrounds, which are painted first, so that a page looks the same.
"""

from collections.abc import Mapping
from functools import wraps
from typing import Any

from weasyprint import draw, stacking
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.stacking import StackingContext

from dnk_tool.report.engine.patches import Patch


def _in_place(dispatch: Any) -> Any:
    """Keeps the boxes below a box in their order."""

    @wraps(dispatch)
    def dispatch_children(
        box: Any, page: Any, contexts: list[Any], blocks: list[Any], floats: list[Any], below: dict[Any, Any]
    ) -> Any:
        """Sorts the boxes below a box by what paints them: lines their children, a block those in `below`."""
        if not isinstance(box, boxes.ParentBox):
            return box
        has_lines = isinstance(box, (boxes.LineBox, boxes.InlineBox)) or _has_lines(box)
        children = []
        for child in box.children:
            child = child._box if isinstance(child, AbsolutePlaceholder) else child
            if not _is_apart(child):
                child = stacking._dispatch(child, page, contexts, blocks, floats, below)
            elif _is_closed(child):
                child = StackingContext.from_box(child, page)
            else:
                child = StackingContext.from_box(child, page, contexts)
            if child is None:
                continue
            if isinstance(child, StackingContext) and not has_lines:
                below[child] = {}
            else:
                children.append(child)
        return box.copy_with_children(children)

    return dispatch_children


def _has_lines(box: Any) -> bool:
    return any(isinstance(child, boxes.LineBox) for child in box.children)


def _is_apart(box: Any) -> bool:
    """Whether CSS takes a box out of the order of painting though nothing says that it lies above others."""
    style = box.style
    return style["z_index"] == "auto" and (
        style["position"] != "static" or box.is_floated() or _is_closed(box)
    )


def _is_closed(box: Any) -> bool:
    """Whether what is in a box is painted as one thing."""
    style = box.style
    return style["opacity"] < 1 or bool(style["transform"]) or style["overflow"] != "visible"


def _lines_in_order(paint: Any) -> Any:
    """Replaces the painting of a part of a line by one that also paints what is placed on its own in it."""

    @wraps(paint)
    def draw_inline_level(stream: Any, page: Any, box: Any, *rest: Any, **named: Any) -> None:
        if isinstance(box, StackingContext):
            draw.draw_stacking_context(stream, box)
        else:
            paint(stream, page, box, *rest, **named)

    return draw_inline_level


def _blocks_in_order(paint: Any) -> Any:
    """Replaces the painting of blocks by one that also paints what is placed on its own among them."""

    @wraps(paint)
    def draw_block_level(page: Any, stream: Any, below: Mapping[Any, Any]) -> None:
        for block, inner in below.items():
            if isinstance(block, StackingContext):
                draw.draw_stacking_context(stream, block)
                continue
            if isinstance(block, boxes.ReplacedBox):
                with stream.marked(block, "Figure"):
                    draw.draw_replacedbox(stream, block)
            elif _has_lines(block):
                for child in block.children:
                    draw.draw_inline_level(stream, page, child)
            draw.draw_block_level(page, stream, inner)

    return draw_block_level


PATCHES = (
    Patch(
        "weasyprint.stacking:_dispatch_children",
        "404a0393e0354707e874b985ee027bf83508d5d684e09f3dcbe807bcb9cdd630",
        _in_place,
        relies_on=("weasyprint.stacking:_dispatch", "weasyprint.stacking:StackingContext"),
    ),
    Patch(
        "weasyprint.draw:draw_inline_level",
        "3bcf44d0cd6b6c47670f16ea16264d49fa015d38e431f417d3fce1ce2d190c82",
        _lines_in_order,
        relies_on=("weasyprint.draw:draw_stacking_context",),
    ),
    Patch(
        "weasyprint.draw:draw_block_level",
        "2ae83a1c2683c28e773d5a069e9330fdbec4605db1f6c0894dd5748188d11c2c",
        _blocks_in_order,
    ),
)
