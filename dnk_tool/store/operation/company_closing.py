"""What goes when a company is deleted, and what has to happen before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.store.base import UtcDateTime
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.evidence import EvidenceFile
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.organisations import Membership

# After these an export is still complete: they take away, or are the operator's.
ENDINGS = (
    EventKind.ARCHIVED,
    EventKind.ARCHIVE_ENDED,
    EventKind.DECLARATION_DELETED,
    EventKind.EVIDENCE_REMOVED,
    EventKind.UNPUBLISHED,
    EventKind.MEMBER_REMOVED,
    EventKind.INVITATION_REVOKED,
    EventKind.CONSENT_WITHDRAWN,
    EventKind.RECALLED,
)


@dataclass(frozen=True, slots=True)
class CompanyBelongings:
    """Numbers of what belongs to a company; `invitations` are those still open."""

    people: int
    figures: int
    files: int
    bytes: int
    clusters: int
    invitations: int
    events: int


def belongings(session: Session, organisation_id: int) -> CompanyBelongings:
    """What belongs to the company, in one statement."""
    files = EvidenceFile.organisation_id == organisation_id
    standing = Consent.organisation_id == organisation_id, Consent.withdrawn_at.is_(None)
    is_open = Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None)
    row = session.execute(
        select(
            select(func.count()).where(Membership.organisation_id == organisation_id).scalar_subquery(),
            select(func.count()).where(FigureRow.organisation_id == organisation_id).scalar_subquery(),
            select(func.count()).where(files).scalar_subquery(),
            select(func.coalesce(func.sum(EvidenceFile.size), 0)).where(files).scalar_subquery(),
            select(func.count()).where(*standing).scalar_subquery(),
            select(func.count())
            .where(Invitation.organisation_id == organisation_id, *is_open)
            .scalar_subquery(),
            select(func.count()).where(Event.organisation_id == organisation_id).scalar_subquery(),
        )
    ).one()
    return CompanyBelongings(*(int(number) for number in row))


def declarations_left(session: Session, organisation_id: int) -> Sequence[tuple[int, State]]:
    """Year and state of each declaration that the owners have not deleted, latest first."""
    rows = session.execute(
        select(Declaration.reporting_year, Declaration.state)
        .where(Declaration.organisation_id == organisation_id)
        .order_by(Declaration.reporting_year.desc(), Declaration.id)
    )
    return [(year, state) for year, state in rows]


def changed_at(session: Session, organisation_id: int) -> datetime | None:
    """When something was last added to the company or changed in it."""
    return session.scalar(
        select(func.max(Event.happened_at, type_=UtcDateTime())).where(
            Event.organisation_id == organisation_id, Event.kind.not_in(ENDINGS)
        )
    )
