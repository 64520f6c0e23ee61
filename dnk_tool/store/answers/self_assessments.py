"""Reads and writes the self-assessment of a declaration."""

from datetime import datetime

from sqlalchemy import select as sql
from sqlalchemy.orm import Session, selectinload

from dnk_tool.domain.answers.self_assessment import Assessment, Measure
from dnk_tool.domain.editing.versions import Stored
from dnk_tool.store.tables.answers import AssessmentRow, MeasureRow


def by_criterion(session: Session, declaration_id: int) -> dict[int, Stored[Assessment]]:
    """The assessments by criterion number with their versions, in two statements."""
    rows = session.scalars(
        sql(AssessmentRow)
        .options(selectinload(AssessmentRow.measures))
        .where(AssessmentRow.declaration_id == declaration_id)
        .order_by(AssessmentRow.criterion)
    )
    return {row.criterion: _stored(row) for row in rows}


def of_criterion(session: Session, declaration_id: int, number: int) -> Stored[Assessment]:
    """The assessment of one criterion with its version; empty at version 0 if there is none."""
    row = session.get(AssessmentRow, (declaration_id, number))
    return _stored(row) if row else Stored(Assessment())


def save(
    session: Session, declaration_id: int, number: int, assessment: Assessment, *, now: datetime
) -> None:
    """Replace the stored assessment and its measures, and raise its version."""
    row = session.get(AssessmentRow, (declaration_id, number))
    if row is None:
        row = AssessmentRow(declaration_id=declaration_id, criterion=number, version=0)
        session.add(row)
    row.rating, row.changed_at = assessment.rating, now
    row.version += 1
    row.measures = [
        MeasureRow(position=position, text=measure.text, owner=measure.owner, due=measure.due)
        for position, measure in enumerate(assessment.measures)
    ]


def _stored(row: AssessmentRow) -> Stored[Assessment]:
    measures = tuple(Measure(measure.text, measure.owner, measure.due) for measure in row.measures)
    return Stored(Assessment(row.rating, measures), row.version, row.changed_at)
