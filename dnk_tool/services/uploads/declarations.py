"""Reads a declaration from an uploaded file: its PDF with embedded data, or the data as JSON.

A PDF is opened only in a child process with limits; only its attachment with the data is used.
"""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

from dnk_tool.domain.declarations.document import FORMAT_NAME, FORMAT_VERSION, Document
from dnk_tool.domain.declarations.document_parser import MAX_BYTES, DocumentError, DocumentProblem
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.paths import PACKAGE
from dnk_tool.services.uploads.virus_scan import ScanRefused, scan_upload

log = logging.getLogger(__name__)

MAX_FILE_BYTES = 20_000_000
SECONDS, CPU_SECONDS, MEMORY = 20, 10, 600_000_000
SLOT_TIMEOUT_SECONDS = 10

_PDF = b"%PDF-"
_HEAD_BYTES = 1024  # in which a PDF begins, as its readers see it
_BLANK = b"\xef\xbb\xbf \t\r\n"
_KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")
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


def read_declaration_file(content: bytes) -> Document:
    """Read the declaration from a PDF or JSON file. Slow; needs no database. Raises UnreadableDeclaration."""
    data = declaration_data(content)
    if _is_newer(data):
        raise UnreadableDeclaration(DeclarationFileFault.NEWER)
    try:
        return read_document(data)
    except DocumentError as error:
        is_torn = any(problem.code in ("not-json", "not-utf-8") for problem in error.problems)
        fault = DeclarationFileFault.DAMAGED if is_torn else DeclarationFileFault.INVALID
        raise UnreadableDeclaration(fault, error.problems) from None


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
    if _PDF in content[:_HEAD_BYTES]:
        with _worker_slot():
            return _run(content)
    if not content.lstrip(_BLANK).startswith(b"{"):
        raise UnreadableDeclaration(DeclarationFileFault.OTHER_KIND)
    if len(content) > MAX_BYTES:
        raise UnreadableDeclaration(DeclarationFileFault.TOO_LARGE)
    return content


def _is_newer(data: bytes) -> bool:
    """Whether the data declare a later version of our format; nothing else of them is checked."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return False
    if not isinstance(document, dict) or document.get("format") != FORMAT_NAME:
        return False
    version = document.get("version")
    return isinstance(version, int) and version > FORMAT_VERSION


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
    command = [sys.executable, "-X", "utf8", "-P", "-m", "dnk_tool.services.uploads.declaration_worker"]
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no text of a user in the command
            [*command, str(CPU_SECONDS), str(MEMORY), str(MAX_BYTES)],
            input=content,
            capture_output=True,
            env=environment | {"PYTHONPATH": str(PACKAGE.parent), "LANG": "C.UTF-8"},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableDeclaration(DeclarationFileFault.DAMAGED) from None
    said, _line, rest = done.stdout.partition(b"\n")
    if done.returncode == 0 and said == b"ok":
        return rest
    if done.returncode == 0 and said == b"no":
        raise UnreadableDeclaration(DeclarationFileFault(rest.decode()))
    # The child's output may contain text of the file, so only the status is logged.
    log.warning("a declaration's PDF could not be read: status %s", done.returncode)
    raise UnreadableDeclaration(DeclarationFileFault.DAMAGED)
