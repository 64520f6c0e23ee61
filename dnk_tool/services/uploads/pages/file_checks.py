"""Refuses PDFs that two readers could read differently, before their pages are compared.

A file that needs repair, or that says the same thing twice, may show one thing to qpdf and another to a
viewer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

MAX_PAGES, MAX_TREE_DEPTH = 2_000, 20
INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")

_HEAD_BYTES = 4_096
_TAIL = re.compile(rb"startxref\s+\d+\s+%%EOF\s*\Z")
_TAIL_BYTES = 256
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_ROOT = re.compile(rb"/Root(?![\w.+-])(?:\s+(\d+\s+\d+)\s+R\b)?")
_FIRST_OBJECT = re.compile(
    rb"%PDF-[^\r\n]*[\r\n]+(?:%[^\r\n]*[\r\n]+|\s+)*\d+ \d+ obj(.*?)(?:endobj|stream|\Z)", re.S
)
# What qpdf writes at the start of a linearised file; /O is the number of the object of its first page.
_LINEARIZED = re.compile(
    rb"\s*<<\s*/Linearized 1 /L \d+ /H \[ *\d+ +\d+ *\] /O (\d+) /E \d+ /N (\d+) /T \d+\s*>>\s*"
)


class OddFile(Exception):
    """The PDF is built in a way that no file of ours is, so that its pages are not comparable."""


@dataclass(frozen=True, slots=True)
class PageNode:
    """A page's own dictionary, with what it inherits from the nodes above it."""

    page: Any
    inherited: dict[str, Any]


def check_bytes(content: bytes) -> None:
    """Raise OddFile unless the file begins and ends as every writer leaves it."""
    if not content.startswith(b"%PDF-") or not _TAIL.search(content[-_TAIL_BYTES:]):
        raise OddFile("head or tail")
    if b"/XRefStm" in unescaped(content):
        raise OddFile("two tables of objects")


def check_roots(content: bytes) -> None:
    """Raise OddFile unless every trailer names the same root.

    A viewer that makes the table of objects anew takes the first trailer, another the last one.
    """
    roots = {tuple(root.split()) for root in _ROOT.findall(unescaped(content))}
    if len(roots) != 1 or () in roots:
        raise OddFile("several roots")


def unescaped(content: bytes) -> bytes:
    """The bytes with each sign of a name that is written as #xx as that sign."""
    return _ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), content)


def check_linearization(content: bytes, pages: list[PageNode]) -> None:
    """Raise OddFile if the file's start names another first page than its page tree.

    Viewers that load a linearised file from its start show the page that is named there.
    """
    first = _FIRST_OBJECT.match(content[:_HEAD_BYTES])
    if first is None:
        raise OddFile("first object")
    said = first[1]
    if b"Linearized" not in said and b"#" not in said:
        return
    named = _LINEARIZED.fullmatch(said)
    if named is None or not pages:
        raise OddFile("linearisation")
    if int(named[1]) != pages[0].page.objgen[0] or int(named[2]) != len(pages):
        raise OddFile("linearisation")


def page_nodes(pdf: pikepdf.Pdf) -> list[PageNode]:
    """The pages in order, each with its inherited attributes. Raises OddFile for a contradictory tree.

    Counts, parents and types are checked, because some viewers follow them and others do not.
    """
    seen: set[tuple[int, int]] = set()
    return list(_leaves(pdf.Root.get("/Pages"), None, {}, seen, 0))


def _leaves(
    node: Any, parent: Any, inherited: dict[str, Any], seen: set[tuple[int, int]], depth: int
) -> Iterator[PageNode]:
    if not isinstance(node, pikepdf.Dictionary) or not node.is_indirect or node.objgen in seen:
        raise OddFile("page tree")
    seen.add(node.objgen)
    if depth > MAX_TREE_DEPTH or len(seen) > 2 * MAX_PAGES:
        raise OddFile("page tree")
    above = node.get("/Parent")
    if above is not None if parent is None else not _is_same(above, parent):
        raise OddFile("parent of a page")
    kind = node.get("/Type")
    own = inherited | {key: node[key] for key in INHERITED if key in node}
    if kind == pikepdf.Name.Page and "/Kids" not in node:
        yield PageNode(node, own)
        return
    kids = node.get("/Kids")
    if kind != pikepdf.Name.Pages or not isinstance(kids, pikepdf.Array):
        raise OddFile("page tree")
    below = [leaf for kid in kids for leaf in _leaves(kid, node, own, seen, depth + 1)]
    if len(below) > MAX_PAGES or node.get("/Count") != len(below):
        raise OddFile("number of pages")
    yield from below


def _is_same(node: Any, other: Any) -> bool:
    return isinstance(node, pikepdf.Dictionary) and node.is_indirect and node.objgen == other.objgen
