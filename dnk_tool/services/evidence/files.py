"""Adds, describes, reuses and removes files as evidence of a declaration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import Stored, is_change
from dnk_tool.domain.evidence import LONGEST_TITLE, WHOLE_DECLARATION, Evidence, EvidenceTarget
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.evidence.access import (
    may_open_evidence,
    open_evidence_target,
    require_evidence_removable,
)
from dnk_tool.services.evidence.contents import store_contents
from dnk_tool.services.uploads.inspection import InspectedFile
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.evidence.blob_store import BlobStore
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.evidence import EvidenceFile, EvidenceUse


class QuotaExceeded(Exception):
    """The files exceed the company's quota: they need `needed` bytes, and `free` bytes are left."""

    def __init__(self, needed: int, free: int) -> None:
        self.needed, self.free = needed, free
        super().__init__(f"{needed} bytes do not fit into {free}")


@dataclass(frozen=True, slots=True)
class EvidenceDetails:
    """How the company describes a file: title, last day of validity, and who may see it besides itself."""

    title: str = ""
    valid_until: date | None = None
    is_listed: bool = False
    is_for_review: bool = False

    @classmethod
    def of(cls, row: EvidenceFile | Evidence) -> "EvidenceDetails":
        """The stored description of a file."""
        return cls(row.title, row.valid_until, row.is_listed, row.is_for_review)


@dataclass(frozen=True, slots=True)
class AddedEvidence:
    """What became of added files: new ones, and `known` ones whose content the year had already."""

    fresh: tuple[Evidence, ...]
    known: tuple[Evidence, ...]


def add_evidence(
    work: Work,
    blobs: BlobStore,
    declaration: Declaration,
    target: EvidenceTarget,
    files: Sequence[InspectedFile],
    about: EvidenceDetails,
    *,
    quota: int,
) -> AddedEvidence:
    """Add files to a target, and record them as one event. `quota`: bytes that the company may store.

    A file whose content the year has already is attached to the target as well, and keeps its description.
    Raises NotPermitted, Locked, LookupError, QuotaExceeded, StorageFull and StorageDown; then nothing is
    stored.
    """
    open_evidence_target(work.session, declaration, target, work.actor)
    owner = declaration.organisation_id
    _check_quota(work.session, owner, files, quota)
    # Under the lock, so that a content that somebody else has just removed is stored again.
    store_contents(blobs, owner, files)
    rows: dict[str, tuple[EvidenceFile, bool]] = {}
    for file in files:
        evidence_file = evidence.find_file_by_hash(
            work.session, owner, declaration.reporting_year, file.sha256
        )
        row = evidence_file or _new_row(declaration, file, about, actor=work.actor, now=work.now)
        work.session.add(row)
        _attach(row, declaration, target)
        work.session.flush()
        rows.setdefault(file.sha256, (row, evidence_file is None))
    _record(work, declaration, EventKind.EVIDENCE_ADDED, [row for row, _is_new in rows.values()], target)
    plain = [(evidence.to_evidence(row, declaration), is_new) for row, is_new in rows.values()]
    return AddedEvidence(
        tuple(file for file, is_new in plain if is_new), tuple(file for file, is_new in plain if not is_new)
    )


def attach_existing(
    work: Work, declaration: Declaration, target: EvidenceTarget, file_ids: Sequence[int]
) -> int:
    """Attach files of this year to one more target; returns how many were not attached to it before.

    Raises NotPermitted, Locked, and LookupError for an unknown target or a file that the actor may not open.
    """
    open_evidence_target(work.session, declaration, target, work.actor)
    rows = [_visible_row(work.session, declaration, file_id, work.actor) for file_id in file_ids]
    fresh = [row for row in rows if _attach(row, declaration, target)]
    if fresh:
        _record(work, declaration, EventKind.EVIDENCE_ADDED, fresh, target)
    return len(fresh)


def change_evidence(
    work: Work, declaration: Declaration, file_id: int, about: EvidenceDetails, *, seen: int
) -> None:
    """Change the description of a file. `seen`: the version that the sender had seen.

    Raises NotPermitted, Locked unless all its targets are open, LookupError for a file that the actor may not
    open, and ConflictError.
    """
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    row = _visible_row(work.session, declaration, file_id, work.actor)
    for use in _uses_here(row, declaration):
        require_evidence_removable(work.session, declaration, use.target, work.actor)
    before = EvidenceDetails.of(row)
    if not is_change(Stored(before, row.version), seen, about):
        return
    row.title, row.valid_until = about.title[:LONGEST_TITLE], about.valid_until
    row.is_listed, row.is_for_review = about.is_listed, about.is_for_review
    row.version += 1
    fields = _differences(before, about)
    _record(work, declaration, EventKind.EVIDENCE_CHANGED, [row], None, fields=fields)


