"""Reads the rows of an uploaded CSV file in any encoding and with any usual delimiter."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.domain.clusters.company_list.columns import is_address
from dnk_tool.domain.uploads import SpreadsheetRow

MAX_FILE_BYTES = 1_000_000
MAX_ROWS = 2_000
MAX_COLUMNS = 200
# A row may have several lines, in quotes. More lines are not even looked at.
MAX_LINES = 10 * MAX_ROWS
DELIMITERS = (";", "\t", ",")

_END_OF_TABLE = "\n;,\t "
_DELIMITER_NAMED = re.compile(r"sep=([;,\t|])\n", re.IGNORECASE)  # Excel's own first line


class TableFault(StrEnum):
    """Why a table cannot be read. BUSY: others are being read; OPEN_QUOTE: a cell swallowed rows."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TOO_MANY_ROWS = "too-many-rows"
    NO_TABLE = "no-table"
    OPEN_QUOTE = "open-quote"
    OLD_EXCEL = "old-excel"
    BROKEN = "broken"
    PDF = "pdf"
    PICTURE = "picture"
    BUSY = "busy"
    INFECTED = "infected"
    NOT_SCANNED = "not-scanned"
    TOO_LARGE_TO_SCAN = "too-large-to-scan"


class UnreadableTable(Exception):
    """The file is no readable table; `fault` says why, `line` where (0 if unknown)."""

    def __init__(self, fault: TableFault, line: int = 0) -> None:
        self.fault, self.line = fault, line
        super().__init__(f"{fault} {line}")


@dataclass(frozen=True, slots=True)
class ExpectedTable:
    """How to recognise a row of the expected table, and a cell that swallowed other rows by an open quote.

    Cells of Excel files are cut after `longest_cell` characters.
    """

    is_row: Callable[[SpreadsheetRow], bool]
    has_swallowed: Callable[[str], bool]
    longest_cell: int = 1_000


# Addresses stand alone in their cells, and none behind a line break.
ADDRESS_TABLE = ExpectedTable(
    is_row=lambda line: any(map(is_address, line.cells)),
    has_swallowed=lambda cell: "\n" in cell and "@" in cell,
)


def parse_csv(content: bytes, expected: ExpectedTable = ADDRESS_TABLE) -> list[SpreadsheetRow]:
    """The filled rows of a CSV file with their line numbers. Raises UnreadableTable and nothing else."""
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        raise UnreadableTable(TableFault.NO_TABLE)
    text = text.rstrip(_END_OF_TABLE)  # empty rows that some programs write by the ten thousand
    if text.count("\n") > MAX_LINES:
        raise UnreadableTable(TableFault.TOO_MANY_ROWS)
    named = _DELIMITER_NAMED.match(text)
    skipped, signs = (named[0], named[1]) if named else ("", DELIMITERS)
    try:
        tables = [list(_rows(text, sign, skip=len(skipped))) for sign in signs]
    except csv.Error:  # a cell of more than 131,072 characters
        raise UnreadableTable(TableFault.OPEN_QUOTE) from None
    # Only the best delimiter's rows are checked: with another one a quote may open in the middle of a cell.
    best: list[SpreadsheetRow] = max(tables, key=lambda lines: _delimiter_score(lines, expected))
    return non_empty_rows(best, expected)


def non_empty_rows(
    rows: Iterable[SpreadsheetRow], expected: ExpectedTable = ADDRESS_TABLE
) -> list[SpreadsheetRow]:
    """The rows with text in them. Raises UnreadableTable for none, more than MAX_ROWS, and an open quote."""
    filled_rows = []
    for line in rows:
        if any(map(expected.has_swallowed, line.cells)):
            raise UnreadableTable(TableFault.OPEN_QUOTE, line.number)
        if any(cell.strip() for cell in line.cells):
            filled_rows.append(line)
        if len(filled_rows) > MAX_ROWS + 1:  # one for the heads of the columns
            raise UnreadableTable(TableFault.TOO_MANY_ROWS)
    if not filled_rows:
        raise UnreadableTable(TableFault.EMPTY)
    return filled_rows


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _rows(text: str, delimiter: str, *, skip: int) -> Iterator[SpreadsheetRow]:
    reader = csv.reader(io.StringIO(text[skip:], newline=""), delimiter=delimiter)
    above = 1 if skip else 0
    number = above + 1
    for cells in reader:
        yield SpreadsheetRow(number, tuple(cells[:MAX_COLUMNS]))
        number = above + reader.line_num + 1


def _delimiter_score(lines: list[SpreadsheetRow], expected: ExpectedTable) -> tuple[int, int]:
    """How well a delimiter fits: the number of expected rows, then that of rows with several columns."""
    return sum(map(expected.is_row, lines)), sum(len(line.cells) > 1 for line in lines)
