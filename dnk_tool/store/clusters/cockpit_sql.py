"""The rules of `domain/clusters/cockpit.py` as SQL expressions, and the rows that they apply to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from dnk_tool.domain.clusters.cockpit import (
    DELIVERED_STATES,
    GRACE_PERIOD,
    IDLE_STATES,
    INACTIVITY_PERIOD,
    STATES_OR_NONE,
    ClusterTask,
    MemberStage,
    NextMove,
    member_stage,
    next_move,
)
from dnk_tool.domain.declarations.states import State
from dnk_tool.language import local_day
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.review import rounds
from dnk_tool.store.tables.clusters import Cohort, CohortAssignment, Consent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.publication import Publication


@dataclass(frozen=True, slots=True)
class ClusterYear:
    """A cluster's reporting year, seen at the time `now`.

    `due` and `default_id`: final day and id of the cohort of all members without an assignment.
    `cohort_id`: that of the only cohort to look at; None for all members. `kept_from`: the companies whose
    review is closed to the reader, which counts for nothing there.
    """

    cluster_id: int
    year: int
    due: date | None
    now: datetime
    default_id: int | None = None
    cohort_id: int | None = None
    kept_from: frozenset[int] = frozenset()


def select_members(view: ClusterYear, *columns: Any) -> Select[Any]:
    """Select columns of all members, with their declaration of the year where there is one.

    With a cohort to look at, only of its members. Archived companies are left out, here and wherever
    members are counted.
    """
    newest = (  # of several editions
        select(func.max(Declaration.id))
        .where(
            Declaration.organisation_id == Consent.organisation_id, Declaration.reporting_year == view.year
        )
        .correlate(Consent)
        .scalar_subquery()
    )
    selected = _select_members(view, Declaration.id == newest, *columns)
    return selected if view.cohort_id is None else selected.where(member_cohort(view) == view.cohort_id)


def select_waiting_for_review(view: ClusterYear, *columns: Any) -> Select[Any]:
    """Select columns of all declarations of any year that wait for a review which is open to the reader."""
    theirs = Declaration.organisation_id == Consent.organisation_id
    waiting = _select_members(view, theirs, *columns).where(has_next_move(NextMove.CLUSTER, view))
    return waiting.where(is_review_open(view))


def _select_members(view: ClusterYear, with_declaration: ColumnElement[bool], *columns: Any) -> Select[Any]:
    stands = and_(Publication.declaration_id == Declaration.id, Publication.revoked_at.is_(None))
    return (
        select(*columns)
        .select_from(Consent)
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .outerjoin(Declaration, with_declaration)
        .outerjoin(Publication, stands)
        .outerjoin(CohortAssignment, cohorts.is_assignment_in(view.year))
        .outerjoin(Cohort, Cohort.id == CohortAssignment.cohort_id)
        .where(
            Consent.cluster_id == view.cluster_id,
            Consent.withdrawn_at.is_(None),
            Organisation.archived_at.is_(None),
        )
    )


def member_due(view: ClusterYear) -> ColumnElement[date]:
    """The day when changes are due that the cluster has requested, else the final day of the member's cohort.

    NULL where nothing is asked of it.
    """
    changes_due = rounds.answer_until(Declaration.cluster_id == view.cluster_id)
    return func.coalesce(changes_due, _cohort_due(view))


def _cohort_due(view: ClusterYear) -> ColumnElement[date]:
    return case(
        (_is_assigned(), Cohort.due),
        (cohorts.joined_in_time(view.due), literal(view.due, Date)),
        else_=null(),
    )


def member_cohort(view: ClusterYear) -> ColumnElement[int]:
    """The id of the member's cohort; NULL for late joiners and those who take no part this year."""
    return case(
        (_is_assigned(), CohortAssignment.cohort_id),
        (cohorts.joined_in_time(view.due), literal(view.default_id, Cohort.id.type)),
        else_=null(),
    )


def takes_part() -> ColumnElement[bool]:
    """Whether nobody said of the member that it takes no part this year."""
    return case((and_(_is_assigned(), CohortAssignment.cohort_id.is_(None)), false()), else_=true())


def _is_assigned() -> ColumnElement[bool]:
    return CohortAssignment.cluster_id.is_not(None)


