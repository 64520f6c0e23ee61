"""Saves the self-assessment, which belongs to a declaration but is not part of its answers."""

from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.self_assessment import Assessment
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing.conflicts import is_change
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.store.answers import history, self_assessments
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration


def assessments_of(session: Session, declaration: Declaration) -> dict[int, Assessment]:
    """The self-assessment by criterion number, without criteria that have no stored assessment."""
    stored_assessments = self_assessments.by_criterion(session, declaration.id)
    return {number: stored_assessment.content for number, stored_assessment in stored_assessments.items()}


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
    """Write the assessment of one criterion (`number`), also while the declaration is frozen.

    Raises NotPermitted, and ConflictError without writing anything.
    """
    require(Permission.DECLARATION_EDIT, actor, Subject(declaration.organisation_id))
    declarations.lock_organisation(session, declaration.organisation_id)
    current = self_assessments.of_criterion(session, declaration.id, number)
    if not is_change(current, seen, assessment):
        return
    self_assessments.save(session, declaration.id, number, assessment, now=now)
    history.record_declaration_event(
        session,
        declaration,
        EventKind.ASSESSMENT_SAVED,
        actor_id=actor.user_id,
        now=now,
        criterion=number,
        fields=changed_fields(current.content, assessment),
    )


def changed_fields(before: Assessment, after: Assessment) -> dict[str, list[Any]]:
    """The fields that differ, with old and new value: the rating, and the measures, each with its due date.

    A changed owner of a measure is recorded without names: events outlive the people named in them.
    """
    fields: dict[str, list[Any]] = {}
    if before.rating != after.rating:
        fields["rating"] = [
            assessment.rating.value if assessment.rating else "" for assessment in (before, after)
        ]
    if _planned(before) != _planned(after):
        fields["measures"] = [_planned(before), _planned(after)]
    owners = ([measure.owner for measure in assessment.measures] for assessment in (before, after))
    if any(old != new for old, new in zip_longest(*owners, fillvalue="")):
        # An owner is a person: the event says only that it changed.
        fields["measure_owners"] = []
    return fields


def _planned(assessment: Assessment) -> list[list[str]]:
    return [[measure.text, measure.due.isoformat() if measure.due else ""] for measure in assessment.measures]
