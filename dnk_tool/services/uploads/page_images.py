"""Has pages of evidence drawn as pictures, and holds the last ones in the memory of this process."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from dnk_tool.domain.evidence import IMAGE_TYPES, EvidenceFileType, FileRejected, FileRejectionReason
from dnk_tool.services.uploads.decoder import DecoderLimits, decoded, decoder_slot

DRAWN_TYPES = IMAGE_TYPES | {EvidenceFileType.PDF}
LIMITS = DecoderLimits(seconds=5, cpu_seconds=4, memory=600_000_000)
SLOT_TIMEOUT_SECONDS = 5
# The browser asks for the picture right after the page that names it, and again for turning back. In memory,
# so that a removed file leaves nothing on the disk.
MAX_KEPT, MAX_KEPT_BYTES, KEPT_SECONDS = 40, 20_000_000, 600.0
FAILURE_SECONDS = 60.0  # shorter, as a busy machine may have been the reason

_worker_slots = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as JPEG: its number, how many pages the file has, and the picture's size in pixels."""

    number: int
    pages: int
    width: int
    height: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was drawn, or why nothing was, and until when it is held."""

    result: PageImage | FileRejectionReason
    until: float

    @property
    def size(self) -> int:
        return len(self.result.content) if isinstance(self.result, PageImage) else 0


class _Memory:
    """The results used last, within MAX_KEPT and MAX_KEPT_BYTES, each for KEPT_SECONDS or FAILURE_SECONDS."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, int], _Kept] = {}

    def read(self, key: tuple[str, int]) -> PageImage | FileRejectionReason | None:
        """The result; None if there is none any more."""
        with self._lock:
            kept = self._kept.pop(key, None)
            if kept is None or kept.until < time.monotonic():
                return None
            self._kept[key] = kept  # the last to go
            return kept.result

    def put(self, key: tuple[str, int], result: PageImage | FileRejectionReason) -> None:
        """Holds the result, and drops those that were not used for the longest time."""
        seconds = KEPT_SECONDS if isinstance(result, PageImage) else FAILURE_SECONDS
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = _Kept(result, time.monotonic() + seconds)
            while len(self._kept) > MAX_KEPT or sum(one.size for one in self._kept.values()) > MAX_KEPT_BYTES:
                del self._kept[next(iter(self._kept))]


_memory = _Memory()


def page_image(sha256: str, kind: EvidenceFileType, number: int, load: Callable[[], bytes]) -> PageImage:
    """The page of a file of DRAWN_TYPES; a number that the file does not have means its first or last one.

    `load` reads the content, which has this SHA-256, if the page is not held. A failure is held, too, so that
    the time of a file which is too much is spent once. Takes up to ten seconds. Raises FileRejected and what
    `load` raises.
    """
    result = _memory.read((sha256, number))
    if result is None:
        result = _draw(kind, number, load())
        if result is not FileRejectionReason.BUSY:
            _memory.put((sha256, number), result)
    if isinstance(result, FileRejectionReason):
        raise FileRejected(result)
    return result


def _draw(kind: EvidenceFileType, number: int, content: bytes) -> PageImage | FileRejectionReason:
    try:
        with decoder_slot(_worker_slots, SLOT_TIMEOUT_SECONDS):
            about, _line, picture = decoded(content, kind, LIMITS, "page", str(number)).partition(b"\n")
    except FileRejected as refused:
        return refused.why
    return PageImage(**json.loads(about), content=picture)
