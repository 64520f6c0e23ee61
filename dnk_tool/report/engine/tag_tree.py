"""Makes one tree of the tags that the engine writes page by page, and leaves out what holds nothing.

A paragraph, a list or a table that continues on the next page is two elements at first, so that a reader
announces it twice. Here it becomes one: what was read from the same element of the HTML at the end of a page
and at the head of the next belongs together.
"""

from collections.abc import Collection, Mapping
from typing import Any

# Both libraries come without types.
import pydyf  # type: ignore[import-untyped]  # it brings no types

_POINTS = 0.75  # of a pixel
# What refers to its content by the number of a mark on its page, and to a link, of which each part is one.
_OF_ONE_PAGE = frozenset({"/Link", "/Figure", "/Form"})
_ABOVE_ROWS = frozenset({"/Caption", "/THead"})
_CELLS = frozenset({"/TD", "/TH"})

Elements = Mapping[bytes, Any]


def note_origin(element: pydyf.Dictionary, box: Any) -> None:
    """Notes from which element of the HTML, the innermost if of several, an element was read."""
    if box.element is not None and not hasattr(element, "origin"):
        element.origin = id(box.element), box.element_tag, element["S"]


def forget(element: pydyf.Dictionary) -> None:
    """Empties an element: nothing refers to it any more; only its number must stay."""
    element.clear()


def tidy(pdf: pydyf.PDF, elements: Elements) -> None:
    """Joins what is divided between pages, leaves out what is empty, and corrects what refers to it."""
    (root,) = elements[pdf.catalog["StructTreeRoot"]]["K"]
    renamed: dict[str, str] = {}
    _join_parts(elements[root], elements, renamed)
    _leave_out_empty(elements[root], elements)
    _correct_heads(elements, renamed)


def place_figures(elements: Elements) -> None:
    """Gives the boxes of figures in points from the foot of the page, not in pixels from its head."""
    for element in elements.values():
        if element.get("S") == "/Figure":
            height = elements[element["Pg"]]["MediaBox"][3]
            left, top, right, bottom = (side * _POINTS for side in element["A"]["BBox"])
            box = left, height - bottom, right, height - top
            element["A"]["BBox"] = pydyf.Array(round(side, 2) for side in box)


def _join_parts(element: Any, elements: Elements, renamed: dict[str, str]) -> None:
    """Joins those elements below that are the parts of one."""
    joined: list[Any] = []
    for kid in [elements[reference] for reference in element["K"]]:
        if joined and _is_continued(joined[-1], kid):
            _absorb(joined[-1], kid, elements, renamed)
        else:
            joined.append(kid)
    element["K"][:] = [kid.reference for kid in joined]


def _is_continued(element: Any, other: Any) -> bool:
    """Whether two elements that follow each other were read from one that is divided between pages."""
    origin = getattr(element, "origin", None)
    return (
        origin is not None
        and origin == getattr(other, "origin", None)
        and element["Pg"] != other["Pg"]
        and element["S"] not in _OF_ONE_PAGE
    )


def _absorb(element: Any, other: Any, elements: Elements, renamed: dict[str, str]) -> None:
    """Adds to an element what is below its continuation, and joins what is divided there."""
    begin = len(element["K"])
    for kid in other["K"]:
        elements[kid]["P"] = element.reference
        element["K"].append(kid)
    forget(other)
    if element["S"] == "/Table":
        renamed[str(other.number)] = str(element.number)
        # Where a page has no room for it, the first head of a table is that on the next page.
        element["K"].sort(key=lambda kid: elements[kid]["S"] not in _ABOVE_ROWS)
        _join_parts(element, elements, renamed)
        return
    parts = element["K"][begin:]
    if element["S"] == "/TR":
        pairs = list(zip(element["K"][:begin], parts, strict=False))
    else:
        pairs = [(element["K"][begin - 1], parts[0])] if begin and parts else []
    for first, second in pairs:
        if _is_continued(elements[first], elements[second]):
            _absorb(elements[first], elements[second], elements, renamed)
            element["K"].remove(second)


def _leave_out_empty(element: Any, elements: Elements) -> bool:
    """Leaves out all below that holds neither text nor figure nor link; tells whether anything is left.

    Cells of tables stay, and a head without words heads nothing: it is a cell like any other.
    """
    kept = []
    for kid in element["K"]:
        below = elements.get(kid) if isinstance(kid, bytes) else None
        if below is None or below.get("Type") != "/StructElem" or _leave_out_empty(below, elements):
            kept.append(kid)
        else:
            forget(below)
    element["K"][:] = kept
    if not kept and element["S"] == "/TH":
        element["S"] = "/TD"
        element.pop("ID", None)
    return bool(kept) or element["S"] in _CELLS


def _correct_heads(elements: Elements, renamed: Mapping[str, str]) -> None:
    """Lets the cells of a table refer to heads that there are."""
    heads = {element["ID"].string for element in elements.values() if element.get("S") == "/TH"}
    for element in elements.values():
        if element.get("S") == "/TD" and "Headers" in element["A"]:
            names = (_present(head.string, heads, renamed) for head in element["A"]["Headers"])
            element["A"]["Headers"] = pydyf.Array(pydyf.String(name) for name in names if name in heads)


def _present(head: str, heads: Collection[str], renamed: Mapping[str, str]) -> str:
    """The name of a head; for one that is repeated on a later page, and no element, that of the first.

    The head of a row keeps its name where its table became part of another one.
    """
    if head in heads:
        return head
    table, _dash, place = head.partition("-")
    return f"{renamed.get(table, table)}-{place}"
