"""Reads a questionnaire that came back, Word or Excel, in a child process with limits."""

import io
import json
import logging
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from dnk_tool.domain.declarations.questionnaire.returned import ReturnedFile, collect_fields
from dnk_tool.domain.evidence import EvidenceFileType, FileRejected, FileRejectionReason
from dnk_tool.services.uploads import sandbox
from dnk_tool.services.uploads.virus_scan import ScanRefused, scan_upload

log = logging.getLogger(__name__)

MAX_FILE_BYTES = 5_000_000
SECONDS, CPU_SECONDS, MEMORY = 20, 10, 600_000_000
SLOT_TIMEOUT_SECONDS = 10
_MAIN_PARTS = {"word/document.xml": EvidenceFileType.DOCX, "xl/workbook.xml": EvidenceFileType.XLSX}
_OLE = b"\xd0\xcf\x11\xe0"  # an old office file, or a new one behind a password
_worker_slots = threading.BoundedSemaphore(2)


class NoQuestionnaire(Exception):
    """The file holds no field of this declaration; `is_foreign`: it holds fields of another one."""

    def __init__(self, *, is_foreign: bool) -> None:
        self.is_foreign = is_foreign
        super().__init__("no fields")


def read_questionnaire_file(content: bytes, code: str) -> ReturnedFile:
    """Read the fields of the declaration with this code. Slow; needs no database.

    Raises FileRejected and NoQuestionnaire. Waits up to SLOT_TIMEOUT_SECONDS while two others are read.
    """
    kind = _file_kind(content)
    try:
        scan_upload(content)
    except ScanRefused as refused:
        raise FileRejected(FileRejectionReason(refused.fault.value)) from None
    with _worker_slot():
        found = json.loads(_run(content, kind))
    returned = collect_fields(found["fields"], found["outside"], code)
    if not returned.fields:
        raise NoQuestionnaire(is_foreign=bool(returned.foreign))
    return returned


def _file_kind(content: bytes) -> EvidenceFileType:
    """Whether the file is Word or Excel, by its parts. Raises FileRejected for anything else."""
    if not content:
        raise FileRejected(FileRejectionReason.EMPTY)
    if len(content) > MAX_FILE_BYTES:
        raise FileRejected(FileRejectionReason.TOO_LARGE)
    if content.startswith(_OLE):
        raise FileRejected(FileRejectionReason.ENCRYPTED)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    # A hostile archive: beside its own fault, zipfile lets out those of dates, offsets and versions it reads.
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
        is_torn = content.startswith(b"PK\x03\x04")
        raise FileRejected(FileRejectionReason.BROKEN if is_torn else FileRejectionReason.KIND) from error
    kind = next((kind for part, kind in _MAIN_PARTS.items() if part in names), None)
    if kind is None:
        raise FileRejected(FileRejectionReason.KIND)
    return kind


@contextmanager
def _worker_slot() -> Iterator[None]:
    if not _worker_slots.acquire(timeout=SLOT_TIMEOUT_SECONDS):
        raise FileRejected(FileRejectionReason.BUSY)
    try:
        yield
    finally:
        _worker_slots.release()


def _run(content: bytes, kind: EvidenceFileType) -> bytes:
    """What the child found, as JSON. Raises FileRejected."""
    module = "dnk_tool.services.uploads.questionnaires.worker"
    done = sandbox.run_module(module, (CPU_SECONDS, MEMORY, kind.value), content, seconds=SECONDS)
    if done is None:
        raise FileRejected(FileRejectionReason.TOO_MUCH)
    said, _line, rest = done.stdout.partition(b"\n")
    if done.returncode == 0 and said == b"ok":
        return rest
    if done.returncode == 0 and said == b"no":
        raise FileRejected(FileRejectionReason(rest.decode()))
    # The child's output may contain text of the file, so only the status is logged.
    log.warning("a questionnaire (%s) could not be read: status %s", kind.value, done.returncode)
    raise FileRejected(FileRejectionReason.BROKEN if done.returncode > 0 else FileRejectionReason.TOO_MUCH)
