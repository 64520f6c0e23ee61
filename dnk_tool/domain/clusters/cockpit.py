"""How a cluster looks at its members: where each stands, whose turn it is, and what there is to do."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from dnk_tool.domain.declarations.states import DONE_STATES, EventKind, State
from dnk_tool.language import LOCAL_TIME_ZONE, local_day


class MemberStage(StrEnum):
    """Where a member stands in one reporting year, in the order of the way."""

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
    """Who has to do something next. What another cluster reviews is nobody's turn here."""

    COMPANY = "company"
    CLUSTER = "cluster"
    NOBODY = "nobody"


class ClusterTask(StrEnum):
    """What a cluster has to look after; a member may be the reason for several."""

    REVIEW = "review"
    OVERDUE = "overdue"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """That a declaration was submitted, taken back, or answered by its reviewers."""

    declaration_id: int
    kind: EventKind
    at: datetime


# No declaration (None) is a state of its own here.
STATES_OR_NONE: tuple[State | None, ...] = (None, *State)
DELIVERED_STATES = frozenset({State.SUBMITTED, *DONE_STATES})
INACTIVITY_PERIOD = timedelta(days=21)
# So long after a deadline a cluster still asks after those who have not begun.
GRACE_PERIOD = timedelta(days=90)
REVIEW_DECISION_EVENTS = frozenset({EventKind.CHANGES_REQUESTED, EventKind.APPROVED})
REVIEW_ROUND_EVENTS = REVIEW_DECISION_EVENTS | {EventKind.SUBMITTED, EventKind.RECALLED}

# What a member's page tells of the past: the steps that the consent names, never how a draft came about.
TIMELINE_EVENTS = REVIEW_ROUND_EVENTS | {
    EventKind.FINISHED,
    EventKind.REOPENED,
    EventKind.PUBLISHED,
    EventKind.UNPUBLISHED,
}


def member_stage(state: State | None, *, is_published: bool) -> MemberStage:
    """Where a member stands whose declaration is in this state; None: there is no declaration."""
    if state is None:
        return MemberStage.NOT_STARTED
    return MemberStage.PUBLISHED if is_published and state in DONE_STATES else MemberStage(state.value)


def next_move(state: State | None, *, is_here: bool) -> NextMove:
    """Whose turn it is; `is_here`: the declaration was submitted to this very cluster."""
    if state not in DELIVERED_STATES:
        return NextMove.COMPANY
    return NextMove.CLUSTER if state is State.SUBMITTED and is_here else NextMove.NOBODY


def is_deadline_over(due: date | None, now: datetime) -> bool:
    """Whether the last day of a deadline is over, by the clock on the wall."""
    return due is not None and local_day(now) > due


def deadline_end(due: date) -> datetime:
    """When the last day of a deadline is over."""
    return datetime.combine(due + timedelta(days=1), time.min, LOCAL_TIME_ZONE)


def is_deadline_for_member(due: date | None, joined_at: datetime) -> bool:
    """Whether a deadline is one for a member: it belonged to the cluster before the last day was over."""
    return due is not None and local_day(joined_at) <= due


def is_start_expected(due: date | None, now: datetime) -> bool:
    """Whether a beginning is still waited for: the deadline is ahead, or passed not long ago."""
    return due is not None and local_day(now) - GRACE_PERIOD <= due


def is_inactive(active_at: datetime, now: datetime) -> bool:
    """Whether nothing has happened for three weeks."""
    return active_at <= now - INACTIVITY_PERIOD


def member_tasks(
    state: State | None,
    *,
    is_here: bool,
    joined_at: datetime,
    active_at: datetime,
    has_later: bool,
    due: date | None,
    now: datetime,
) -> frozenset[ClusterTask]:
    """What this member gives the cluster to do in one year.

    `active_at`: the last change of any year's declaration, or the joining if later. `has_later`: it has begun
    a later year. Nobody owes a year that they have not begun and whose deadline was over when they joined.
    """
    turn, found = next_move(state, is_here=is_here), set()
    has_begun, is_concerned = state is not None, is_deadline_for_member(due, joined_at)
    if turn is NextMove.CLUSTER:
        found.add(ClusterTask.REVIEW)
    if is_deadline_over(due, now) and state not in DELIVERED_STATES and (has_begun or is_concerned):
        found.add(ClusterTask.OVERDUE)
    is_expected = has_begun or (is_concerned and is_start_expected(due, now) and not has_later)
    if is_inactive(active_at, now) and turn is NextMove.COMPANY and is_expected:
        found.add(ClusterTask.SILENT)
    return frozenset(found)


def review_times(moves: Iterable[ReviewEvent]) -> list[timedelta]:
    """How long each submission waited for its answer; `moves` come in the order in which they happened.

    A submission that was taken back, or still waits, counts for nothing.
    """
    waiting: dict[int, datetime] = {}
    times = []
    for move in moves:
        since = waiting.pop(move.declaration_id, None)
        if move.kind is EventKind.SUBMITTED:
            waiting[move.declaration_id] = move.at
        elif move.kind in REVIEW_DECISION_EVENTS and since is not None:
            times.append(move.at - since)
    return times


def median_days(times: Iterable[timedelta]) -> int | None:
    """The median in whole days; None without any."""
    days = [time / timedelta(days=1) for time in times]
    return round(statistics.median(days)) if days else None
