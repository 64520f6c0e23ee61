"""A digest of each page of a PDF: of all that it shows, however the file was packed.

A page's digest covers its content, the resources that the content names, boxes, rotation and annotations,
with everything that these refer to: fonts, pictures, patterns, appearances. Streams count as unpacked,
references as what they lead to; links back to parents do not count. The document's digest covers what belongs
to no page and changes how the file looks, reads aloud or behaves: layers, forms, bookmarks, structure,
attachments, actions. Title and other metadata do not count.
The content of a page: its streams as one, and the names in it.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf

from dnk_tool.services.uploads.pages.file_checks import (
    OddFile,
    PageNode,
    check_bytes,
    check_linearization,
    check_roots,
    page_nodes,
    unescaped,
)
from dnk_tool.services.uploads.pages.model import ODD_PAGE, PageDigests
from dnk_tool.services.uploads.pages.objects import Number, ObjectHasher, joined

# What a page's digest leaves out, or adds in a form of its own.
_OWN_FORM = frozenset({"/Contents", "/Resources", "/Annots", "/MediaBox", "/CropBox", "/Rotate"})
_PAGE_IGNORED = frozenset({"/Parent", "/StructParents", "/Metadata", "/PieceInfo", "/LastModified"})
# Resources of these kinds have an effect only where a content names them; those of others may without.
_NAMED_KINDS = frozenset({"/Font", "/XObject", "/Pattern", "/Shading", "/ExtGState", "/Properties"})
_ODD_LOOK = joined(b"odd")
_DOCUMENT_IGNORED = frozenset({"/Type", "/Version", "/Extensions", "/Metadata", "/PieceInfo", "/Pages"})


MAX_STREAMS, MAX_CONTENT_BYTES = 1_000, 50_000_000
_NAME = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]*)")
_BLANKS = b"\x00\t\n\f\r "


@dataclass(frozen=True, slots=True)
class PageContent:
    """The content's bytes, and their digest."""

    data: bytes
    digest: bytes


def page_content(hasher: ObjectHasher, contents: Any) -> PageContent:
    """The streams of the content, joined as readers join them.

    One that ends in the middle of a line is refused: readers disagree whether the next continues a word.
    """
    held = hasher.resolved(contents)
    parts = held if isinstance(held, list) else [contents] if held is not None else []
    if len(parts) > MAX_STREAMS:
        raise OddFile("number of contents")
    joined_parts = b""
    for part in parts:
        if joined_parts and joined_parts[-1] not in _BLANKS:
            raise OddFile("torn content")
        joined_parts += hasher.stream_bytes(part, MAX_CONTENT_BYTES - len(joined_parts))
    # A writer that joins streams may end them with a blank more.
    return PageContent(joined_parts, joined(b"content", joined_parts.rstrip(_BLANKS)))


def used_names(content: bytes) -> frozenset[str]:
    """All names in the content, also those that are text by chance."""
    return frozenset("/" + unescaped(name).decode("utf-8", "replace") for name in _NAME.findall(content))


def page_digests(content: bytes, *, is_own: bool = False) -> PageDigests:
    """The digests of the PDF. Raises OddFile if its pages cannot be compared with others.

    A viewer that finds the table of objects faulty goes by the last object of each number in the file, and by
    the root that a trailer names. Unless the file `is_own`, this has to give the same pages.
    """
    check_bytes(content)
    if not is_own:
        check_roots(content)
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True, attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                raise OddFile("encrypted")
            pages = page_nodes(pdf)
            check_linearization(content, pages)
            digests = _Pages(pdf, pages).digests()
            if pdf.get_warnings():
                raise OddFile("needs repair")
        if not is_own and _rebuilt_digests(content) != digests:
            raise OddFile("two files in one")
        return digests
    except (
        pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, RecursionError
    ) as error:  # fmt: skip
        raise OddFile(type(error).__name__) from error


def _rebuilt_digests(content: bytes) -> PageDigests:
    """The digests of the PDF as it is without its table of objects, which is then made anew."""
    without_table = content.replace(b"startxref", b"startxxxx")
    with pikepdf.open(io.BytesIO(without_table), suppress_warnings=True) as pdf:
        return _Pages(pdf, page_nodes(pdf)).digests()


class _Pages:
    """Makes the digests of one open PDF."""

    def __init__(self, pdf: pikepdf.Pdf, pages: Sequence[PageNode]) -> None:
        self._pdf = pdf
        self._nodes = {node.page.objgen: node for node in pages}
        # What each page looks like apart from its annotations: links lead to it by this, so that a page that
        # moved changes no other.
        self._looks = dict.fromkeys(self._nodes, b"")
        self._hasher = ObjectHasher(pdf, self._looks)

    def digests(self) -> PageDigests:
        """The digests of all pages and of the document."""
        self._looks.update([(number, self._look(node)) for number, node in self._nodes.items()])
        pages = tuple(self._page(number, node) for number, node in self._nodes.items())
        root = self._hasher.entries(self._pdf.Root)
        outlines = self._hasher.outlines(root.pop("/Outlines", None))
        # Where a page stands among what is read aloud: by its number there, which is no look of the page.
        spoken = [
            self._hasher.value(self._hasher.entries(node.page).get("/StructParents"))
            for node in self._nodes.values()
        ]
        rest = self._hasher.dictionary(root, _DOCUMENT_IGNORED)
        document = joined(b"document", rest, outlines, *spoken)
        return PageDigests(pages, document.hex())

    def _page(self, number: Number, node: PageNode) -> str:
        """The page's digest; ODD_PAGE if it is built as no page of ours is."""
        if self._looks[number] == _ODD_LOOK:
            return ODD_PAGE
        try:
            annotations = self._hasher.value(self._hasher.entries(node.page).get("/Annots"))
            return joined(b"page", self._looks[number], annotations).hex()
        except OddFile:
            self._hasher.leave()
            return ODD_PAGE

    def _look(self, node: PageNode) -> bytes:
        try:
            return self._make_look(node)
        except OddFile:
            self._hasher.leave()
            return _ODD_LOOK

    def _make_look(self, node: PageNode) -> bytes:
        hasher = self._hasher
        entries = hasher.entries(node.page)
        inherited = {key: hasher.resolved(value) for key, value in node.inherited.items()}
        content = page_content(hasher, entries.get("/Contents"))
        rotation = inherited.get("/Rotate")
        return joined(
            b"look",
            content.digest,
            self._resources(
                inherited.get("/Resources"), used_names(content.data), hasher.borrows(entries.get("/Annots"))
            ),
            hasher.value(inherited.get("/MediaBox")),
            hasher.value(inherited.get("/CropBox")),
            hasher.value(rotation if rotation != 0 else None),
            hasher.dictionary(entries, _OWN_FORM | _PAGE_IGNORED),
        )

    def _resources(self, resources: object, names: frozenset[str], are_borrowed: bool) -> bytes:
        """The resources that the content names; all of them if something else that is drawn may use any."""
        if resources is None:
            return b"none"
        hasher = self._hasher
        kinds = hasher.as_dictionary(resources)
        used = {
            kind: {
                name: value
                for name, value in hasher.as_dictionary(held).items()
                if name in names or not name.startswith("/")
            }
            if kind in _NAMED_KINDS
            else held
            for kind, held in kinds.items()
        }
        used = {kind: held for kind, held in used.items() if held != {}}
        return hasher.value(kinds if are_borrowed or hasher.borrows(used) else used)
