"""Reads an uploaded table, CSV or Excel."""

from dnk_tool.domain.uploads import SpreadsheetRow
from dnk_tool.services.uploads.csv_tables import (
    ADDRESS_TABLE,
    MAX_FILE_BYTES,
    ExpectedTable,
    TableFault,
    UnreadableTable,
    parse_csv,
)
from dnk_tool.services.uploads.excel import parse_workbook
from dnk_tool.services.uploads.virus_scan import ScanRefused, scan_upload

ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_table_file(content: bytes, expected: ExpectedTable = ADDRESS_TABLE) -> list[SpreadsheetRow]:
    """The filled rows of a CSV or Excel file. Raises UnreadableTable, also if a virus was found in it."""
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableTable(TableFault.TOO_LARGE)
    try:
        scan_upload(content)
    except ScanRefused as refused:
        raise UnreadableTable(TableFault(refused.fault.value)) from None
    return parse_table(content, expected)


def parse_table(content: bytes, expected: ExpectedTable) -> list[SpreadsheetRow]:
    """The filled rows of a CSV or Excel table, told apart by its first bytes. Raises UnreadableTable."""
    if content.startswith(OLD_OFFICE):  # an old workbook, or a new one behind a password
        raise UnreadableTable(TableFault.OLD_EXCEL)
    return parse_workbook(content, expected) if content.startswith(ZIP) else parse_csv(content, expected)
