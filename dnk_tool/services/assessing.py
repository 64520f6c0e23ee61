"""Saves the self-assessment that stands beside a declaration."""

from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.assessment import Assessment
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.domain.states import EventKind
from dnk_tool.store import assessments, declarations, history
from dnk_tool.store.models import Declaration


class AssessmentCollision(Exception):
    """Somebody changed the same assessment meanwhile; `theirs` is what it says now, at `version`."""

    def __init__(self, theirs: Assessment, version: int) -> None:
        self.theirs, self.version = theirs, version
        super().__init__("the assessment changed meanwhile")


def assessments_of(session: Session, declaration: Declaration) -> dict[int, Assessment]:
    """The self-assessment by criterion number, without criteria of which nothing is said."""
    found = assessments.by_criterion(session, declaration.id)
    return {number: assessment for number, (assessment, _) in found.items()}


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
    """Write the assessment of one criterion; it may change at any time, also beside a frozen declaration.

    Raises NotPermitted, and AssessmentCollision without writing anything.
    """
    require(Permission.DECLARATION_EDIT, actor, Subject(declaration.organisation_id))
    declarations.lock(session, declaration.organisation_id)
    current, version = assessments.of_criterion(session, declaration.id, number)
    if assessment == current:
        return
    if version and version != seen:
        raise AssessmentCollision(current, version)
    assessments.put(session, declaration.id, number, assessment, now=now)
    history.record(
        session,
        declaration,
        EventKind.ASSESSMENT_SAVED,
        actor_id=actor.user_id,
        now=now,
        criterion=number,
    )
