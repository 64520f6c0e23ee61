"""Reads the rows of a file of figures: the updates they contain, and the rows that cannot be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.values import FIRST_YEAR
from dnk_tool.domain.figures.file_cells import (
    CLEARING_MARKS,
    DateInsteadOfNumber,
    read_number,
    read_numeric_cell,
    read_quality,
    read_unit,
    unescape_text,
)
from dnk_tool.domain.figures.file_columns import FigureColumn, find_layout
from dnk_tool.domain.text import MAX_LENGTH
from dnk_tool.domain.uploads import RejectedRow, RowHint, SpreadsheetRow, single_line
from dnk_tool.language import Language

LONGEST_LINE = 500
MAX_LABEL_LENGTH = 200
PERCENT = "percent"

# The edits of a row, by column: the exact text of a value, the symbol of a unit, a quality's value,
# or words; empty text clears the content, and a column that is absent stays unchanged.
CellEdits = Mapping[FigureColumn, str]


class FigureRowFault(StrEnum):
    """Why a row is rejected."""

    NO_FIGURE = "no-figure"
    UNKNOWN_FIGURE = "unknown-figure"
    NOT_A_YEAR = "not-a-year"
    LATER_YEAR = "later-year"
    NOT_A_NUMBER = "not-a-number"
    IS_A_DAY = "is-a-day"
    LONG_NUMBER = "long-number"
    NO_UNIT = "no-unit"
    UNKNOWN_UNIT = "unknown-unit"
    UNIT_ALONE = "unit-alone"
    UNKNOWN_QUALITY = "unknown-quality"
    VALUE_NOT_AVAILABLE = "value-not-available"
    LONG_WORDS = "long-words"
    TWICE = "twice"
    LOCKED = "locked"


class FigureHintKind(StrEnum):
    """What to check in a row that is accepted."""

    TWO_WAYS = "two-ways"
    SHARE = "share"
    BY_HAND = "by-hand"


RejectedFigureRow = RejectedRow[FigureRowFault]
FigureRowHint = RowHint[FigureHintKind]


@dataclass(frozen=True, slots=True)
class FigureUpdate:
    """The edits of one row to the figure of a year; `number` is that of the row."""

    number: int
    year: int
    datapoint: str
    edits: CellEdits


@dataclass
class ParsedFigureFile:
    """A file as it was read: updates in the order of its rows, and the language of its numbers."""

    language: Language
    updates: list[FigureUpdate] = field(default_factory=list)
    bad: list[RejectedFigureRow] = field(default_factory=list)
    hints: list[FigureRowHint] = field(default_factory=list)


class _RowRejected(Exception):
    def __init__(self, fault: FigureRowFault, detail: str = "") -> None:
        self.fault, self.detail = fault, detail


def read_figure_rows(
    lines: Sequence[SpreadsheetRow], points: Mapping[str, Datapoint], *, year: int, language: Language
) -> ParsedFigureFile:
    """Read the updates to figures up to the year, and the rows that are rejected.

    `points` are the datapoints that may be named. Numbers are read in the language of the headings, else in
    `language`. Raises MissingColumns.
    """
    reader = _FigureRowReader(lines, points, year, language)
    for line in reader.layout.rows:
        reader.take(line)
    return reader.parsed_file


class _FigureRowReader:
    def __init__(
        self, lines: Sequence[SpreadsheetRow], points: Mapping[str, Datapoint], year: int, language: Language
    ) -> None:
        self.layout, self.points, self.year = find_layout(lines), points, year
        self.parsed_file = ParsedFigureFile(self.layout.language or language)
        self.by_label = _keys_by_label(points)
        self.rows: dict[tuple[int, str], int] = {}

    def take(self, line: SpreadsheetRow) -> None:
        """Read one row; its hints are kept only if the whole row can be read."""
        hints: list[FigureRowHint] = []
        try:
            key, year = self._key(line), self._year(line)
            if not self._says_something(line):
                return  # a row that nobody filled in
            wish = FigureUpdate(line.number, year, key, self._edits(line, self.points[key], hints))
            first = self.rows.setdefault((year, key), line.number)
            if first != line.number:
                raise _RowRejected(FigureRowFault.TWICE, str(first))
        except _RowRejected as faulty:
            detail = faulty.detail[:MAX_LABEL_LENGTH]
            self.parsed_file.bad.append(
                RejectedFigureRow(line.number, faulty.fault, self._shown(line), detail)
            )
        else:
            self.parsed_file.updates.append(wish)
            self.parsed_file.hints += hints

    def _key(self, line: SpreadsheetRow) -> str:
        cell, label = (
            single_line(self.layout.cell(line, column)) for column in (FigureColumn.KEY, FigureColumn.LABEL)
        )
        if cell in self.points:
            return cell
        if not cell and label.casefold() in self.by_label:
            return self.by_label[label.casefold()]
        raise _RowRejected(
            FigureRowFault.UNKNOWN_FIGURE if cell or label else FigureRowFault.NO_FIGURE, cell or label
        )

    def _year(self, line: SpreadsheetRow) -> int:
        cell = single_line(self.layout.cell(line, FigureColumn.YEAR))
        if not cell:
            return self.year
        if not (cell.isascii() and cell.isdigit() and len(cell) == 4 and int(cell) >= FIRST_YEAR):
            raise _RowRejected(FigureRowFault.NOT_A_YEAR, cell)
        if int(cell) > self.year:
            raise _RowRejected(FigureRowFault.LATER_YEAR, cell)
        return int(cell)

    def _says_something(self, line: SpreadsheetRow) -> bool:
        """Whether the row has more than a unit, which templates have beside every empty value."""
        columns = (
            FigureColumn.VALUE,
            FigureColumn.QUALITY,
            FigureColumn.NOTE,
            FigureColumn.SOURCE,
            FigureColumn.RESPONSIBLE,
        )
        return any(self.layout.cell(line, column).strip() for column in columns)

    def _edits(self, line: SpreadsheetRow, point: Datapoint, hints: list[FigureRowHint]) -> CellEdits:
        edits: dict[FigureColumn, str] = {}
        for column, read in (
            (FigureColumn.VALUE, self._value),
            (FigureColumn.UNIT, self._unit),
            (FigureColumn.QUALITY, self._quality),
        ):
            cell = single_line(self.layout.cell(line, column))
            if cell in CLEARING_MARKS:
                if column is not FigureColumn.UNIT:  # a unit goes with its value
                    edits[column] = ""
            elif cell:
                edits[column] = read(line, cell, point, hints)
        for column in (FigureColumn.NOTE, FigureColumn.SOURCE, FigureColumn.RESPONSIBLE):
            cell = self.layout.cell(line, column).strip()
            if cell:
                edits[column] = "" if cell in CLEARING_MARKS else self._words(cell, column)
        return edits

    def _value(self, line: SpreadsheetRow, cell: str, point: Datapoint, hints: list[FigureRowHint]) -> str:
        is_numeric = self.layout.is_number(line, FigureColumn.VALUE)
        try:
            value = (
                read_numeric_cell(cell)
                if is_numeric
                else read_number(unescape_text(cell), self.parsed_file.language)
            )
        except numbers.NumberTooLong:
            raise _RowRejected(FigureRowFault.LONG_NUMBER, cell) from None
        except numbers.NotANumber:
            raise _RowRejected(FigureRowFault.NOT_A_NUMBER, cell) from None
        except DateInsteadOfNumber:
            raise _RowRejected(FigureRowFault.IS_A_DAY, cell) from None
        if not is_numeric and numbers.ambiguity(cell, self.parsed_file.language) is not None:
            hints.append(FigureRowHint(line.number, FigureHintKind.TWO_WAYS, detail=cell))
        if is_numeric and point.family.key == PERCENT and 0 < abs(value) < 1:
            hints.append(FigureRowHint(line.number, FigureHintKind.SHARE, detail=numbers.plain(value * 100)))
        return numbers.plain(value)

    def _unit(self, _line: SpreadsheetRow, cell: str, point: Datapoint, _hints: list[FigureRowHint]) -> str:
        symbol = read_unit(unescape_text(cell), point.family)
        if symbol is None:
            raise _RowRejected(FigureRowFault.UNKNOWN_UNIT, cell)
        return symbol

    def _quality(
        self, _line: SpreadsheetRow, cell: str, _point: Datapoint, _hints: list[FigureRowHint]
    ) -> str:
        quality = read_quality(cell)
        if quality is None:
            raise _RowRejected(FigureRowFault.UNKNOWN_QUALITY, cell)
        return quality.value

    def _words(self, cell: str, column: FigureColumn) -> str:
        words = unescape_text(cell)
        most = MAX_LENGTH if column is FigureColumn.NOTE else LONGEST_LINE
        if len(words) > most:
            raise _RowRejected(FigureRowFault.LONG_WORDS, str(most))
        return words

    def _shown(self, line: SpreadsheetRow) -> str:
        label, key, year = (
            single_line(self.layout.cell(line, column))
            for column in (FigureColumn.LABEL, FigureColumn.KEY, FigureColumn.YEAR)
        )
        known = self.points[key].label.to(self.parsed_file.language) if key in self.points else label or key
        shown = ", ".join(filter(None, (known, year))) or ", ".join(
            filter(None, map(single_line, line.cells))
        )
        return shown[:MAX_LABEL_LENGTH]


def _keys_by_label(points: Mapping[str, Datapoint]) -> dict[str, str]:
    """The keys of the datapoints by label, without labels that several of them share."""
    keys_by_label: dict[str, set[str]] = {}
    for key, point in points.items():
        names = (point.label.de, point.label.en, point.printed.de, point.printed.en)
        for label in {name.casefold() for name in names}:
            keys_by_label.setdefault(label, set()).add(key)
    return {label: keys.pop() for label, keys in keys_by_label.items() if len(keys) == 1}
