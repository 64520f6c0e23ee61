"""Reads and writes who of a cluster's team reviews what, keeps out of what, and is reading what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.mail import NewsKind
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import ClusterStaff, Consent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.mail import ManagerNews
from dnk_tool.store.tables.organisations import Membership, Organisation
from dnk_tool.store.tables.review_team import ReviewAssignment, ReviewConflict, ReviewOpening


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A person of the team, whether they may review a declaration, and whether it is assigned to them.

    `has_conflict`: whether a conflict of interest with the company is marked.
    """

    account_id: int
    name: str
    may_review: bool
    has_conflict: bool
    is_assigned: bool


@dataclass(frozen=True, slots=True)
class UnassignedReview:
    """A declaration that waits for the review and is assigned to nobody."""

    declaration_id: int
    organisation_id: int


def reviewers(session: Session, cluster_id: int, organisation_id: int, *, today: date) -> Sequence[Account]:
    """The active people of the team to whom the review of a company's declarations is open, by name."""
    return session.scalars(
        select(Account)
        .join(ClusterStaff, ClusterStaff.user_id == Account.id)
        .where(ClusterStaff.cluster_id == cluster_id, _may_review(cluster_id, organisation_id, today))
        .order_by(Account.name, Account.id)
    ).all()


def members_for(
    session: Session, declaration_id: int, cluster_id: int, organisation_id: int, *, today: date
) -> Sequence[TeamMember]:
    """The whole team, and who of it may review the declaration and to whom that is assigned, by name."""
    rows = session.execute(
        select(
            Account.id,
            shown_name(Account),
            _may_review(cluster_id, organisation_id, today),
            _has_conflict(cluster_id, organisation_id),
            ReviewAssignment.account_id.is_not(None),
        )
        .join(ClusterStaff, ClusterStaff.user_id == Account.id)
        .outerjoin(
            ReviewAssignment,
            and_(
                ReviewAssignment.declaration_id == declaration_id,
                ReviewAssignment.cluster_id == cluster_id,
                ReviewAssignment.account_id == Account.id,
            ),
        )
        .where(ClusterStaff.cluster_id == cluster_id)
        .order_by(Account.name, Account.id)
    )
    return [TeamMember(*row) for row in rows]


def shown_name(account: type[Account]) -> ColumnElement[str]:
    """The person's name, or their address if they have none; empty without a person."""
    return func.coalesce(func.nullif(account.name, ""), account.email, "")


def _may_review(cluster_id: int, organisation_id: int, today: date) -> ColumnElement[bool]:
    return and_(
        Account.active.is_(True),
        ~_works_for(organisation_id, today),
        ~_has_conflict(cluster_id, organisation_id),
    )


def _works_for(organisation_id: int, today: date) -> ColumnElement[bool]:
    return exists().where(
        Membership.user_id == ClusterStaff.user_id,
        Membership.organisation_id == organisation_id,
        or_(Membership.until.is_(None), Membership.until >= today),
    )


def _has_conflict(cluster_id: int, organisation_id: int) -> ColumnElement[bool]:
    return exists().where(
        ReviewConflict.account_id == ClusterStaff.user_id,
        ReviewConflict.cluster_id == cluster_id,
        ReviewConflict.organisation_id == organisation_id,
    )


def closed_companies(session: Session, cluster_id: int, *, today: date) -> dict[int, set[int]]:
    """The companies whose review is closed to a person of the team, by account; of one statement."""
    own = select(Membership.user_id, Membership.organisation_id).where(
        Membership.user_id.in_(select(ClusterStaff.user_id).where(ClusterStaff.cluster_id == cluster_id)),
        or_(Membership.until.is_(None), Membership.until >= today),
    )
    marked = select(ReviewConflict.account_id, ReviewConflict.organisation_id).where(
        ReviewConflict.cluster_id == cluster_id
    )
    companies: dict[int, set[int]] = {}
    for account_id, organisation_id in session.execute(own.union_all(marked)):
        companies.setdefault(account_id, set()).add(organisation_id)
    return companies


def assignment(session: Session, declaration_id: int, cluster_id: int) -> ReviewAssignment | None:
    """Who reviews the declaration in this cluster, reread; None if nobody does."""
    return session.scalar(
        select(ReviewAssignment).where(
            ReviewAssignment.declaration_id == declaration_id, ReviewAssignment.cluster_id == cluster_id
        ),
        execution_options={"populate_existing": True},
    )


def assign(
    session: Session, declaration_id: int, cluster_id: int, account_id: int | None, *, now: datetime
) -> None:
    """Assign the review to the person, or to nobody; the next daily mail forgets the former."""
    session.execute(delete(ReviewAssignment).where(ReviewAssignment.declaration_id == declaration_id))
    session.execute(
        delete(ManagerNews).where(
            ManagerNews.declaration_id == declaration_id, ManagerNews.kind == NewsKind.ASSIGNED
        )
    )
    if account_id is not None:
        session.add(
            ReviewAssignment(
                declaration_id=declaration_id, account_id=account_id, cluster_id=cluster_id, assigned_at=now
            )
        )
        session.flush()


