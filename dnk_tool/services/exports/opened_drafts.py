"""Notes which PDF of a draft was opened last, of each declaration, and when; not by whom.

A note is an empty file beside the cached PDFs, `opened/<declaration>.<variant>.<language>`; its time is when
that was opened. `language` is `own` for the declaration's own. Servers that share the PDFs share the notes.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from dnk_tool.language import Language
from dnk_tool.report.view.edition import ExportOptions, Variant

FOLDER = "opened"  # in the folder of the cached PDFs
LIFETIME = timedelta(days=7)
_NAME = re.compile(r"(\d+)\.(full|short|internal)\.(own|de|en)")


@dataclass(slots=True)
class DraftCounts:
    """What was made ahead and what it was good for, in this process since its start.

    `opened`: PDFs of drafts that people asked for; `ready`: those of them that were there.
    """

    made: int = 0
    dropped: int = 0
    seconds: float = 0.0
    opened: int = 0
    ready: int = 0


@dataclass(frozen=True, slots=True)
class OpenedDraft:
    """A draft whose PDF was opened: as which edition, and when last."""

    declaration_id: int
    edition: ExportOptions
    at: datetime


def note(pdfs: Path, declaration_id: int, edition: ExportOptions, *, now: datetime) -> None:
    """Note that this edition of the draft was opened now, in place of another one.

    A folder that cannot be written gets no note.
    """
    folder = pdfs / FOLDER
    file = folder / f"{declaration_id}.{edition.variant}.{edition.language or 'own'}"
    with suppress(OSError):
        pdfs.mkdir(exist_ok=True, mode=0o700)
        folder.mkdir(exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        os.utime(file, (now.timestamp(), now.timestamp()))
        for other in folder.glob(f"{declaration_id}.*"):
            if other != file:
                other.unlink(missing_ok=True)


def opened_lately(pdfs: Path, *, now: datetime) -> list[OpenedDraft]:
    """The drafts that were opened within LIFETIME, the latest first; each declaration once."""
    drafts: dict[int, OpenedDraft] = {}
    for draft in sorted(_drafts(pdfs), key=lambda draft: draft.at, reverse=True):
        if now - draft.at < LIFETIME:
            drafts.setdefault(draft.declaration_id, draft)
    return list(drafts.values())


def forget(pdfs: Path, declaration_id: int) -> None:
    """Delete the notes of a declaration, such as one that was deleted."""
    for file in (pdfs / FOLDER).glob(f"{declaration_id}.*"):
        file.unlink(missing_ok=True)


def remove_old(pdfs: Path, *, now: datetime) -> None:
    """Delete notes that are older than LIFETIME."""
    lately = {draft.declaration_id for draft in opened_lately(pdfs, now=now)}
    for draft in _drafts(pdfs):
        if draft.declaration_id not in lately:
            forget(pdfs, draft.declaration_id)


def _drafts(pdfs: Path) -> Iterator[OpenedDraft]:
    for file in (pdfs / FOLDER).glob("*.*.*"):
        match = _NAME.fullmatch(file.name)
        with suppress(FileNotFoundError):  # another process may delete it
            at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            if match:
                language = None if match[3] == "own" else cast(Language, match[3])
                yield OpenedDraft(int(match[1]), ExportOptions(Variant(match[2]), language=language), at)
