"""Lists clusters, their members and invitations, and the consents that a company gave."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import NEWEST_EDITION
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.store.name_sorting import folded, holds_text
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff, Consent
from dnk_tool.store.tables.declarations import Event
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.organisations import Organisation

CONSENT_EVENTS = (EventKind.CONSENT_GRANTED, EventKind.CONSENT_CHANGED, EventKind.CONSENT_WITHDRAWN)


@dataclass(frozen=True)
class ClusterSummary:
    """A cluster as the operator sees it: numbers of members and managers, no names."""

    id: int
    name: str
    created_at: datetime
    archived_at: datetime | None
    members: int
    managers: int


def cluster_summaries(session: Session) -> Sequence[ClusterSummary]:
    """All clusters of the installation by name, in one statement."""
    members = (
        select(func.count())
        .where(Consent.cluster_id == Cluster.id, Consent.withdrawn_at.is_(None))
        .scalar_subquery()
    )
    managers = (
        select(func.count())
        .where(ClusterStaff.cluster_id == Cluster.id, ClusterStaff.role == ClusterRole.MANAGER)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Cluster.id, Cluster.name, Cluster.created_at, Cluster.archived_at, members, managers).order_by(
            func.lower(Cluster.name), Cluster.id
        )
    )
    return [ClusterSummary(*row) for row in rows]


def has_name(session: Session, name: str, *, other_than: int | None = None) -> bool:
    """Whether another cluster has this name, ignoring upper and lower case."""
    names = session.execute(select(Cluster.id, Cluster.name))
    return any(key != other_than and known.casefold() == name.casefold() for key, known in names)


def list_members(
    session: Session,
    cluster_id: int,
    *,
    text: str = "",
    among: Collection[int] | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[tuple[Organisation, Consent]]:
    """The cluster's present members with their consents, by name.

    `text`: only those whose name holds it; `among`: only those of these companies.
    """
    rows = session.execute(
        select(Organisation, Consent)
        .join(Consent, Consent.organisation_id == Organisation.id)
        .where(*_is_member(cluster_id), *_is_found(text, among))
        .order_by(folded(Organisation.name), Organisation.id)
        .offset(offset)
        .limit(limit)
    )
    return [(organisation, consent) for organisation, consent in rows]


def count_members(
    session: Session, cluster_id: int, *, text: str = "", among: Collection[int] | None = None
) -> int:
    """How many members `list_members` finds."""
    found = (
        select(func.count())
        .select_from(Consent)
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .where(*_is_member(cluster_id), *_is_found(text, among))
    )
    return session.scalar(found) or 0


def _is_found(text: str, among: Collection[int] | None) -> list[ColumnElement[bool]]:
    conditions = [holds_text(Organisation.name, text)] if text else []
    return conditions if among is None else [*conditions, Organisation.id.in_(among)]


def select_archived_count(cluster_id: int) -> Select[Any]:
    """Select the number of present members that are archived; no other count includes them."""
    return (
        select(func.count())
        .select_from(Consent)
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .where(*_is_member(cluster_id), Organisation.archived_at.is_not(None))
    )


def consents_to_earlier_editions(session: Session, cluster_id: int) -> Sequence[Consent]:
    """The consents of present members to an edition before the newest; of archived ones none."""
    query = (
        select(Consent)
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .where(*_is_member(cluster_id), Consent.edition != NEWEST_EDITION, Organisation.archived_at.is_(None))
    )
    return session.scalars(query.order_by(Consent.id)).all()


def _is_member(cluster_id: int) -> tuple[ColumnElement[bool], ...]:
    return Consent.cluster_id == cluster_id, Consent.withdrawn_at.is_(None)


def members_among(session: Session, cluster_id: int, organisation_ids: Collection[int]) -> frozenset[int]:
    """Those of these companies that are members today."""
    found = select(Consent.organisation_id).where(*_is_member(cluster_id))
    return frozenset(session.scalars(found)) & frozenset(organisation_ids)


def member_names(session: Session, cluster_id: int) -> frozenset[str]:
    """The names of the cluster's present members."""
    return frozenset(
        session.scalars(
            select(Organisation.name)
            .join(Consent, Consent.organisation_id == Organisation.id)
            .where(*_is_member(cluster_id))
        )
    )


