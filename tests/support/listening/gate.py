"""What no validator sees and a listener hears: words that run together, heads that say too much, silence."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

import pikepdf

from tests.support.listening.figures import LINE, figure_failures
from tests.support.listening.text_layer import INLINE, Element, structure

LONGEST_HEAD = 80  # characters: the head of a row is read before each of its cells
LEAST_FLAT = 12  # entries: a shorter contents needs no second level
ADDRESS = re.compile(r"[/@]|\w[.:_]\w")  # may be divided at any of its signs
ENDLESS = 20  # characters: a word that long may be divided without a hyphen
TEXTS = {"/P", "/LBody", "/TD", "/TH", "/Caption", *(f"/H{level}" for level in range(1, 7))}


def hearing_failures(pdf: pikepdf.Pdf) -> Iterator[str]:
    """All that sounds wrong in a tagged file; nothing for one that may be handed out."""
    document = structure(pdf)
    sizes = {sheet.objgen: [float(side) for side in sheet.MediaBox] for sheet in pdf.pages}
    for element in document.elements():
        yield from faults_of(element)
        if element.kind == "/Figure":
            yield from figure_failures(element, sizes)
        elif element.kind == "/Table":
            yield from _heads(element)
            yield from _references(element)
    yield from _contents(document)


def faults_of(element: Element) -> Iterator[str]:
    """What sounds wrong of an element alone, whatever kind it is of."""
    yield from _end_spaces(element)
    yield from _silence(element)
    yield from _parts(element)


def _end_spaces(element: Element) -> Iterator[str]:
    """Hyphens and spaces at the ends of lines."""
    if element.kind in INLINE:
        return
    pieces = list(element.pieces(of_blocks=False))
    yield from (f"U+2010 in {piece.text!r}" for piece in pieces if "\N{HYPHEN}" in piece.text)
    for piece, after in pairwise(pieces):
        is_one_line = piece.page == after.page and abs(piece.y - after.y) < LINE
        if not is_one_line and _run_together(piece.text, after.text):
            yield f"no space between {piece.text[-30:]!r} and {after.text[:30]!r}"


def _run_together(before: str, after: str) -> bool:
    """Whether two words, neither an address nor an endless word, stand without a space between them."""
    before, after = _as_read(before), _as_read(after)
    if not before or not after:
        return False
    if not before[-1].isalnum() or not after[0].isalnum():
        return False
    word = before.rsplit(maxsplit=1)[-1] + after.split(" ", maxsplit=1)[0]
    return len(word) < ENDLESS and not ADDRESS.search(word)


def _as_read(text: str) -> str:
    """Text in the order of reading: a file holds Hebrew and Arabic as they are drawn, from left to right."""
    is_from_right = any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text)
    return text[::-1] if is_from_right else text


def _silence(element: Element) -> Iterator[str]:
    """Elements without anything to read; only a cell may be empty, and the rest of a divided word."""
    is_rest = any(piece.is_replaced for piece in element.pieces())
    if element.kind in ("/TD", "/Document") or element.text.strip() or is_rest:
        return
    below = list(element.source.get("/K", []))
    has_more = any(isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/OBJR" for kid in below)
    if not has_more and not any(kind == "/Figure" for kind in (each.kind for each in element.elements())):
        yield f"empty {element.kind}" if element.kind != "/TH" else "a head without words"


def _parts(element: Element) -> Iterator[str]:
    """What continues on the next page is one element."""
    said = element.text
    last = ([*element.pieces()] or [None])[-1]
    is_whole = last is not None and last.is_replaced  # the rest of a divided word says a space
    if element.kind in TEXTS and said[-1:] in (" ", "\N{SOFT HYPHEN}") and not is_whole:
        yield f"{element.kind} is read in parts: {said[-40:]!r}"
    tables = [
        child if isinstance(child, Element) and child.kind == "/Table" else None for child in element.children
    ]
    for table, after in pairwise(tables):
        if table and after and _continues(table, after):
            yield f"/Table is read in parts: {after.text[:40]!r}"


def _continues(table: Element, after: Element) -> bool:
    """Whether a table without a caption repeats, on a later page, the head of the one before it."""
    first, second = next(after.pieces(), None), next(table.pieces(), None)
    has_caption = any(child.kind == "/Caption" for child in after.children if isinstance(child, Element))
    is_later = first is not None and second is not None and first.page > second.page
    return is_later and not has_caption and _head(table) == _head(after) != ""


def _head(table: Element) -> str:
    return "".join(element.text for element in table.elements() if element.kind == "/THead")


def _heads(table: Element) -> Iterator[str]:
    """Heads of rows and columns: short, and over something."""
    rows = [element for element in table.elements() if element.kind == "/TR"]
    has_cells = any(element.kind == "/TD" for element in table.elements())
    for row in rows:
        kinds = [child.kind for child in row.children if isinstance(child, Element)]
        for cell in row.children:
            if not isinstance(cell, Element):
                continue
            if (
                cell.kind == "/TD"
                and cell.text.strip() == "–"
                and not any("/E" in each.source for each in cell.elements())
            ):
                yield "a dash that does not say what it means"
            if cell.kind != "/TH":
                continue
            if len(cell.text) > LONGEST_HEAD:
                yield f"a head of {len(cell.text)} characters: {cell.text[:40]!r}"
            if not has_cells or (cell.source.A.get("/Scope") == "/Row" and kinds.count("/TD") == 0):
                yield f"a head over nothing: {cell.text[:40]!r}"


def _references(table: Element) -> Iterator[str]:
    """Each cell refers to heads of its own row, and of columns."""
    rows = [[*row.elements()] for row in table.elements() if row.kind == "/TR"]
    columns = {name for row in rows for name in _names(row, "/Column")}
    for row in rows:
        fit = columns | _names(row, "/Row")
        for cell in row:
            named = cell.source.A.get("/Headers", ()) if cell.kind == "/TD" and "/A" in cell.source else ()
            if any(str(name) not in fit for name in named):
                yield f"a cell that names the head of another row: {cell.text[:40]!r}"


def _names(row: list[Element], scope: str) -> set[str]:
    """The names of a row's heads with this scope."""
    heads = [cell.source for cell in row if cell.kind == "/TH" and "/ID" in cell.source]
    return {str(head.ID) for head in heads if head.A.get("/Scope") == scope}


def _contents(document: Element) -> Iterator[str]:
    """A long table of contents has levels."""
    contents = [element for element in document.elements() if element.kind == "/TOC"]
    entries = [element for element in document.elements() if element.kind == "/TOCI"]
    if len(entries) > LEAST_FLAT and len(contents) < 2:
        yield f"{len(entries)} entries of the contents on one level"
