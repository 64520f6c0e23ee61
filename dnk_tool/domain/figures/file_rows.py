"""Reads the rows of a file of figures: what each one wishes to change, and which of them cannot be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dnk_tool.catalogue.standard.model import Datapoint
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.values import FIRST_YEAR
from dnk_tool.domain.clusters.company_list_columns import Line, one_line
from dnk_tool.domain.figures.file_cells import (
    EMPTYING,
    IsADay,
    read_number,
    read_numeric,
    read_quality,
    read_unit,
    read_words,
)
from dnk_tool.domain.figures.file_columns import Column, layout_of
from dnk_tool.domain.text import MAX_LENGTH
from dnk_tool.language import Language

LONGEST_LINE = 500
LONGEST_SHOWN = 200
PERCENT = "percent"

# What a row says of a figure: by column the exact text of a value, the symbol of a unit, a quality's value,
# or words; empty text empties the cell, and a column that is not there stays as it is.
Edits = Mapping[Column, str]


class RowFault(StrEnum):
    """Why a row is left out."""

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


class RowHint(StrEnum):
    """What to look at once more in a row that is taken."""

    TWO_WAYS = "two-ways"
    SHARE = "share"
    BY_HAND = "by-hand"


@dataclass(frozen=True, slots=True)
class Wish:
    """What one row says of the figure of a year."""

    number: int
    year: int
    datapoint: str
    edits: Edits


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is left out. `shown` is how its reader recognises it, `detail` belongs to the fault."""

    number: int
    fault: RowFault
    shown: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that may be a slip in a row that is taken; `detail` belongs to the kind of hint."""

    number: int
    kind: RowHint
    detail: str = ""


@dataclass
class Read:
    """A file as it was read: wishes in the order of its rows, and the language of its numbers."""

    language: Language
    wishes: list[Wish] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)


class _Faulty(Exception):
    def __init__(self, fault: RowFault, detail: str = "") -> None:
        self.fault, self.detail = fault, detail


def read_rows(
    lines: Sequence[Line], points: Mapping[str, Datapoint], *, year: int, language: Language
) -> Read:
    """Tell what the rows wish for figures up to the year, from those that cannot be read.

    `points` are the datapoints that may be named. Numbers are read as in the language of the heads, else in
    `language`. Raises NoColumns.
    """
    reader = _Reader(lines, points, year, language)
    for line in reader.layout.rows:
        reader.take(line)
    return reader.found


class _Reader:
    def __init__(
        self, lines: Sequence[Line], points: Mapping[str, Datapoint], year: int, language: Language
    ) -> None:
        self.layout, self.points, self.year = layout_of(lines), points, year
        self.found = Read(self.layout.language or language)
        self.by_label = _by_label(points)
        self.rows: dict[tuple[int, str], int] = {}

    def take(self, line: Line) -> None:
        """Read one row; its hints count only if all of it can be read."""
        hints: list[Hint] = []
        try:
            key, year = self._key(line), self._year(line)
            if not self._says_something(line):
                return  # a row that nobody filled in
            wish = Wish(line.number, year, key, self._edits(line, self.points[key], hints))
            first = self.rows.setdefault((year, key), line.number)
            if first != line.number:
                raise _Faulty(RowFault.TWICE, str(first))
        except _Faulty as faulty:
            detail = faulty.detail[:LONGEST_SHOWN]
            self.found.bad.append(BadRow(line.number, faulty.fault, self._shown(line), detail))
        else:
            self.found.wishes.append(wish)
            self.found.hints += hints

    def _key(self, line: Line) -> str:
        cell, label = (one_line(self.layout.cell(line, one)) for one in (Column.KEY, Column.LABEL))
        if cell in self.points:
            return cell
        if not cell and label.casefold() in self.by_label:
            return self.by_label[label.casefold()]
        raise _Faulty(RowFault.UNKNOWN_FIGURE if cell or label else RowFault.NO_FIGURE, cell or label)

    def _year(self, line: Line) -> int:
        cell = one_line(self.layout.cell(line, Column.YEAR))
        if not cell:
            return self.year
        if not (cell.isascii() and cell.isdigit() and len(cell) == 4 and int(cell) >= FIRST_YEAR):
            raise _Faulty(RowFault.NOT_A_YEAR, cell)
        if int(cell) > self.year:
            raise _Faulty(RowFault.LATER_YEAR, cell)
        return int(cell)

    def _says_something(self, line: Line) -> bool:
        """Whether the row says more than a unit, which templates have beside every empty value."""
        columns = (Column.VALUE, Column.QUALITY, Column.NOTE, Column.SOURCE, Column.RESPONSIBLE)
        return any(self.layout.cell(line, column).strip() for column in columns)

    def _edits(self, line: Line, point: Datapoint, hints: list[Hint]) -> Edits:
        edits: dict[Column, str] = {}
        for column, read in (
            (Column.VALUE, self._value),
            (Column.UNIT, self._unit),
            (Column.QUALITY, self._quality),
        ):
            cell = one_line(self.layout.cell(line, column))
            if cell in EMPTYING:
                if column is not Column.UNIT:  # a unit goes with its value
                    edits[column] = ""
            elif cell:
                edits[column] = read(line, cell, point, hints)
        for column in (Column.NOTE, Column.SOURCE, Column.RESPONSIBLE):
            cell = self.layout.cell(line, column).strip()
            if cell:
                edits[column] = "" if cell in EMPTYING else self._words(cell, column)
        return edits

    def _value(self, line: Line, cell: str, point: Datapoint, hints: list[Hint]) -> str:
        is_numeric = self.layout.is_number(line, Column.VALUE)
        try:
            value = read_numeric(cell) if is_numeric else read_number(read_words(cell), self.found.language)
        except numbers.NumberTooLong:
            raise _Faulty(RowFault.LONG_NUMBER, cell) from None
        except numbers.NotANumber:
            raise _Faulty(RowFault.NOT_A_NUMBER, cell) from None
        except IsADay:
            raise _Faulty(RowFault.IS_A_DAY, cell) from None
        if not is_numeric and numbers.ambiguity(cell, self.found.language) is not None:
            hints.append(Hint(line.number, RowHint.TWO_WAYS, cell))
        if is_numeric and point.family.key == PERCENT and 0 < abs(value) < 1:
            hints.append(Hint(line.number, RowHint.SHARE, numbers.plain(value * 100)))
        return numbers.plain(value)

    def _unit(self, _line: Line, cell: str, point: Datapoint, _hints: list[Hint]) -> str:
        symbol = read_unit(read_words(cell), point.family)
        if symbol is None:
            raise _Faulty(RowFault.UNKNOWN_UNIT, cell)
        return symbol

    def _quality(self, _line: Line, cell: str, _point: Datapoint, _hints: list[Hint]) -> str:
        quality = read_quality(cell)
        if quality is None:
            raise _Faulty(RowFault.UNKNOWN_QUALITY, cell)
        return quality.value

    def _words(self, cell: str, column: Column) -> str:
        words = read_words(cell)
        most = MAX_LENGTH if column is Column.NOTE else LONGEST_LINE
        if len(words) > most:
            raise _Faulty(RowFault.LONG_WORDS, str(most))
        return words

    def _shown(self, line: Line) -> str:
        label, key, year = (
            one_line(self.layout.cell(line, one)) for one in (Column.LABEL, Column.KEY, Column.YEAR)
        )
        known = self.points[key].label.to(self.found.language) if key in self.points else label or key
        shown = ", ".join(filter(None, (known, year))) or ", ".join(filter(None, map(one_line, line.cells)))
        return shown[:LONGEST_SHOWN]


def _by_label(points: Mapping[str, Datapoint]) -> dict[str, str]:
    """The keys by what the figures are called, as far as no two of them are called alike."""
    found: dict[str, set[str]] = {}
    for key, point in points.items():
        for label in {point.label.de.casefold(), point.label.en.casefold()}:
            found.setdefault(label, set()).add(key)
    return {label: keys.pop() for label, keys in found.items() if len(keys) == 1}
