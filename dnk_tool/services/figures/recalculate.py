"""Recalculates the figures of a year from the lines of its calculators after any change."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.domain.answers.answer import Figure, Origin
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.figures import updates as figure_merging
from dnk_tool.domain.figures.calculators import Calculation, CalculatorLine, evaluate_lines, line_from_json
from dnk_tool.domain.figures.recalculation import entered_where, unconcerned
from dnk_tool.services.editing import progress
from dnk_tool.services.editing.editable_content import editable_content
from dnk_tool.store.answers import history
from dnk_tool.store.answers.versioned_rows import put
from dnk_tool.store.answers.writer import AnswerWriter
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import calculator_lines
from dnk_tool.store.tables.declarations import Declaration


class RecalculationOutcome(NamedTuple):
    """What became of the results of lines: datapoints in order.

    `written`: the figure is the result now, or was emptied because its lines are gone. `differing`: somebody
    entered another value, which stays. `locked`: the figure is frozen and stays.
    """

    written: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()


NOTHING_RECALCULATED = RecalculationOutcome()


@dataclass(frozen=True)
class YearBefore:
    """A year as it was before a save: its lines, unless they stay, and the figures that the save replaced."""

    lines: tuple[CalculatorLine, ...] | None = None
    replaced: Mapping[str, Figure] = field(default_factory=dict)


def lines_before(session: Session, declaration: Declaration) -> YearBefore:
    """The lines of the year as they are now, to be read before one of them is changed."""
    return YearBefore(lines=_lines(session, declaration))


def recalculate_figures(
    session: Session,
    declaration: Declaration,
    *,
    by: int | None,
    now: datetime,
    even_without_lines: bool,
    before: YearBefore | None = None,
    decided: Collection[str] = (),
) -> RecalculationOutcome:
    """Recalculate the year's figures from its lines, except those entered by hand and those that are frozen.

    `before`: the year before the save that asks for it; what an earlier program calculated otherwise and the
    save does not concern waits for a decision, unless it is `decided`. Without it everything is recalculated.
    `even_without_lines`: recalculate also if the year has no lines, as after the last one was removed. The
    caller has locked the company and checked permissions.
    """
    session.flush()
    lines = _lines(session, declaration)
    if not lines and not even_without_lines:
        return NOTHING_RECALCULATED
    writer = AnswerWriter(session, declaration, by, now)
    figures = writer.figures.contents()
    calculation, waiting = calculation_from_lines(declaration, lines, figures), frozenset[str]()
    if before is not None:
        stored = {**figures, **before.replaced}
        was = calculation_from_lines(declaration, lines if before.lines is None else before.lines, stored)
        points = writer.selection.catalogue.datapoints
        waiting = unconcerned(stored, was, calculation, points) - frozenset(decided)
        if waiting:
            calculation = calculation_from_lines(declaration, lines, entered_where(figures, waiting))
    results = {key: result.figure for key, result in calculation.results.items()}
    return write_results(writer, results, waiting=waiting)


def _lines(session: Session, declaration: Declaration) -> tuple[CalculatorLine, ...]:
    rows = calculator_lines.rows_of_year(session, declaration.organisation_id, declaration.reporting_year)
    return tuple(line_from_json(row.content, id=row.id) for row in rows)


def recalculate_dependents(writer: AnswerWriter) -> RecalculationOutcome:
    """Recalculate totals, shares and intensities if the writer wrote figures and the year has lines."""
    if not writer.figures.versions:
        return NOTHING_RECALCULATED
    return recalculate_figures(
        writer.session,
        writer.declaration,
        by=writer.user_id,
        now=writer.now,
        even_without_lines=False,
        before=YearBefore(replaced=dict(writer.figures.replaced)),
    )


def calculation_from_lines(
    declaration: Declaration, lines: Iterable[CalculatorLine], known: Mapping[str, Figure]
) -> Calculation:
    """Calculate what follows from the lines, with the year's figures (`known`) for totals and intensities."""
    points = declarations.selection_of(declaration).catalogue.datapoints
    year = declaration.reporting_year
    return evaluate_lines(lines, load_calculators(), figures=known, datapoints=points, reporting_year=year)


def write_results(
    writer: AnswerWriter, results: Mapping[str, Figure], *, waiting: Collection[str] = ()
) -> RecalculationOutcome:
    """Write the results of the lines of a year into its figures; `results` are all of them, by datapoint.

    Updates figures that were calculated from lines before, and empties those whose lines are gone. Fills
    figures without a value. A figure that somebody entered, or marked as not available, stays and is
    listed as differing if its amount is another. Notes, sources and responsible persons stay. Figures that
    are `waiting` for a decision stay as they are.
    """
    families = {key: point.family for key, point in writer.selection.catalogue.datapoints.items()}
    is_open = editable_content(writer.session, writer.declaration).is_open
    differing, locked = [], []
    for datapoint, result in _target_figures(writer, results):
        current = writer.figures.content(datapoint)
        if result == current or datapoint in waiting:
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
    """The new content of each figure that lines give now or gave before, by datapoint."""
    known = writer.figures
    gone = {key for key, figure in known.contents().items() if figure.origin is Origin.LINES} - results.keys()
    filled = [
        (key, figure_merging.calculated_figure(figure, known.content(key), Origin.LINES))
        for key, figure in sorted(results.items())
    ]
    return filled + [(key, figure_merging.without_value(known.content(key))) for key in sorted(gone)]


def record_written_figures(writer: AnswerWriter, event: EventKind, **detail: Any) -> None:
    """Update the declaration's progress, and record the written figures as one event."""
    session, declaration = writer.session, writer.declaration
    done = declarations.done_sections(session, declaration.id)
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
