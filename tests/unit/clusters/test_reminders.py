"""When a reminder is due: at 30, 7 and 1 days, later if the day was missed, never two at once."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.declarations.states import EDITABLE_STATES, State
from dnk_tool.domain.reminders import (
    REMINDER_DAYS,
    PendingTask,
    is_older_than_reminder,
    pending_task,
    reminder_step,
)

DUE = date(2027, 3, 31)


@pytest.mark.parametrize(
    ("left", "expected"),
    [(31, None), (30, 30), (29, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1), (-1, None)],
)
def test_the_step_that_a_day_has_reached(left: int, expected: int | None) -> None:
    assert reminder_step(DUE - timedelta(days=left), DUE, PendingTask.FILL) == expected


@pytest.mark.parametrize(("left", "expected"), [(30, None), (8, None), (7, 7), (1, 7), (0, 7), (-1, None)])
def test_reviewers_are_reminded_once(left: int, expected: int | None) -> None:
    assert reminder_step(DUE - timedelta(days=left), DUE, PendingTask.REVIEW) == expected


@pytest.mark.parametrize(("left", "expected"), [(30, None), (8, None), (7, 7), (1, 1), (0, 1), (-1, None)])
def test_changes_are_reminded_of_twice(left: int, expected: int | None) -> None:
    assert reminder_step(DUE - timedelta(days=left), DUE, PendingTask.REVISE) == expected


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sets(st.integers(-5, 60), max_size=40))
def test_whatever_days_the_server_runs_each_step_comes_at_most_once_and_in_order(
    due: date, days_left: set[int]
) -> None:
    sent: list[int] = []
    for left in sorted(days_left, reverse=True):
        step = reminder_step(due - timedelta(days=left), due, PendingTask.FILL)
        if step is not None and step not in sent:
            sent.append(step)
    assert sent == sorted(sent, reverse=True)
    for days in REMINDER_DAYS:
        ran_on_the_day = days in days_left
        assert not ran_on_the_day or days in sent


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_task(state: State) -> None:
    if state in EDITABLE_STATES:
        assert pending_task(state) is PendingTask.FILL
    else:
        assert pending_task(state) is {
            State.SIGNING: PendingTask.SIGN,
            State.SUBMITTED: PendingTask.REVIEW,
            State.FINISHED: PendingTask.SUBMIT,
        }.get(state)


def test_a_declaration_that_nobody_has_begun_is_to_be_filled() -> None:
    assert pending_task(None) is PendingTask.FILL


def test_nobody_is_reminded_of_what_they_learnt_since_the_steps_day() -> None:
    assert is_older_than_reminder(None, DUE, 7)
    assert is_older_than_reminder(date(2027, 3, 23), DUE, 7)
    assert not is_older_than_reminder(date(2027, 3, 24), DUE, 7)
    assert not is_older_than_reminder(date(2027, 3, 30), DUE, 7)
