"""Has uploaded files scanned by clamd, ClamAV's server, where the operator runs one.

Every reader of uploads calls `scan_upload` once it knows the size: evidence, logos, tables and declarations.
The client speaks clamd's INSTREAM: the command, pieces with their lengths in front, and a length of zero.
"""

import logging
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.addresses import UNIX_SOCKET, host_and_port
from dnk_tool.config import Settings

log = logging.getLogger(__name__)

PIECE_BYTES = 65_536
MAX_REPLY_BYTES = 4_096
# A scanner that hangs holds so many of the server's threads at most; the others go on after a short wait.
MAX_SCANS, SLOT_TIMEOUT_SECONDS = 3, 2
_slots = threading.BoundedSemaphore(MAX_SCANS)


class ScanFault(StrEnum):
    """Why a file is refused: something was found, no scanner answered, or it takes no file of this size."""

    INFECTED = "infected"
    NOT_SCANNED = "not-scanned"
    TOO_LARGE_TO_SCAN = "too-large-to-scan"


class ScanRefused(Exception):
    """The file is refused; `fault` says why."""

    def __init__(self, fault: ScanFault) -> None:
        self.fault = fault
        super().__init__(fault.value)


class ScannerAway(Exception):
    """No usable reply came from the scanner in time."""


@dataclass(frozen=True, slots=True)
class VirusScanner:
    """A clamd at `unix:/path` or `host:port`.

    `is_required`: without its reply a file is refused, otherwise accepted. `max_bytes`: the largest file that
    it takes (clamd's StreamMaxLength). `seconds`: how long a scan may take in all.
    """

    address: str
    is_required: bool = True
    max_bytes: int = 25_000_000
    seconds: float = 30

    def finds_something(self, content: bytes) -> bool:
        """Whether clamd finds a virus in the content. Raises ScannerAway, and ScanRefused for its size."""
        if len(content) > self.max_bytes:
            raise ScanRefused(ScanFault.TOO_LARGE_TO_SCAN)
        deadline = time.monotonic() + self.seconds
        try:
            with self._connect(deadline) as connection:
                with suppress(BrokenPipeError, ConnectionResetError):  # clamd stops reading what is too large
                    _send(connection, content, deadline)
                reply = _receive(connection, deadline)
        except OSError as error:
            raise ScannerAway(type(error).__name__) from error
        if reply.endswith(b"FOUND"):
            return True
        if b"size limit exceeded" in reply:
            raise ScanRefused(ScanFault.TOO_LARGE_TO_SCAN)
        if reply != b"stream: OK":
            raise ScannerAway("unexpected reply")
        return False

    def ping(self, seconds: float) -> None:
        """Raise ScannerAway unless clamd answers within so many seconds."""
        deadline = time.monotonic() + seconds
        try:
            with self._connect(deadline) as connection:
                connection.sendall(b"zPING\0")
                reply = _receive(connection, deadline)
        except OSError as error:
            raise ScannerAway(type(error).__name__) from error
        if reply != b"PONG":
            raise ScannerAway("unexpected reply")

    def _connect(self, deadline: float) -> socket.socket:
        if not self.address.startswith(UNIX_SOCKET):
            return socket.create_connection(host_and_port(self.address), timeout=_time_left(deadline))
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(_time_left(deadline))
            connection.connect(self.address.removeprefix(UNIX_SOCKET))
        except OSError:
            connection.close()
            raise
        return connection


def configured_scanner(settings: Settings) -> VirusScanner | None:
    """The scanner that the settings name; None if they name none."""
    if not settings.clamd:
        return None
    return VirusScanner(
        settings.clamd,
        is_required=settings.clamd_required,
        max_bytes=settings.clamd_max_mb * 1_000_000,
        seconds=settings.clamd_seconds,
    )


_scanner: VirusScanner | None = None


def choose_scanner(scanner: VirusScanner | None) -> None:
    """From now on this process has uploads scanned by `scanner`; None: by nobody."""
    global _scanner  # noqa: PLW0603 - one setting of the process
    _scanner = scanner


def chosen_scanner() -> VirusScanner | None:
    """The scanner that uploads are given to; None if there is none."""
    return _scanner


def scan_upload(content: bytes) -> None:
    """Have the content scanned, if there is a scanner. Raises ScanRefused.

    Takes up to the scanner's `seconds` and the wait for a slot: call it outside of a transaction.
    """
    if _scanner is None:
        return
    try:
        with _slot():
            has_virus = _scanner.finds_something(content)
        if has_virus:
            log.warning("an uploaded file was refused: the virus scanner found something in it")
            raise ScanRefused(ScanFault.INFECTED)
    except ScannerAway as away:
        log.error("the virus scanner gave no answer: %s", away)
        if _scanner.is_required:
            raise ScanRefused(ScanFault.NOT_SCANNED) from away


@contextmanager
def _slot() -> Iterator[None]:
    """One of the few scans at a time. Raises ScannerAway if all of them take long."""
    if not _slots.acquire(timeout=SLOT_TIMEOUT_SECONDS):
        raise ScannerAway("busy")
    try:
        yield
    finally:
        _slots.release()


def _send(connection: socket.socket, content: bytes, deadline: float) -> None:
    connection.settimeout(_time_left(deadline))
    connection.sendall(b"zINSTREAM\0")
    for start in range(0, len(content), PIECE_BYTES):
        piece = content[start : start + PIECE_BYTES]
        connection.settimeout(_time_left(deadline))
        connection.sendall(struct.pack("!L", len(piece)) + piece)
    connection.sendall(struct.pack("!L", 0))


def _receive(connection: socket.socket, deadline: float) -> bytes:
    reply = b""
    while not reply.endswith(b"\0") and len(reply) < MAX_REPLY_BYTES:
        connection.settimeout(_time_left(deadline))
        piece = connection.recv(MAX_REPLY_BYTES)
        if not piece:
            break
        reply += piece
    return reply.strip(b"\0\n ")


def _time_left(deadline: float) -> float:
    """The seconds until the deadline. Raises TimeoutError if there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
