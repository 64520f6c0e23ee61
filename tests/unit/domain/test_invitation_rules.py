"""When an invitation that nobody answers is reminded by itself."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.invitations import AUTOMATIC_REMINDERS, automatic_step

SENT = date(2026, 3, 2)


def test_after_seven_and_after_twenty_one_days() -> None:
    due = {day: automatic_step(SENT, 0 if day < 8 else 7, SENT + timedelta(days=day)) for day in range(40)}
    assert [day for day, step in due.items() if step] == [7, *range(21, 40)]


def test_a_missed_step_is_made_up_for_but_never_two_at_once() -> None:
    assert automatic_step(SENT, 0, SENT + timedelta(days=9)) == 7
    assert automatic_step(SENT, 0, SENT + timedelta(days=22)) == 21
    assert automatic_step(SENT, 21, SENT + timedelta(days=30)) is None


@given(st.lists(st.integers(0, 80), max_size=30))
def test_each_step_at_most_once_whenever_somebody_looks(days: list[int]) -> None:
    last, done = 0, []
    for day in sorted(days):
        step = automatic_step(SENT, last, SENT + timedelta(days=day))
        if step is not None:
            assert day >= step
            done.append(step)
            last = step
    assert done == sorted(set(done))
    assert set(done) <= set(AUTOMATIC_REMINDERS)
