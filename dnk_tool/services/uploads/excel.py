"""Reads an Excel file in a child with limits, so that no file can take the server's time or memory."""

import io
import json
import logging
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from dnk_tool.domain.clusters.company_list_columns import Line
from dnk_tool.services.uploads import sandbox
from dnk_tool.services.uploads.csv_tables import (
    ADDRESSES,
    MOST_COLUMNS,
    MOST_ROWS,
    Expected,
    TableFault,
    UnreadableTable,
    filled,
)

log = logging.getLogger(__name__)

SECONDS, CPU_SECONDS, MEMORY = 20, 10, 600_000_000
# What an honest list of some thousand rows never reaches.
MOST_UNPACKED, MOST_RATIO, MOST_PARTS = 30_000_000, 100, 500

_places = threading.BoundedSemaphore(2)
PATIENCE_SECONDS = 10


def of_workbook(content: bytes, expected: Expected = ADDRESSES) -> list[Line]:
    """The rows of the first sheet that has any, with their numbers. Raises UnreadableTable."""
    _inspect(content)
    with _turn():
        output = _run(content, expected.longest_cell)
    rows = (Line(number, tuple(cells), frozenset(numeric)) for number, cells, numeric in json.loads(output))
    return filled(rows, expected)


def _inspect(content: bytes) -> None:
    """Refuse what is no workbook or says itself that it unpacks to too much; nothing is unpacked here."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
        raise UnreadableTable(TableFault.BROKEN) from error
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise UnreadableTable(TableFault.NO_TABLE)
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > min(MOST_UNPACKED, MOST_RATIO * len(content)):
        raise UnreadableTable(TableFault.TOO_LARGE)


@contextmanager
def _turn() -> Iterator[None]:
    if not _places.acquire(timeout=PATIENCE_SECONDS):
        raise UnreadableTable(TableFault.BUSY)
    try:
        yield
    finally:
        _places.release()


def _run(content: bytes, longest_cell: int = ADDRESSES.longest_cell) -> bytes:
    limits = (CPU_SECONDS, MEMORY, MOST_ROWS + 1, MOST_COLUMNS, longest_cell)
    done = sandbox.run("dnk_tool.services.uploads.excel_worker", limits, content, seconds=SECONDS)
    if done is None:
        raise UnreadableTable(TableFault.TOO_LARGE)
    if done.returncode == 0:
        return done.stdout
    # Its words may hold words of the file, so only the status is noted.
    log.warning("a spreadsheet could not be read: status %s", done.returncode)
    raise UnreadableTable(TableFault.BROKEN if done.returncode > 0 else TableFault.TOO_LARGE)
