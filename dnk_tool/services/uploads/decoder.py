"""Has a file of evidence decoded in a child process with limits, since it may be anybody's."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dnk_tool.domain.evidence import EvidenceFileType, FileRejected, FileRejectionReason
from dnk_tool.services.uploads import sandbox

log = logging.getLogger(__name__)

WORKER = "dnk_tool.services.uploads.decoding.worker"


@dataclass(frozen=True, slots=True)
class DecoderLimits:
    """What one child may take: seconds on the clock, CPU seconds, bytes of address space."""

    seconds: float
    cpu_seconds: int
    memory: int


def decoded(content: bytes, kind: EvidenceFileType, limits: DecoderLimits, *purpose: str) -> bytes:
    """What the child makes of the content. Raises FileRejected.

    `purpose`: what the file is decoded for, with that purpose's own arguments; see `decoding.worker`.
    """
    arguments = (kind.value, limits.cpu_seconds, limits.memory, *purpose)
    done = sandbox.run_module(WORKER, arguments, content, seconds=limits.seconds)
    if done is None:
        raise FileRejected(FileRejectionReason.TOO_MUCH)
    said, _line, rest = done.stdout.partition(b"\n")
    if done.returncode == 0 and said == b"ok":
        return rest
    if done.returncode == 0 and said == b"no":
        raise FileRejected(FileRejectionReason(rest.decode()))
    # The child's output may contain text of the file, so only the status is logged.
    log.warning("a file of evidence (%s) could not be read: status %s", kind.value, done.returncode)
    raise FileRejected(FileRejectionReason.BROKEN if done.returncode > 0 else FileRejectionReason.TOO_MUCH)


@contextmanager
def decoder_slot(slots: threading.BoundedSemaphore, seconds: float) -> Iterator[None]:
    """Take one of the slots, waiting up to so many seconds. Raises FileRejected as BUSY."""
    if not slots.acquire(timeout=seconds):
        raise FileRejected(FileRejectionReason.BUSY)
    try:
        yield
    finally:
        slots.release()
