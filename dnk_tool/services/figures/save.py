"""Saves single figures: entered ones, results of calculator lines, and sums of sites."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Figure, Origin
from dnk_tool.domain.answers.encoding import figure_from_json
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import Conflict, Seen, VersionedEdit, decide
from dnk_tool.domain.figures import updates as figure_merging
from dnk_tool.domain.figures.site_scope import SiteScope
from dnk_tool.domain.permissions import Actor, NotPermitted, Permission, Subject, can, require
from dnk_tool.services.editing.editable_content import EditableContent, editable_content
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.figures import recalculate as recalculation
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.answers.versioned_rows import FigureRows, carry_out
from dnk_tool.store.answers.writer import AnswerWriter
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import sites
from dnk_tool.store.tables.declarations import Declaration


class FigureSaveOutcome(NamedTuple):
    """What a save did: new versions by datapoint, and conflicts with what somebody else changed meanwhile."""

    versions: Mapping[str, int]
    conflicts: tuple[Conflict[Figure], ...] = ()


def save_figure(
    work: Work, declaration: Declaration, datapoint: str, given: Figure, *, seen: int
) -> FigureSaveOutcome:
    """Write one entered figure. `seen`: the version that the sender had seen (0: none).

    Raises NotPermitted, Locked, and LookupError for a datapoint that the edition does not know.
    """
    return save_figures(work, declaration, {datapoint: VersionedEdit(given, seen)})


def save_figures(
    work: Work,
    declaration: Declaration,
    given: Mapping[str, VersionedEdit[Figure]],
    *,
    event: EventKind = EventKind.FIGURE_SAVED,
) -> FigureSaveOutcome:
    """Write figures, and record them as one event.

    Where somebody else changed a figure meanwhile, theirs stays and this one is kept aside as a conflict.
    Raises NotPermitted, Locked, and LookupError for an unknown datapoint; then nothing is written.
    """
    writer = begin_figure_save(work, declaration, given)
    _write_edits(writer.figures, given)
    return finish_figure_save(writer, event)


def adopt_calculated(
    work: Work, declaration: Declaration, datapoint: str, result: Figure, *, seen: int
) -> FigureSaveOutcome:
    """Overwrite an entered figure with `result`, which the calculator lines give.

    Raises NotPermitted, Locked and LookupError.
    """
    return write_derived_figure(work, declaration, datapoint, result, origin=Origin.LINES, seen=seen)


def restore_figure(work: Work, declaration: Declaration, datapoint: str, revision_id: int) -> None:
    """Write an earlier version of a figure as the newest one.

    Raises NotPermitted, Locked, and LookupError for a revision that is not one of this figure and year.
    """
    writer = begin_figure_save(work, declaration, [datapoint])
    figure_key = declaration.organisation_id, declaration.reporting_year, (datapoint,)
    wanted = next(
        (
            figure_revision
            for figure_revision in history.figure_revisions(work.session, *figure_key)
            if figure_revision.id == revision_id
        ),
        None,
    )
    if wanted is None:
        raise LookupError(revision_id)
    figures = writer.figures
    figure = figure_merging.restored_figure(figure_from_json(wanted.content), figures.content(datapoint))
    _write_edits(figures, {datapoint: VersionedEdit(figure, figures.version(datapoint))})
    finish_figure_save(writer, EventKind.ANSWER_RESTORED)


def write_derived_figure(
    work: Work, declaration: Declaration, datapoint: str, result: Figure, *, origin: Origin, seen: int
) -> FigureSaveOutcome:
    """Overwrite the figure with a result of lines or sites, unless it changed since version `seen`.

    Raises NotPermitted, Locked and LookupError.
    """
    writer = begin_figure_save(work, declaration, [datapoint])
    current = writer.figures.stored(datapoint)
    figure = figure_merging.calculated_figure(result, current.content, origin)
    carry_out(writer.figures, datapoint, decide(current, Seen(seen), figure))
    return finish_figure_save(writer, EventKind.FIGURE_SAVED, origin=origin.value)


def begin_figure_save(work: Work, declaration: Declaration, datapoints: Iterable[str]) -> AnswerWriter:
    """Lock the company to change these figures; returns the writer for them.

    Raises NotPermitted, Locked, and LookupError for a datapoint that the edition does not know.
    """
    keys = list(datapoints)
    _require_any_role(declaration, work.actor)
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    known = declarations.selection_of(declaration).catalogue.datapoints
    current = editable_content(work.session, declaration)
    for key in keys:
        if key not in known:
            raise LookupError(key)
        require_figure_editable(current, key, work.actor)
    return AnswerWriter(work.session, declaration, work.actor.user_id, work.now)


def require_figure_editable(current: EditableContent, datapoint: str, actor: Actor) -> None:
    """Raise NotPermitted if the actor may not edit the figure, and Locked while it is frozen."""
    declaration = current.declaration
    company = declaration.organisation_id
    allowed = [
        section
        for section in current.sections_asking_for(datapoint)
        if can(Permission.SECTION_EDIT, actor, Subject(company, section=section.ref))
    ]
    if not allowed:
        require(Permission.DECLARATION_EDIT, actor, Subject(company))
        if not current.is_open(datapoint):
            raise Locked(declaration.state)
    elif not any(current.is_section_open(section) for section in allowed):
        raise Locked(declaration.state)


def scope_note(session: Session, declaration: Declaration) -> SiteScope | None:
    """The sites that the year's figures include, where readers must know; None if there is nothing to tell.

    Readers must know that a site is left out, that the sites differ from the year before, or the note.
    """
    site_scope = sites.read_scope(session, declaration.organisation, declaration.reporting_year)
    return site_scope if site_scope.says_something else None


def _write_edits(figures: FigureRows, edits: Mapping[str, VersionedEdit[Figure]]) -> None:
    for key, edit in edits.items():
        decision = figure_merging.decide_figure(figures.stored(key), figures.seen(key, edit), edit)
        carry_out(figures, key, decision)


def _require_any_role(declaration: Declaration, actor: Actor) -> None:
    """Refuse people without a role in the company before they wait for its lock."""
    if not can(Permission.DECLARATION_ENTER, actor, Subject(declaration.organisation_id)):
        raise NotPermitted(Permission.DECLARATION_EDIT)


def finish_figure_save(
    writer: AnswerWriter, event: EventKind, *, is_changed: bool = False, **detail: Any
) -> FigureSaveOutcome:
    """Record the figures written, then recalculate those that calculators derive from them.

    `is_changed`: record the event even if no figure was written, because something else was.
    """
    if writer.versions or is_changed:
        recalculation.record_written_figures(writer, event, **detail)
    recalculation.recalculate_dependents(writer)
    return FigureSaveOutcome(writer.figures.versions, tuple(writer.figures.conflicts))
