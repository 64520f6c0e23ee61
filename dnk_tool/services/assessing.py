"""Saves the self-assessment that stands beside a declaration."""

from datetime import datetime

from sqlalchemy import select as sql
from sqlalchemy.orm import Session, selectinload

from dnk_tool.domain.assessment import Assessment, Measure
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.domain.states import EventKind
from dnk_tool.store import declarations, history
from dnk_tool.store.models import AssessmentRow, Declaration, MeasureRow


class AssessmentCollision(Exception):
    """Somebody changed the same assessment meanwhile; `theirs` is what it says now, at `version`."""

    def __init__(self, theirs: Assessment, version: int) -> None:
        self.theirs, self.version = theirs, version
        super().__init__("the assessment changed meanwhile")


def assessments_of(session: Session, declaration: Declaration) -> dict[int, Assessment]:
    """The self-assessment by criterion number, without criteria of which nothing is said."""
    return {number: one for number, (one, _) in assessments_with_versions(session, declaration).items()}


def assessments_with_versions(
    session: Session, declaration: Declaration
) -> dict[int, tuple[Assessment, int]]:
    """The self-assessment by criterion number with the version of each, in two statements."""
    rows = session.scalars(
        sql(AssessmentRow)
        .options(selectinload(AssessmentRow.measures))
        .where(AssessmentRow.declaration_id == declaration.id)
        .order_by(AssessmentRow.criterion)
    )
    return {row.criterion: (_assessment(row), row.version) for row in rows}


def save_assessment(
    session: Session,
    declaration: Declaration,
    number: int,
    assessment: Assessment,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Write the assessment of one criterion; it may change at any time, also beside a finished declaration.

    Raises NotPermitted, and AssessmentCollision without writing anything.
    """
    require(Permission.DECLARATION_EDIT, actor, Subject(declaration.organisation_id))
    declarations.lock(session, declaration.organisation_id)
    row = session.get(AssessmentRow, (declaration.id, number))
    current = _assessment(row) if row else Assessment()
    if assessment == current:
        return
    if row and row.version != seen:
        raise AssessmentCollision(current, row.version)
    write_assessment(session, declaration, number, assessment, now=now)
    history.record(
        session,
        declaration,
        EventKind.ASSESSMENT_SAVED,
        actor_id=actor.user_id,
        now=now,
        criterion=number,
    )


def write_assessment(
    session: Session, declaration: Declaration, number: int, assessment: Assessment, *, now: datetime
) -> None:
    """Put the assessment in place of what was there."""
    row = session.get(AssessmentRow, (declaration.id, number))
    if row is None:
        row = AssessmentRow(declaration_id=declaration.id, criterion=number, version=0)
        session.add(row)
    row.rating, row.changed_at = assessment.rating, now
    row.version += 1
    row.measures = [
        MeasureRow(position=position, text=one.text, owner=one.owner, due=one.due)
        for position, one in enumerate(assessment.measures)
    ]


def _assessment(row: AssessmentRow) -> Assessment:
    measures = tuple(Measure(one.text, one.owner, one.due) for one in row.measures)
    return Assessment(row.rating, measures)
