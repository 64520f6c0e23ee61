"""Reads and writes the ratings of a declaration's self-assessment; its measures are the company's."""

from datetime import datetime

from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.self_assessment import Rating
from dnk_tool.domain.editing import Stored
from dnk_tool.store.tables.answers import AssessmentRow


def ratings(session: Session, declaration_id: int) -> dict[int, Stored[Rating | None]]:
    """The ratings by criterion number with their versions."""
    rows = session.scalars(
        sql(AssessmentRow)
        .where(AssessmentRow.declaration_id == declaration_id)
        .order_by(AssessmentRow.criterion)
    )
    return {row.criterion: Stored(row.rating, row.version, row.changed_at) for row in rows}


def rating_of(session: Session, declaration_id: int, number: int) -> Stored[Rating | None]:
    """The rating of one criterion with its version; none at version 0 if there is none."""
    row = session.get(AssessmentRow, (declaration_id, number))
    return Stored(row.rating, row.version, row.changed_at) if row else Stored(None)


def save_rating(
    session: Session, declaration_id: int, number: int, rating: Rating | None, *, now: datetime
) -> None:
    """Store the rating of one criterion, and raise its version."""
    row = session.get(AssessmentRow, (declaration_id, number))
    if row is None:
        row = AssessmentRow(declaration_id=declaration_id, criterion=number, version=0)
        session.add(row)
    row.rating, row.changed_at = rating, now
    row.version += 1
