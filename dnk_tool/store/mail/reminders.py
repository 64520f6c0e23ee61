"""Reads the people to remind, and records sent reminders so that none is sent twice."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import TRANSITIONS
from dnk_tool.domain.permissions import Role
from dnk_tool.store.base import UtcDateTime
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import ClusterStaff
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.mail import MilestoneReminder, Reminder
from dnk_tool.store.tables.organisations import Membership
from dnk_tool.store.tables.review_team import ReviewConflict

RETENTION = timedelta(days=365)
STATE_CHANGE_EVENTS = frozenset(
    transition.event for transition in TRANSITIONS if transition.before is not transition.after
)

ReminderKey = tuple[int, int, int, date, int]
# Account, company, milestone, its day, days before.
MilestoneKey = tuple[int, int, int, date, int]


def state_changed_at(session: Session, declaration_ids: Collection[int]) -> dict[int, datetime]:
    """When the state of each declaration changed last; one that never changed is left out."""
    rows = session.execute(
        select(Event.declaration_id, func.max(Event.happened_at, type_=UtcDateTime()))
        .where(Event.declaration_id.in_(declaration_ids), Event.kind.in_(STATE_CHANGE_EVENTS))
        .group_by(Event.declaration_id)
    )
    return {declaration_id: moment for declaration_id, moment in rows if declaration_id is not None}


def owners_and_editors(
    session: Session, organisation_ids: Collection[int], *, today: date
) -> Sequence[tuple[int, Account]]:
    """The active owners and editors who want reminders, each with the company's id."""
    rows = session.execute(
        select(Membership.organisation_id, Account)
        .join(Account, Account.id == Membership.user_id)
        .where(
            Membership.organisation_id.in_(organisation_ids),
            Membership.role.in_((Role.OWNER, Role.EDITOR)),
            or_(Membership.until.is_(None), Membership.until >= today),
            *_wants_reminders(),
        )
    )
    return [(organisation_id, account) for organisation_id, account in rows]


def cluster_staff(session: Session, cluster_ids: Collection[int]) -> Sequence[tuple[int, Account]]:
    """The active staff of clusters who want reminders, each with the cluster's id."""
    rows = session.execute(
        select(ClusterStaff.cluster_id, Account)
        .join(Account, Account.id == ClusterStaff.user_id)
        .where(ClusterStaff.cluster_id.in_(cluster_ids), *_wants_reminders())
    )
    return [(cluster_id, account) for cluster_id, account in rows]


def review_conflicts(session: Session, cluster_ids: Collection[int]) -> set[tuple[int, int, int]]:
    """The conflicts of interest that are marked in clusters, as (account, cluster, company)."""
    if not cluster_ids:
        return set()
    marked = select(ReviewConflict.account_id, ReviewConflict.cluster_id, ReviewConflict.organisation_id)
    rows = session.execute(marked.where(ReviewConflict.cluster_id.in_(cluster_ids)))
    return {(account_id, cluster_id, company) for account_id, cluster_id, company in rows}


def signatories(
    session: Session, declaration_ids: Collection[int], *, today: date
) -> Sequence[tuple[int, Account]]:
    """The signatories who want reminders and can sign in to sign off, each with the declaration's id.

    Leaves out those who were asked by a link: only the company can send it again.
    """
    rows = session.execute(
        select(Declaration.id, Account)
        .join(Account, Account.id == Declaration.signatory_id)
        .join(
            Membership,
            and_(Membership.user_id == Account.id, Membership.organisation_id == Declaration.organisation_id),
        )
        .where(
            Declaration.id.in_(declaration_ids),
            Membership.role.in_((Role.OWNER, Role.EDITOR, Role.VIEWER)),
            or_(Membership.until.is_(None), Membership.until >= today),
            *_wants_reminders(),
        )
    )
    return [(declaration_id, account) for declaration_id, account in rows]


def sent_reminders(session: Session, *, first: date, last: date) -> set[ReminderKey]:
    """The keys of the reminders sent for deadlines from `first` to `last`."""
    rows = session.scalars(select(Reminder).where(Reminder.due.between(first, last)))
    return {(r.account_id, r.organisation_id, r.reporting_year, r.due, r.days_before) for r in rows}


def record_sent(session: Session, keys: Collection[ReminderKey], *, now: datetime) -> None:
    """Store reminders as sent. Raises IntegrityError if one was sent already or its account is gone."""
    for account_id, organisation_id, year, due, days_before in keys:
        session.add(
            Reminder(
                account_id=account_id,
                organisation_id=organisation_id,
                reporting_year=year,
                due=due,
                days_before=days_before,
                sent_at=now,
            )
        )
    session.flush()


def sent_milestones(session: Session, *, first: date, last: date) -> set[MilestoneKey]:
    """The keys of the reminders sent for milestones from `first` to `last`."""
    rows = session.scalars(select(MilestoneReminder).where(MilestoneReminder.day.between(first, last)))
    return {(r.account_id, r.organisation_id, r.milestone_id, r.day, r.days_before) for r in rows}


def record_milestones(session: Session, keys: Collection[MilestoneKey], *, now: datetime) -> None:
    """Store reminders of milestones as sent. Raises IntegrityError like `record_sent`."""
    for account_id, organisation_id, milestone_id, day, days_before in keys:
        session.add(
            MilestoneReminder(
                account_id=account_id,
                organisation_id=organisation_id,
                milestone_id=milestone_id,
                day=day,
                days_before=days_before,
                sent_at=now,
            )
        )
    session.flush()


def remove_old(session: Session, *, today: date) -> None:
    """Delete reminders of final days and milestones more than `RETENTION` ago."""
    session.execute(delete(Reminder).where(Reminder.due < today - RETENTION))
    session.execute(delete(MilestoneReminder).where(MilestoneReminder.day < today - RETENTION))


def _wants_reminders() -> tuple[ColumnElement[bool], ...]:
    return Account.active.is_(True), Account.wants_reminders.is_(True)
