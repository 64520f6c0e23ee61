"""Reads and writes the reviews of goals that an earlier declaration named."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.goals import NO_GOAL_REVIEW, GoalReview
from dnk_tool.store.tables.answers import GoalReviewRow


@dataclass(frozen=True, slots=True)
class StoredGoalReview:
    """A goal review with its version; `year` is the year of the goal."""

    review: GoalReview
    year: int
    version: int

    def for_year(self, year: int) -> "StoredGoalReview":
        """This review if the goal is of that year, else an empty one at the same version."""
        return self if self.year == year else StoredGoalReview(NO_GOAL_REVIEW, year, self.version)


def goal_reviews(
    session: Session, declaration_id: int, refs: Collection[str] | None = None
) -> dict[str, StoredGoalReview]:
    """The goal reviews of a declaration by the aspect's ref; `refs` None: all."""
    wanted = sql(GoalReviewRow).where(GoalReviewRow.declaration_id == declaration_id)
    if refs is not None:
        wanted = wanted.where(GoalReviewRow.ref.in_(refs))
    return {
        row.ref: StoredGoalReview(GoalReview(row.outcome, row.reason, row.outlook), row.year, row.version)
        for row in session.scalars(wanted)
    }


def save(
    session: Session,
    declaration_id: int,
    ref: str,
    review: GoalReview,
    *,
    year: int,
    by: int | None,
    now: datetime,
) -> int:
    """Replace the stored review. Returns its new version, counted from 1."""
    row = session.get(GoalReviewRow, (declaration_id, ref))
    if row is None:
        row = GoalReviewRow(declaration_id=declaration_id, ref=ref, version=0)
        session.add(row)
    row.year, row.outcome, row.reason, row.outlook = year, review.outcome, review.reason, review.outlook
    row.version += 1
    row.changed_at, row.changed_by = now, by
    return row.version
