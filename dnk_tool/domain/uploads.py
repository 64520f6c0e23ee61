"""The rows of a table that somebody hands in, whatever the table is about."""

from dataclasses import dataclass

from dnk_tool.domain.text import normalised


@dataclass(frozen=True, slots=True)
class SpreadsheetRow:
    """One row of a table: its number as the table's program shows it, and its cells.

    `numeric` are the places of cells that are numbers to the program; their text is exact, such as 412.1.
    """

    number: int
    cells: tuple[str, ...]
    numeric: frozenset[int] = frozenset()


MAX_HEADING_ROW = 10  # so far down the heads of the columns are looked for: titles may stand above them


def single_line(text: str) -> str:
    """A cell without line breaks and control characters."""
    return " ".join(normalised(text).split())
