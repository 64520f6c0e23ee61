"""A cluster's view of its members: the stage of each, whose move is next, and the tasks."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from dnk_tool.domain.declarations.states import DONE_STATES, EventKind, State
from dnk_tool.language import LOCAL_TIME_ZONE, local_day


class MemberStage(StrEnum):
    """The stage of a member in one reporting year, from not started to published."""

    NOT_STARTED = "not-started"
    DRAFT = "draft"
    SIGNING = "signing"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes-requested"
    REOPENED = "reopened"
    FINISHED = "finished"
    APPROVED = "approved"
    PUBLISHED = "published"


class NextMove(StrEnum):
    """Who has to act next. While another cluster reviews, it is nobody here."""

    COMPANY = "company"
    CLUSTER = "cluster"
    NOBODY = "nobody"


class ClusterTask(StrEnum):
    """What a cluster has to look after; one member may cause several."""

    REVIEW = "review"
    OVERDUE = "overdue"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """The submission of a declaration, its recall, or the reviewers' decision; `by`: the acting account."""

    declaration_id: int
    kind: EventKind
    at: datetime
    by: int | None = None


# No declaration (None) is a state of its own here.
STATES_OR_NONE: tuple[State | None, ...] = (None, *State)
# Finished without a submission is not delivered: the company owes it as if it had not begun.
DELIVERED_STATES = frozenset({State.SUBMITTED, State.APPROVED})
IDLE_STATES: frozenset[State | None] = frozenset({None, State.FINISHED})
INACTIVITY_PERIOD = timedelta(days=21)
# How long after a deadline a cluster still expects members to begin.
GRACE_PERIOD = timedelta(days=90)
REVIEW_DECISION_EVENTS = frozenset({EventKind.CHANGES_REQUESTED, EventKind.APPROVED})
REVIEW_ROUND_EVENTS = REVIEW_DECISION_EVENTS | {EventKind.SUBMITTED, EventKind.RECALLED}

# The events that a member's page shows: those that the consent names, never the work on a draft.
TIMELINE_EVENTS = REVIEW_ROUND_EVENTS | {
    EventKind.FINISHED,
    EventKind.REOPENED,
    EventKind.PUBLISHED,
    EventKind.UNPUBLISHED,
}


def member_stage(state: State | None, *, is_published: bool) -> MemberStage:
    """The stage of a member whose declaration is in this state; None: there is no declaration."""
    if state is None:
        return MemberStage.NOT_STARTED
    return MemberStage.PUBLISHED if is_published and state in DONE_STATES else MemberStage(state.value)


def next_move(state: State | None, *, is_here: bool) -> NextMove:
    """Who has to act next; `is_here`: the declaration was submitted to this cluster."""
    if state not in DELIVERED_STATES:
        return NextMove.COMPANY
    return NextMove.CLUSTER if state is State.SUBMITTED and is_here else NextMove.NOBODY


def is_deadline_over(due: date | None, now: datetime) -> bool:
    """Whether the last day of a deadline is over in German local time; False without a deadline."""
    return due is not None and local_day(now) > due


def deadline_end(due: date) -> datetime:
    """The moment when the last day of a deadline ends, in German local time."""
    return datetime.combine(due + timedelta(days=1), time.min, LOCAL_TIME_ZONE)


def is_start_expected(due: date | None, now: datetime) -> bool:
    """Whether a member is still expected to begin: until 90 days after the deadline, if there is one."""
    return due is not None and local_day(now) - GRACE_PERIOD <= due


def is_inactive(active_at: datetime, now: datetime) -> bool:
    """Whether nothing has happened for three weeks."""
    return active_at <= now - INACTIVITY_PERIOD


def member_tasks(
    state: State | None,
    *,
    is_here: bool,
    takes_part: bool = True,
    active_at: datetime,
    has_later: bool,
    due: date | None,
    now: datetime,
) -> frozenset[ClusterTask]:
    """The tasks that this member causes for the cluster in one reporting year.

    `due`: the final day of the member's cohort. `takes_part`: False for "not this year", which leaves only
    a review. `active_at`: the last change of any year's declaration, or the joining if later. `has_later`:
    the member has begun a later year.
    """
    turn, tasks = next_move(state, is_here=is_here), set()
    if turn is NextMove.CLUSTER:
        tasks.add(ClusterTask.REVIEW)
    if takes_part and is_deadline_over(due, now) and state not in DELIVERED_STATES:
        tasks.add(ClusterTask.OVERDUE)
    is_expected = state not in IDLE_STATES or (is_start_expected(due, now) and not has_later)
    if takes_part and is_inactive(active_at, now) and turn is NextMove.COMPANY and is_expected:
        tasks.add(ClusterTask.SILENT)
    return frozenset(tasks)


def review_times(moves: Iterable[ReviewEvent]) -> list[timedelta]:
    """The time between each submission and the reviewers' decision; `moves` are sorted by time.

    A submission that was recalled, or still waits, is left out.
    """
    return [time for times in review_times_by_reviewer(moves).values() for time in times]


def review_times_by_reviewer(moves: Iterable[ReviewEvent]) -> dict[int | None, list[timedelta]]:
    """The same times by the account that decided."""
    waiting: dict[int, datetime] = {}
    times: dict[int | None, list[timedelta]] = {}
    for move in moves:
        since = waiting.pop(move.declaration_id, None)
        if move.kind is EventKind.SUBMITTED:
            waiting[move.declaration_id] = move.at
        elif move.kind in REVIEW_DECISION_EVENTS and since is not None:
            times.setdefault(move.by, []).append(move.at - since)
    return times


def median_days(times: Iterable[timedelta]) -> int | None:
    """The median in whole days; None if there are no times."""
    days = [time / timedelta(days=1) for time in times]
    return round(statistics.median(days)) if days else None
