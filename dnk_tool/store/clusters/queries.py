"""Queries of clusters, their staff, deadlines and the consents of companies."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam, exists, select
from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import Archived, ClusterRole, Deleted
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.review import rounds
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff, Consent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.review_team import ReviewConflict

# Run at each request, so built once. A row for each conflict of interest, or one without any.
_OF_PERSON = (
    select(Cluster, ClusterStaff.role, ReviewConflict.organisation_id)
    .join(ClusterStaff, ClusterStaff.cluster_id == Cluster.id)
    .outerjoin(
        ReviewConflict,
        and_(
            ReviewConflict.account_id == ClusterStaff.user_id,
            ReviewConflict.cluster_id == ClusterStaff.cluster_id,
        ),
    )
    .where(ClusterStaff.user_id == bindparam("user_id"))
    .order_by(Cluster.name, Cluster.id)
)


@dataclass(frozen=True)
class TeamRole:
    """A person's role in a cluster, and the companies with which a conflict of interest is marked."""

    cluster: Cluster
    role: ClusterRole
    conflicts: frozenset[int]


def by_id(session: Session, cluster_id: int) -> Cluster | None:
    """The cluster with this id; None if there is none."""
    return session.get(Cluster, cluster_id)


def of_person(session: Session, user_id: int) -> Sequence[TeamRole]:
    """The clusters a person works for, by name."""
    rows = session.execute(_OF_PERSON, {"user_id": user_id}).all()
    conflicts: dict[int, set[int]] = {cluster.id: set() for cluster, _role, _company in rows}
    for cluster, _role, company in rows:
        conflicts[cluster.id] |= {company} - {None}
    roles = {cluster.id: (cluster, role) for cluster, role, _company in rows}
    return [TeamRole(*role, frozenset(conflicts[cluster_id])) for cluster_id, role in roles.items()]


def cluster_ids_of_company(session: Session, organisation_id: int) -> frozenset[int]:
    """The ids of the clusters that a company belongs to today."""
    rows = session.scalars(
        select(Consent.cluster_id).where(
            Consent.organisation_id == organisation_id, Consent.withdrawn_at.is_(None)
        )
    )
    return frozenset(rows)


def deadline_of(session: Session, organisation_id: int, reporting_year: int) -> date | None:
    """The first day by which a cluster of the company wants its declaration of the year; None without one.

    Of archived clusters, and of cohorts that the company is not in, none counts.
    """
    own = cohorts.of_company(session, organisation_id, reporting_year)
    return min((one.cohort.due for one in own if one.cohort.due), default=None)


def deadline_of_declaration(session: Session, declaration: Declaration) -> date | None:
    """The day when changes are due that a cluster has requested, else that of `deadline_of` for its year."""
    closing = rounds.current_closing(session, declaration)
    if closing is not None:
        return closing.answer_until
    return deadline_of(session, declaration.organisation_id, declaration.reporting_year)


def members_among(session: Session, organisation_ids: Collection[int]) -> frozenset[int]:
    """Which of these companies belong to a cluster today."""
    standing = Consent.organisation_id.in_(organisation_ids), Consent.withdrawn_at.is_(None)
    return frozenset(session.scalars(select(Consent.organisation_id).where(*standing)))


def of_organisation(session: Session, organisation_id: int) -> Sequence[tuple[Cluster, Consent]]:
    """The clusters that a company belongs to today, each with its consent, by name."""
    rows = session.execute(
        select(Cluster, Consent)
        .join(Consent, Consent.cluster_id == Cluster.id)
        .where(Consent.organisation_id == organisation_id, Consent.withdrawn_at.is_(None))
        .order_by(Cluster.name)
    )
    return [(cluster, consent) for cluster, consent in rows]


def find_consent(session: Session, organisation_id: int, cluster_id: int) -> Consent | None:
    """The company's consent to the cluster; None if it never gave one or withdrew it."""
    return session.scalar(
        select(Consent).where(
            Consent.organisation_id == organisation_id,
            Consent.cluster_id == cluster_id,
            Consent.withdrawn_at.is_(None),
        )
    )


def staff(session: Session, cluster_id: int) -> Sequence[tuple[Account, ClusterRole]]:
    """The people of a cluster with their roles, by name."""
    rows = session.execute(
        select(Account, ClusterStaff.role)
        .join(ClusterStaff, ClusterStaff.user_id == Account.id)
        .where(ClusterStaff.cluster_id == cluster_id)
        .order_by(Account.name, Account.id)
    )
    return [(account, role) for account, role in rows]


def staff_for_company(session: Session, cluster_id: int, organisation_id: int) -> Sequence[Account]:
    """The people of a cluster for whom no conflict of interest with the company is marked, by name."""
    is_marked = exists().where(
        ReviewConflict.account_id == ClusterStaff.user_id,
        ReviewConflict.cluster_id == cluster_id,
        ReviewConflict.organisation_id == organisation_id,
    )
    return session.scalars(
        select(Account)
        .join(ClusterStaff, ClusterStaff.user_id == Account.id)
        .where(ClusterStaff.cluster_id == cluster_id, ~is_marked)
        .order_by(Account.name, Account.id)
    ).all()


def lock(session: Session, cluster_id: int, *, even_archived: bool = False) -> None:
    """Lock the cluster's row until the transaction ends, so that changes to its staff run one by one.

    Rereads it. Raises Archived for an archived cluster unless `even_archived`, and Deleted if it is gone.
    """
    held = select(Cluster).where(Cluster.id == cluster_id).with_for_update()
    cluster = session.scalars(held, execution_options={"populate_existing": True}).one_or_none()
    if cluster is None:
        raise Deleted(cluster_id)
    if cluster.archived_at is not None and not even_archived:
        raise Archived(cluster_id)
