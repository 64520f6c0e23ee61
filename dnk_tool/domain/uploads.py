"""The rows of an uploaded table: as they are read, rejected, or accepted with a hint."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from dnk_tool.domain.text import normalised

Fault = TypeVar("Fault", bound=StrEnum)
HintKind = TypeVar("HintKind", bound=StrEnum)


MAX_HEADING_ROW = 10  # the headings are searched down to this row: titles may stand above them


@dataclass(frozen=True, slots=True)
class SpreadsheetRow:
    """One row of a table: its number as the spreadsheet shows it, and its cells.

    `numeric` are the positions of cells that the spreadsheet stores as numbers; their text is exact, such as
    412.1.
    """

    number: int
    cells: tuple[str, ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RejectedRow(Generic[Fault]):
    """A row that is left out. `shown` identifies it to the reader, `detail` belongs to the fault."""

    number: int
    fault: Fault
    shown: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RowHint(Generic[HintKind]):
    """A possible slip in a row that is accepted. `shown` and `detail` as in a rejected row."""

    number: int
    kind: HintKind
    shown: str = ""
    detail: str = ""


def single_line(text: str) -> str:
    """The text of a cell without line breaks and control characters."""
    return " ".join(normalised(text).split())
