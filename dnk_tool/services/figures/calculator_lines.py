"""Saves the lines of calculators and recalculates the figures.

Reads the lines that the page of a calculator shows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.model import Calculator
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.declarations.states import OPEN_STATES, EventKind
from dnk_tool.domain.figures.calculators import Calculation, CalculatorLine, line_from_json, line_to_json
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.services.editing.editable_content import editable_content
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.figures import recalculate as recalculation
from dnk_tool.services.figures import save as figure_save
from dnk_tool.services.figures.recalculate import NOTHING_RECALCULATED, RecalculationOutcome, YearBefore
from dnk_tool.services.figures.save import FigureSaveOutcome
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import calculator_lines
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import LineRow

# Per year, over all calculators: the annex that a version freezes holds no more.
MAX_LINES = 5_000


class TooManyLines(Exception):
    """The year has MAX_LINES lines already."""


@dataclass(frozen=True)
class StoredLine:
    """A line with the version that a page sends back as seen, and its last change."""

    line: CalculatorLine
    version: int
    changed_at: datetime
    changed_by: int | None


@dataclass(frozen=True)
class LineSaveOutcome:
    """What became of a line and of the figures that follow from it.

    `theirs`: the line as somebody else changed it meanwhile; then nothing was written, and the line that was
    sent is kept aside. `is_gone`: somebody removed the line meanwhile.
    """

    stored: StoredLine
    calculated: RecalculationOutcome = NOTHING_RECALCULATED
    theirs: StoredLine | None = None
    is_gone: bool = False


def lines_of(session: Session, declaration: Declaration) -> tuple[StoredLine, ...]:
    """The lines of the declaration's year, of all calculators, in one SQL statement."""
    rows = calculator_lines.rows_of_year(session, declaration.organisation_id, declaration.reporting_year)
    return tuple(stored_line(row) for row in rows)


def line_of(
    session: Session, declaration: Declaration, line_id: int, *, even_removed: bool = False
) -> StoredLine | None:
    """The line with this id in the company's year, a removed one only if `even_removed`; else None."""
    row = calculator_lines.find_row(session, declaration.organisation_id, declaration.reporting_year, line_id)
    return stored_line(row) if row and (even_removed or row.removed_at is None) else None


def calculation_of(
    declaration: Declaration, lines: Sequence[StoredLine], figures: Mapping[str, Figure]
) -> Calculation:
    """Calculate what follows from the lines, with the year's `figures` for totals and intensities."""
    return recalculation.calculation_from_lines(declaration, [line.line for line in lines], figures)


def save_line(work: Work, declaration: Declaration, line: CalculatorLine, *, seen: int) -> LineSaveOutcome:
    """Write a line, a new one if its id is 0, and recalculate the figures.

    Raises NotPermitted, Locked, TooManyLines, and LookupError for a line that is not of this company and
    year.
    """
    open_calculator(work.session, declaration, load_calculators()[line.calculator], work.actor)
    before = recalculation.lines_before(work.session, declaration)
    row, content = _row_to_write(work.session, declaration, line), line_to_json(line)
    is_gone = row.removed_at is not None
    if row.id and row.version != seen and (is_gone or row.content != content):
        calculator_lines.keep_revision(
            work.session, row, content, by=work.actor.user_id, now=work.now, kept_aside=True
        )
        theirs = stored_line(row)
        return LineSaveOutcome(replace(theirs, line=line), theirs=theirs, is_gone=is_gone)
    if not row.id or is_gone:
        _require_room(work.session, declaration)
    if not row.id or row.content != content or is_gone:
        row.removed_at = None
        calculator_lines.save(work.session, row, content, by=work.actor.user_id, now=work.now)
        record_line_change(work, declaration, EventKind.LINE_SAVED, row)
    return LineSaveOutcome(stored_line(row), recalculate(work, declaration, before=before))


def remove_line(work: Work, declaration: Declaration, line_id: int) -> LineSaveOutcome:
    """Take a line out of the sums; it can be restored. Raises NotPermitted, Locked and LookupError."""
    row = open_line(work.session, declaration, line_id, work.actor)
    before = recalculation.lines_before(work.session, declaration)
    if row.removed_at is None:
        row.removed_at, row.changed_at, row.changed_by = work.now, work.now, work.actor.user_id
        row.version += 1
        calculator_lines.keep_revision(work.session, row, row.content, by=work.actor.user_id, now=work.now)
        work.session.flush()
        record_line_change(work, declaration, EventKind.LINE_REMOVED, row)
    return LineSaveOutcome(stored_line(row), recalculate(work, declaration, before=before))


def restore_line(work: Work, declaration: Declaration, line_id: int) -> LineSaveOutcome:
    """Restore a removed line and recalculate. Raises NotPermitted, Locked, TooManyLines and LookupError."""
    row = open_line(work.session, declaration, line_id, work.actor)
    before = recalculation.lines_before(work.session, declaration)
    if row.removed_at is not None:
        _require_room(work.session, declaration)
        row.removed_at, row.changed_at, row.changed_by = None, work.now, work.actor.user_id
        row.version += 1
        calculator_lines.keep_revision(work.session, row, row.content, by=work.actor.user_id, now=work.now)
        work.session.flush()
        record_line_change(work, declaration, EventKind.LINE_RESTORED, row)
    return LineSaveOutcome(stored_line(row), recalculate(work, declaration, before=before))


