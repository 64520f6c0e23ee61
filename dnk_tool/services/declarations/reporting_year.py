"""Changes the reporting year of a declaration in work, as after a year that was chosen by mistake."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.values import YEARS_AHEAD
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.language import local_day
from dnk_tool.services.declarations.start import YearAhead, YearTaken
from dnk_tool.services.editing import progress
from dnk_tool.services.editing.locks import open_for_editing
from dnk_tool.services.work import Work
from dnk_tool.store.answers import earlier_year, history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations import versions
from dnk_tool.store.evidence import queries as evidence_years
from dnk_tool.store.figures import queries as figure_years
from dnk_tool.store.figures.queries import YearNumbers
from dnk_tool.store.tables.declarations import Declaration


class YearFixed(Exception):
    """A version of the declaration is frozen and names its year."""


class YearMoved(Exception):
    """Somebody else has changed the reporting year meanwhile."""


@dataclass(frozen=True)
class YearChangeConsequences:
    """What hangs on the year. `numbers` of the present year, `numbers_there` of the new one.

    `previous`: the year whose declaration is offered as the one before, None without one.
    """

    deadline: date | None
    new_deadline: date | None
    numbers: YearNumbers
    numbers_there: YearNumbers
    previous: int | None

    @property
    def can_take_numbers(self) -> bool:
        """Whether there is something to take along and room for it."""
        return not self.numbers.is_empty and self.numbers_there.is_empty


def year_change_consequences(
    session: Session, declaration: Declaration, year: int, *, now: datetime
) -> YearChangeConsequences:
    """What a change to this year means. Raises YearFixed, YearAhead and YearTaken if it is not possible."""
    _require_possible(session, declaration, year, now=now)
    own, before = declaration.organisation_id, declaration.reporting_year
    earlier = [
        row.reporting_year
        for row in declarations.of_organisations(session, [own])
        if row.id != declaration.id and row.reporting_year < year
    ]
    return YearChangeConsequences(
        clusters.deadline_of_declaration(session, declaration),
        clusters.deadline_of(session, own, year),
        figure_years.count_numbers(session, own, before),
        figure_years.count_numbers(session, own, year),
        max(earlier, default=None),
    )


def change_reporting_year(
    work: Work, declaration: Declaration, year: int, *, seen: int, takes_numbers: bool
) -> None:
    """Change the year; the declaration's evidence comes along, and with `takes_numbers` the year's numbers.

    Numbers are figures, lines, what was said of them and their evidence. They stay where the new year has
    some of its own. Ready-made answers stay ready-made. `seen`: the year that the sender had seen. Raises
    NotPermitted, Locked, YearMoved, YearFixed, YearAhead and YearTaken, each before anything is changed.
    """
    open_for_editing(work.session, declaration, work.actor)
    own, before = declaration.organisation_id, declaration.reporting_year
    if before != seen:
        raise YearMoved
    _require_possible(work.session, declaration, year, now=work.now)
    if year == before:
        return
    takes_numbers = takes_numbers and figure_years.count_numbers(work.session, own, year).is_empty
    if takes_numbers:
        figure_years.move_numbers(work.session, own, before, year)
    evidence_years.move_evidence(work.session, own, declaration.id, before, year, with_numbers=takes_numbers)
    earlier_year.move_ready_made(work.session, declaration.id, before, year)
    declaration.reporting_year = year
    work.session.flush()
    progress.refresh_progress(work.session, declaration)
    history.record_declaration_event(
        work.session,
        declaration,
        EventKind.SETTINGS_CHANGED,
        actor_id=work.actor.user_id,
        now=work.now,
        fields={"reporting_year": [before, year]},
        numbers_moved=takes_numbers,
    )


def _require_possible(session: Session, declaration: Declaration, year: int, *, now: datetime) -> None:
    if versions.versions(session, declaration.id):
        raise YearFixed
    latest = local_day(now).year + YEARS_AHEAD
    if year > latest:
        raise YearAhead(latest)
    existing = declarations.of_year(session, declaration.organisation_id, declaration.edition, year)
    if existing is not None and existing.id != declaration.id:
        raise YearTaken(existing)
