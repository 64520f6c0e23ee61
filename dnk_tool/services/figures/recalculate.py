"""Lets the figures of a year follow the lines of its calculators, whatever changed them or their parts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.domain.answers.answer import Figure, Origin
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.figures import updates as figure_merging
from dnk_tool.domain.figures.calculators import Calculation, CalculatorLine, evaluate_lines, line_from_json
from dnk_tool.services.editing import progress
from dnk_tool.services.editing.editable_content import editable_content
from dnk_tool.store.answers import history
from dnk_tool.store.answers.versioned_rows import put
from dnk_tool.store.answers.writer import AnswerWriter
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import calculator_lines
from dnk_tool.store.tables.declarations import Declaration


class RecalculationOutcome(NamedTuple):
    """What became of the results of lines, by datapoint.

    `written`: the figure is the result now, or empty since its lines are gone. `differing`: somebody said
    something else, which was left. `locked`: frozen, and left.
    """

    written: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()


NOTHING_RECALCULATED = RecalculationOutcome()


def recalculate_figures(
    session: Session, declaration: Declaration, *, by: int | None, now: datetime, even_without_lines: bool
) -> RecalculationOutcome:
    """Let the year's figures follow its lines, except what somebody entered by hand and what is frozen.

    `even_without_lines`: the last line may just have gone. The caller holds the turn, and has asked whether
    the person may change what was changed.
    """
    session.flush()
    rows = calculator_lines.rows_of_year(session, declaration.organisation_id, declaration.reporting_year)
    if not rows and not even_without_lines:
        return NOTHING_RECALCULATED
    writer = AnswerWriter(session, declaration, by, now)
    lines = [line_from_json(row.content, id=row.id) for row in rows]
    found = calculation_from_lines(declaration, lines, writer.figures.contents())
    return write_results(writer, {key: one.figure for key, one in found.results.items()})


def recalculate_dependents(writer: AnswerWriter) -> None:
    """Let totals, shares and intensities follow the figures that were just written, where there are lines."""
    if writer.figures.versions:
        by, now = writer.user_id, writer.now
        recalculate_figures(writer.session, writer.declaration, by=by, now=now, even_without_lines=False)


def calculation_from_lines(
    declaration: Declaration, lines: Iterable[CalculatorLine], known: Mapping[str, Figure]
) -> Calculation:
    """What the lines give together with the year's figures, which totals and intensities take."""
    points = declarations.selection_of(declaration).catalogue.datapoints
    return evaluate_lines(lines, load_calculators(), figures=known, datapoints=points)


def write_results(writer: AnswerWriter, results: Mapping[str, Figure]) -> RecalculationOutcome:
    """Write what the lines of a year give: `results` are all of them, by datapoint.

    A figure that came from lines before follows them, and is emptied once they are gone; one without value
    is filled. What somebody entered, or called not available, is left and named if it says something else.
    What people wrote beside a figure stays.
    """
    families = {key: one.family for key, one in writer.selection.catalogue.datapoints.items()}
    is_open = editable_content(writer.session, writer.declaration).is_open
    differing, locked = [], []
    for datapoint, result in _target_figures(writer, results):
        current = writer.figures.content(datapoint)
        if result == current:
            continue
        if current.is_stated and current.origin is not Origin.LINES:
            if not figure_merging.is_same_amount(result, current, families[datapoint]):
                differing.append(datapoint)
        elif is_open(datapoint):
            put(writer.figures, datapoint, result)
        else:
            locked.append(datapoint)
    if writer.versions:
        record_written_figures(writer, EventKind.FIGURE_SAVED, origin=Origin.LINES.value)
    return RecalculationOutcome(
        tuple(sorted(writer.versions)), tuple(sorted(differing)), tuple(sorted(locked))
    )


def _target_figures(writer: AnswerWriter, results: Mapping[str, Figure]) -> list[tuple[str, Figure]]:
    """What each figure would become."""
    known = writer.figures
    gone = {key for key, one in known.contents().items() if one.origin is Origin.LINES} - results.keys()
    filled = [
        (key, figure_merging.calculated_figure(one, known.content(key), Origin.LINES))
        for key, one in sorted(results.items())
    ]
    return filled + [(key, figure_merging.without_value(known.content(key))) for key in sorted(gone)]


def record_written_figures(writer: AnswerWriter, event: EventKind, **detail: Any) -> None:
    """Note how far the declaration is now, and record which figures were written."""
    session, declaration = writer.session, writer.declaration
    done = frozenset(declarations.section_marks(session, declaration.id))
    progress.update_progress(declaration, writer.sheet(done=done))
    history.record_declaration_event(
        session,
        declaration,
        event,
        actor_id=writer.user_id,
        now=writer.now,
        versions=dict(sorted(writer.versions.items())),
        **detail,
    )
