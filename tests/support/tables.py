"""Tables as people send them and as the program writes them: what is wrong with one, what stands in one."""

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from dnk_tool.domain.uploads import SpreadsheetRow
from dnk_tool.services.uploads.csv_tables import TableFault, UnreadableTable


def fault_of(read: Callable[[bytes], object], content: bytes) -> TableFault:
    """Why the reader refuses the content."""
    with pytest.raises(UnreadableTable) as caught:
        read(content)
    return caught.value.fault


def numbered_rows(rows: Iterable[Sequence[str]]) -> list[SpreadsheetRow]:
    """Rows as a reader gives them, the first as number 1."""
    return [SpreadsheetRow(number, tuple(cells)) for number, cells in enumerate(rows, start=1)]


def sheets_of(content: bytes) -> dict[str, list[list[Any]]]:
    """The rows of each sheet of a workbook, by its name."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def workbook_bomb() -> bytes:
    """A workbook that says of itself that it unpacks to some hundred times its size."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 1_000_000)
    return file.getvalue()