def remove_evidence(
    work: Work, declaration: Declaration, file_id: int, *, only: EvidenceTarget | None = None
) -> frozenset[str]:
    """Remove a file from all its targets in the declaration, or from `only` one.

    Returns the hash of a content that may be unused now, for `contents.remove_unused_contents` after the
    commit. Raises NotPermitted, Locked, and LookupError for a file that the actor may not open or that
    does not belong to `only`.
    """
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    row = _visible_row(work.session, declaration, file_id, work.actor)
    gone = [use for use in _uses_here(row, declaration) if only in (None, use.target)]
    if not gone:
        raise LookupError(only)
    for use in gone:
        require_evidence_removable(work.session, declaration, use.target, work.actor)
    _record(work, declaration, EventKind.EVIDENCE_REMOVED, [row], only)
    for use in gone:
        row.uses.remove(use)
    if row.uses:
        work.session.flush()
        return frozenset()
    work.session.delete(row)
    work.session.flush()
    return frozenset({row.sha256})


def _new_row(
    declaration: Declaration,
    inspected_file: InspectedFile,
    about: EvidenceDetails,
    *,
    actor: Actor,
    now: datetime,
) -> EvidenceFile:
    return EvidenceFile(
        organisation_id=declaration.organisation_id,
        year=declaration.reporting_year,
        sha256=inspected_file.sha256,
        name=inspected_file.name,
        title=about.title[:LONGEST_TITLE],
        kind=inspected_file.kind,
        size=inspected_file.size,
        valid_until=about.valid_until,
        is_listed=about.is_listed,
        is_for_review=about.is_for_review,
        version=1,
        uploaded_at=now,
        uploaded_by=actor.user_id,
        uses=[],
    )


def _attach(row: EvidenceFile, declaration: Declaration, target: EvidenceTarget) -> bool:
    """Attach the file to the target; False if it is attached already."""
    if any(use.target == target for use in _uses_here(row, declaration)):
        return False
    is_of_declaration = bool(target.ref) or target == WHOLE_DECLARATION
    row.uses.append(
        EvidenceUse(
            declaration_id=declaration.id if is_of_declaration else None,
            ref=target.ref,
            datapoint=target.datapoint,
            line_id=target.line or None,
        )
    )
    return True


def _uses_here(row: EvidenceFile, declaration: Declaration) -> list[EvidenceUse]:
    return [use for use in row.uses if use.declaration_id in (None, declaration.id)]


def _visible_row(session: Session, declaration: Declaration, file_id: int, actor: Actor) -> EvidenceFile:
    row = evidence.find_file(session, declaration, file_id)
    if row is None or not may_open_evidence(
        declaration, evidence.to_evidence(row, declaration).targets, actor
    ):
        raise LookupError(file_id)
    return row


def _check_quota(session: Session, owner: int, files: Sequence[InspectedFile], quota: int) -> None:
    known = evidence.content_hashes(session, owner, {file.sha256 for file in files})
    fresh = {file.sha256: file.size for file in files if file.sha256 not in known}
    needed, used = sum(fresh.values()), evidence.used_bytes(session, owner)
    if needed and used + needed > quota:
        raise QuotaExceeded(needed, max(0, quota - used))


def _differences(before: EvidenceDetails, after: EvidenceDetails) -> dict[str, list[Any]]:
    """The changed fields with old and new value; the title without, as it may name somebody."""
    fields: dict[str, list[Any]] = {}
    if before.title != after.title:
        fields["evidence_title"] = []
    if before.valid_until != after.valid_until:
        fields["valid_until"] = [_iso(before.valid_until), _iso(after.valid_until)]
    for name in ("is_listed", "is_for_review"):
        both = [getattr(before, name), getattr(after, name)]
        if both[0] != both[1]:
            fields[name] = both
    return fields


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""


def _record(
    work: Work,
    declaration: Declaration,
    kind: EventKind,
    rows: Sequence[EvidenceFile],
    target: EvidenceTarget | None,
    **more: Any,
) -> None:
    """Record the event without file names: they may name somebody, and events are never changed."""
    selection = declarations.selection_of(declaration)
    if target and target.ref in selection.section_of:
        more |= {"section": selection.section_of[target.ref].ref, "point": target.ref}
    elif target and target.datapoint:
        more["datapoint"] = target.datapoint
    elif target and target.line:
        more["line"] = target.line
    files = [[row.id, row.kind.value] for row in rows]
    history.record_declaration_event(
        work.session, declaration, kind, actor_id=work.actor.user_id, now=work.now, evidence=files, **more
    )
