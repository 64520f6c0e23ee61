"""Saves single figures: what somebody enters, what the lines of calculators give, what sites add up to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section, Selection
from dnk_tool.domain import figures
from dnk_tool.domain.answers import Figure, Origin
from dnk_tool.domain.document import figure_from_json
from dnk_tool.domain.permissions import Actor, NotPermitted, Permission, Subject, can, require
from dnk_tool.domain.review import Judgement, is_unlocked
from dnk_tool.domain.scope import Scope
from dnk_tool.domain.states import EventKind, State
from dnk_tool.services import progress
from dnk_tool.services.answering import OPEN, Locked
from dnk_tool.services.saving import Collision, Given, Writer
from dnk_tool.store import declarations, history, reviews, sites
from dnk_tool.store.models import Declaration


@dataclass(frozen=True)
class Openness:
    """Which figures of a declaration may be changed now, and which of them by somebody in particular.

    A figure is open as long as one of the sections that ask for it is. One that no section asks for is
    open with the whole declaration.
    """

    declaration: Declaration
    selection: Selection
    judgements: Mapping[str, Judgement] = field(default_factory=dict)

    def is_open(self, datapoint: str) -> bool:
        """Whether the figure may be changed, by whoever may change it at all."""
        sections = self._asking(datapoint)
        if not sections:
            return self.declaration.state in OPEN
        return any(self._is_open(section) for section in sections)

    def check(self, datapoint: str, actor: Actor) -> None:
        """Raises NotPermitted for whoever may never change the figure, and Locked while it is frozen."""
        allowed = [one for one in self._asking(datapoint) if self._may_edit(one, actor)]
        if not allowed:
            require(Permission.DECLARATION_EDIT, actor, Subject(self.declaration.organisation_id))
            if not self.is_open(datapoint):
                raise Locked(self.declaration.state)
        elif not any(self._is_open(section) for section in allowed):
            raise Locked(self.declaration.state)

    def _asking(self, datapoint: str) -> list[Section]:
        asked_by = self.selection.asked_by.get(datapoint, ())
        return [self.selection.section_of[one.ref] for one in asked_by]

    def _is_open(self, section: Section) -> bool:
        return is_unlocked(self.declaration.state, section.ref, self.judgements)

    def _may_edit(self, section: Section, actor: Actor) -> bool:
        company = self.declaration.organisation_id
        return can(Permission.SECTION_EDIT, actor, Subject(company, section=section.ref))


class Saved(NamedTuple):
    """What a save did: versions that rose by datapoint, and what somebody else had changed meanwhile."""

    versions: Mapping[str, int]
    collisions: tuple[Collision, ...] = ()


class Calculated(NamedTuple):
    """What became of the results of lines, by datapoint.

    `written`: the figure is the result now, or empty since its lines are gone. `differing`: somebody said
    something else, which was left. `locked`: frozen, and left.
    """

    written: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()


def openness(session: Session, declaration: Declaration) -> Openness:
    """Which figures may be changed now; one statement while changes are requested, else none."""
    is_in_review = declaration.state is State.CHANGES_REQUESTED
    judgements = reviews.latest_judgements(session, declaration.id) if is_in_review else {}
    return Openness(declaration, declarations.selection_of(declaration), judgements)


def save_figure(
    session: Session,
    declaration: Declaration,
    datapoint: str,
    given: Figure,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> Saved:
    """Write one figure as somebody entered it who had seen version `seen` of it (0: none).

    Raises NotPermitted, Locked, and LookupError for a datapoint that the edition does not know.
    """
    return save_figures(session, declaration, {datapoint: Given(given, seen)}, actor=actor, now=now)


def save_figures(
    session: Session,
    declaration: Declaration,
    given: Mapping[str, Given[Figure]],
    *,
    actor: Actor,
    now: datetime,
    event: EventKind = EventKind.FIGURE_SAVED,
) -> Saved:
    """Write figures as one event. What somebody else changed meanwhile stays, and the other is kept aside.

    Raises NotPermitted, Locked and LookupError, and then nothing is written.
    """
    writer = opened(session, declaration, given, actor=actor, now=now)
    for datapoint, one in given.items():
        writer.save_figure(datapoint, one)
    return closed(writer, event)


def write_calculated(
    session: Session,
    declaration: Declaration,
    results: Mapping[str, Figure],
    *,
    actor: Actor,
    now: datetime,
) -> Calculated:
    """Write what the lines of a year give: `results` are all of them, by datapoint.

    A figure that came from lines before follows them, and is emptied once they are gone; one without value
    is filled. What somebody entered, or called not available, is left and named if it says something else.
    What people wrote beside a figure stays. Raises NotPermitted and LookupError.
    """
    require(Permission.DECLARATION_EDIT, actor, Subject(declaration.organisation_id))
    declarations.lock(session, declaration.organisation_id, declaration)
    known = declarations.selection_of(declaration).catalogue.datapoints
    if unknown := results.keys() - known.keys():
        raise LookupError(sorted(unknown))
    is_open = openness(session, declaration).is_open
    writer = Writer(session, declaration, actor.user_id, now)
    gone = {key for key, row in writer.figures.items() if row.origin is Origin.LINES} - results.keys()
    differing, locked = [], []
    for datapoint, result in _in_order(writer, results, gone):
        current = writer.figure(datapoint)
        if result == current:
            continue
        if current.is_stated and current.origin is not Origin.LINES:
            if not figures.is_same_amount(result, current, known[datapoint].family):
                differing.append(datapoint)
        elif is_open(datapoint):
            writer.write_figure(datapoint, result)
        else:
            locked.append(datapoint)
    closed(writer, EventKind.FIGURE_SAVED, origin=Origin.LINES.value)
    return Calculated(tuple(sorted(writer.versions)), tuple(sorted(differing)), tuple(sorted(locked)))


def _in_order(writer: Writer, results: Mapping[str, Figure], gone: Iterable[str]) -> list[tuple[str, Figure]]:
    """What each figure would become."""
    filled = [
        (key, figures.result(one, writer.figure(key), Origin.LINES)) for key, one in sorted(results.items())
    ]
    return filled + [(key, figures.emptied(writer.figure(key))) for key in sorted(gone)]


def take_calculated(
    session: Session,
    declaration: Declaration,
    datapoint: str,
    result: Figure,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> Saved:
    """Put what the lines give in the place of what somebody entered.

    Raises NotPermitted, Locked and LookupError.
    """
    return put_figure(
        session, declaration, datapoint, result, origin=Origin.LINES, seen=seen, actor=actor, now=now
    )


def restore_figure(
    session: Session,
    declaration: Declaration,
    datapoint: str,
    revision_id: int,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Write an earlier version of a figure as the newest one.

    Raises NotPermitted, Locked, and LookupError for a revision that is not one of this figure and year.
    """
    writer = opened(session, declaration, [datapoint], actor=actor, now=now)
    of = declaration.organisation_id, declaration.reporting_year, (datapoint,)
    wanted = next((one for one in history.figure_revisions(session, *of) if one.id == revision_id), None)
    if wanted is None:
        raise LookupError(revision_id)
    figure = figures.brought_back(figure_from_json(wanted.content), writer.figure(datapoint))
    version = writer.figures[datapoint].version if datapoint in writer.figures else 0
    writer.save_figure(datapoint, Given(figure, version))
    closed(writer, EventKind.ANSWER_RESTORED)