def unassigned(session: Session, cluster_id: int) -> Sequence[UnassignedReview]:
    """The declarations that wait for the cluster's review and are assigned to nobody, longest wait first."""
    is_assigned = exists().where(
        ReviewAssignment.declaration_id == Declaration.id, ReviewAssignment.cluster_id == cluster_id
    )
    rows = session.execute(
        select(Declaration.id, Declaration.organisation_id)
        .join(Organisation, Organisation.id == Declaration.organisation_id)
        .join(Consent, Consent.organisation_id == Organisation.id)
        .where(*_waits_in(cluster_id), ~is_assigned)
        .order_by(Declaration.submitted_at, Declaration.id)
    )
    return [UnassignedReview(*row) for row in rows]


def loads(session: Session, cluster_id: int) -> dict[int, int]:
    """How many declarations that wait for the review each active person of the team has, by account."""
    counted = (
        select(ReviewAssignment.account_id, func.count().label("count"))
        .join(Declaration, Declaration.id == ReviewAssignment.declaration_id)
        .join(Organisation, Organisation.id == Declaration.organisation_id)
        .join(Consent, Consent.organisation_id == Organisation.id)
        .where(*_waits_in(cluster_id), ReviewAssignment.cluster_id == cluster_id)
        .group_by(ReviewAssignment.account_id)
        .subquery("counted")
    )
    rows = session.execute(
        select(Account.id, func.coalesce(counted.c.count, 0))
        .join(ClusterStaff, ClusterStaff.user_id == Account.id)
        .outerjoin(counted, counted.c.account_id == Account.id)
        .where(ClusterStaff.cluster_id == cluster_id, Account.active.is_(True))
    )
    return {account_id: count for account_id, count in rows}  # noqa: C416 - types of both parts


def _waits_in(cluster_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Declaration.cluster_id == cluster_id,
        Declaration.state == State.SUBMITTED,
        Consent.cluster_id == cluster_id,
        Consent.withdrawn_at.is_(None),
        Organisation.archived_at.is_(None),
    )


def remove_from_company(
    session: Session, cluster_id: int, organisation_id: int, *, account_id: int | None = None
) -> None:
    """Take the declarations of a company from the person, or from everybody in the cluster.

    What was assigned, what the next daily mail was to tell of it, and what is noted of reading.
    """
    theirs = select(Declaration.id).where(Declaration.organisation_id == organisation_id)
    for table in (ReviewAssignment, ReviewOpening, ManagerNews):
        gone = delete(table).where(table.cluster_id == cluster_id, table.declaration_id.in_(theirs))
        session.execute(gone if account_id is None else gone.where(table.account_id == account_id))


def conflicts_with(
    session: Session, cluster_id: int, organisation_id: int
) -> Sequence[tuple[ReviewConflict, Account]]:
    """The conflicts of interest with a company that are marked in the cluster, by name of the person."""
    rows = session.execute(
        select(ReviewConflict, Account)
        .join(Account, Account.id == ReviewConflict.account_id)
        .where(ReviewConflict.cluster_id == cluster_id, ReviewConflict.organisation_id == organisation_id)
        .order_by(Account.name, Account.id)
    )
    return [(conflict, account) for conflict, account in rows]


def conflicts_by_person(session: Session, cluster_id: int) -> dict[Account, set[int]]:
    """The people of the team, by name, each with the companies with which a conflict is marked."""
    rows = session.execute(
        select(Account, ReviewConflict.organisation_id)
        .join(ClusterStaff, ClusterStaff.user_id == Account.id)
        .outerjoin(
            ReviewConflict,
            and_(
                ReviewConflict.account_id == Account.id, ReviewConflict.cluster_id == ClusterStaff.cluster_id
            ),
        )
        .where(ClusterStaff.cluster_id == cluster_id)
        .order_by(Account.name, Account.id)
    )
    companies: dict[Account, set[int]] = {}
    for account, organisation_id in rows:
        companies.setdefault(account, set()).update([organisation_id] if organisation_id else [])
    return companies


def conflicts_of(session: Session, cluster_id: int, account_id: int) -> Sequence[tuple[int, str]]:
    """Id and name of the companies with which a conflict of the person is marked in the cluster, by name."""
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .join(ReviewConflict, ReviewConflict.organisation_id == Organisation.id)
        .where(ReviewConflict.cluster_id == cluster_id, ReviewConflict.account_id == account_id)
        .order_by(Organisation.name, Organisation.id)
    )
    return [(organisation_id, name) for organisation_id, name in rows]


def conflict(
    session: Session, cluster_id: int, organisation_id: int, account_id: int
) -> ReviewConflict | None:
    """The person's conflict of interest with the company; None if none is marked."""
    return session.get(ReviewConflict, (account_id, cluster_id, organisation_id))
