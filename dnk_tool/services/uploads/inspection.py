"""Decides whether an uploaded file can be kept as evidence, and as what: by its content, not by its name."""

import hashlib
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from dnk_tool.domain.evidence import (
    IMAGE_TYPES,
    TYPES_BY_EXTENSION,
    EvidenceFileType,
    FileRejected,
    FileRejectionReason,
    file_extension,
    safe_file_name,
)
from dnk_tool.services.uploads import sandbox

log = logging.getLogger(__name__)

# A picture of 40 megapixels takes 160 MB, twice while it is drawn anew.
SECONDS, CPU_SECONDS, MEMORY = 40, 25, 1_200_000_000
SLOT_TIMEOUT_SECONDS = 15
# The picture drawn anew may need more room than the one that was sent, but not without end.
MAX_GROWTH = 2

_worker_slots = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class InspectedFile:
    """A file that may be kept: its safe name, what it is, and the very bytes to store."""

    name: str
    kind: EvidenceFileType
    content: bytes = field(repr=False)
    sha256: str = ""

    @property
    def size(self) -> int:
        return len(self.content)


def inspect_file(name: str, content: bytes, *, largest: int) -> InspectedFile:
    """The file as it may be kept; `largest` is the most bytes it may have. Raises Refused.

    Waits for its turn: two files are looked into at the same time.
    """
    kind = _file_kind(name, content, largest)
    with _worker_slot():
        kept = _run(content, kind)
    if len(kept) > MAX_GROWTH * largest:
        raise FileRejected(FileRejectionReason.TOO_LARGE)
    return InspectedFile(safe_file_name(name, kind), kind, kept, hashlib.sha256(kept).hexdigest())


def inspect_logo(name: str, content: bytes, *, largest: int) -> bytes:
    """The picture as a logo is printed: a small PNG of nothing but pixels. Raises Refused.

    `largest` is the most bytes the file may have. It waits for its turn like evidence.
    """
    kind = _file_kind(name, content, largest)
    if kind not in IMAGE_TYPES:
        raise FileRejected(FileRejectionReason.KIND)
    with _worker_slot():
        return _run(content, kind, "logo")


def _file_kind(name: str, content: bytes, largest: int) -> EvidenceFileType:
    """The kind of file. The name must promise one that is taken; a wrong one among those is put right."""
    promised = TYPES_BY_EXTENSION.get(file_extension(name))
    if promised is None:
        raise FileRejected(FileRejectionReason.KIND)
    if not content:
        raise FileRejected(FileRejectionReason.EMPTY)
    if len(content) > largest:
        raise FileRejected(FileRejectionReason.TOO_LARGE)
    return _sniffed_kind(content) or promised


def _sniffed_kind(content: bytes) -> EvidenceFileType | None:
    """What the first bytes alone tell for sure; office files and texts show it only to their decoders."""
    if content.startswith(b"%PDF-"):
        return EvidenceFileType.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return EvidenceFileType.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return EvidenceFileType.JPEG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return EvidenceFileType.WEBP
    return None


@contextmanager
def _worker_slot() -> Iterator[None]:
    if not _worker_slots.acquire(timeout=SLOT_TIMEOUT_SECONDS):
        raise FileRejected(FileRejectionReason.BUSY)
    try:
        yield
    finally:
        _worker_slots.release()


def _run(content: bytes, kind: EvidenceFileType, *purpose: str) -> bytes:
    """What the child says may be kept. Raises FileRejected."""
    arguments = (kind.value, CPU_SECONDS, MEMORY, *purpose)
    done = sandbox.run_module(
        "dnk_tool.services.uploads.decoding.worker", arguments, content, seconds=SECONDS
    )
    if done is None:
        raise FileRejected(FileRejectionReason.TOO_MUCH)
    said, _line, rest = done.stdout.partition(b"\n")
    if done.returncode == 0 and said == b"ok":
        return rest if kind in IMAGE_TYPES else content
    if done.returncode == 0 and said == b"no":
        raise FileRejected(FileRejectionReason(rest.decode()))
    # Its words may hold words of the file, so only the status is noted.
    log.warning("a file of evidence (%s) could not be read: status %s", kind.value, done.returncode)
    raise FileRejected(FileRejectionReason.BROKEN if done.returncode > 0 else FileRejectionReason.TOO_MUCH)
