"""When somebody is reminded of a deadline, and of what."""

from datetime import date, timedelta
from enum import StrEnum

from dnk_tool.domain.declarations.states import EDITABLE_STATES, State

# So many days before a deadline.
REMINDER_DAYS = (30, 7, 1)
REVIEW_REMINDER_DAYS = (7,)


class PendingTask(StrEnum):
    """What a declaration waits for."""

    FILL = "fill"
    SIGN = "sign"
    REVIEW = "review"


def pending_task(state: State | None) -> PendingTask | None:
    """What a declaration in this state waits for; nothing if it is done. None: nobody has begun it."""
    if state is None or state in EDITABLE_STATES:
        return PendingTask.FILL
    return {State.SIGNING: PendingTask.SIGN, State.SUBMITTED: PendingTask.REVIEW}.get(state)


def reminder_step(today: date, due: date, of: PendingTask) -> int | None:
    """The step that the day has reached, also where its own day was missed; none after the deadline."""
    steps = REVIEW_REMINDER_DAYS if of is PendingTask.REVIEW else REMINDER_DAYS
    left = (due - today).days
    return min((days for days in steps if 0 <= left <= days), default=None)


def is_older_than_reminder(since: date | None, due: date, days_before: int) -> bool:
    """Whether the task was there before the step's day: nobody is reminded of what they just learnt."""
    return since is None or since < due - timedelta(days=days_before)
