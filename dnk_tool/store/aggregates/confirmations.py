"""Reads and writes which companies operators have confirmed as real firms, and whom a cluster counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Role
from dnk_tool.store.name_sorting import folded
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff, Consent, PracticeFirm
from dnk_tool.store.tables.declarations import Event
from dnk_tool.store.tables.organisations import CompanyConfirmation, Membership, Organisation

# What only a company's own people do; it tells who founded it after the role was handed on.
OWN_DEEDS = (EventKind.CREATED, EventKind.FINISHED, EventKind.SUBMITTED, EventKind.CONSENT_GRANTED)


@dataclass(frozen=True, slots=True)
class MemberFirm:
    """A company that belongs to a cluster, as the page of confirmations shows it.

    `confirmed_by`: name or address, "" for a deleted account or the command line; `clusters`: names by id;
    `owners`: addresses.
    """

    id: int
    name: str
    created_at: datetime
    confirmed_at: datetime | None
    confirmed_by: str
    clusters: Mapping[int, str]
    owners: tuple[str, ...]


def is_confirmed(cluster_id: int) -> ColumnElement[bool]:
    """Whether the cluster may take the company of a query over consents for a real firm.

    An operator has confirmed it, or everybody who could is in the cluster's team: nothing can be held against
    who reads the database.
    """
    confirmed = exists().where(CompanyConfirmation.organisation_id == Consent.organisation_id)
    return or_(confirmed.correlate(Consent), _is_run_by_its_team(cluster_id))


def _is_run_by_its_team(cluster_id: int) -> ColumnElement[bool]:
    operator = aliased(Account)
    runs_it = operator.is_operator.is_(True), operator.active.is_(True)
    in_team = exists().where(ClusterStaff.user_id == operator.id, ClusterStaff.cluster_id == cluster_id)
    outside = exists().where(*runs_it, ~in_team.correlate(operator))
    return and_(exists().where(*runs_it), ~outside)


def counts_all(session: Session, cluster_id: int) -> bool:
    """Whether all operators are in the cluster's team, so that nobody else could confirm its members."""
    return bool(session.scalar(select(_is_run_by_its_team(cluster_id))))


def unconfirmed_members(session: Session, cluster_id: int) -> frozenset[int]:
    """The members that the cluster may not take for real firms. One statement."""
    standing = Consent.cluster_id == cluster_id, Consent.withdrawn_at.is_(None)
    asked = select(Consent.organisation_id).where(*standing, ~is_confirmed(cluster_id))
    return frozenset(session.scalars(asked))


def member_firms(session: Session) -> list[MemberFirm]:
    """All companies that belong to a cluster, by name; practice firms never do. Three statements."""
    practised = exists().where(PracticeFirm.organisation_id == Organisation.id).correlate(Organisation)
    standing = Consent.withdrawn_at.is_(None)
    belongs = exists().where(Consent.organisation_id == Organisation.id, standing).correlate(Organisation)
    firms = session.execute(
        select(Organisation, CompanyConfirmation.confirmed_at, Account.name, Account.email)
        .outerjoin(CompanyConfirmation, CompanyConfirmation.organisation_id == Organisation.id)
        .outerjoin(Account, Account.id == CompanyConfirmation.confirmed_by)
        .where(belongs, ~practised)
        .order_by(folded(Organisation.name), Organisation.id)
    ).all()
    of_cluster = session.execute(
        select(Consent.organisation_id, Cluster.id, Cluster.name)
        .join(Cluster, Cluster.id == Consent.cluster_id)
        .where(standing)
        .order_by(Cluster.name)
    )
    clusters: dict[int, dict[int, str]] = {}
    for company, key, name in of_cluster:
        clusters.setdefault(company, {})[key] = name
    owners: dict[int, list[str]] = {}
    for company, email in session.execute(
        select(Membership.organisation_id, Account.email)
        .join(Account, Account.id == Membership.user_id)
        .where(Membership.role == Role.OWNER, Membership.organisation_id.in_(clusters))
        .order_by(Account.email)
    ):
        owners.setdefault(company, []).append(email)
    return [
        MemberFirm(
            id=firm.id,
            name=firm.name,
            created_at=firm.created_at,
            confirmed_at=confirmed_at,
            confirmed_by=name or email or "",
            clusters=clusters[firm.id],
            owners=tuple(owners.get(firm.id, ())),
        )
        for firm, confirmed_at, name, email in firms
    ]


def companies_of_person(session: Session, account_id: int) -> frozenset[int]:
    """The companies that a person works for today, or began something for once."""
    today = select(Membership.organisation_id).where(Membership.user_id == account_id)
    once = select(Event.organisation_id).where(Event.actor_id == account_id, Event.kind.in_(OWN_DEEDS))
    return frozenset(key for key in session.scalars(today.union(once)) if key is not None)


def confirmed_among(session: Session, companies: Collection[int]) -> frozenset[int]:
    """Those of the companies that are confirmed; the others' rows are locked, too, until the end."""
    rows = select(Organisation.id).where(Organisation.id.in_(companies)).order_by(Organisation.id)
    session.scalars(rows.with_for_update()).all()
    known = select(CompanyConfirmation.organisation_id)
    return frozenset(session.scalars(known.where(CompanyConfirmation.organisation_id.in_(companies))))


def add(session: Session, companies: Collection[int], *, by: int | None, now: datetime) -> None:
    """Note these companies as confirmed, and that no cluster of theirs waits for it any more."""
    session.add_all(
        CompanyConfirmation(organisation_id=company, confirmed_at=now, confirmed_by=by)
        for company in companies
    )
    theirs = select(Consent.cluster_id).where(
        Consent.organisation_id.in_(companies), Consent.withdrawn_at.is_(None)
    )
    session.execute(update(Cluster).where(Cluster.id.in_(theirs)).values(confirmation_asked_at=None))
    session.flush()


def remove(session: Session, companies: Collection[int]) -> None:
    """Take back the confirmation of these companies."""
    known = CompanyConfirmation.organisation_id.in_(companies)
    session.execute(delete(CompanyConfirmation).where(known))
    session.flush()


def operators_outside(session: Session, cluster_id: int) -> Sequence[Account]:
    """The operators who can sign in and are not in the cluster's team."""
    in_team = exists().where(ClusterStaff.user_id == Account.id, ClusterStaff.cluster_id == cluster_id)
    runs_it = Account.is_operator.is_(True), Account.active.is_(True)
    return session.scalars(select(Account).where(*runs_it, ~in_team.correlate(Account))).all()


def count_waiting(session: Session) -> int:
    """How many clusters wait for an operator to confirm members."""
    waiting = Cluster.confirmation_asked_at.is_not(None), Cluster.archived_at.is_(None)
    return session.scalar(select(func.count()).select_from(Cluster).where(*waiting)) or 0
