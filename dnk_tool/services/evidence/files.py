"""Keeps files as evidence of what a declaration says: added, described, used again, and removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.evidence import LONGEST_TITLE, WHOLE, Evidence, Target
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.evidence.access import check_open, check_removable, may_see
from dnk_tool.services.evidence.contents import keep
from dnk_tool.services.uploads.inspection import Inspected
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.evidence.blob_store import Blobs
from dnk_tool.store.evidence.queries import EvidenceFile, EvidenceUse
from dnk_tool.store.tables.declarations import Declaration


class QuotaExceeded(Exception):
    """The company has no room for this; `free` bytes are left, `needed` would be."""

    def __init__(self, needed: int, free: int) -> None:
        self.needed, self.free = needed, free
        super().__init__(f"{needed} bytes do not fit into {free}")


class EvidenceChanged(Exception):
    """Somebody else has changed what is said of the file meanwhile."""


@dataclass(frozen=True, slots=True)
class About:
    """What the company says of a file."""

    title: str = ""
    valid_until: date | None = None
    is_listed: bool = False
    is_for_review: bool = False

    @classmethod
    def of(cls, row: EvidenceFile | Evidence) -> "About":
        return cls(row.title, row.valid_until, row.is_listed, row.is_for_review)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of files: the new ones, and those whose content was there already in this year."""

    fresh: tuple[Evidence, ...]
    known: tuple[Evidence, ...]


def add(
    session: Session,
    blobs: Blobs,
    declaration: Declaration,
    target: Target,
    files: Sequence[Inspected],
    about: About,
    *,
    quota: int,
    actor: Actor,
    now: datetime,
) -> Added:
    """Add files to one thing; `quota` is how many bytes the company may have. One event for all.

    A content that is there in this year already is used once more, and what was said of it stays.
    Raises NotPermitted, Locked, LookupError, QuotaExceeded, StorageFull and StorageDown, and then nothing
    is kept.
    """
    check_open(session, declaration, target, actor)
    owner = declaration.organisation_id
    _check_quota(session, owner, files, quota)
    # Under the lock: a content that somebody else's removal has just taken away is put there again.
    keep(blobs, owner, files)
    rows: dict[str, tuple[EvidenceFile, bool]] = {}
    for one in files:
        found = evidence.row_of_content(session, owner, declaration.reporting_year, one.sha256)
        row = found or _new_row(declaration, one, about, actor=actor, now=now)
        session.add(row)
        _use(row, declaration, target)
        session.flush()
        rows.setdefault(one.sha256, (row, found is None))
    _record(
        session,
        declaration,
        EventKind.EVIDENCE_ADDED,
        [row for row, _is_new in rows.values()],
        target,
        actor=actor,
        now=now,
    )
    plain = [(evidence.plain(row, declaration), is_new) for row, is_new in rows.values()]
    return Added(
        tuple(one for one, is_new in plain if is_new), tuple(one for one, is_new in plain if not is_new)
    )


