"""Reads an uploaded table, CSV or Excel."""

from dnk_tool.domain.uploads import SpreadsheetRow, WorkbookSheet
from dnk_tool.services.uploads.csv_tables import (
    ADDRESS_TABLE,
    MAX_FILE_BYTES,
    ExpectedTable,
    TableFault,
    UnreadableTable,
    parse_csv,
)
from dnk_tool.services.uploads.excel import parse_sheets, parse_workbook
from dnk_tool.services.uploads.virus_scan import ScanRefused, scan_upload

ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
PDF = b"%PDF-"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"RIFF")
HEIC_BRAND = slice(4, 8)  # behind the length of the first box


def read_table_file(content: bytes, expected: ExpectedTable = ADDRESS_TABLE) -> list[SpreadsheetRow]:
    """The filled rows of a CSV or Excel file. Raises UnreadableTable, also if a virus was found in it."""
    _check_file(content)
    return parse_table(content, expected)


def read_sheets(content: bytes, expected: ExpectedTable = ADDRESS_TABLE) -> tuple[WorkbookSheet, ...]:
    """The sheets of an Excel file, or a CSV file as one without name. Raises UnreadableTable."""
    _check_file(content)
    _check_kind(content)
    if content.startswith(ZIP):
        return parse_sheets(content, expected)
    return (WorkbookSheet("", tuple(parse_csv(content, expected))),)


def parse_table(content: bytes, expected: ExpectedTable) -> list[SpreadsheetRow]:
    """The filled rows of a CSV or Excel table, told apart by its first bytes. Raises UnreadableTable."""
    _check_kind(content)
    return parse_workbook(content, expected) if content.startswith(ZIP) else parse_csv(content, expected)


def _check_file(content: bytes) -> None:
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableTable(TableFault.TOO_LARGE)
    try:
        scan_upload(content)
    except ScanRefused as refused:
        raise UnreadableTable(TableFault(refused.fault.value)) from None


def _check_kind(content: bytes) -> None:
    if content.startswith(OLD_OFFICE):  # an old workbook, or a new one behind a password
        raise UnreadableTable(TableFault.OLD_EXCEL)
    if content.startswith(PDF):
        raise UnreadableTable(TableFault.PDF)
    if content.startswith(PICTURES) or content[HEIC_BRAND] == b"ftyp":
        raise UnreadableTable(TableFault.PICTURE)
