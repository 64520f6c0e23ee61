"""The goals of an earlier declaration, and their review a year later."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.catalogue.standard.model import Aspect, Section
from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.answers.table_cells import row_text
from dnk_tool.domain.answers.take_over import EarlierAnswers
from dnk_tool.domain.answers.values import Rows
from dnk_tool.language import Language


class GoalOutcome(StrEnum):
    """Whether a goal was reached; `ONGOING`: its time is not over yet."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    ONGOING = "ongoing"

    @property
    def is_missed(self) -> bool:
        """Whether the goal was missed, wholly or in part, so that somebody will ask why."""
        return self in (GoalOutcome.PARTLY, GoalOutcome.NO)


@dataclass(frozen=True, slots=True)
class GoalReview:
    """The review of a goal a year later: whether it was reached, why not, and the outlook."""

    outcome: GoalOutcome | None = None
    reason: str = ""
    outlook: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it has neither outcome, reason nor outlook."""
        return self.outcome is None and not (self.reason or self.outlook)

    @property
    def lacks_reason(self) -> bool:
        """Whether the goal was missed without a reason, which is asked for but never required."""
        return self.outcome is not None and self.outcome.is_missed and not self.reason


NO_GOAL_REVIEW = GoalReview()


@dataclass(frozen=True, slots=True)
class Goal:
    """The goals that an aspect held in an earlier year: its text, and the rows of its table if it has one."""

    aspect: Aspect
    year: int
    text: Answer
    rows: Answer


def earlier_section_goals(section: Section, earlier: EarlierAnswers) -> Iterator[Goal]:
    """The goals of a section in the earlier declaration; an explained aspect has none."""
    for aspect in section.aspects:
        if not aspect.holds_goals or earlier.answer(aspect.ref).disclosure is Disclosure.EXPLAIN:
            continue
        table = next((item.ref for item in aspect.items if item.table), "")
        goal = Goal(aspect, earlier.year, earlier.answer(aspect.ref), earlier.answer(table))
        if goal.text.text or goal.rows.value:
            yield goal


def goal_text(goal: Goal, language: Language) -> str:
    """The goal as it was written: its text, then the rows of its table as a list."""
    table = next((item.table for item in goal.aspect.items if item.table), None)
    rows = goal.rows.value.rows if isinstance(goal.rows.value, Rows) and table else ()
    lines = "\n".join(f"- {row_text(row, table, language)}" for row in rows if table)
    return "\n\n".join(part for part in (goal.text.text, lines) if part)
