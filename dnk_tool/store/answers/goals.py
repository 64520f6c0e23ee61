"""Keeps what a company says of the goals of an earlier declaration."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.goals import NO_GOAL_REVIEW, GoalReview
from dnk_tool.store.tables.answers import GoalReviewRow


@dataclass(frozen=True, slots=True)
class StoredGoalReview:
    """What is said of a goal, of the year it is from, at a version."""

    review: GoalReview
    year: int
    version: int

    def for_year(self, year: int) -> "StoredGoalReview":
        """The same for a goal of that year: what was said of another year's goal says nothing of it."""
        return self if self.year == year else StoredGoalReview(NO_GOAL_REVIEW, year, self.version)


def goal_reviews(
    session: Session, declaration_id: int, refs: Collection[str] | None = None
) -> dict[str, StoredGoalReview]:
    """What is said of earlier goals in a declaration, by the aspect's ref; without `refs`, of all."""
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
    """Put the review in place of what was there, as its next version, and give that version."""
    row = session.get(GoalReviewRow, (declaration_id, ref))
    if row is None:
        row = GoalReviewRow(declaration_id=declaration_id, ref=ref, version=0)
        session.add(row)
    row.year, row.outcome, row.reason, row.outlook = year, review.outcome, review.reason, review.outlook
    row.version += 1
    row.changed_at, row.changed_by = now, by
    return row.version
