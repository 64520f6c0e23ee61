"""Deletes declarations so that they can be restored for some days, restores them, and erases them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.permissions import (
    Actor,
    Deleted,
    Permission,
    Subject,
    can,
    require,
    restorable_since,
)
from dnk_tool.services.declarations.start import YearTaken
from dnk_tool.services.work import Work
from dnk_tool.store.aggregates import company_removal
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import deleted, sign_offs, versions
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.people import standing_answers
from dnk_tool.store.privacy import deletion
from dnk_tool.store.privacy.deletion import DatabaseDeletion
from dnk_tool.store.tables.declarations import Declaration

# In these states somebody else works with a version: it has to be taken back first, so that they know.
STATES_WITH_OTHERS = frozenset({State.SIGNING, State.SUBMITTED, State.CHANGES_REQUESTED})


class StillPublished(Exception):
    """Everybody can read a version; it has to be withdrawn before the declaration is deleted."""


class StillWithOthers(Exception):
    """A version is with a signatory or a cluster; it has to be taken back before."""


@dataclass(frozen=True)
class DeclarationConsequences:
    """What goes with a declaration, and what has to happen before.

    `cluster_id`: the cluster to which a version was submitted. Of an archived company nothing can be
    withdrawn or taken back, and nothing has to be.
    """

    versions: int
    is_empty: bool
    is_published: bool
    is_with_others: bool
    evidence_files: int
    cluster_id: int | None


def consequences(session: Session, declaration: Declaration) -> DeclarationConsequences:
    """What goes with the declaration, and what has to happen before."""
    is_archived = declaration.organisation.archived_at is not None
    return DeclarationConsequences(
        len(versions.versions(session, declaration.id)),
        declaration.id in _empty_among(session, declaration.organisation_id, [declaration.id]),
        not is_archived and sign_offs.publication(session, declaration.id) is not None,
        not is_archived and declaration.state in STATES_WITH_OTHERS,
        len(evidence.of_declaration(session, declaration)),
        declaration.cluster_id,
    )


def delete_declaration(work: Work, declaration: Declaration) -> None:
    """Delete the declaration; it can be restored for some days (`RESTORABLE`), and nothing else shows it.

    Owners delete any, also in an archived company; editors an empty one. Raises NotPermitted,
    StillPublished and StillWithOthers. What an archived company has published is withdrawn with it.
    """
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration, even_archived=True)
    _require_right(work.session, declaration, work.actor)
    is_open = declaration.organisation.archived_at is None
    publication = sign_offs.publication(work.session, declaration.id)
    if is_open and publication is not None:
        raise StillPublished
    if is_open and declaration.state in STATES_WITH_OTHERS:
        raise StillWithOthers
    if publication is not None:
        publication.revoked_at, publication.revoked_by = work.now, work.actor.user_id
        publication.quotable_refs = None
    _record(work, EventKind.DECLARATION_DELETED, declaration)
    declaration.deleted_at = work.now
    work.session.flush()
    company_removal.forget_company(work.session, declaration.organisation_id, declaration_id=declaration.id)


def restore_declaration(work: Work, declaration: Declaration) -> None:
    """Restore a deleted declaration as it was, for those who may delete it.

    Raises NotPermitted, also in an archived company, YearTaken if its year has another one meanwhile, and
    Deleted once its time is over.
    """
    organisation_id, key = declaration.organisation_id, declaration.id
    declarations.lock_organisation(work.session, organisation_id)
    if find_restorable(work, organisation_id, key) is None:
        raise Deleted(key)
    _require_right(work.session, declaration, work.actor)
    existing = declarations.of_year(
        work.session, organisation_id, declaration.edition, declaration.reporting_year
    )
    if existing is not None:
        raise YearTaken(existing)
    declaration.deleted_at = None
    work.session.flush()
    _record(work, EventKind.DECLARATION_RESTORED, declaration)


def erase_declaration(work: Work, declaration: Declaration) -> DatabaseDeletion:
    """Erase a deleted declaration for good, as an owner, also in an archived company. Raises NotPermitted.

    The caller commits, then calls `deletion_files.finish_deletion`.
    """
    require(Permission.ORGANISATION_CLOSE, work.actor, Subject(declaration.organisation_id))
    return _erase(work.session, declaration.organisation_id, declaration.id, work.now)


def erase_expired(
    session: Session, organisation_id: int, declaration_id: int, *, now: datetime
) -> DatabaseDeletion | None:
    """Erase a deleted declaration whose time to be restored is over; None if it was restored meanwhile."""
    try:
        return _erase(session, organisation_id, declaration_id, now, before=restorable_since(now))
    except Deleted:
        return None


def _erase(
    session: Session, organisation_id: int, declaration_id: int, now: datetime, before: datetime | None = None
) -> DatabaseDeletion:
    declarations.lock_organisation(session, organisation_id, even_archived=True)
    row = deleted.find(session, organisation_id, declaration_id)
    if row is None or row.deleted_at is None or (before is not None and row.deleted_at >= before):
        raise Deleted(declaration_id)
    return deletion.delete_declaration(session, row, now=now)


def restorable(work: Work, organisation_id: int) -> Sequence[tuple[Declaration, bool]]:
    """The company's deleted declarations, the last one first, and whether the actor may restore each.

    Without those whose time is over, though the daily retention may not have erased them yet.
    """
    rows = deleted.of_company(work.session, organisation_id, since=restorable_since(work.now))
    subject = Subject(organisation_id)
    if not rows or not can(Permission.DECLARATION_EDIT, work.actor, subject):
        return [(row, False) for row in rows]
    if can(Permission.ORGANISATION_CLOSE, work.actor, subject):
        return [(row, True) for row in rows]
    empty = _empty_among(work.session, organisation_id, [row.id for row in rows])
    return [(row, row.id in empty) for row in rows]


def find_restorable(work: Work, organisation_id: int, declaration_id: int) -> Declaration | None:
    """A deleted declaration of the company that can be restored, reread; None for any other."""
    row = deleted.find(work.session, organisation_id, declaration_id)
    if row is None or row.deleted_at is None or row.deleted_at < restorable_since(work.now):
        return None
    return row


def _require_right(session: Session, declaration: Declaration, actor: Actor) -> None:
    """Raise NotPermitted unless the actor may delete and restore the declaration, which is locked.

    Owners may with any declaration, editors with an empty one.
    """
    subject = Subject(declaration.organisation_id)
    if can(Permission.ORGANISATION_CLOSE, actor, subject):
        return
    is_empty = declaration.id in _empty_among(session, declaration.organisation_id, [declaration.id])
    require(Permission.DECLARATION_EDIT if is_empty else Permission.ORGANISATION_CLOSE, actor, subject)


def _empty_among(session: Session, organisation_id: int, keys: Collection[int]) -> frozenset[int]:
    return deleted.empty_among(session, keys, begun_with=standing_answers(session, organisation_id))


def _record(work: Work, kind: EventKind, declaration: Declaration) -> None:
    """Record the event at the company: events of the declaration itself are not shown while it is deleted."""
    history.record_event(
        work.session,
        kind,
        organisation_id=declaration.organisation_id,
        actor_id=work.actor.user_id,
        now=work.now,
        reporting_year=declaration.reporting_year,
        state=declaration.state.value,
    )
