"""Decides when somebody is reminded of a final day or a milestone, and of which task."""

from datetime import date, timedelta
from enum import StrEnum

from dnk_tool.domain.declarations.states import EDITABLE_STATES, State

# In days before the deadline.
REMINDER_DAYS = (30, 7, 1)
REVIEW_REMINDER_DAYS = (7,)
REVISION_REMINDER_DAYS = (7, 1)
MILESTONE_REMINDER_DAYS = (7, 1)


class PendingTask(StrEnum):
    """The task that a declaration waits for."""

    FILL = "fill"
    SUBMIT = "submit"
    SIGN = "sign"
    REVIEW = "review"
    REVISE = "revise"


def pending_task(state: State | None) -> PendingTask | None:
    """The task that a declaration waits for; None if it is done. Without a state, it is not begun."""
    if state is None or state in EDITABLE_STATES:
        return PendingTask.FILL
    return {
        State.SIGNING: PendingTask.SIGN,
        State.SUBMITTED: PendingTask.REVIEW,
        State.FINISHED: PendingTask.SUBMIT,
    }.get(state)


def reminder_step(today: date, due: date, of: PendingTask) -> int | None:
    """The step, in days before the deadline, that `today` has reached, even if its own day was missed.

    None before the first step and after the deadline.
    """
    steps = {PendingTask.REVIEW: REVIEW_REMINDER_DAYS, PendingTask.REVISE: REVISION_REMINDER_DAYS}
    return _step(today, due, steps.get(of, REMINDER_DAYS))


def milestone_step(today: date, day: date) -> int | None:
    """The step that `today` has reached, in days before the milestone; None before the first and after it."""
    return _step(today, day, MILESTONE_REMINDER_DAYS)


def _step(today: date, due: date, steps: tuple[int, ...]) -> int | None:
    left = (due - today).days
    return min((days for days in steps if 0 <= left <= days), default=None)


def is_older_than_reminder(since: date | None, due: date, days_before: int) -> bool:
    """Whether the task existed before the step's day, so that nobody is reminded of what is new."""
    return since is None or since < due - timedelta(days=days_before)
