"""Reads a table that somebody uploads, whatever kind of file it is."""

from dnk_tool.domain.clusters.company_list_columns import Line
from dnk_tool.services.uploads.csv_tables import (
    ADDRESSES,
    LARGEST_FILE,
    Expected,
    TableFault,
    UnreadableTable,
    of_text,
)
from dnk_tool.services.uploads.excel import of_workbook

ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read(content: bytes, expected: Expected = ADDRESSES) -> list[Line]:
    """The filled rows of a CSV or Excel file, which its first bytes tell apart. Raises UnreadableTable."""
    if len(content) > LARGEST_FILE:
        raise UnreadableTable(TableFault.TOO_LARGE)
    if content.startswith(OLD_OFFICE):  # an old workbook, or a new one behind a password
        raise UnreadableTable(TableFault.OLD_EXCEL)
    return of_workbook(content, expected) if content.startswith(ZIP) else of_text(content, expected)
