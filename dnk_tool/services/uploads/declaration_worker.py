"""Extracts a declaration from a PDF, as a child: `python -m dnk_tool.services.uploads.declaration_worker`.

Reads the PDF from standard input. Arguments: CPU seconds, bytes of address space, and the most bytes that the
declaration may have. Writes a line "ok" followed by the bytes of the declaration, or a line "no" followed by
the reason.
"""

import io
import sys
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf

from dnk_tool.domain.declarations.attachment_names import DATA_MEDIA_TYPE, is_data_file_name
from dnk_tool.isolation import isolate
from dnk_tool.services.uploads.child_limits import limit_child

# Limits that the name tree of a PDF with a few attachments never reaches.
MAX_DEPTH, MAX_FILES = 8, 1_000

LOCKED, NO_ATTACHMENT, NOT_OURS, DAMAGED = "locked", "no-attachment", "not-ours", "damaged"
TOO_LARGE = "too-large"


class NoDeclaration(Exception):
    """The PDF contains no readable declaration; `why` is one of the reasons above."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def main() -> None:
    """Isolates itself, limits its own CPU time, memory and files, extracts the declaration and writes it."""
    isolate()
    cpu_seconds, memory, most = map(int, sys.argv[1:])
    content = sys.stdin.buffer.read()
    limit_child(cpu_seconds, memory)
    try:
        output = b"ok\n" + attached_declaration(content, most)
    except NoDeclaration as none:
        output = f"no\n{none.why}".encode()
    except MemoryError:
        output = f"no\n{TOO_LARGE}".encode()
    sys.stdout.buffer.write(output)
    sys.stdout.buffer.flush()


def attached_declaration(content: bytes, most: int) -> bytes:
    """The only attachment of the PDF with the name and type of declaration data. Raises NoDeclaration.

    `most`: the most bytes that it may have when unpacked.
    """
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as pdf:
            names: Any = pdf.Root.get("/Names")
            files = list(_files(names.get("/EmbeddedFiles") if names else None, 0))
            ours = [stream for name, stream in files if is_data_file_name(name) and _is_data(stream)]
            if not ours:
                raise NoDeclaration(NOT_OURS if files else NO_ATTACHMENT)
            if len(ours) > 1:
                raise NoDeclaration(DAMAGED)
            return _unpacked(ours[0], most)
    except pikepdf.PasswordError as error:
        raise NoDeclaration(LOCKED) from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        raise NoDeclaration(DAMAGED) from error


def _files(node: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """The attached files below a node of the PDF's name tree, each with its name. Raises NoDeclaration."""
    if not isinstance(node, pikepdf.Dictionary):
        return
    if depth > MAX_DEPTH:
        raise NoDeclaration(DAMAGED)
    names = list(node.get("/Names", []))[: 2 * MAX_FILES]
    for entry in names[1::2]:
        held = entry.get("/EF") if isinstance(entry, pikepdf.Dictionary) else None
        stream = held.get("/F") if isinstance(held, pikepdf.Dictionary) else None
        if isinstance(stream, pikepdf.Stream):
            yield str(entry.get("/UF", entry.get("/F", ""))), stream
    for kid in list(node.get("/Kids", []))[:MAX_FILES]:
        yield from _files(kid, depth + 1)


def _is_data(stream: Any) -> bool:
    return str(stream.get("/Subtype", "")) == f"/{DATA_MEDIA_TYPE}"


def _unpacked(stream: Any, most: int) -> bytes:
    """The content, unpacked to at most `most` bytes. Raises NoDeclaration if it is longer."""
    filters = stream.get("/Filter")
    if filters is None or (isinstance(filters, pikepdf.Array) and not len(filters)):
        content = bytes(stream.read_raw_bytes())
    elif str(filters) == "/FlateDecode" and "/DecodeParms" not in stream:
        try:
            content = zlib.decompressobj().decompress(stream.read_raw_bytes(), most + 1)
        except zlib.error as error:
            raise NoDeclaration(DAMAGED) from error
    else:
        content = bytes(stream.read_bytes())  # packed by another program: the memory limit protects
    if len(content) > most:
        raise NoDeclaration(TOO_LARGE)
    return content


if __name__ == "__main__":
    main()
