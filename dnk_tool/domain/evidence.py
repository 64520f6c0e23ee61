"""Evidence: permitted file types, safe file names, and the answers, figures or lines a file belongs to."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a child that decodes one file starts in two thirds of the time
    from dnk_tool.catalogue import Requirement

LONGEST_NAME = 120
LONGEST_TITLE = 200
MAX_FILES_AT_ONCE = 20

# Limits for images and for archives (office files), against decompression bombs.
MAX_PIXELS = 40_000_000
MAX_UNPACKED_BYTES, MAX_COMPRESSION_RATIO, MAX_ARCHIVE_ENTRIES = 50_000_000, 100, 2_000


class EvidenceFileType(StrEnum):
    """The permitted types of file, by the extension of their names."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpg"
    WEBP = "webp"
    XLSX = "xlsx"
    DOCX = "docx"
    PPTX = "pptx"
    ODS = "ods"
    ODT = "odt"
    CSV = "csv"
    TXT = "txt"


_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: Mapping[EvidenceFileType, str] = {
    EvidenceFileType.PDF: "application/pdf",
    EvidenceFileType.PNG: "image/png",
    EvidenceFileType.JPEG: "image/jpeg",
    EvidenceFileType.WEBP: "image/webp",
    EvidenceFileType.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    EvidenceFileType.DOCX: f"{_OFFICE}.wordprocessingml.document",
    EvidenceFileType.PPTX: f"{_OFFICE}.presentationml.presentation",
    EvidenceFileType.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    EvidenceFileType.ODT: "application/vnd.oasis.opendocument.text",
    EvidenceFileType.CSV: "text/csv",
    EvidenceFileType.TXT: "text/plain",
}
TYPES_BY_EXTENSION: Mapping[str, EvidenceFileType] = {
    **{evidence_file_type.value: evidence_file_type for evidence_file_type in EvidenceFileType},
    "jpeg": EvidenceFileType.JPEG,
}
IMAGE_TYPES = frozenset({EvidenceFileType.PNG, EvidenceFileType.JPEG, EvidenceFileType.WEBP})


class FileRejectionReason(StrEnum):
    """Why a file is rejected."""

    KIND = "kind"
    EMPTY = "empty"
    TOO_LARGE = "too-large"
    OTHER_CONTENT = "other-content"
    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    SCRIPTS = "scripts"
    LINKED = "linked"
    ACTIONS = "actions"
    ELSEWHERE = "elsewhere"
    FIELDS = "fields"
    FORMULAS = "formulas"
    MARKUP = "markup"
    UNPACKED = "unpacked"
    PIXELS = "pixels"
    MOVING = "moving"
    HEIC = "heic"
    NO_TEXT = "no-text"
    TOO_MUCH = "too-much"
    BUSY = "busy"
    INFECTED = "infected"
    NOT_SCANNED = "not-scanned"
    TOO_LARGE_TO_SCAN = "too-large-to-scan"


class FileRejected(Exception):
    """A file is rejected; `why` is the reason."""

    def __init__(self, why: FileRejectionReason) -> None:
        self.why = why
        super().__init__(why.value)


class EvidenceValidity(StrEnum):
    """Where the last day of a file's validity lies, seen from today."""

    OPEN = "open"
    HOLDS = "holds"
    ENDS_THIS_YEAR = "ends-this-year"
    PASSED = "passed"


@dataclass(frozen=True, slots=True, order=True)
class EvidenceTarget:
    """The thing that a file belongs to: an answer, a figure, a line, or the declaration as a whole.

    `ref` is that of a requirement or item, `datapoint` that of a figure, `line` the number of a calculator's
    line. Without any of them it is the whole declaration; more than one raise ValueError.
    """

    ref: str = ""
    datapoint: str = ""
    line: int = 0

    def __post_init__(self) -> None:
        if sum(map(bool, (self.ref, self.datapoint, self.line))) > 1:
            raise ValueError("a file belongs to one thing at a time")

    @property
    def is_whole(self) -> bool:
        """Whether the file belongs to the declaration as a whole."""
        return self == WHOLE_DECLARATION


WHOLE_DECLARATION = EvidenceTarget()


def requirement_targets(requirement: "Requirement") -> frozenset[EvidenceTarget]:
    """The targets of a requirement: itself, and each of its items and figures."""
    items = requirement.items
    return frozenset(
        {
            EvidenceTarget(ref=requirement.ref),
            *(EvidenceTarget(ref=item.ref) for item in items if not item.datapoint),
            *(EvidenceTarget(datapoint=item.datapoint.key) for item in items if item.datapoint),
        }
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that the company keeps for one reporting year, with everything that it belongs to.

    `size` in bytes as stored; `sha256` of the stored content; `is_listed`: the printed declaration names it;
    `is_for_review`: the reviewers of a submitted version may open it; nobody else outside the company can.
    """

    id: int
    name: str
    title: str
    kind: EvidenceFileType
    size: int
    sha256: str
    valid_until: date | None
    is_listed: bool
    is_for_review: bool
    uploaded_at: datetime
    uploaded_by: int | None
    version: int
    targets: tuple[EvidenceTarget, ...] = field(default=())

    @property
    def label(self) -> str:
        """The name to show: its title, else its file name."""
        return self.title or self.name

    def validity(self, today: date) -> EvidenceValidity:
        """How long the file is valid, seen from `today`; its last day still counts as valid."""
        if self.valid_until is None:
            return EvidenceValidity.OPEN
        if self.valid_until < today:
            return EvidenceValidity.PASSED
        return (
            EvidenceValidity.ENDS_THIS_YEAR if self.valid_until.year == today.year else EvidenceValidity.HOLDS
        )


# Device names that Windows reserves, with any extension.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_UNSAFE = frozenset('<>:"|?*')
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def file_extension(name: str) -> str:
    """The extension of a file name in lower case, without the dot; empty if there is none."""
    stem, dot, ending = base_name(name).rpartition(".")
    return ending.strip().lower() if dot and stem.strip() else ""


def base_name(name: str) -> str:
    """The part of a name after the last slash or backslash."""
    return re.split(r"[/\\]", name)[-1]


def visible_text(text: str) -> str:
    """The text in one line, without invisible characters such as those that change the writing direction."""
    # A line break separates words, so it becomes a space.
    letters = (" " if sign in "\t\n\r\v\f\u2028\u2029" else sign for sign in text)
    return " ".join(
        "".join(letter for letter in letters if unicodedata.category(letter) not in _INVISIBLE).split()
    )


def safe_file_name(name: str, kind: EvidenceFileType) -> str:
    """The name under which a file is stored and handed out, with the extension of its type.

    At most 120 characters of NFC text, without a path, control and invisible characters, and characters or
    names that file systems reserve.
    """
    stem = base_name(unicodedata.normalize("NFC", name))
    if file_extension(stem) in TYPES_BY_EXTENSION:
        stem = stem.rpartition(".")[0]
    stem = "".join("-" if sign in _UNSAFE else sign for sign in visible_text(stem)).strip(". ")
    if not stem or _DEVICES.fullmatch(stem):
        stem = f"Beleg {stem}".strip()
    ending = f".{kind.value}"
    # Cut between letters, never between a letter and its accent.
    cut = stem[: LONGEST_NAME - len(ending)]
    while len(cut) < len(stem) and cut and unicodedata.combining(stem[len(cut)]):
        cut = cut[:-1]
    return cut.rstrip(". ") + ending
