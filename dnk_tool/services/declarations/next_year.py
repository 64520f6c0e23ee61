"""Begins the declaration of the following year, with the same settings and without answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.self_assessment import Assessment
from dnk_tool.domain.permissions import Permission, Subject, require
from dnk_tool.services.answers.self_assessment import assessments_of
from dnk_tool.services.declarations.start import start_declaration
from dnk_tool.services.editing.settings import settings_of
from dnk_tool.services.work import Work
from dnk_tool.store.answers import self_assessments
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True)
class AssessmentCarryOver:
    """The ratings that a new year takes along, and the company's measures; `overdue`: how many of these."""

    assessments: Mapping[int, Assessment]
    overdue: int

    @property
    def ratings(self) -> int:
        """How many criteria have a rating."""
        return sum(assessment.rating is not None for assessment in self.assessments.values())

    @property
    def measures(self) -> int:
        """How many measures all criteria have together."""
        return sum(len(assessment.measures) for assessment in self.assessments.values())


def assessment_carry_over(session: Session, declaration: Declaration, *, today: date) -> AssessmentCarryOver:
    """What `begin_next_year` would begin with: each rating as a starting point, and the company's measures.

    Includes measures that were due before `today`: nobody said that they are done.
    """
    assessments = {
        number: assessment
        for number, assessment in assessments_of(session, declaration).items()
        if assessment.rating or assessment.measures
    }
    days = [
        measure.due for assessment in assessments.values() for measure in assessment.measures if measure.due
    ]
    return AssessmentCarryOver(assessments, sum(day < today for day in days))


def begin_next_year(work: Work, declaration: Declaration) -> Declaration:
    """Start the declaration of the following year, with the same edition and settings.

    Copies ratings; answers and figures start empty, and measures are the company's. `declaration` may be in
    any state and stays as it is. Raises NotPermitted, YearTaken and YearAhead.
    """
    require(Permission.ORGANISATION_EDIT, work.actor, Subject(declaration.organisation_id))
    begun = start_declaration(
        work,
        declaration.organisation,
        edition=declaration.edition,
        reporting_year=declaration.reporting_year + 1,
        settings=settings_of(declaration),
        follows=declaration.reporting_year,
    )
    begun.gwp_set = declaration.gwp_set
    for number, rating in self_assessments.ratings(work.session, declaration.id).items():
        if rating.content:
            self_assessments.save_rating(work.session, begun.id, number, rating.content, now=work.now)
    return begun
