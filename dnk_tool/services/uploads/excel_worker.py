"""The child process that reads an Excel file: `python -m dnk_tool.services.uploads.excel_worker`.

Reads the file from standard input. Arguments: CPU seconds, bytes of address space, rows, columns, characters
of a cell, sheets. Writes the filled sheets as JSON, [[name, [[number, [cell, ...], [index, ...]],
...]], ...], where the indexes are those of numeric cells.
"""

import io
import json
import sys
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from dnk_tool.isolation import isolate
from dnk_tool.services.uploads.child_limits import limit_child

BROKEN = 4
Rows = list[tuple[int, list[str], list[int]]]


def main() -> None:
    """Isolates and limits itself, reads the first filled sheets and writes their rows."""
    isolate()
    cpu_seconds, memory, rows, columns, longest, sheets = map(int, sys.argv[1:])
    content = sys.stdin.buffer.read()
    limit_child(cpu_seconds, memory)
    try:
        filled_sheets = read(content, rows, columns, longest, sheets)
    except CalamineError:
        sys.exit(BROKEN)
    sys.stdout.write(json.dumps(filled_sheets))


def read(content: bytes, rows: int, columns: int, longest: int, sheets: int) -> list[tuple[str, Rows]]:
    """The first `sheets` visible sheets that have filled rows, each with its name.

    A row is (number, cells, indexes of numeric cells). At most `rows` + 1 of a sheet are read, so that the
    caller can tell that there are more. Raises CalamineError.
    """
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    filled: list[tuple[str, Rows]] = []
    for meta in book.sheets_metadata:
        if len(filled) == sheets:
            break
        if meta.visible is SheetVisibleEnum.Visible:
            filled_rows = _read_sheet(book.get_sheet_by_name(meta.name), rows, columns, longest)
            filled += [(meta.name, filled_rows)] if filled_rows else []
    return filled


def _read_sheet(sheet: CalamineSheet, rows: int, columns: int, longest: int) -> Rows:
    first = sheet.start[0] + 1 if sheet.start else 1
    filled_rows: Rows = []
    for number, cells in enumerate(sheet.to_python(), start=first):
        words = [_as_text(cell)[:longest] for cell in cells[:columns]]
        if any(words):
            numeric = [i for i, cell in enumerate(cells[:columns]) if _is_number(cell)]
            filled_rows.append((number, words, numeric))
        if len(filled_rows) > rows:
            break
    return filled_rows


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_text(value: Any) -> str:
    """The text of a cell; an integral number without decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


if __name__ == "__main__":
    main()
