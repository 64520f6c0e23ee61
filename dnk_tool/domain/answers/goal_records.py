"""The goals of a declaration, each once: rows with the same words in several tables are one goal.

How far a goal is, from its numbers alone: start, today and target in one unit, never from words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from dnk_tool.catalogue.standard.model import Aspect
from dnk_tool.catalogue.standard.selection import Selection
from dnk_tool.domain.answers.answer import NO_ANSWER, Answer
from dnk_tool.domain.answers.values import Cell, Row, Rows, Value
from dnk_tool.domain.quantities import Quantity

WORDS = "goal"

# Changed cells by column; None for a cell that was emptied.
ChangedCells = Mapping[str, Cell | None]


START, TODAY, TARGET = "start", "today", "target"
NUMBERS = (START, TODAY, TARGET)


class GoalDirection(StrEnum):
    """Where a goal stands between start and target."""

    REACHED = "reached"
    ON_THE_WAY = "on-the-way"
    BARELY = "barely"
    NOT_BEGUN = "not-begun"
    AWAY = "away"
    NO_DISTANCE = "no-distance"


@dataclass(frozen=True, slots=True)
class GoalProgress:
    """Where a goal stands; `percent` of the way, from 1 to 99, only on the way."""

    direction: GoalDirection
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class GoalNumbers:
    """The numbers of a goal; each may be missing."""

    start: Quantity | None = None
    today: Quantity | None = None
    target: Quantity | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no number is given."""
        return self.start is None and self.today is None and self.target is None

    @property
    def progress(self) -> GoalProgress | None:
        """The share of the way from start to target that is behind; None while a number is missing.

        99 is the most and 1 the least of a goal on its way, so that rounding never calls a goal reached or
        not begun. Numbers in different units are not compared.
        """
        if self.start is None or self.today is None or self.target is None:
            return None
        if len({self.start.unit, self.today.unit, self.target.unit}) > 1:
            return None
        way = Fraction(self.target.value) - Fraction(self.start.value)
        gone = Fraction(self.today.value) - Fraction(self.start.value)
        if way == 0:
            return GoalProgress(GoalDirection.REACHED if gone == 0 else GoalDirection.NO_DISTANCE)
        share = gone / way * 100
        if share < 0:
            return GoalProgress(GoalDirection.AWAY)
        if share == 0:
            return GoalProgress(GoalDirection.NOT_BEGUN)
        if share >= 100:
            return GoalProgress(GoalDirection.REACHED)
        if share < 1:
            return GoalProgress(GoalDirection.BARELY)
        return GoalProgress(GoalDirection.ON_THE_WAY, min(99, int(share + Fraction(1, 2))))


def goal_numbers(row: Row) -> GoalNumbers:
    """The numbers of a goal's row."""
    cells = (row.get(column) for column in NUMBERS)
    return GoalNumbers(*(cell if isinstance(cell, Quantity) else None for cell in cells))


@dataclass(frozen=True, slots=True)
class GoalRecord:
    """A goal with all that its rows say, and the refs of the tables that hold it."""

    key: str
    row: Row
    tables: tuple[str, ...]

    @property
    def words(self) -> str:
        """The goal in the company's words, as they stand in the first table."""
        return str(self.row[WORDS]).strip()


def goal_key(row: Row) -> str:
    """What makes two rows the same goal: their words, without regard to case and spaces; "" without words."""
    return " ".join(str(row.get(WORDS, "")).casefold().split())


def goal_tables(selection: Selection) -> dict[str, Aspect]:
    """The aspects that hold goals, by the ref of their table."""
    return {
        item.ref: requirement
        for requirement in selection.requirements.values()
        if isinstance(requirement, Aspect) and requirement.holds_goals
        for item in requirement.items
        if item.table
    }


