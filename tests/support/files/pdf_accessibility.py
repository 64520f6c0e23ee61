"""What a listener needs of a printed declaration: two validators, and what they do not see."""

import math
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import page
import pikepdf

from tests.support.listening.gate import hearing_failures
from tests.support.listening.painting import pages_out_of_order

PROFILES = ("ua1", "3a")
# A contents page has about a hundred; dots between name and number would make thousands.
MAX_MARKS = 300
# At the foot of every page: whose declaration in which version, and the number of the page.
RUNNING_PARTS = 2
SMALLEST = 7.5  # points, of all texts
_SHOWS_TEXT = frozenset(("TJ", "Tj", "'", '"'))
ALLOWED_CHILDREN = {
    "/L": {"/LI", "/Caption"},
    "/LI": {"/Lbl", "/LBody"},
    "/TOC": {"/TOCI", "/TOC", "/Caption"},
    "/TOCI": {"/Reference", "/Lbl", "/P", "/TOC", "/NonStruct"},
    "/Table": {"/TR", "/THead", "/TBody", "/TFoot", "/Caption"},
    "/TR": {"/TH", "/TD"},
}


def accessibility_failures(path: Path, *, has_contents: bool = True, least_bookmarks: int = 4) -> list[str]:
    """All that is wrong with the file; nothing for one that may be handed out.

    A whole declaration has a table of contents; a short form or an excerpt has bookmarks alone.
    """
    failures = []
    for profile in PROFILES:
        report = page.validate_pdf(str(path), profile=profile)
        failures += [] if report.is_compliant else [f"{profile}: {failure}" for failure in report.failures]
    with pikepdf.open(path) as pdf:
        failures += [*_document(pdf, least_bookmarks), *_tree(pdf, has_contents), *_links(pdf), *_pages(pdf)]
        failures += hearing_failures(pdf)
        failures += [
            f"page {number} is painted in another order than it is read" for number in pages_out_of_order(pdf)
        ]
    return failures


def structure_elements(pdf: pikepdf.Pdf) -> list[tuple[Any, tuple[str, ...]]]:
    """Every structure element in reading order, with the names of those around it."""
    elements = []
    pending: list[tuple[Any, tuple[str, ...]]] = [(pdf.Root.StructTreeRoot.K, ())]
    while pending:
        node, around = pending.pop()
        if isinstance(node, pikepdf.Array):
            pending += [(kid, around) for kid in reversed(list(node))]
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            elements.append((node, around))
            pending.append((node.get("/K", pikepdf.Array()), (*around, str(node.S))))
    return elements


def child_elements(element: Any) -> list[Any]:
    """The structure elements directly below."""
    below = element.get("/K", [])
    return [child for child in below if isinstance(child, pikepdf.Dictionary) and "/S" in child]


def _document(pdf: pikepdf.Pdf, least_bookmarks: int) -> Iterator[str]:
    if not re.fullmatch(r"(de|en)-[A-Z]{2}", str(pdf.Root.get("/Lang", ""))):
        yield "no language"
    if not str(pdf.docinfo.get("/Title", "")).strip() or not pdf.Root.ViewerPreferences.DisplayDocTitle:
        yield "no title that is shown"
    if not pdf.Root.MarkInfo.Marked:
        yield "not marked"
    with pdf.open_outline() as outline:
        names = [bookmark.title for bookmark in outline.root]
    if len(names) < least_bookmarks or not all(names):
        yield f"hardly any bookmarks: {names}"


