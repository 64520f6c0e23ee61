"""How far a goal is, from its numbers alone: start, today and target in one unit, never from words."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from dnk_tool.domain.answers.values import Row
from dnk_tool.domain.quantities import Quantity

START, TODAY, TARGET = "start", "today", "target"
NUMBERS = (START, TODAY, TARGET)


class GoalDirection(StrEnum):
    """Where a goal stands between start and target."""

    REACHED = "reached"
    ON_THE_WAY = "on-the-way"
    BARELY = "barely"
    NOT_BEGUN = "not-begun"
    AWAY = "away"
    NO_DISTANCE = "no-distance"


@dataclass(frozen=True, slots=True)
class GoalProgress:
    """Where a goal stands; `percent` of the way, from 1 to 99, only on the way."""

    direction: GoalDirection
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class GoalNumbers:
    """The numbers of a goal; each may be missing."""

    start: Quantity | None = None
    today: Quantity | None = None
    target: Quantity | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no number is given."""
        return self.start is None and self.today is None and self.target is None

    @property
    def progress(self) -> GoalProgress | None:
        """The share of the way from start to target that is behind; None while a number is missing.

        99 is the most and 1 the least of a goal on its way, so that rounding never calls a goal reached or
        not begun. Numbers in different units are not compared.
        """
        if self.start is None or self.today is None or self.target is None:
            return None
        if len({self.start.unit, self.today.unit, self.target.unit}) > 1:
            return None
        way = Fraction(self.target.value) - Fraction(self.start.value)
        gone = Fraction(self.today.value) - Fraction(self.start.value)
        if way == 0:
            return GoalProgress(GoalDirection.REACHED if gone == 0 else GoalDirection.NO_DISTANCE)
        share = gone / way * 100
        if share < 0:
            return GoalProgress(GoalDirection.AWAY)
        if share == 0:
            return GoalProgress(GoalDirection.NOT_BEGUN)
        if share >= 100:
            return GoalProgress(GoalDirection.REACHED)
        if share < 1:
            return GoalProgress(GoalDirection.BARELY)
        return GoalProgress(GoalDirection.ON_THE_WAY, min(99, int(share + Fraction(1, 2))))


def goal_numbers(row: Row) -> GoalNumbers:
    """The numbers of a goal's row."""
    cells = (row.get(column) for column in NUMBERS)
    return GoalNumbers(*(cell if isinstance(cell, Quantity) else None for cell in cells))