def put_figure(
    session: Session,
    declaration: Declaration,
    datapoint: str,
    result: Figure,
    *,
    origin: Origin,
    seen: int,
    actor: Actor,
    now: datetime,
) -> Saved:
    """Make a result of lines or sites the figure, whatever it was, unless it changed since version `seen`."""
    writer = opened(session, declaration, [datapoint], actor=actor, now=now)
    current, row = writer.figure(datapoint), writer.figures.get(datapoint)
    figure = figures.result(result, current, origin)
    if figure != current:
        if row and row.version != seen:
            writer.put_aside(datapoint, figure)
        else:
            writer.write_figure(datapoint, figure)
    return closed(writer, EventKind.FIGURE_SAVED, origin=origin.value)


def opened(
    session: Session, declaration: Declaration, datapoints: Iterable[str], *, actor: Actor, now: datetime
) -> Writer:
    """Wait for the turn to change these figures. Raises NotPermitted, Locked and LookupError."""
    keys = list(datapoints)
    _permit_somehow(declaration, actor)
    declarations.lock(session, declaration.organisation_id, declaration)
    known = declarations.selection_of(declaration).catalogue.datapoints
    current = openness(session, declaration)
    for key in keys:
        if key not in known:
            raise LookupError(key)
        current.check(key, actor)
    return Writer(session, declaration, actor.user_id, now)


def scope_note(session: Session, declaration: Declaration) -> Scope | None:
    """What a reader must know of the sites that the year's figures include, or None if that is nothing."""
    found = sites.scope(session, declaration.organisation, declaration.reporting_year)
    return found if found.says_something else None


def _permit_somehow(declaration: Declaration, actor: Actor) -> None:
    """Nobody waits for a company's turn who has no role in it."""
    if not can(Permission.DECLARATION_ENTER, actor, Subject(declaration.organisation_id)):
        raise NotPermitted(Permission.DECLARATION_EDIT)


def closed(writer: Writer, event: EventKind, *, is_changed: bool = False, **detail: Any) -> Saved:
    """Note how far the declaration is now, and record what was written.

    `is_changed`: something besides the figures themselves was written.
    """
    if writer.versions or is_changed:
        session, declaration = writer.session, writer.declaration
        done = frozenset(declarations.marks(session, declaration.id))
        progress.note(declaration, writer.sheet(done=done))
        history.record(
            session,
            declaration,
            event,
            actor_id=writer.user_id,
            now=writer.now,
            versions=dict(sorted(writer.versions.items())),
            **detail,
        )
    return Saved(writer.versions, tuple(writer.collisions))