def _tree(pdf: pikepdf.Pdf, has_contents: bool) -> Iterator[str]:
    tree = structure_elements(pdf)
    for element, around in tree:
        kind, below = str(element.S), child_elements(element)
        for kid in below:
            if kid.P.objgen != element.objgen:
                yield f"{kid.S} in {kind} thinks that it stands elsewhere"
            if kind in ALLOWED_CHILDREN and str(kid.S) not in ALLOWED_CHILDREN[kind]:
                yield f"{kid.S} in {kind}"
        if kind == "/TH" and str(element.A.get("/Scope", "")) not in ("/Column", "/Row"):
            yield "TH without scope"
        if kind == "/Figure" and not str(element.get("/Alt", "")).strip():
            yield "Figure without text"
        if kind == "/Link" and "/Link" in around:
            yield "Link in Link"
        if re.fullmatch(r"/H[1-6]|/P", kind) and any(re.fullmatch(r"/H[1-6]|/P", each) for each in around):
            yield f"{kind} in a heading or a paragraph"
        if (
            kind == "/TR"
            and [str(cell.S) for cell in below].count("/TH") > 1
            and "/TD" in {str(c.S) for c in below}
        ):
            yield "a row with two heads: each is read before every cell"
        if kind in ("/L", "/LI", "/TOC", "/TOCI", "/Table", "/TR") and not below:
            yield f"empty {kind}"
    levels = [int(str(element.S)[2]) for element, _ in tree if re.fullmatch(r"/H[1-6]", str(element.S))]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield f"not one first heading: {levels}"
    if any(after > before + 1 for before, after in pairwise(levels)):
        yield f"a level of headings is skipped: {levels}"
    entries = [element for element, _ in tree if element.S == "/TOCI"]
    if bool(entries) != has_contents or not all(_has_one_link(entry) for entry in entries):
        yield "no contents whose entries lead somewhere"


def _has_one_link(entry: Any) -> bool:
    below = child_elements(entry)
    return [str(child.S) for child in below] in (["/Reference"], ["/Reference", "/TOC"]) and [
        str(child.S) for child in child_elements(below[0])
    ] == ["/Link"]


def _links(pdf: pikepdf.Pdf) -> Iterator[str]:
    for sheet in pdf.pages:
        for annotation in sheet.get("/Annots", []):
            words = str(annotation.get("/Contents", ""))
            if annotation.Subtype == "/Link" and not re.search(r"\w{2}", words):
                yield f"a link without words: {words!r}"
            if re.fullmatch(r"[a-z]+(-[\w.-]+)?", words):
                yield f"a link that is called by its anchor: {words!r}"


def _pages(pdf: pikepdf.Pdf) -> Iterator[str]:
    for number, sheet in enumerate(pdf.pages, start=1):
        marks = [
            str(instruction.operands)
            for instruction in pikepdf.parse_content_stream(sheet)
            if str(instruction.operator) == "BDC"
        ]
        if len(marks) > MAX_MARKS:
            yield f"{len(marks)} marks on page {number}"
        if number > 1 and sum("/Pagination" in mark for mark in marks) < RUNNING_PARTS:
            yield f"running parts of page {number} are content"
        if small := sorted(size for size in text_sizes(sheet, sheet.Resources) if size < SMALLEST):
            yield f"text of {small} points on page {number}"


def text_sizes(stream: Any, resources: Any, scale: float = 1.0) -> set[float]:
    """The sizes in points, to a tenth, of all texts of a page or of a drawing on it."""
    sizes: set[float] = set()
    kept: list[float] = []
    font_size, text_scale = 0.0, 1.0
    for operands, operator in pikepdf.parse_content_stream(stream):
        name = str(operator)
        if name == "q":
            kept.append(scale)
        elif name == "Q":
            scale = kept.pop()
        elif name == "cm":
            scale *= _height(operands)
        elif name == "Tf":
            font_size = float(operands[1])
        elif name == "Tm":
            text_scale = _height(operands)
        elif name in _SHOWS_TEXT:
            sizes.add(round(font_size * text_scale * scale, 1))
        elif name == "Do" and (drawing := resources.XObject[operands[0]]).Subtype == "/Form":
            own = scale * _height(drawing.get("/Matrix", (1, 0, 0, 1, 0, 0)))
            sizes |= text_sizes(drawing, drawing.get("/Resources", resources), own)
    return sizes


def _height(matrix: Any) -> float:
    """How a matrix changes heights."""
    return math.hypot(float(matrix[2]), float(matrix[3]))