def withdrawn_members(session: Session, cluster_id: int) -> Sequence[tuple[str, datetime]]:
    """Names of companies that are no members any more, with the time of their last withdrawal."""
    present = select(Consent.organisation_id).where(*_is_member(cluster_id))
    rows = session.execute(
        select(Organisation.name, func.max(Consent.withdrawn_at))
        .join(Consent, Consent.organisation_id == Organisation.id)
        .where(Consent.cluster_id == cluster_id, Organisation.id.not_in(present))
        .group_by(Organisation.id, Organisation.name)
    )
    return [(name, withdrawn_at) for name, withdrawn_at in rows if withdrawn_at]


def declined_companies(session: Session, cluster_id: int) -> Sequence[tuple[str, datetime]]:
    """Names of companies that declined an invitation of the cluster, with the time of the last time."""
    rows = session.execute(
        select(Invitation.company, func.max(Invitation.declined_at))
        .where(Invitation.cluster_id == cluster_id, Invitation.kind == InvitationKind.COMPANY)
        .where(Invitation.declined_at.is_not(None))
        .group_by(Invitation.company)
    )
    return [(name, declined_at) for name, declined_at in rows if declined_at]


def invitations_of_members(session: Session, cluster_id: int) -> Sequence[tuple[str, str]]:
    """Address and company name in the invitations by which present members joined, as invited then."""
    # One person may have joined with several companies: only the time tells which by which invitation.
    came_by = (Consent.granted_by == Invitation.accepted_by) & (Consent.granted_at == Invitation.accepted_at)
    rows = session.execute(
        select(Invitation.email, Invitation.company)
        .join(Consent, came_by)
        .where(Invitation.cluster_id == cluster_id, Invitation.kind == InvitationKind.COMPANY)
        .where(*_is_member(cluster_id))
    )
    return [(email, company) for email, company in rows]


def open_invitations(
    session: Session,
    cluster_id: int,
    kinds: Collection[InvitationKind],
    *,
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[Invitation]:
    """A cluster's invitations that were neither used nor revoked, latest first; expired ones included."""
    return session.scalars(
        select(Invitation)
        .where(*_is_open_invitation(cluster_id, kinds))
        .order_by(Invitation.sent_at.desc(), Invitation.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()


def count_open_invitations(session: Session, cluster_id: int, kinds: Collection[InvitationKind]) -> int:
    """How many invitations were neither used nor revoked; expired ones count."""
    return (
        session.scalar(
            select(func.count()).select_from(Invitation).where(*_is_open_invitation(cluster_id, kinds))
        )
        or 0
    )


def _is_open_invitation(
    cluster_id: int, kinds: Collection[InvitationKind]
) -> tuple[ColumnElement[bool], ...]:
    return (
        Invitation.cluster_id == cluster_id,
        Invitation.kind.in_(kinds),
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
    )


def invitations_by_id(session: Session, cluster_id: int, ids: Collection[int]) -> Sequence[Invitation]:
    """The invitations with these ids that belong to the cluster; others are left out."""
    query = select(Invitation).where(Invitation.cluster_id == cluster_id, Invitation.id.in_(ids))
    return session.scalars(query).all()


def consent_history(session: Session, organisation_id: int) -> Sequence[tuple[Event, str]]:
    """The consent events of a company (granted, changed, withdrawn) with the cluster's name, latest first."""
    rows = session.execute(
        select(Event, Cluster.name)
        .join(Cluster, Cluster.id == Event.cluster_id)
        .where(Event.organisation_id == organisation_id, Event.kind.in_(CONSENT_EVENTS))
        .order_by(Event.id.desc())
    )
    return [(event, name) for event, name in rows]