def use_again(
    session: Session,
    declaration: Declaration,
    target: Target,
    file_ids: Sequence[int],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Let files of this year belong to one more thing; gives how many did not before.

    Raises NotPermitted, Locked, and LookupError for a file that the actor does not know.
    """
    check_open(session, declaration, target, actor)
    rows = [_known(session, declaration, file_id, actor) for file_id in file_ids]
    fresh = [row for row in rows if _use(row, declaration, target)]
    if fresh:
        _record(session, declaration, EventKind.EVIDENCE_ADDED, fresh, target, actor=actor, now=now)
    return len(fresh)


def change(
    session: Session,
    declaration: Declaration,
    file_id: int,
    about: About,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Say something else of a file. `seen` is the version that the sender had before them.

    Raises NotPermitted, Locked unless all that it belongs to is open, LookupError and EvidenceChanged.
    """
    declarations.lock(session, declaration.organisation_id, declaration)
    row = _known(session, declaration, file_id, actor)
    for one in _uses(row, declaration):
        check_removable(session, declaration, one.target, actor)
    before = About.of(row)
    if about == before:
        return
    if row.version != seen:
        raise EvidenceChanged
    row.title, row.valid_until = about.title[:LONGEST_TITLE], about.valid_until
    row.is_listed, row.is_for_review = about.is_listed, about.is_for_review
    row.version += 1
    fields = _differences(before, about)
    _record(
        session, declaration, EventKind.EVIDENCE_CHANGED, [row], None, actor=actor, now=now, fields=fields
    )


def remove(
    session: Session,
    declaration: Declaration,
    file_id: int,
    *,
    only: Target | None = None,
    actor: Actor,
    now: datetime,
) -> frozenset[str]:
    """Remove a file from all that it belongs to in the declaration, or from one thing.

    Gives the hash of a content that may have no use any more, for `evidence_contents.sweep` after the commit.
    Raises NotPermitted, Locked and LookupError.
    """
    declarations.lock(session, declaration.organisation_id, declaration)
    row = _known(session, declaration, file_id, actor)
    gone = [one for one in _uses(row, declaration) if only in (None, one.target)]
    if not gone:
        raise LookupError(only)
    for one in gone:
        check_removable(session, declaration, one.target, actor)
    _record(session, declaration, EventKind.EVIDENCE_REMOVED, [row], only, actor=actor, now=now)
    for one in gone:
        row.uses.remove(one)
    if row.uses:
        session.flush()
        return frozenset()
    session.delete(row)
    session.flush()
    return frozenset({row.sha256})


def _new_row(
    declaration: Declaration, one: Inspected, about: About, *, actor: Actor, now: datetime
) -> EvidenceFile:
    return EvidenceFile(
        organisation_id=declaration.organisation_id,
        year=declaration.reporting_year,
        sha256=one.sha256,
        name=one.name,
        title=about.title[:LONGEST_TITLE],
        kind=one.kind,
        size=one.size,
        valid_until=about.valid_until,
        is_listed=about.is_listed,
        is_for_review=about.is_for_review,
        version=1,
        uploaded_at=now,
        uploaded_by=actor.user_id,
        uses=[],
    )


def _use(row: EvidenceFile, declaration: Declaration, target: Target) -> bool:
    """Let the file belong to the thing; False if it does already."""
    if any(one.target == target for one in _uses(row, declaration)):
        return False
    is_of_declaration = bool(target.ref) or target == WHOLE
    row.uses.append(
        EvidenceUse(
            declaration_id=declaration.id if is_of_declaration else None,
            ref=target.ref,
            datapoint=target.datapoint,
            line_id=target.line or None,
        )
    )
    return True


def _uses(row: EvidenceFile, declaration: Declaration) -> list[EvidenceUse]:
    return [one for one in row.uses if one.declaration_id in (None, declaration.id)]


def _known(session: Session, declaration: Declaration, file_id: int, actor: Actor) -> EvidenceFile:
    row = evidence.row(session, declaration, file_id)
    if row is None or not may_see(declaration, evidence.plain(row, declaration).targets, actor):
        raise LookupError(file_id)
    return row


def _check_quota(session: Session, owner: int, files: Sequence[Inspected], quota: int) -> None:
    known = evidence.contents(session, owner, {one.sha256 for one in files})
    fresh = {one.sha256: one.size for one in files if one.sha256 not in known}
    needed, used = sum(fresh.values()), evidence.used(session, owner)
    if needed and used + needed > quota:
        raise QuotaExceeded(needed, max(0, quota - used))


def _differences(before: About, after: About) -> dict[str, list[Any]]:
    """What changed, with both values; of the title only that it did: it may name somebody."""
    found: dict[str, list[Any]] = {}
    if before.title != after.title:
        found["evidence_title"] = []
    if before.valid_until != after.valid_until:
        found["valid_until"] = [_iso(before.valid_until), _iso(after.valid_until)]
    for name in ("is_listed", "is_for_review"):
        both = [getattr(before, name), getattr(after, name)]
        if both[0] != both[1]:
            found[name] = both
    return found


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""


def _record(
    session: Session,
    declaration: Declaration,
    kind: EventKind,
    rows: Sequence[EvidenceFile],
    target: Target | None,
    *,
    actor: Actor,
    now: datetime,
    **more: Any,
) -> None:
    """Names stay out of the event: it is never changed, and a file's name may name somebody."""
    selection = declarations.selection_of(declaration)
    if target and target.ref in selection.section_of:
        more |= {"section": selection.section_of[target.ref].ref, "point": target.ref}
    elif target and target.datapoint:
        more["datapoint"] = target.datapoint
    elif target and target.line:
        more["line"] = target.line
    files = [[row.id, row.kind.value] for row in rows]
    history.record(session, declaration, kind, actor_id=actor.user_id, now=now, evidence=files, **more)
