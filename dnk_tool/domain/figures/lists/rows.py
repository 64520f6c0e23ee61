"""The rows of a list, read cell by cell in the columns that a person mapped."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from dnk_tool.domain.figures.lists.cells import UnreadableCell, read_day, read_decimal, read_hours
from dnk_tool.domain.figures.lists.model import ListColumn, ListRowFault, ListSettings
from dnk_tool.domain.numbers import plain
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.uploads import RejectedRow, SpreadsheetRow

Value = TypeVar("Value")


def sum_quantity(value: Decimal, unit: str) -> Quantity:
    """A sum as people would enter it, without zeros behind its decimals."""
    return Quantity(Decimal(plain(value.normalize())), unit)


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list with the places of its columns."""

    row: SpreadsheetRow
    places: Mapping[ListColumn, int]
    settings: ListSettings

    def has(self, column: ListColumn) -> bool:
        """Whether the list has the column."""
        return column in self.places

    def text(self, column: ListColumn) -> str:
        """The text in the column; "" where there is none."""
        place = self.places.get(column)
        return self.row.cells[place].strip() if place is not None and place < len(self.row.cells) else ""

    def is_numeric(self, column: ListColumn) -> bool:
        """Whether the spreadsheet stores the cell as a number."""
        return self.places.get(column) in self.row.numeric

    def decimal(self, column: ListColumn) -> Decimal:
        """The number in the column. Raises UnreadableCell."""
        language = self.settings.language
        return read_decimal(self.text(column), column, language, is_numeric=self.is_numeric(column))

    def hours(self, column: ListColumn) -> Decimal:
        """The hours in the column. Raises UnreadableCell."""
        language = self.settings.language
        return read_hours(self.text(column), column, language, is_numeric=self.is_numeric(column))

    def day(self, column: ListColumn) -> date:
        """The day in the column. Raises UnreadableCell."""
        return read_day(self.text(column), column, self.settings.year, is_numeric=self.is_numeric(column))

    def day_if_any(self, column: ListColumn) -> date | None:
        """The day in the column; None if nothing, zeros or dashes stand there. Raises UnreadableCell."""
        return self.day(column) if self.text(column).strip("0./- –") else None

    def is_of_year(self) -> bool:
        """Whether the row is of the reporting year, as all are in a list without days."""
        return not self.has(ListColumn.DATE) or self.day(ListColumn.DATE).year == self.settings.year


def read_rows(
    rows: Iterable[SpreadsheetRow],
    mapped: Mapping[int, ListColumn],
    settings: ListSettings,
    read: Callable[[ListRow], Value],
) -> tuple[list[Value], list[RejectedRow[ListRowFault]]]:
    """What `read` makes of each row that has anything in a mapped column, and the rows that it cannot read.

    Of several columns with the same meaning the first one counts.
    """
    places: dict[ListColumn, int] = {}
    for place, column in sorted(mapped.items()):
        places.setdefault(column, place)
    values, rejected = [], []
    for row in rows:
        entry = ListRow(row, places, settings)
        if not any(entry.text(column) for column in places):
            continue
        try:
            values.append(read(entry))
        except UnreadableCell as unreadable:
            fault, column = unreadable.fault, unreadable.column
            rejected.append(RejectedRow(row.number, fault, "", column.value))
    return values, rejected
