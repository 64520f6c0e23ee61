"""Writes the company's measures of one criterion, as the self-assessment states them: text, owner, due.

Takes the good example of a measure back from its cluster once the measure is removed or not done.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.self_assessment import Measure
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.measures.model import MAX_COMPANY_MEASURES, CompanyMeasure, MeasureState
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.exchange import examples
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.measures import MeasureRow


def take_back_example(work: Work, measure: MeasureRow) -> bool:
    """Turn the measure's example into a draft; a measure that is done again does not bring the yes back.

    Returns whether a cluster had it.
    """
    title = examples.take_back_of_measure(work.session, measure.id)
    if title is not None:
        history.record_event(
            work.session,
            EventKind.EXAMPLE_WITHDRAWN,
            organisation_id=measure.organisation_id,
            actor_id=work.actor.user_id,
            now=work.now,
            example=title,
        )
    return title is not None


class RegisterFull(ValueError):
    """The company has MAX_COMPANY_MEASURES measures; nothing was written."""


def new_measure(noted: Measure, criterion: int | None) -> CompanyMeasure:
    """A measure as it is noted: planned where it has a date, else an idea."""
    state = MeasureState.PLANNED if noted.due else MeasureState.IDEA
    return CompanyMeasure(noted.text, noted.owner, noted.due, criterion, state=state)


def write_measures_of_criterion(
    work: Work, organisation_id: int, criterion: int, noted: Sequence[Measure], ids: Sequence[int | None]
) -> None:
    """Make the company's measures of a criterion say this; only text, owner and date of known ones change.

    `ids` name the measures that `noted` were on the page. Measures that are missing are removed and can be
    restored in the register; dropped ones stay. Raises RegisterFull. The caller holds the company's lock.
    """
    rows = measures.rows_of_company(work.session, organisation_id)
    known = {
        row.id: row for row in rows if row.criterion == criterion and row.state is not MeasureState.DROPPED
    }
    fresh: list[Measure] = []
    for measure, measure_id in zip_longest(noted, ids[: len(noted)]):
        row = known.pop(measure_id, None) if measure_id else None
        if row is None:
            fresh.append(measure)
        else:
            _change(work, row, measure)
    _refuse_too_many(len(rows) - len(known) + len(fresh))
    for row in known.values():
        row.removed_at, row.version = work.now, row.version + 1
        take_back_example(work, row)
    for measure in fresh:
        measures.add(
            work.session,
            organisation_id,
            new_measure(measure, criterion),
            by=work.actor.user_id,
            now=work.now,
        )
    work.session.flush()


def add_missing(work: Work, organisation_id: int, criterion: int, noted: Iterable[Measure]) -> None:
    """Add those measures of a criterion whose text the register does not have yet. Raises RegisterFull."""
    rows = measures.rows_of_company(work.session, organisation_id)
    known = {row.text for row in rows if row.criterion == criterion}
    fresh = [measure for measure in noted if measure.text not in known]
    _refuse_too_many(len(rows) + len(fresh))
    for measure in fresh:
        measures.add(
            work.session,
            organisation_id,
            new_measure(measure, criterion),
            by=work.actor.user_id,
            now=work.now,
        )


def add_kinds(session: Session, organisation_id: int, criterion: int, kinds: Mapping[str, str]) -> None:
    """Note the kind of measures of a criterion that have none yet, by their text."""
    for row in measures.rows_of_company(session, organisation_id):
        if row.criterion == criterion and not row.kind and row.text in kinds:
            row.kind = kinds[row.text]
    session.flush()


def _change(work: Work, row: MeasureRow, noted: Measure) -> None:
    before = measures.measure_of(row)
    after = replace(before, text=noted.text, owner=noted.owner, due=noted.due)
    if before.state is MeasureState.IDEA and noted.due and not before.due:
        after = replace(after, state=MeasureState.PLANNED)
    if after != before:
        measures.write(work.session, row, after, by=work.actor.user_id, now=work.now)


def _refuse_too_many(count: int) -> None:
    if count > MAX_COMPANY_MEASURES:
        raise RegisterFull
