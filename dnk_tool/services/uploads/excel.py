"""Reads an Excel file in a child process with limits, so that no file can exhaust CPU time or memory."""

import io
import json
import logging
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from dnk_tool.domain.uploads import SpreadsheetRow, WorkbookSheet
from dnk_tool.services.uploads import sandbox
from dnk_tool.services.uploads.csv_tables import (
    ADDRESS_TABLE,
    MAX_COLUMNS,
    MAX_ROWS,
    ExpectedTable,
    TableFault,
    UnreadableTable,
    non_empty_rows,
)

log = logging.getLogger(__name__)

SECONDS, CPU_SECONDS, MEMORY = 20, 10, 600_000_000
# Limits that an honest list of some thousand rows never reaches.
MAX_UNPACKED_BYTES, MAX_COMPRESSION_RATIO, MAX_ARCHIVE_PARTS = 30_000_000, 100, 500
MAX_SHEETS = 8

_worker_slots = threading.BoundedSemaphore(2)
SLOT_TIMEOUT_SECONDS = 10


def parse_workbook(content: bytes, expected: ExpectedTable = ADDRESS_TABLE) -> list[SpreadsheetRow]:
    """The filled rows of the first visible sheet that has any, with their numbers. Raises UnreadableTable.

    Waits up to SLOT_TIMEOUT_SECONDS while two other files are read.
    """
    sheets = _sheets(content, expected, 1)
    return non_empty_rows(sheets[0].rows if sheets else (), expected)


def parse_sheets(content: bytes, expected: ExpectedTable = ADDRESS_TABLE) -> tuple[WorkbookSheet, ...]:
    """The first MAX_SHEETS visible sheets that have rows; some may have more than MAX_ROWS + 1 of them.

    Raises UnreadableTable as `parse_workbook` does.
    """
    sheets = _sheets(content, expected, MAX_SHEETS)
    if not sheets:
        raise UnreadableTable(TableFault.EMPTY)
    return sheets


def _sheets(content: bytes, expected: ExpectedTable, most: int) -> tuple[WorkbookSheet, ...]:
    _check_workbook(content)
    with _worker_slot():
        output = _run(content, expected.longest_cell, most)
    return tuple(
        WorkbookSheet(
            name,
            tuple(
                SpreadsheetRow(number, tuple(cells), frozenset(numeric)) for number, cells, numeric in rows
            ),
        )
        for name, rows in json.loads(output)
    )


def _check_workbook(content: bytes) -> None:
    """Raise UnreadableTable for a file that is no workbook or declares too large a size; unpacks nothing."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    # A hostile archive: beside its own fault, zipfile lets out those of dates, offsets and versions it reads.
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
        raise UnreadableTable(TableFault.BROKEN) from error
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise UnreadableTable(TableFault.NO_TABLE)
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_ARCHIVE_PARTS or unpacked > min(
        MAX_UNPACKED_BYTES, MAX_COMPRESSION_RATIO * len(content)
    ):
        raise UnreadableTable(TableFault.TOO_LARGE)


@contextmanager
def _worker_slot() -> Iterator[None]:
    if not _worker_slots.acquire(timeout=SLOT_TIMEOUT_SECONDS):
        raise UnreadableTable(TableFault.BUSY)
    try:
        yield
    finally:
        _worker_slots.release()


def _run(content: bytes, longest_cell: int = ADDRESS_TABLE.longest_cell, sheets: int = 1) -> bytes:
    limits = (CPU_SECONDS, MEMORY, MAX_ROWS + 1, MAX_COLUMNS, longest_cell, sheets)
    done = sandbox.run_module("dnk_tool.services.uploads.excel_worker", limits, content, seconds=SECONDS)
    if done is None:
        raise UnreadableTable(TableFault.TOO_LARGE)
    if done.returncode == 0:
        return done.stdout
    # The child's output may contain text of the file, so only the status is logged.
    log.warning("a spreadsheet could not be read: status %s", done.returncode)
    raise UnreadableTable(TableFault.BROKEN if done.returncode > 0 else TableFault.TOO_LARGE)
