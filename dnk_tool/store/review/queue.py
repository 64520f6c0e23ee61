"""Lists the declarations submitted to a cluster: those in review and those that are approved."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from dnk_tool.domain.clusters.cockpit import REVIEW_ROUND_EVENTS, ReviewEvent
from dnk_tool.domain.declarations.states import State
from dnk_tool.store.review.team import shown_name
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.declarations import Declaration, Event, Snapshot
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.review import Approval
from dnk_tool.store.tables.review_team import ReviewAssignment

STATES_WITH_REVIEWERS = (State.SUBMITTED,)
STATES_WITH_COMPANY = (State.CHANGES_REQUESTED, State.SIGNING, State.REOPENED)
NOBODY = 0


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which declarations of a cluster are wanted; None: any.

    `companies`: those of a cohort. `reviewer`: to whom the review is assigned, NOBODY for what waits and
    nobody has. `is_first`: whether it is the first round. `kept_from`: the companies whose review is closed
    to the reader.
    """

    year: int | None = None
    companies: frozenset[int] | None = None
    reviewer: int | None = None
    is_first: bool | None = None
    kept_from: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class SubmittedDeclaration:
    """A declaration submitted to a cluster: the latest version that it has, and the present state.

    `round` counts the versions that were submitted to it. `reviewer_id` and `reviewer`: to whom the review is
    assigned. `approved_at` and `approved_by` are of the approval of that version that stands; `withdrawn_at`:
    when the last other one was withdrawn.
    """

    declaration_id: int
    organisation_id: int
    company: str
    year: int
    state: State
    version: int
    submitted_at: datetime | None
    round: int
    reviewer_id: int | None
    reviewer: str
    approved_at: datetime | None
    approved_by: str
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of declarations, with numbers of all pages.

    `waiting`: how many wait for the reviewers; `unassigned`: how many of these nobody has.
    """

    cases: Sequence[SubmittedDeclaration] = field(default_factory=list)
    total: int = 0
    waiting: int = 0
    unassigned: int = 0


def in_review(
    session: Session, cluster_id: int, states: Collection[State], wanted: QueueFilter, *, skip: int, most: int
) -> QueuePage:
    """Declarations in these states, those that wait for the reviewers first, each oldest submission first."""
    is_waiting = case((Declaration.state.in_(STATES_WITH_REVIEWERS), 0), else_=1)
    order = (is_waiting, Snapshot.submitted_at, Declaration.id)
    return _page(session, cluster_id, states, wanted, order, skip=skip, most=most)


def approved(session: Session, cluster_id: int, wanted: QueueFilter, *, skip: int, most: int) -> QueuePage:
    """Declarations that stand approved, latest approval first."""
    order = (Approval.approved_at.desc(), Declaration.id)
    return _page(session, cluster_id, (State.APPROVED,), wanted, order, skip=skip, most=most)


def _page(
    session: Session,
    cluster_id: int,
    states: Collection[State],
    wanted: QueueFilter,
    order: tuple[Any, ...],
    *,
    skip: int,
    most: int,
) -> QueuePage:
    submitted = (
        select(
            Snapshot.declaration_id, func.max(Snapshot.version).label("version"), func.count().label("round")
        )
        .where(Snapshot.cluster_id == cluster_id, Snapshot.submitted_at.is_not(None))
        .group_by(Snapshot.declaration_id)
        .subquery("submitted")
    )
    reviewer, approver = aliased(Account, name="reviewer"), aliased(Account, name="approver")
    is_waiting = case((Declaration.state.in_(STATES_WITH_REVIEWERS), 1), else_=0)
    rows = session.execute(
        select(
            Declaration.id,
            Organisation.id,
            Organisation.name,
            Declaration.reporting_year,
            Declaration.state,
            Snapshot.version,
            Snapshot.submitted_at,
            submitted.c.round,
            reviewer.id,
            shown_name(reviewer),
            Approval.approved_at,
            shown_name(approver),
            _last_withdrawal(),
            func.count().over(),
            func.sum(is_waiting).over(),
            func.sum(case((reviewer.id.is_(None), is_waiting), else_=0)).over(),
        )
        .join(submitted, submitted.c.declaration_id == Declaration.id)
        .join(
            Snapshot,
            and_(
                Snapshot.declaration_id == submitted.c.declaration_id, Snapshot.version == submitted.c.version
            ),
        )
        .join(Organisation, Organisation.id == Declaration.organisation_id)
        .join(Consent, Consent.organisation_id == Organisation.id)
        .outerjoin(
            ReviewAssignment,
            and_(
                ReviewAssignment.declaration_id == Declaration.id, ReviewAssignment.cluster_id == cluster_id
            ),
        )
        .outerjoin(reviewer, reviewer.id == ReviewAssignment.account_id)
        .outerjoin(
            Approval,
            and_(
                Approval.declaration_id == Declaration.id,
                Approval.version == Snapshot.version,
                Approval.withdrawn_at.is_(None),
            ),
        )
        .outerjoin(approver, approver.id == Approval.approved_by)
        .where(
            Declaration.cluster_id == cluster_id,
            Declaration.state.in_(states),
            Consent.cluster_id == cluster_id,
            Consent.withdrawn_at.is_(None),
            Organisation.archived_at.is_(None),
            *_conditions(wanted, submitted.c.round),
        )
        .order_by(*order)
        .offset(skip)
        .limit(most)
    ).all()
    if not rows:
        return QueuePage()
    return QueuePage([SubmittedDeclaration(*row[:-3]) for row in rows], *rows[0][-3:])


def _last_withdrawal() -> ColumnElement[datetime | None]:
    """When an approval of the version of the row was last withdrawn."""
    former = aliased(Approval, name="former")
    return (
        select(func.max(former.withdrawn_at))
        .where(former.declaration_id == Declaration.id, former.version == Snapshot.version)
        .correlate(Declaration, Snapshot)
        .scalar_subquery()
    )


def _conditions(wanted: QueueFilter, rounds: ColumnElement[int]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.kept_from:
        conditions.append(Organisation.id.not_in(wanted.kept_from))
    if wanted.year is not None:
        conditions.append(Declaration.reporting_year == wanted.year)
    if wanted.companies is not None:
        conditions.append(Organisation.id.in_(wanted.companies))
    if wanted.reviewer == NOBODY:
        # Where nothing waits for the team, nobody is missing.
        is_waiting = Declaration.state.in_(STATES_WITH_REVIEWERS)
        conditions += [ReviewAssignment.account_id.is_(None), is_waiting]
    elif wanted.reviewer is not None:
        conditions.append(ReviewAssignment.account_id == wanted.reviewer)
    if wanted.is_first is not None:
        conditions.append(rounds == 1 if wanted.is_first else rounds > 1)
    return conditions


def waiting_counts(session: Session, kept_from: Mapping[int, Collection[int]]) -> dict[int, int]:
    """How many declarations wait for the review in each of these clusters that has any.

    `kept_from`: by cluster, the companies that are left out.
    """
    if not kept_from:
        return {}
    in_one_of_them = or_(
        *(
            and_(Declaration.cluster_id == cluster_id, Organisation.id.not_in(companies))
            for cluster_id, companies in kept_from.items()
        )
    )
    rows = session.execute(
        select(Declaration.cluster_id, func.count())
        .join(Organisation, Organisation.id == Declaration.organisation_id)
        .join(Consent, Consent.organisation_id == Organisation.id)
        .where(
            in_one_of_them,
            Declaration.state.in_(STATES_WITH_REVIEWERS),
            Consent.cluster_id == Declaration.cluster_id,
            Consent.withdrawn_at.is_(None),
            Organisation.archived_at.is_(None),
        )
        .group_by(Declaration.cluster_id)
    )
    return {cluster_id or 0: count for cluster_id, count in rows}


def submitted_companies(session: Session, cluster_id: int, companies: Collection[int]) -> dict[int, str]:
    """Those of these companies that have a declaration in review in the cluster: their names by id."""
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .distinct()
        .join(Declaration, Declaration.organisation_id == Organisation.id)
        .join(Consent, Consent.organisation_id == Organisation.id)
        .where(
            Organisation.id.in_(companies),
            Organisation.archived_at.is_(None),
            Declaration.cluster_id == cluster_id,
            Declaration.state.in_((*STATES_WITH_REVIEWERS, *STATES_WITH_COMPANY)),
            Consent.cluster_id == cluster_id,
            Consent.withdrawn_at.is_(None),
        )
        .order_by(Organisation.name)
    )
    return {organisation_id: name for organisation_id, name in rows}  # noqa: C416 - types of both parts


def review_events(session: Session, cluster_id: int, *, kept_from: frozenset[int]) -> list[ReviewEvent]:
    """The submissions of present members to this cluster and its decisions, of all years, in order of time.

    `kept_from`: companies that are left out.
    """
    rows = session.execute(
        select(Event.declaration_id, Event.kind, Event.happened_at, Event.actor_id)
        .join(Consent, Consent.organisation_id == Event.organisation_id)
        .where(
            Consent.cluster_id == cluster_id,
            Consent.withdrawn_at.is_(None),
            Event.cluster_id == cluster_id,
            Event.kind.in_(REVIEW_ROUND_EVENTS),
            Event.organisation_id.not_in(kept_from),
        )
        .order_by(Event.id)
    )
    return [ReviewEvent(key or 0, kind, at, by) for key, kind, at, by in rows]
