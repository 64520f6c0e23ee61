"""The rows of an uploaded table: as read, with their headings, rejected, or accepted with a hint."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from dnk_tool.domain.text import normalised

Fault = TypeVar("Fault", bound=StrEnum)
HintKind = TypeVar("HintKind", bound=StrEnum)
Meaning = TypeVar("Meaning", bound=StrEnum)

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


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """One sheet of a workbook by its name; a CSV file is one without."""

    name: str
    rows: tuple[SpreadsheetRow, ...]


@dataclass(frozen=True, slots=True)
class ListTable:
    """The rows of a list below its headings, and the headings; an empty one has none."""

    heads: tuple[str, ...]
    rows: tuple[SpreadsheetRow, ...]


def find_table(
    rows: Sequence[SpreadsheetRow],
    count_known: Callable[[Sequence[str]], int],
    *,
    fewest: int = 2,
    otherwise: int | None = None,
    is_data: Callable[[SpreadsheetRow], bool] = lambda _row: False,
) -> ListTable:
    """Find the row with the most known headings near the top, and at least `fewest`; above it are titles.

    `otherwise`: the row of headings if none is known; without it every row is data. `is_data` tells a row
    that is none of headings or titles; below one, a single known word is no heading.
    """
    best, needed = otherwise, fewest
    for place, row in enumerate(rows[:MAX_HEADING_ROW]):
        known = count_known(row.cells)
        if is_data(row):
            needed = max(needed, 2)
        elif known >= needed:
            best, needed = place, known + 1
    width = max((len(row.cells) for row in rows), default=0)
    heads = () if best is None else rows[best].cells
    first = 0 if best is None else next((i for i, row in enumerate(rows[:best]) if is_data(row)), best)
    data = tuple(row for place, row in enumerate(rows) if place >= first and place != best)
    return ListTable(tuple(" ".join(head.split()) for head in heads) + ("",) * (width - len(heads)), data)


def guess_by_headings(
    heads: Sequence[str], headings: Mapping[Meaning, str], misleading: Mapping[Meaning, str]
) -> dict[int, Meaning]:
    """What the columns hold by their headings: each meaning once, at the first column that it fits.

    `headings` and `misleading` are patterns for the letters of a heading in lower case.
    """
    guessed: dict[int, Meaning] = {}
    for place, head in enumerate(heads):
        bare = letters_of(head)
        for column, pattern in headings.items():
            is_misleading = column in misleading and re.search(misleading[column], bare)
            if column not in guessed.values() and not is_misleading and re.search(pattern, bare):
                guessed[place] = column
                break
    return guessed


def letters_of(text: str) -> str:
    """The letters of a heading in lower case, without spaces, digits and signs."""
    return "".join(filter(str.isalpha, text.casefold()))


def single_line(text: str) -> str:
    """The text of a cell without line breaks and control characters."""
    return " ".join(normalised(text).split())
