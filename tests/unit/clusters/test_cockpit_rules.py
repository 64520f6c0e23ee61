"""Where a member stands, whose turn it is, what there is to do, in every state; how long reviews take."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.clusters.cockpit import (
    INACTIVITY_PERIOD,
    STATES_OR_NONE,
    TIMELINE_EVENTS,
    ClusterTask,
    MemberStage,
    NextMove,
    ReviewEvent,
    is_deadline_over,
    median_days,
    member_stage,
    member_tasks,
    next_move,
    review_times,
)
from dnk_tool.domain.declarations.states import EventKind, State

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=100)

# state -> stage without and with a publication, turn if submitted here, owed after the deadline
EXPECTED = {
    None: (MemberStage.NOT_STARTED, MemberStage.NOT_STARTED, NextMove.COMPANY, True),
    State.DRAFT: (MemberStage.DRAFT, MemberStage.DRAFT, NextMove.COMPANY, True),
    State.SIGNING: (MemberStage.SIGNING, MemberStage.SIGNING, NextMove.COMPANY, True),
    State.SUBMITTED: (MemberStage.SUBMITTED, MemberStage.SUBMITTED, NextMove.CLUSTER, False),
    State.CHANGES_REQUESTED: (
        MemberStage.CHANGES_REQUESTED,
        MemberStage.CHANGES_REQUESTED,
        NextMove.COMPANY,
        True,
    ),
    State.APPROVED: (MemberStage.APPROVED, MemberStage.PUBLISHED, NextMove.NOBODY, False),
    State.FINISHED: (MemberStage.FINISHED, MemberStage.PUBLISHED, NextMove.COMPANY, True),
    State.REOPENED: (MemberStage.REOPENED, MemberStage.REOPENED, NextMove.COMPANY, True),
}


def test_every_state_has_its_row() -> None:
    assert set(EXPECTED) == set(STATES_OR_NONE) == {None, *State}


@pytest.mark.parametrize("state", STATES_OR_NONE)
@pytest.mark.parametrize("is_here", [False, True])
def test_stage_turn_and_tasks_of_every_state(state: State | None, is_here: bool) -> None:
    plain, published, turn, is_owed = EXPECTED[state]
    if turn is NextMove.CLUSTER and not is_here:
        turn = NextMove.NOBODY
    assert member_stage(state, is_published=False) is plain
    assert member_stage(state, is_published=True) is published
    assert next_move(state, is_here=is_here) is turn
    tasks = asked(state, is_here=is_here, active_at=LONG_AGO, due=date(2026, 11, 24))
    assert (ClusterTask.REVIEW in tasks) is (turn is NextMove.CLUSTER)
    assert (ClusterTask.OVERDUE in tasks) is is_owed
    assert (ClusterTask.SILENT in tasks) is (turn is NextMove.COMPANY)
    calm = asked(state, is_here=is_here, active_at=NOW, due=None)
    assert calm <= {ClusterTask.REVIEW}


def asked(state: State | None, **given: Any) -> frozenset[ClusterTask]:
    usual = {"is_here": False, "active_at": LONG_AGO, "has_later": False}
    return member_tasks(state, **{**usual, **given}, now=NOW)


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        ({"due": date(2026, 11, 24)}, {ClusterTask.OVERDUE, ClusterTask.SILENT}),
        ({"due": date(2026, 11, 25)}, {ClusterTask.SILENT}),
        ({"due": None}, set()),
        ({"due": date(2026, 11, 24), "has_later": True}, {ClusterTask.OVERDUE}),
        ({"due": date(2026, 8, 27)}, {ClusterTask.OVERDUE, ClusterTask.SILENT}),
        ({"due": date(2026, 8, 26)}, {ClusterTask.OVERDUE}),
        ({"due": date(2026, 11, 24), "takes_part": False}, set()),
    ],
)
@pytest.mark.parametrize("state", [None, State.FINISHED])
def test_what_is_asked_of_whoever_has_not_begun_or_not_submitted(
    situation: dict[str, Any], expected: set[ClusterTask], state: State | None
) -> None:
    assert asked(state, **situation) == expected
    is_silent = situation.get("takes_part", True)
    assert (ClusterTask.SILENT in asked(State.DRAFT, **situation)) is is_silent, "what was begun, in any year"


def test_a_deadline_is_over_after_its_last_day_by_our_clock() -> None:
    last_minute = datetime(2026, 11, 25, 22, 59, tzinfo=UTC)  # 23:59 in Berlin
    assert not is_deadline_over(date(2026, 11, 25), last_minute)
    assert is_deadline_over(date(2026, 11, 25), last_minute + timedelta(minutes=1))
    assert not is_deadline_over(None, last_minute)


@pytest.mark.parametrize(("seconds", "is_silent"), [(1, False), (0, True), (-1, True)])
def test_three_weeks_are_three_weeks(seconds: int, is_silent: bool) -> None:
    active_at = NOW - INACTIVITY_PERIOD + timedelta(seconds=seconds)
    tasks = asked(State.DRAFT, active_at=active_at, due=None)
    assert (ClusterTask.SILENT in tasks) is is_silent


def moves(*given_moves: tuple[int, EventKind, int]) -> list[ReviewEvent]:
    return [ReviewEvent(key, kind, NOW + timedelta(days=day)) for key, kind, day in given_moves]


def test_how_long_reviews_took() -> None:
    times = review_times(
        moves(
            (1, EventKind.SUBMITTED, 0),
            (2, EventKind.SUBMITTED, 1),
            (1, EventKind.CHANGES_REQUESTED, 2),
            (3, EventKind.SUBMITTED, 2),
            (1, EventKind.SUBMITTED, 5),
            (3, EventKind.RECALLED, 6),
            (1, EventKind.APPROVED, 12),
            (2, EventKind.APPROVED, 31),
            (3, EventKind.SUBMITTED, 40),
            (4, EventKind.APPROVED, 50),
        )
    )
    assert [time.days for time in times] == [2, 7, 30]
    assert median_days(times) == 7
    assert median_days([]) is None


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from(sorted(TIMELINE_EVENTS)), st.integers(0, 9)), max_size=40
    )
)
def test_no_review_takes_less_than_nothing(given_moves: list[tuple[int, EventKind, int]]) -> None:
    ordered = sorted(given_moves, key=lambda move: move[2])
    times = review_times(moves(*ordered))
    assert all(time >= timedelta(0) for time in times)
    assert len(times) <= sum(kind is EventKind.SUBMITTED for _, kind, _ in ordered)


def test_the_company_s_own_business_is_not_told() -> None:
    private = {
        EventKind.CREATED,
        EventKind.IMPORTED,
        EventKind.SECTION_SAVED,
        EventKind.ANSWER_RESTORED,
        EventKind.REMARK_WRITTEN,
        EventKind.REMARK_RESOLVED,
        EventKind.CONTRIBUTION_ASKED,
        EventKind.CONTRIBUTION_ANSWERED,
        EventKind.ASSESSMENT_SAVED,
        EventKind.SIGN_OFF_ASKED,
        EventKind.SIGN_OFF_DECLINED,
        EventKind.MEMBER_INVITED,
    }
    assert private & TIMELINE_EVENTS == set()
