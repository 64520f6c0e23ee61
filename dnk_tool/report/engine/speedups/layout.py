"""Remembers how a block was laid out, so that a block that did not change is not laid out again.

The engine lays a block out anew whenever a page is made again, and in every later document. Here, a block
that finds room on its page is laid out once, as if it stood at the head of an endless page, and is put from
there wherever it goes: in the first document that holds it and in every later one, so that both have the same
numbers to the last bit. What is divided between two pages is laid out by the engine as ever, down to the
blocks within that find room.

What was remembered belongs to a block before layout and goes with it (see `kept_sections`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder

from dnk_tool.report.engine.patches import Patch

_MEMO = "kept_layouts"  # the attribute of a box, and of everything that is copied from it
MOST_BOXES = 800  # about a page: more than that is hardly ever in one piece
SLACK = 24  # pixels: whatever ends closer to the foot of a page is left to the engine
_FORCED = frozenset({"page", "left", "right", "recto", "verso", "column"})


@dataclass(frozen=True, slots=True)
class CachedLayout:
    """A block at the head of an endless page: what the engine returned, and how far down it reaches."""

    box: Any
    next_page: Mapping[str, Any]
    margins: tuple[float, ...]
    collapses: bool
    reach: float


class LayoutCache:
    """What was remembered of the layout of some boxes, for as long as they live."""

    def __init__(self) -> None:
        self._layouts: dict[int, dict[tuple[Any, ...], CachedLayout]] = {}
        self._worth: dict[int, bool | None] = {}
        self._boxes: list[Any] = []  # so that no number of a box is given to another one

    def adopt(self, box: Any) -> None:
        """From now on remembers the layout of this box before layout, if it is worth it."""
        setattr(box, _MEMO, self)
        self._boxes.append(box)
        self._worth[id(box)] = None

    def layouts(self, box: Any) -> dict[tuple[Any, ...], CachedLayout]:
        """What is remembered of a box before layout, by all that its layout depends on."""
        return self._layouts.setdefault(id(box), {})

    def forget_inside(self, box: Any) -> None:
        """Forgets the layouts of what is in a box that stands in one piece: nobody asks for them."""
        for descendant in box.descendants():
            if descendant is not box:
                self._layouts.pop(id(descendant), None)

    def holds(self, box: Any) -> bool:
        """Whether the layout of a box is to be remembered; never of a copy."""
        known = self._worth.get(id(box), False)
        if known is None:
            known = self._worth[id(box)] = _is_worth_it(box)
        return known


def _remembering(lay_out: Any) -> Any:
    """Replaces the layout of a block by one that asks the cache first."""

    def remembering(
        context: Any,
        box: Any,
        bottom_space: float,
        skip_stack: Any,
        containing_block: Any,
        page_is_empty: bool = True,
        absolute_boxes: list[Any] | None = None,
        fixed_boxes: list[Any] | None = None,
        adjoining_margins: list[float] | None = None,
        *rest: Any,
    ) -> Any:
        """Places what is remembered of the block if it finds room on the page, and asks the engine if not.

        Nothing is remembered of a block that is resumed, stands in a column or beside a float: its layout
        depends on more than the key holds.
        """
        memo: LayoutCache | None = box.__dict__.get(_MEMO)
        if (
            memo is not None
            and skip_stack is None
            and absolute_boxes is not None
            and adjoining_margins is not None
            and not any(rest)
            and not context.in_column
            and not context.excluded_shapes
            and memo.holds(box)
        ):
            x, top = box.position_x, box.position_y
            is_first = page_is_empty, page_is_empty and (context.current_page > 1, context.forced_break)
            size = containing_block.width, containing_block.height, containing_block.is_for_root_element
            key = (x, *is_first, *size, *adjoining_margins)
            layouts = memo.layouts(box)
            kept = layouts.get(key)
            room = context.page_bottom - bottom_space - top - SLACK
            if kept is None or (kept.box is None and kept.reach <= room):
                kept = _at_the_head(lay_out, context, box, containing_block, page_is_empty, adjoining_margins)
                layouts[key] = kept
                box.position_x, box.position_y = x, top
            if kept.reach <= room:
                new_box = _placed(kept.box, top, absolute_boxes)
                if context.page_bottom < inf:
                    memo.forget_inside(box)
                return new_box, None, dict(kept.next_page), list(kept.margins), kept.collapses, None
            if context.page_bottom < inf and kept.box is not None:
                # Its parts are what stands on pages; how far it reaches is enough to know.
                layouts[key] = replace(kept, box=None)
        return lay_out(
            context,
            box,
            bottom_space,
            skip_stack,
            containing_block,
            page_is_empty,
            absolute_boxes,
            fixed_boxes,
            adjoining_margins,
            *rest,
        )

    return remembering


def _at_the_head(
    lay_out: Any,
    context: Any,
    box: Any,
    containing_block: Any,
    page_is_empty: bool,
    adjoining_margins: list[float],
) -> CachedLayout:
    """Lays a block out as if at the head of an endless page.

    Moves `box` there; whoever calls puts it back.
    """
    bottom, context.page_bottom = context.page_bottom, inf
    box.position_y = 0
    try:
        new_box, _resume_at, next_page, margins, collapses, _lines = lay_out(
            context, box, 0, None, containing_block, page_is_empty, [], [], [*adjoining_margins]
        )
    finally:
        context.page_bottom = bottom
    end = new_box.border_box_y() + new_box.border_height()
    below = new_box.padding_bottom + new_box.border_bottom_width + max(0, new_box.margin_bottom)
    # A copy: the engine does not copy every box, and lays this one out again.
    return CachedLayout(_placed(new_box, 0, []), next_page, tuple(margins), collapses, end + below)


def _placed(box: Any, dy: float, loose: list[Any]) -> Any:
    """A copy of a block so much further down; what is still to be placed in it is added to `loose`."""
    kind = type(box)
    if kind is AbsolutePlaceholder:
        return _placeholder(box, dy, loose)
    # The constructor would lay out anew.
    new = kind.__new__(kind)  # type: ignore[call-overload]  # which class it is shows at run time only
    new.__dict__ = box.__dict__.copy()
    new.position_y += dy
    if box.children:
        new.children = [_placed(child, dy, loose) for child in box.children]
    if isinstance(box, boxes.TableBox):
        new.column_groups = tuple(_placed(column_group, dy, loose) for column_group in box.column_groups)
    return new


def _placeholder(box: Any, dy: float, loose: list[Any]) -> Any:
    """Copies a placeholder `dy` pixels further down.

    A box that is not laid out yet goes to `loose`, so that the engine places it.
    """
    if box._layout_done:
        new = AbsolutePlaceholder(_placed(box._box, dy, loose))
        new.set_laid_out_box(new._box)
        return new
    inner = box._box.copy()
    inner.position_y += dy
    new = AbsolutePlaceholder(inner)
    loose.append(new)
    return new


def _is_worth_it(box: Any) -> bool:
    """Whether a block is one of those to remember: a whole section, or the smallest that have lines.

    Its layout must depend on nothing but its width, and must tell the engine nothing besides the result.
    """
    return isinstance(box, (boxes.BlockBox, boxes.GridBox)) and _is_unit(box) and _is_plain(box)


def _is_unit(box: Any) -> bool:
    """Tells whether a block is one to remember: with lines, or a section, list, grid or table."""
    has_lines = bool(box.children) and isinstance(box.children[0], boxes.LineBox)
    is_whole = box.element_tag in ("section", "ol", "ul", "li") or isinstance(box, boxes.GridBox)
    return box.is_table_wrapper or has_lines or is_whole


def _is_plain(box: Any) -> bool:
    """Tells whether nothing in a block reaches beyond it, as floats and notes do, and it is not large."""
    for number, descendant in enumerate(box.descendants()):
        style = descendant.style
        if (
            number == MOST_BOXES
            or isinstance(descendant, boxes.FlexContainerBox)
            or descendant.is_floated()
            or descendant.is_running()
            or descendant.is_footnote()
            or descendant.is_note()
            or descendant.missing_link is not None
            or descendant.first_letter_style is not None
            or descendant.first_line_style is not None
            or style["position"] == "fixed"
            or style["column_width"] != "auto"
            or style["column_count"] != "auto"
            or style["max_lines"] != "none"
            or style["continue"] == "discard"
            or style["break_before"] in _FORCED
            or style["break_after"] in _FORCED
        ):
            return False
    return True


PATCHES = (
    Patch(
        "weasyprint.layout.block:block_level_layout",
        "7fb52461444541d9db9a744eef469cf892cf5133fce349854e59c2a651303196",
        _remembering,
    ),
)
