"""Compares the pages of a file with those of the PDFs that were made here of the same data."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from sqlalchemy.orm import Session

from dnk_tool.services.uploads.declarations import is_pdf
from dnk_tool.services.uploads.pages.model import METHOD, PageDigests
from dnk_tool.store.publication import print_records
from dnk_tool.store.publication.print_records import RecordedPrint


class PagesResult(StrEnum):
    """What a file's pages are, whose data are ours.

    NOT_RECORDED: there may be PDFs of the version that nobody recorded. NONE: the file has no pages.
    """

    SAME = "same"
    OTHER = "other"
    NOT_RECORDED = "not-recorded"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PagesVerdict:
    """What a file's pages are, and for OTHER where they differ from the recorded PDF that is most like it.

    `changed`: pages of the file that are not in the original; `missing`: pages of the original that are not
    in the file. Where both are empty, what belongs to no page differs, or the file could not be taken apart
    (`is_unreadable`).
    """

    result: PagesResult
    changed: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    is_unreadable: bool = False


def file_digest(content: bytes) -> str:
    """The SHA-256 of a whole file."""
    return hashlib.sha256(content).hexdigest()


def fingerprint_of_file(session: Session, content: bytes) -> str:
    """The fingerprint of the version that this very file was made of; empty if it was not made here."""
    return print_records.fingerprint_of_file(session, file_digest(content))


def quick_verdict(session: Session, fingerprint: str, content: bytes) -> PagesVerdict | None:
    """The verdict on a file whose pages need not be looked at; None for any other."""
    if not is_pdf(content):
        return PagesVerdict(PagesResult.NONE)
    is_known = print_records.has_file(session, fingerprint, file_digest(content))
    return PagesVerdict(PagesResult.SAME) if is_known else None


def verdict(session: Session, fingerprint: str, digests: PageDigests | None) -> PagesVerdict:
    """The verdict on a PDF with these digests (None: unreadable) and the data of this fingerprint."""
    prints = print_records.of_fingerprint(session, fingerprint)
    comparable = [made for made in prints if made.pages and made.method == METHOD]
    if digests and any(_is_same(made, digests) for made in comparable):
        return PagesVerdict(PagesResult.SAME)
    if len(comparable) < len(prints) or print_records.may_miss_prints(session, fingerprint):
        return PagesVerdict(PagesResult.NOT_RECORDED)
    if digests is None:
        return PagesVerdict(PagesResult.OTHER, is_unreadable=True)
    original = max(comparable, key=lambda made: _likeness(made.pages, digests.pages), default=None)
    if original is None:
        return PagesVerdict(PagesResult.OTHER, changed=tuple(range(1, len(digests.pages) + 1)))
    return PagesVerdict(PagesResult.OTHER, *_differences(original.pages, digests.pages))


def _is_same(made: RecordedPrint, digests: PageDigests) -> bool:
    return (made.pages, made.document) == (digests.pages, digests.document)


def _likeness(pages: Sequence[str], others: Sequence[str]) -> tuple[int, int]:
    """How many pages two files share; of equally many, the one of about the same length is more alike."""
    return (Counter(pages) & Counter(others)).total(), -abs(len(pages) - len(others))


def _differences(original: Sequence[str], pages: Sequence[str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The numbers of the pages that are new or changed, and of those of the original that are gone."""
    changed: list[int] = []
    missing: list[int] = []
    steps = SequenceMatcher(None, original, pages, autojunk=False).get_opcodes()
    for tag, from_old, to_old, from_new, to_new in steps:
        if tag != "equal":
            changed += range(from_new + 1, to_new + 1)
            missing += range(from_old + 1 + (to_new - from_new), to_old + 1)
    return tuple(changed), tuple(missing)