def is_published() -> ColumnElement[bool]:
    """Whether a version of the member's declaration is published now."""
    return Publication.id.is_not(None)


def is_submitted_here(view: ClusterYear) -> ColumnElement[bool]:
    """Whether the member's declaration was submitted to this cluster."""
    return case((Declaration.cluster_id == view.cluster_id, true()), else_=false())


def is_review_open(view: ClusterYear) -> ColumnElement[bool]:
    """Whether the reader may see the review of the company's declarations."""
    return Organisation.id.not_in(view.kept_from) if view.kept_from else true()


def last_changed_at() -> ColumnElement[datetime]:
    """When any declaration of the member, of any year, changed last; NULL if there is none."""
    any_year = aliased(Declaration)
    return (
        select(func.max(any_year.changed_at))
        .where(any_year.organisation_id == Consent.organisation_id)
        .correlate(Consent)
        .scalar_subquery()
    )


def active_at() -> ColumnElement[datetime]:
    """The later of the member's last change in any declaration and its joining."""
    changed = last_changed_at()
    return case((changed > Consent.granted_at, changed), else_=Consent.granted_at)


def has_later(view: ClusterYear) -> ColumnElement[bool]:
    """Whether the member has begun a later year."""
    later = aliased(Declaration)
    return (
        exists()
        .where(later.organisation_id == Consent.organisation_id, later.reporting_year > view.year)
        .correlate(Consent)
    )


def is_inactive(view: ClusterYear) -> ColumnElement[bool]:
    """Whether `active_at` is `INACTIVITY_PERIOD` (three weeks) or longer ago."""
    return active_at() <= view.now - INACTIVITY_PERIOD


def is_at_stage(stage: MemberStage) -> ColumnElement[bool]:
    """Whether the member is at this stage in the year."""
    return _state_condition(is_published(), lambda yes, state: member_stage(state, is_published=yes) is stage)


def has_next_move(turn: NextMove, view: ClusterYear) -> ColumnElement[bool]:
    """Whether the next move is the company's, the cluster's or nobody's, as `turn` asks."""
    return _state_condition(is_submitted_here(view), lambda yes, state: next_move(state, is_here=yes) is turn)


def has_task(task: ClusterTask, view: ClusterYear) -> ColumnElement[bool]:
    """Whether the member gives the cluster this task."""
    if task is ClusterTask.REVIEW:
        return has_next_move(NextMove.CLUSTER, view)
    if task is ClusterTask.SILENT:
        silent = (has_next_move(NextMove.COMPANY, view), _is_start_expected(view), is_inactive(view))
        return and_(takes_part(), *silent)
    owed = _has_state_in([state for state in STATES_OR_NONE if state not in DELIVERED_STATES])
    return and_(takes_part(), owed, member_due(view) < local_day(view.now))


def _is_start_expected(view: ClusterYear) -> ColumnElement[bool]:
    """Whether the member is at work on the year, or is still expected to begin or submit it."""
    at_work = _has_state_in([state for state in STATES_OR_NONE if state not in IDLE_STATES])
    is_asked = member_due(view) >= local_day(view.now) - GRACE_PERIOD
    return or_(at_work, and_(is_asked, not_(has_later(view))))


def stage_number() -> ColumnElement[int]:
    """The position of the member's stage in `MemberStage`, from 0, for sorting."""
    return case(*((is_at_stage(stage), number) for number, stage in enumerate(MemberStage)), else_=-1)


def _state_condition(
    condition: ColumnElement[bool], holds: Callable[[bool, State | None], bool]
) -> ColumnElement[bool]:
    """Turn a rule over (condition, state) into SQL: find the states where it holds with and without it."""
    when = [state for state in STATES_OR_NONE if holds(True, state)]
    otherwise = [state for state in STATES_OR_NONE if holds(False, state)]
    return or_(and_(condition, _has_state_in(when)), and_(not_(condition), _has_state_in(otherwise)))


def _has_state_in(states: Sequence[State | None]) -> ColumnElement[bool]:
    named = Declaration.state.in_([state for state in states if state is not None])
    return or_(named, Declaration.id.is_(None)) if None in states else named