def recalculate(
    work: Work, declaration: Declaration, *, before: YearBefore | None = None
) -> RecalculationOutcome:
    """Recalculate the year's figures from the lines, except those entered by hand and those that are frozen.

    With the year `before` a save, only what the save concerns. Raises NotPermitted.
    """
    require(Permission.DECLARATION_EDIT, work.actor, Subject(declaration.organisation_id))
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    return recalculation.recalculate_figures(
        work.session, declaration, by=work.actor.user_id, now=work.now, even_without_lines=True, before=before
    )


def adopt_result(
    work: Work, declaration: Declaration, datapoint: str, *, seen: int
) -> FigureSaveOutcome | None:
    """Overwrite an entered figure with the result of the lines; None if they have no result for it.

    `seen`: the version that the sender had seen. Raises NotPermitted, Locked and LookupError.
    """
    figure_save.begin_figure_save(work, declaration, [datapoint])
    rows = declarations.figure_rows(work.session, declaration.organisation_id, declaration.reporting_year)
    figures = {key: declarations.figure_of(row) for key, row in rows.items()}
    result = calculation_of(declaration, lines_of(work.session, declaration), figures).results.get(datapoint)
    if result is None:
        return None
    return figure_save.adopt_calculated(work, declaration, datapoint, result.figure, seen=seen)


def open_calculator(session: Session, declaration: Declaration, calculator: Calculator, actor: Actor) -> None:
    """Lock the company to change lines of the calculator.

    A calculator is open as long as one of its resulting figures is. Raises NotPermitted and Locked.
    """
    require(Permission.DECLARATION_EDIT, actor, Subject(declaration.organisation_id))
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    if not is_calculator_open(session, declaration, calculator):
        raise Locked(declaration.state)


def is_calculator_open(session: Session, declaration: Declaration, calculator: Calculator) -> bool:
    """Whether lines of the calculator can be changed now; the actor's permission is not checked."""
    if declaration.state in OPEN_STATES:
        return True
    content = editable_content(session, declaration)
    return any(content.is_open(result) for result in calculator.results)


def _row_to_write(session: Session, declaration: Declaration, line: CalculatorLine) -> LineRow:
    if line.id:
        return _line_row(session, declaration, line.id)
    activity = load_calculators()[line.calculator].activity(line.activity)
    if activity and activity.is_single and (only := _existing_single_line(session, declaration, line)):
        return only
    return LineRow(
        organisation_id=declaration.organisation_id,
        year=declaration.reporting_year,
        calculator=line.calculator,
        version=0,
    )


def _require_room(session: Session, declaration: Declaration) -> None:
    company_year = declaration.organisation_id, declaration.reporting_year
    if calculator_lines.count_lines(session, *company_year) >= MAX_LINES:
        raise TooManyLines


def _existing_single_line(session: Session, declaration: Declaration, line: CalculatorLine) -> LineRow | None:
    """The line of the same activity that exists already, for an activity with one line a year."""
    rows = calculator_lines.rows_of_year(session, declaration.organisation_id, declaration.reporting_year)
    activity_key = line.calculator, line.activity
    return next((row for row in rows if (row.calculator, row.content.get("activity")) == activity_key), None)


def open_line(session: Session, declaration: Declaration, line_id: int, actor: Actor) -> LineRow:
    """The line, read again after the company was locked. Raises NotPermitted, Locked and LookupError."""
    calculator = _line_row(session, declaration, line_id).calculator
    open_calculator(session, declaration, load_calculators()[calculator], actor)
    return _line_row(session, declaration, line_id)


def _line_row(session: Session, declaration: Declaration, line_id: int) -> LineRow:
    row = calculator_lines.find_row(session, declaration.organisation_id, declaration.reporting_year, line_id)
    if row is None:
        raise LookupError(line_id)
    return row


def stored_line(row: LineRow) -> StoredLine:
    """The row with its line as a domain value."""
    line = replace(line_from_json(row.content), id=row.id)
    return StoredLine(line, row.version, row.changed_at, row.changed_by)


def record_line_change(work: Work, declaration: Declaration, kind: EventKind, row: LineRow) -> None:
    """Record in the activity log that a line was saved, removed or restored."""
    # The label of the line is left out: events outlive everybody who is named in them.
    detail: dict[str, Any] = {"calculator": row.calculator, "activity": row.content.get("activity", "")}
    history.record_declaration_event(
        work.session, declaration, kind, actor_id=work.actor.user_id, now=work.now, line=row.id, **detail
    )


@dataclass(frozen=True)
class LinesBesideCalculator:
    """The year's lines of all calculators, and of one those of the year `before` and the `removed` ones.

    Removed lines can be restored; the latest removed comes first.
    """

    of_year: tuple[StoredLine, ...]
    before: tuple[StoredLine, ...]
    removed: tuple[StoredLine, ...]


def lines_beside_calculator(
    session: Session, declaration: Declaration, calculator: str
) -> LinesBesideCalculator:
    """The lines that the page of a calculator is about, in one SQL statement."""
    year = declaration.reporting_year
    rows = calculator_lines.rows_beside_calculator(session, declaration.organisation_id, year, calculator)
    removed = [(row.removed_at, row.id, row) for row in rows if row.removed_at]
    return LinesBesideCalculator(
        of_year=tuple(stored_line(row) for row in rows if row.year == year and row.removed_at is None),
        before=tuple(stored_line(row) for row in rows if row.year < year),
        removed=tuple(stored_line(row) for _at, _id, row in sorted(removed, reverse=True)),
    )
