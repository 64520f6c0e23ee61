"""Hashes the objects of a PDF by what they say, not by how they are numbered, packed or shared."""

import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pikepdf

from dnk_tool.services.uploads.pages.file_checks import OddFile

MAX_OBJECTS, MAX_BYTES, MAX_DEPTH = 400_000, 200_000_000, 150
MAX_OUTLINES = 5_000

_REFERENCE = re.compile(r"(\d+) (\d+) R")
_CHUNK = 1_000_000
_PACKING = frozenset({"/Length", "/Filter", "/DecodeParms"})
# Links back to where an object hangs, by what kind of object has them. The kind counts, too.
_BACK_LINKS = {
    "/Annot": frozenset({"/P", "/Parent"}),
    "/StructElem": frozenset({"/P"}),
    "/StructTreeRoot": frozenset({"/ParentTreeNextKey"}),
}
_OUTLINE_LINKS = frozenset({"/Parent", "/Prev", "/Next", "/First", "/Last"})

Number = tuple[int, int]


class _Real(str):
    """A number with decimals, as it is written."""

    __slots__ = ()


def joined(*parts: bytes) -> bytes:
    """The SHA-256 of the parts, each with its length, so that none can pass for two."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.digest()


class ObjectHasher:
    """Hashes objects of one PDF. `looks`: what stands for each page that is referred to, empty while unknown.

    Raises OddFile for circles, and for more objects, bytes or levels than a declaration has.
    """

    def __init__(self, pdf: pikepdf.Pdf, looks: Mapping[Number, bytes]) -> None:
        self._pdf, self._looks = pdf, looks
        self._hashes: dict[Number, bytes] = {}
        self._entries: dict[Number, Any] = {}
        self._open: set[Number] = set()
        self._objects = self._bytes = self._depth = 0

    def entries(self, held: Any) -> dict[str, Any]:
        """The entries of a dictionary, one level deep."""
        return dict(self._loaded(held))

    def resolved(self, value: Any) -> Any:
        """The value that a reference leads to; any other value as it is."""
        if isinstance(value, pikepdf.Object):
            return self._loaded(value)
        steps = 0
        while (number := _reference(value)) is not None:
            value, steps = self._object(number), steps + 1
            if steps > MAX_DEPTH:
                raise OddFile("references")
        return value

    def as_dictionary(self, value: Any) -> dict[str, Any]:
        """The dictionary itself or the one referred to. Raises OddFile for anything else."""
        entries = self.resolved(value)
        if not isinstance(entries, dict):
            raise OddFile("no dictionary")
        return entries

    def value(self, value: Any) -> bytes:
        """The hash of a value, with all that it refers to."""
        number = _reference(value)
        if number is None:
            return self._nested(value)
        look = self._looks.get(number)
        if look is not None:
            if not look:
                raise OddFile("a page in a page")
            return joined(b"leads to", look)
        if number not in self._hashes:
            if number in self._open:
                raise OddFile("circle")
            self._open.add(number)
            self._hashes[number] = self._indirect(number)
            self._open.discard(number)
        return self._hashes[number]

    def dictionary(self, entries: dict[str, Any], ignored: frozenset[str] = frozenset()) -> bytes:
        """The hash of a dictionary without the keys `ignored`, links back, and entries that are null."""
        ignored |= _BACK_LINKS.get(_kind(entries), frozenset())
        parts = [b"dictionary"]
        for key in sorted(entries):
            if key in ignored or (said := self.value(entries[key])) == _NULL:
                continue
            parts += [key.encode("utf-8", "surrogatepass"), said]
        return joined(*parts)

    def leave(self) -> None:
        """Forget where an object was left that could not be hashed, before the next."""
        self._open.clear()
        self._depth = 0

    def outlines(self, value: Any) -> bytes:
        """The hash of the bookmarks, which are chained to and fro."""
        return joined(b"outlines", *self._outline_level(value, [0])) if value is not None else _NULL

    def stream_bytes(self, reference: Any, most: int) -> bytes:
        """The unpacked bytes of a content. Raises OddFile if they are more than `most`."""
        number = _reference(reference)
        stream = self._pdf.get_object(number) if number else None
        if not isinstance(stream, pikepdf.Stream):
            raise OddFile("no content")
        entries = self.as_dictionary(reference)
        if not self._is_comparable(entries) or not _PACKING.issuperset(entries):
            raise OddFile("packing of a content")
        return b"".join(self._chunks(stream, entries, most))

    def borrows(self, value: Any) -> bool:
        """Whether something below the value is drawn with resources that are not its own."""
        seen: set[Number] = set()
        pending = [value]
        while pending:
            held = pending.pop()
            if (number := _reference(held)) is not None:
                if number in seen or number in self._looks:
                    continue
                seen.add(number)
                held = self._object(number)
            if isinstance(held, dict):
                if _is_drawn(held) and "/Resources" not in held:
                    return True
                pending += held.values()
            elif isinstance(held, list):
                pending += held
        return False

    def _nested(self, value: Any) -> bytes:
        if value is None:
            return _NULL
        if isinstance(value, dict | list):
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise OddFile("depth")
            said = (
                self.dictionary(value)
                if isinstance(value, dict)
                else joined(b"array", *(self.value(part) for part in value))
            )
            self._depth -= 1
            return said
        kind = type(value).__name__.encode()
        return kind + b":" + str(value).encode("utf-8", "surrogatepass")

    def _indirect(self, number: Number) -> bytes:
        value = self._object(number)
        stream = self._pdf.get_object(number)
        if not isinstance(stream, pikepdf.Stream):
            return self.value(value)
        is_unpacked = self._is_comparable(value)
        digest = hashlib.sha256()
        for chunk in self._chunks(stream, value, MAX_BYTES) if is_unpacked else [self._raw(stream)]:
            digest.update(chunk)
        ignored = _PACKING if is_unpacked else frozenset({"/Length"})
        return joined(b"stream", self.dictionary(value, ignored), digest.digest())

    def _is_comparable(self, entries: dict[str, Any]) -> bool:
        """Whether the stream counts unpacked. Pictures and what is packed in rare ways count as they are."""
        return self._filters(entries) in ([], ["/FlateDecode"])

    def _filters(self, entries: dict[str, Any]) -> list[Any]:
        filters = self.resolved(entries.get("/Filter"))
        if filters is None:
            return []
        return [self.resolved(name) for name in filters] if isinstance(filters, list) else [filters]

    def _chunks(self, stream: Any, entries: dict[str, Any], most: int) -> Iterator[bytes]:
        if not self._filters(entries):
            pieces: Iterator[bytes] = iter((self._raw(stream),))
        elif self.resolved(entries.get("/DecodeParms")) is None:
            pieces = _inflated(stream.read_raw_bytes())
        else:  # unpacked at once: the limit on memory protects
            pieces = iter((bytes(stream.read_bytes()),))
        for piece in pieces:
            self._count(len(piece))
            most -= len(piece)
            if most < 0:
                raise OddFile("bytes")
            yield piece

    def _raw(self, stream: Any) -> bytes:
        raw = bytes(stream.read_raw_bytes())
        self._count(len(raw))
        return raw

    def _count(self, amount: int) -> None:
        self._bytes += amount
        if self._bytes > MAX_BYTES:
            raise OddFile("bytes")

    def _object(self, number: Number) -> Any:
        if number not in self._entries:
            self._objects += 1
            if self._objects > MAX_OBJECTS:
                raise OddFile("objects")
            self._entries[number] = _parsed(self._pdf.get_object(number))
        return self._entries[number]

    def _loaded(self, held: Any) -> Any:
        return self._object(held.objgen) if held.is_indirect else _parsed(held)

    def _outline_level(self, value: Any, count: list[int]) -> Iterator[bytes]:
        """Each bookmark of a level, with those below it; `count`: of all so far."""
        entries = self.as_dictionary(value)
        yield self.dictionary(entries, _OUTLINE_LINKS)
        following = entries.get("/First")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise OddFile("depth")
        while following is not None:
            count[0] += 1
            if count[0] > MAX_OUTLINES:
                raise OddFile("bookmarks")
            yield joined(b"bookmark", *self._outline_level(following, count))
            following = self.as_dictionary(following).get("/Next")
        self._depth -= 1


_NULL = b"null"


def _parsed(held: Any) -> Any:
    """The object as lists, dictionaries and texts, with references in it as they are."""
    if not isinstance(held, pikepdf.Object):  # numbers and the like come as Python's own
        return _Real(held) if isinstance(held, Decimal) else held
    return json.loads(held.to_json(dereference=True, schema_version=2), parse_float=_Real)


def _reference(value: Any) -> Number | None:
    if isinstance(value, str) and type(value) is str and (parts := _REFERENCE.fullmatch(value)):
        return int(parts[1]), int(parts[2])
    return None


def _kind(entries: dict[str, Any]) -> str:
    kind = entries.get("/Type")
    return kind if isinstance(kind, str) else ""


def _is_drawn(entries: dict[str, Any]) -> bool:
    """Whether it is a form, a pattern or a font of drawings, which has resources of its own or borrows."""
    return entries.get("/Subtype") in ("/Form", "/Type3") or entries.get("/PatternType") == 1


def _inflated(packed: bytes) -> Iterator[bytes]:
    """The unpacked bytes in pieces. Raises OddFile for data that end early: readers show them differently."""
    unpacker, rest = zlib.decompressobj(), packed
    try:
        while packed and not unpacker.eof:
            piece = unpacker.decompress(rest, _CHUNK)
            rest = unpacker.unconsumed_tail
            if not piece and not rest and not unpacker.eof:
                raise OddFile("packed data")
            yield piece
    except zlib.error as error:
        raise OddFile("packed data") from error