def goal_records(selection: Selection, answers: Mapping[str, Answer]) -> tuple[GoalRecord, ...]:
    """Every goal once, in the order of the tables; later rows fill cells that are empty in earlier ones."""
    records: dict[str, GoalRecord] = {}
    for ref in goal_tables(selection):
        for row in _rows(answers.get(ref, NO_ANSWER).value):
            if not (key := goal_key(row)):
                continue
            had = records.get(key, GoalRecord(key, {}, ()))
            tables = had.tables if ref in had.tables else (*had.tables, ref)
            records[key] = GoalRecord(key, _filled(had.row, row), tables)
    return tuple(records.values())


def changed_goals(before: Value | None, after: Value | None) -> dict[str, ChangedCells]:
    """The changed cells of each goal of a table, by the key that it had before.

    A row whose words changed is the goal that stood in the same place, if the table has as many rows as
    before and nothing else has the old words.
    """
    old_rows, new_rows = _rows(before), _rows(after)
    old, new = {goal_key(row): row for row in old_rows}, {goal_key(row) for row in new_rows}
    changes: dict[str, ChangedCells] = {}
    for index, row in enumerate(new_rows):
        key = goal_key(row)
        if key and key not in old and len(old_rows) == len(new_rows):
            key = "" if goal_key(old_rows[index]) in new else goal_key(old_rows[index])
        if key and key in old and goal_key(row) and (cells := _changed_cells(old[key], row)):
            changes[key] = cells
    return changes


def with_changes(value: Value | None, changes: Mapping[str, ChangedCells]) -> Rows | None:
    """The table after the changes of its goals; None if none of them is in it.

    Where a goal gets the words of another in the table, both become one row unless they contradict each
    other: then both stay, and nothing is lost.
    """
    if not any(goal_key(row) in changes for row in _rows(value)):
        return None
    rows: list[Row] = []
    for row in _rows(value):
        changed: ChangedCells = {**row, **changes.get(goal_key(row), {})}
        cells: Row = {column: cell for column, cell in changed.items() if cell is not None}
        cells = _of_one_unit(cells, _unit_of(changes.get(goal_key(row), {})) or _unit_of(cells))
        same = next((place for place, other in enumerate(rows) if _agree(other, cells)), None)
        if same is None:
            rows.append(cells)
        else:
            rows[same] = _filled(rows[same], cells)
    return Rows(tuple(rows))


def with_goal(value: Value | None, record: GoalRecord) -> Rows:
    """The table with the goal as its last row; if it holds it already, with that row's empty cells filled."""
    rows = _rows(value)
    if record.key not in map(goal_key, rows):
        return Rows((*rows, dict(record.row)))
    return Rows(tuple(_filled(row, record.row) if goal_key(row) == record.key else row for row in rows))


def without_goal(value: Value | None, key: str) -> Rows:
    """The table without the goal."""
    return Rows(tuple(row for row in _rows(value) if goal_key(row) != key))


def _rows(value: Value | None) -> tuple[Row, ...]:
    return value.rows if isinstance(value, Rows) else ()


def _agree(row: Row, other: Row) -> bool:
    """Whether both rows are the same goal and no cell of one says something else than in the other."""
    units = {_unit_of(row), _unit_of(other)} - {""}
    return (
        goal_key(row) == goal_key(other) != ""
        and len(units) < 2
        and all(row.get(column, cell) == cell for column, cell in other.items() if column != WORDS)
    )


def _filled(row: Row, other: Row) -> Row:
    """The row with its empty cells filled from the other, except numbers of another unit than its own."""
    return {**_of_one_unit(other, _unit_of(row) or _unit_of(other)), **row}


def _unit_of(row: ChangedCells) -> str:
    """The unit of the row's numbers; "" without any."""
    cells = (row.get(column) for column in NUMBERS)
    return next((cell.unit for cell in cells if isinstance(cell, Quantity)), "")


def _of_one_unit(row: Row, unit: str) -> Row:
    """The row without numbers of another unit: numbers of different units are no progress."""
    return {
        column: cell
        for column, cell in row.items()
        if column not in NUMBERS or (isinstance(cell, Quantity) and cell.unit == unit)
    }


def _changed_cells(before: Row, after: Row) -> ChangedCells:
    changed = {column: cell for column, cell in after.items() if before.get(column) != cell}
    return changed | dict.fromkeys(before.keys() - after.keys())
