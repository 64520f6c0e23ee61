"""Decides by an uploaded file's content whether it can be kept, as evidence or picture, and its kind."""

import hashlib
import threading
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
from dnk_tool.services.uploads.decoder import DecoderLimits, decoded, decoder_slot
from dnk_tool.services.uploads.virus_scan import ScanRefused, scan_upload

# A picture of 40 megapixels takes 160 MB, twice that while it is re-encoded.
SECONDS, CPU_SECONDS, MEMORY = 40, 25, 1_200_000_000
SLOT_TIMEOUT_SECONDS = 15
# Of the uploaded files; the stored logo has at most 200 kB, and a portrait about as much.
MAX_LOGO_BYTES, MAX_PORTRAIT_BYTES = 5_000_000, 10_000_000
# The re-encoded picture may be larger than the original, but only by this factor.
MAX_GROWTH = 2
# Photos of phones that no library of ours decodes, by their names and by what stands in their first box.
HEIC_EXTENSIONS = frozenset({"heic", "heif", "hif"})
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"})

_worker_slots = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class InspectedFile:
    """A file that may be kept: its safe name, its kind, and the bytes to store with their SHA-256."""

    name: str
    kind: EvidenceFileType
    content: bytes = field(repr=False)
    sha256: str = ""

    @property
    def size(self) -> int:
        """Length of the bytes to store."""
        return len(self.content)


def inspect_file(name: str, content: bytes, *, largest: int) -> InspectedFile:
    """Inspect a file and return it as it may be kept. Raises FileRejected.

    `largest`: the most bytes that it may have. Pictures are re-encoded. Waits up to SLOT_TIMEOUT_SECONDS
    while two other files are inspected.
    """
    kind = _file_kind(name, content, largest)
    _scan(content)
    with decoder_slot(_worker_slots, SLOT_TIMEOUT_SECONDS):
        kept = _run(content, kind)
    if len(kept) > MAX_GROWTH * largest:
        raise FileRejected(FileRejectionReason.TOO_LARGE)
    return InspectedFile(safe_file_name(name, kind), kind, kept, hashlib.sha256(kept).hexdigest())


def inspect_logo(name: str, content: bytes, *, largest: int) -> bytes:
    """Inspect a picture and return it as a small PNG without metadata, ready to print. Raises FileRejected.

    `largest`: the most bytes that the file may have. Waits like `inspect_file`.
    """
    return _inspect_picture(name, content, largest, "logo")


def inspect_portrait(name: str, content: bytes, *, largest: int) -> bytes:
    """Inspect a picture and return it as a small JPEG without metadata, ready to print. Raises FileRejected.

    `largest`: the most bytes that the file may have. Waits like `inspect_file`.
    """
    return _inspect_picture(name, content, largest, "portrait")


def inspect_photo(name: str, content: bytes, *, largest: int) -> bytes:
    """Inspect a picture and return it as a JPEG of a page's width without metadata. Raises FileRejected.

    `largest`: the most bytes that the file may have. Waits like `inspect_file`.
    """
    return _inspect_picture(name, content, largest, "photo")


def _inspect_picture(name: str, content: bytes, largest: int, purpose: str) -> bytes:
    kind = _file_kind(name, content, largest)
    if kind not in IMAGE_TYPES:
        raise FileRejected(FileRejectionReason.KIND)
    _scan(content)
    with decoder_slot(_worker_slots, SLOT_TIMEOUT_SECONDS):
        return _run(content, kind, purpose)


def _file_kind(name: str, content: bytes, largest: int) -> EvidenceFileType:
    """The kind that the content shows, otherwise the one of the name, which must be accepted in any case.

    Raises FileRejected.
    """
    extension = file_extension(name)
    promised = TYPES_BY_EXTENSION.get(extension)
    if extension in HEIC_EXTENSIONS or (content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS):
        raise FileRejected(FileRejectionReason.HEIC)  # phones name such photos .jpg, too
    if promised is None:
        raise FileRejected(FileRejectionReason.KIND)
    if not content:
        raise FileRejected(FileRejectionReason.EMPTY)
    if len(content) > largest:
        raise FileRejected(FileRejectionReason.TOO_LARGE)
    return _sniffed_kind(content) or promised


def _sniffed_kind(content: bytes) -> EvidenceFileType | None:
    """The kind that the first bytes prove; only their decoders can tell office files and texts."""
    if content.startswith(b"%PDF-"):
        return EvidenceFileType.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return EvidenceFileType.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return EvidenceFileType.JPEG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return EvidenceFileType.WEBP
    return None


def _scan(content: bytes) -> None:
    try:
        scan_upload(content)
    except ScanRefused as refused:
        raise FileRejected(FileRejectionReason(refused.fault.value)) from None


def _run(content: bytes, kind: EvidenceFileType, *purpose: str) -> bytes:
    """The bytes that the child process allows to keep. Raises FileRejected."""
    kept = decoded(content, kind, DecoderLimits(SECONDS, CPU_SECONDS, MEMORY), *purpose)
    return kept if kind in IMAGE_TYPES else content
