"""Saves the self-assessment: ratings of a declaration, and the company's measures of each criterion."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.self_assessment import Assessment, Measure, Rating
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import NEVER_STORED, Stored, Version, is_change
from dnk_tool.domain.measures.model import MeasureState
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.measures.criterion_measures import add_missing, write_measures_of_criterion
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history, self_assessments
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.measures import MeasureRow

VERSIONS = 999_999_937  # a version in a form has at most nine digits


@dataclass(frozen=True, slots=True)
class CriterionAssessment:
    """The assessment of a criterion with its version, and the ids of its measures in their order."""

    stored: Stored[Assessment]
    ids: tuple[int, ...] = ()


def assessments_of(session: Session, declaration: Declaration) -> dict[int, Assessment]:
    """The self-assessment by criterion number, without criteria that have neither rating nor measure stored.

    Its measures are those of the company that are not dropped.
    """
    found = self_assessments.ratings(session, declaration.id)
    by_criterion = _rows_by_criterion(measures.rows_of_company(session, declaration.organisation_id))
    return {
        number: _stored(found.get(number, Stored(None)), by_criterion.get(number, [])).content
        for number in sorted({*found, *by_criterion})
    }


def assessment_of(session: Session, declaration: Declaration, number: int) -> CriterionAssessment:
    """The assessment of one criterion; empty at version 0 where nothing is stored."""
    rows = _rows_by_criterion(measures.rows_of_company(session, declaration.organisation_id))
    own = rows.get(number, [])
    rating = self_assessments.rating_of(session, declaration.id, number)
    return CriterionAssessment(_stored(rating, own), tuple(row.id for row in own))


def save_assessment(
    work: Work,
    declaration: Declaration,
    number: int,
    assessment: Assessment,
    *,
    seen: Version,
    ids: Sequence[int | None] = (),
) -> None:
    """Write the assessment of one criterion (`number`), also while the declaration is frozen.

    `ids`: those of the company's measures that the measures were on the page, None for new ones. Measures of
    the criterion that are missing are removed from the register. Raises NotPermitted, RegisterFull, and
    ConflictError without writing anything.
    """
    lock_company(work.session, declaration.organisation_id, Permission.DECLARATION_EDIT, work.actor)
    current = assessment_of(work.session, declaration, number)
    if not is_change(current.stored, seen, assessment):
        return
    self_assessments.save_rating(work.session, declaration.id, number, assessment.rating, now=work.now)
    write_measures_of_criterion(work, declaration.organisation_id, number, assessment.measures, ids)
    history.record_declaration_event(
        work.session,
        declaration,
        EventKind.ASSESSMENT_SAVED,
        actor_id=work.actor.user_id,
        now=work.now,
        criterion=number,
        fields=changed_fields(current.stored.content, assessment),
    )


def bring_assessments(work: Work, declaration: Declaration, assessments: Mapping[int, Assessment]) -> None:
    """Store what a file says of a self-assessment; measures that the company has already are not added."""
    for number, assessment in assessments.items():
        self_assessments.save_rating(work.session, declaration.id, number, assessment.rating, now=work.now)
        add_missing(work, declaration.organisation_id, number, assessment.measures)


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


def _rows_by_criterion(rows: Iterable[MeasureRow]) -> dict[int, list[MeasureRow]]:
    found: dict[int, list[MeasureRow]] = {}
    for row in rows:
        if row.criterion is not None and row.state is not MeasureState.DROPPED:
            found.setdefault(row.criterion, []).append(row)
    return found


def _stored(rating: Stored[Rating | None], rows: Sequence[MeasureRow]) -> Stored[Assessment]:
    """The assessment with a version that differs as soon as the rating or one of its measures changes."""
    content = Assessment(rating.content, tuple(Measure(row.text, row.owner, row.due) for row in rows))
    if not rows and rating.version == NEVER_STORED:
        return Stored(content)
    versions = (rating.version, *((row.id, row.version) for row in rows))
    last = max([row.changed_at for row in rows] + ([rating.at] if rating.at else []))
    return Stored(content, zlib.crc32(repr(versions).encode()) % VERSIONS + 1, last)
