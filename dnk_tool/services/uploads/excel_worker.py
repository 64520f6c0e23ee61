"""The child process that reads an Excel file: `python -m dnk_tool.services.uploads.excel_worker`.

Reads the file from standard input. Arguments: CPU seconds, bytes of address space, rows, columns, characters
of a cell. Writes the filled rows as JSON: [[number, [cell, ...], [index, ...]], ...], where the indexes are
those of numeric cells.
"""

import io
import json
import sys
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from dnk_tool.isolation import isolate
from dnk_tool.services.uploads.child_limits import limit_child

BROKEN = 4


def main() -> None:
    """Isolates and limits itself, reads the first filled sheet and writes its rows."""
    isolate()
    cpu_seconds, memory, rows, columns, longest = map(int, sys.argv[1:])
    content = sys.stdin.buffer.read()
    limit_child(cpu_seconds, memory)
    try:
        filled_rows = read(content, rows, columns, longest)
    except CalamineError:
        sys.exit(BROKEN)
    sys.stdout.write(json.dumps(filled_rows))


def read(content: bytes, rows: int, columns: int, longest: int) -> list[tuple[int, list[str], list[int]]]:
    """The filled rows of the first visible sheet that has any, as (number, cells, indexes of numeric cells).

    At most `rows` + 1 are read, so that the caller can tell that there are more. Raises CalamineError.
    """
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for meta in book.sheets_metadata:
        if meta.visible is not SheetVisibleEnum.Visible:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        first = sheet.start[0] + 1 if sheet.start else 1
        filled_rows: list[tuple[int, list[str], list[int]]] = []
        for number, cells in enumerate(sheet.to_python(), start=first):
            words = [_as_text(cell)[:longest] for cell in cells[:columns]]
            if any(words):
                filled_rows.append(
                    (number, words, [i for i, cell in enumerate(cells[:columns]) if _is_number(cell)])
                )
            if len(filled_rows) > rows:
                break
        if filled_rows:
            return filled_rows
    return []


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_text(value: Any) -> str:
    """The text of a cell; an integral number without decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


if __name__ == "__main__":
    main()
