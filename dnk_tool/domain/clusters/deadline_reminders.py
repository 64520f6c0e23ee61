"""When somebody is reminded of a deadline, and of what."""

from datetime import date, timedelta
from enum import StrEnum

from dnk_tool.domain.declarations.states import EDITABLE, State

# So many days before a deadline.
STEPS = (30, 7, 1)
REVIEW_STEPS = (7,)


class Task(StrEnum):
    """What a declaration waits for."""

    FILL = "fill"
    SIGN = "sign"
    REVIEW = "review"


def task(state: State | None) -> Task | None:
    """What a declaration in this state waits for; nothing if it is done. None: nobody has begun it."""
    if state is None or state in EDITABLE:
        return Task.FILL
    return {State.SIGNING: Task.SIGN, State.SUBMITTED: Task.REVIEW}.get(state)


def step(today: date, due: date, of: Task) -> int | None:
    """The step that the day has reached, also where its own day was missed; none after the deadline."""
    steps = REVIEW_STEPS if of is Task.REVIEW else STEPS
    left = (due - today).days
    return min((days for days in steps if 0 <= left <= days), default=None)


def is_old_news(since: date | None, due: date, days_before: int) -> bool:
    """Whether the task was there before the step's day: nobody is reminded of what they just learnt."""
    return since is None or since < due - timedelta(days=days_before)
