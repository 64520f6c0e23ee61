"""Decides whether an uploaded file can be kept as evidence, and as what: by its content, not by its name."""

import hashlib
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from dnk_tool.domain.evidence import (
    ENDINGS,
    IMAGES,
    FileKind,
    Refusal,
    Refused,
    ending_of,
    safe_name,
)
from dnk_tool.services.uploads import sandbox

log = logging.getLogger(__name__)

# A picture of 40 megapixels takes 160 MB, twice while it is drawn anew.
SECONDS, CPU_SECONDS, MEMORY = 40, 25, 1_200_000_000
PATIENCE_SECONDS = 15
# The picture drawn anew may need more room than the one that was sent, but not without end.
MOST_GROWTH = 2

_places = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may be kept: its safe name, what it is, and the very bytes to store."""

    name: str
    kind: FileKind
    content: bytes = field(repr=False)
    sha256: str = ""

    @property
    def size(self) -> int:
        return len(self.content)


def inspected(name: str, content: bytes, *, largest: int) -> Inspected:
    """The file as it may be kept; `largest` is the most bytes it may have. Raises Refused.

    Waits for its turn: two files are looked into at the same time.
    """
    kind = _kind(name, content, largest)
    with _turn():
        kept = _run(content, kind)
    if len(kept) > MOST_GROWTH * largest:
        raise Refused(Refusal.TOO_LARGE)
    return Inspected(safe_name(name, kind), kind, kept, hashlib.sha256(kept).hexdigest())


def logo(name: str, content: bytes, *, largest: int) -> bytes:
    """The picture as a logo is printed: a small PNG of nothing but pixels. Raises Refused.

    `largest` is the most bytes the file may have. It waits for its turn like evidence.
    """
    kind = _kind(name, content, largest)
    if kind not in IMAGES:
        raise Refused(Refusal.KIND)
    with _turn():
        return _run(content, kind, "logo")


def _kind(name: str, content: bytes, largest: int) -> FileKind:
    """The kind of file. The name must promise one that is taken; a wrong one among those is put right."""
    promised = ENDINGS.get(ending_of(name))
    if promised is None:
        raise Refused(Refusal.KIND)
    if not content:
        raise Refused(Refusal.EMPTY)
    if len(content) > largest:
        raise Refused(Refusal.TOO_LARGE)
    return _by_content(content) or promised


def _by_content(content: bytes) -> FileKind | None:
    """What the first bytes alone tell for sure; office files and texts show it only to their decoders."""
    if content.startswith(b"%PDF-"):
        return FileKind.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return FileKind.WEBP
    return None


@contextmanager
def _turn() -> Iterator[None]:
    if not _places.acquire(timeout=PATIENCE_SECONDS):
        raise Refused(Refusal.BUSY)
    try:
        yield
    finally:
        _places.release()


def _run(content: bytes, kind: FileKind, *purpose: str) -> bytes:
    """What the child says may be kept. Raises Refused."""
    arguments = (kind.value, CPU_SECONDS, MEMORY, *purpose)
    done = sandbox.run("dnk_tool.services.uploads.decoding.worker", arguments, content, seconds=SECONDS)
    if done is None:
        raise Refused(Refusal.TOO_MUCH)
    said, _line, rest = done.stdout.partition(b"\n")
    if done.returncode == 0 and said == b"ok":
        return rest if kind in IMAGES else content
    if done.returncode == 0 and said == b"no":
        raise Refused(Refusal(rest.decode()))
    # Its words may hold words of the file, so only the status is noted.
    log.warning("a file of evidence (%s) could not be read: status %s", kind.value, done.returncode)
    raise Refused(Refusal.BROKEN if done.returncode > 0 else Refusal.TOO_MUCH)
