"""Reads a declaration from an uploaded file: its PDF with embedded data, or the data as JSON.

A PDF is opened only in a child process with limits; only its attachment with the data is used. Data that are
larger than any usual declaration are checked in such a child, too.
"""

import json
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

from dnk_tool.domain.declarations.document import Document, canonical_json, says_more_than_is_stored
from dnk_tool.domain.declarations.document_parser import MAX_BYTES, DocumentError, DocumentProblem
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.services.uploads import sandbox
from dnk_tool.services.uploads.document_worker import is_newer
from dnk_tool.services.uploads.virus_scan import ScanRefused, scan_upload

log = logging.getLogger(__name__)

MAX_FILE_BYTES = 20_000_000
SECONDS, CPU_SECONDS, MEMORY = 20, 10, 600_000_000
SLOT_TIMEOUT_SECONDS = 10
# More data is checked in a child: 10 MB would hold other requests up and take 300 MB of memory.
MAX_BYTES_HERE = 500_000

_PDF = b"%PDF-"
_HEAD_BYTES = 1024  # in which a PDF begins, as its readers see it
_BLANK = b"\xef\xbb\xbf \t\r\n"
_worker_slots = threading.BoundedSemaphore(2)


class DeclarationFileFault(StrEnum):
    """Why no declaration can be read from a file. BUSY: too many are being read at once."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    OTHER_KIND = "other-kind"
    LOCKED = "locked"
    NO_ATTACHMENT = "no-attachment"
    NOT_OURS = "not-ours"
    DAMAGED = "damaged"
    NEWER = "newer"
    INVALID = "invalid"
    BUSY = "busy"
    INFECTED = "infected"
    NOT_SCANNED = "not-scanned"
    TOO_LARGE_TO_SCAN = "too-large-to-scan"


class UnreadableDeclaration(Exception):
    """The file contains no readable declaration; `fault` says why.

    `problems` lists the faults of its data, if there are any (INVALID and DAMAGED).
    """

    def __init__(self, fault: DeclarationFileFault, problems: Sequence[DocumentProblem] = ()) -> None:
        self.fault, self.problems = fault, tuple(problems)
        super().__init__(fault.value)


def is_pdf(content: bytes) -> bool:
    """Whether the file is read as a PDF."""
    return _PDF in content[:_HEAD_BYTES]


def read_declaration_file(content: bytes) -> Document:
    """Read the declaration from a PDF or JSON file. Slow; needs no database. Raises UnreadableDeclaration."""
    data = declaration_data(content)
    if len(data) > MAX_BYTES_HERE:
        data = _checked_by_child(data)
    return refuse_unstored(_read_here(data))


def canonical_declaration(content: bytes) -> bytes:
    """The canonical bytes of the declaration in a file, as they are sealed. Raises UnreadableDeclaration."""
    data = declaration_data(content)
    return _checked_by_child(data) if len(data) > MAX_BYTES_HERE else canonical_json(_read_here(data))


def _read_here(data: bytes) -> Document:
    if is_newer(data):
        raise UnreadableDeclaration(DeclarationFileFault.NEWER)
    try:
        return read_document(data)
    except DocumentError as error:
        raise _unreadable(error.problems) from None


def refuse_unstored(document: Document) -> Document:
    """The document, if it can be stored without loss. Raises UnreadableDeclaration (NEWER) otherwise."""
    if says_more_than_is_stored(document):
        raise UnreadableDeclaration(DeclarationFileFault.NEWER)
    return document


def _unreadable(problems: Sequence[DocumentProblem]) -> UnreadableDeclaration:
    is_torn = any(problem.code in ("not-json", "not-utf-8") for problem in problems)
    fault = DeclarationFileFault.DAMAGED if is_torn else DeclarationFileFault.INVALID
    return UnreadableDeclaration(fault, problems)


def declaration_data(content: bytes) -> bytes:
    """The bytes of the declaration's data: the PDF's attachment, or the file itself if it is no PDF.

    The data are not parsed. Raises UnreadableDeclaration.
    """
    if not content.strip(_BLANK):
        raise UnreadableDeclaration(DeclarationFileFault.EMPTY)
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableDeclaration(DeclarationFileFault.TOO_LARGE)
    try:
        scan_upload(content)
    except ScanRefused as refused:
        raise UnreadableDeclaration(DeclarationFileFault(refused.fault.value)) from None
    if is_pdf(content):
        with _worker_slot():
            return _run(content)
    if not content.lstrip(_BLANK).startswith(b"{"):
        raise UnreadableDeclaration(DeclarationFileFault.OTHER_KIND)
    if len(content) > MAX_BYTES:
        raise UnreadableDeclaration(DeclarationFileFault.TOO_LARGE)
    return content


@contextmanager
def _worker_slot() -> Iterator[None]:
    if not _worker_slots.acquire(timeout=SLOT_TIMEOUT_SECONDS):
        raise UnreadableDeclaration(DeclarationFileFault.BUSY)
    try:
        yield
    finally:
        _worker_slots.release()


def _run(content: bytes) -> bytes:
    """The data that the child process found in the PDF. Raises UnreadableDeclaration."""
    said, rest = _ask_child("declaration_worker", (CPU_SECONDS, MEMORY, MAX_BYTES), content)
    if said == b"ok":
        return rest
    raise UnreadableDeclaration(DeclarationFileFault(rest.decode()))


def _checked_by_child(data: bytes) -> bytes:
    """The canonical bytes of data that are too large to be checked here. Raises UnreadableDeclaration."""
    with _worker_slot():
        said, rest = _ask_child("document_worker", (CPU_SECONDS, MEMORY), data)
    if said == b"ok":
        return rest
    if said == b"newer":
        raise UnreadableDeclaration(DeclarationFileFault.NEWER)
    raise _unreadable([DocumentProblem(*problem) for problem in json.loads(rest)])


def _ask_child(module: str, limits: tuple[int, ...], content: bytes) -> tuple[bytes, bytes]:
    """The first line of a child's answer, and the rest. Raises UnreadableDeclaration without one."""
    done = sandbox.run_module(f"dnk_tool.services.uploads.{module}", limits, content, seconds=SECONDS)
    if done is None:
        raise UnreadableDeclaration(DeclarationFileFault.DAMAGED)
    said, _line, rest = done.stdout.partition(b"\n")
    if done.returncode == 0 and said in (b"ok", b"no", b"newer"):
        return said, rest
    # The child's output may contain text of the file, so only the status is logged.
    log.warning("a declaration's file could not be read: status %s", done.returncode)
    raise UnreadableDeclaration(DeclarationFileFault.DAMAGED)
