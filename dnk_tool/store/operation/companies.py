"""Companies as the operator sees them: names, numbers and days, and nothing else that they write."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, not_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import DONE_STATES, EventKind
from dnk_tool.domain.permissions import Role
from dnk_tool.store.base import UtcDateTime
from dnk_tool.store.name_sorting import folded, folded_text
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Consent, PracticeFirm
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.organisations import Membership, Organisation
from dnk_tool.store.tables.publication import Publication

OPERATORS_EVENTS = (
    EventKind.ARCHIVED,
    EventKind.ARCHIVE_ENDED,
    EventKind.COMPANY_CONFIRMED,
    EventKind.CONFIRMATION_ENDED,
)


class CompanyGroup(StrEnum):
    """What the operator looks for in the list."""

    IN_USE = "in-use"
    ARCHIVED = "archived"
    WITHOUT_OWNER = "without-owner"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class CompanyFilter:
    """Which companies are wanted: a part of the name, and a group; None means any."""

    text: str = ""
    group: CompanyGroup | None = None


@dataclass(frozen=True, slots=True)
class CompanySummary:
    """A company in numbers. `owners`: with an active account; `active_at`: the last change by its people."""

    id: int
    name: str
    created_at: datetime
    archived_at: datetime | None
    owners: int
    people: int
    declarations: int
    finished: int
    published: int
    clusters: int
    active_at: datetime | None


def count(session: Session, wanted: CompanyFilter) -> int:
    """How many companies match."""
    return session.scalar(_filtered(select(func.count()).select_from(Organisation), wanted)) or 0


def list_page(
    session: Session, wanted: CompanyFilter, *, offset: int = 0, limit: int | None = None
) -> Sequence[CompanySummary]:
    """The companies that match, by name, in one statement."""
    asked = _filtered(_select_summaries(), wanted).order_by(folded(Organisation.name), Organisation.id)
    return [CompanySummary(*row) for row in session.execute(asked.offset(offset).limit(limit))]


def summary_of(session: Session, organisation_id: int) -> CompanySummary | None:
    """The company in numbers; None if there is none."""
    row = session.execute(_select_summaries().where(Organisation.id == organisation_id)).one_or_none()
    return CompanySummary(*row) if row else None


def _select_summaries() -> Select[Any]:
    declarations = Declaration.organisation_id == Organisation.id
    members = Membership.organisation_id == Organisation.id
    published = select(func.count(Publication.id)).join(
        Declaration, Declaration.id == Publication.declaration_id
    )
    active_at = select(func.max(Event.happened_at, type_=UtcDateTime())).where(
        Event.organisation_id == Organisation.id, Event.kind.not_in(OPERATORS_EVENTS)
    )
    return select(
        Organisation.id,
        Organisation.name,
        Organisation.created_at,
        Organisation.archived_at,
        _owners().correlate(Organisation).scalar_subquery(),
        select(func.count()).where(members).correlate(Organisation).scalar_subquery(),
        select(func.count()).where(declarations).correlate(Organisation).scalar_subquery(),
        select(func.count())
        .where(declarations, Declaration.state.in_(DONE_STATES))
        .correlate(Organisation)
        .scalar_subquery(),
        published.where(declarations, Publication.revoked_at.is_(None))
        .correlate(Organisation)
        .scalar_subquery(),
        select(func.count())
        .where(Consent.organisation_id == Organisation.id, Consent.withdrawn_at.is_(None))
        .correlate(Organisation)
        .scalar_subquery(),
        active_at.correlate(Organisation).scalar_subquery(),
    )


def _owners() -> Select[Any]:
    return (
        select(func.count(Account.id))
        .join(Membership, Membership.user_id == Account.id)
        .where(
            Membership.organisation_id == Organisation.id,
            Membership.role == Role.OWNER,
            Account.active.is_(True),
        )
    )


def _filtered(asked: Select[Any], wanted: CompanyFilter) -> Select[Any]:
    is_practice = exists().where(PracticeFirm.organisation_id == Organisation.id).correlate(Organisation)
    asked = asked.where(not_(is_practice))
    if text := " ".join(folded_text(wanted.text).split()):
        asked = asked.where(folded(Organisation.name).contains(text, autoescape=True))
    if wanted.group is not None:
        asked = asked.where(_is_in(wanted.group))
    return asked


def _is_in(group: CompanyGroup) -> ColumnElement[bool]:
    if group is CompanyGroup.ARCHIVED:
        return Organisation.archived_at.is_not(None)
    if group is CompanyGroup.IN_USE:
        return Organisation.archived_at.is_(None)
    if group is CompanyGroup.WITHOUT_OWNER:
        return _owners().correlate(Organisation).scalar_subquery() == 0
    return not_(exists().where(Declaration.organisation_id == Organisation.id).correlate(Organisation))
