"""Saves single figures: what somebody enters, what the lines of calculators give, what sites add up to."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Figure, Origin
from dnk_tool.domain.declarations.document import figure_from_json
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.figures import updates as figure_merging
from dnk_tool.domain.figures.site_scope import Scope
from dnk_tool.domain.permissions import Actor, NotPermitted, Permission, Subject, can, require
from dnk_tool.services.answers.save import Locked
from dnk_tool.services.editing.editable_content import Openness, openness
from dnk_tool.services.figures import recalculate as recalculation
from dnk_tool.store.answers import history
from dnk_tool.store.answers.writer import Collision, Given, Writer
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import sites
from dnk_tool.store.tables.declarations import Declaration


class Saved(NamedTuple):
    """What a save did: versions that rose by datapoint, and what somebody else had changed meanwhile."""

    versions: Mapping[str, int]
    collisions: tuple[Collision, ...] = ()


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
    figure = figure_merging.brought_back(figure_from_json(wanted.content), writer.figure(datapoint))
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
    figure = figure_merging.result(result, current, origin)
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
        check(current, key, actor)
    return Writer(session, declaration, actor.user_id, now)


def check(current: Openness, datapoint: str, actor: Actor) -> None:
    """Raises NotPermitted for whoever may never change the figure, and Locked while it is frozen."""
    declaration = current.declaration
    company = declaration.organisation_id
    allowed = [
        one
        for one in current.asking(datapoint)
        if can(Permission.SECTION_EDIT, actor, Subject(company, section=one.ref))
    ]
    if not allowed:
        require(Permission.DECLARATION_EDIT, actor, Subject(company))
        if not current.is_open(datapoint):
            raise Locked(declaration.state)
    elif not any(current.is_section_open(section) for section in allowed):
        raise Locked(declaration.state)


def scope_note(session: Session, declaration: Declaration) -> Scope | None:
    """What a reader must know of the sites that the year's figures include, or None if that is nothing."""
    found = sites.scope(session, declaration.organisation, declaration.reporting_year)
    return found if found.says_something else None


def _permit_somehow(declaration: Declaration, actor: Actor) -> None:
    """Nobody waits for a company's turn who has no role in it."""
    if not can(Permission.DECLARATION_ENTER, actor, Subject(declaration.organisation_id)):
        raise NotPermitted(Permission.DECLARATION_EDIT)


def closed(writer: Writer, event: EventKind, *, is_changed: bool = False, **detail: Any) -> Saved:
    """Record what was written, and let follow what the lines of calculators make of it.

    `is_changed`: something besides the figures themselves was written.
    """
    if writer.versions or is_changed:
        recalculation.record(writer, event, **detail)
    recalculation.follow_figures(writer)
    return Saved(writer.versions, tuple(writer.collisions))
