"""Reads the XML parts of office files: as trees, or only the texts of some elements and attributes."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser
from xml.parsers import expat

from dnk_tool.domain.evidence import FileRejected, FileRejectionReason

# The names of the parser come from here, so that nobody else reads XML in another way.
__all__ = ["Element", "ParseError", "local_name", "parse_tree", "texts_of"]

_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([\w.-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PLAIN_ENCODINGS = frozenset({b"utf-8", b"us-ascii", b"iso-8859-1"})


class _NoDoctypeBuilder(TreeBuilder):
    """Refuses document types: office programs write none, and one could define exploding entities."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Raise FileRejected."""
        raise FileRejected(FileRejectionReason.BROKEN)


def parse_tree(part: bytes) -> Element:
    """The root of the part. Raises ParseError, and FileRejected for a document type."""
    parser = XMLParser(target=_NoDoctypeBuilder())  # noqa: S314  no document type, in a child with limits
    parser.feed(part)
    root = parser.close()
    if not isinstance(root, Element):
        raise ParseError("nothing")
    return root


def local_name(tag: str) -> str:
    """The name of an element or attribute without its namespace."""
    return tag.rpartition("}")[2]


def texts_of(part: bytes, names: frozenset[str]) -> Iterator[str]:
    """The texts of the elements with these local names, wherever they stand; builds no tree of a large part.

    Raises ParseError, and FileRejected for a document type.
    """
    # Most sheets have no formula: a look at the bytes spares their parsing, unless an entity could hold one.
    wanted = "|".join(map(re.escape, sorted(names))).encode()
    if _is_plain(part) and not re.search(rb"[<:](?:%b)[\s/>]" % wanted, part) and not _DECLARED.search(part):
        return
    yield from _TextCollector(names).texts(part)


def _is_plain(part: bytes) -> bool:
    """Whether markup stands in the part as in ASCII; expat reads other encodings, too."""
    head = part[:200]
    named = _ENCODING.search(head)
    return b"\0" not in head and b"<" in head and (not named or named[1].lower() in _PLAIN_ENCODINGS)


class _TextCollector:
    """Collects texts while expat reads a part."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names, self._open, self._pieces = names, 0, list[str]()
        self._texts: list[str] = []

    def texts(self, part: bytes) -> list[str]:
        """The texts of the wanted elements. Raises ParseError and FileRejected."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        self._parser = parser
        try:
            parser.Parse(part, True)
        except expat.ExpatError as error:
            raise ParseError(str(error)) from error
        return self._texts

    def _refuse(self, *_doctype: object) -> None:
        raise FileRejected(FileRejectionReason.BROKEN)

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] in self._names:
            self._open += 1
            self._parser.CharacterDataHandler = self._pieces.append

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] in self._names:
            self._open -= 1
            if not self._open:
                self._parser.CharacterDataHandler = None
                self._texts.append("".join(self._pieces))
                self._pieces.clear()
