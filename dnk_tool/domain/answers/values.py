"""The typed values of the kinds of item; `encoding` has their JSON form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dnk_tool.domain.quantities import Quantity

FIRST_YEAR, LAST_YEAR = 1900, 2100
# How many years ahead a declaration may be begun; goals and forecasts reach further.
YEARS_AHEAD = 1
MAX_ROWS = 200

Cell: TypeAlias = str | int | Quantity
Row: TypeAlias = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table; an empty cell is absent, and a table without rows counts as no value."""

    rows: tuple[Row, ...]

    def __bool__(self) -> bool:
        return bool(self.rows)


Value: TypeAlias = str | int | tuple[str, ...] | Rows
