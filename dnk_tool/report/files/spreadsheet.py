"""Writes tables as CSV or XLSX in which no text is taken for a formula."""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from dnk_tool.domain import precision
from dnk_tool.domain.figures.file_cells import SPREADSHEET_PRECISION
from dnk_tool.domain.numbers import decimals, plain, short
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language, format_number, translations


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A number with all its digits, of which a workbook shows so many decimals."""

    value: Decimal
    decimals: int


CellValue = str | int | Decimal | ShownNumber | date | None

# Signs with which programs begin a formula, also after spaces and in full width.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_APOSTROPHE_BEFORE_FORMULA = re.compile(rf"'+\s*[{re.escape(''.join(FORMULA_SIGNS))}]")
# A number in German or English spelling, with or without sign, is no formula.
NUMBER = re.compile(r"[+-]?[0-9]{1,20}([.,][0-9]{1,20})?")
LONGEST_SHEET_NAME = 31
# Excel keeps 32,767 UTF-16 units in a cell, silently drops the rest, and calls a longer one damaged.
LONGEST_CELL = 32_000
WIDEST_COLUMN = 60
A4 = 9  # as Excel calls it
TABLE_STYLE = "Table Style Light 1"
# A table has its sheet's name where no program could take it for a cell such as R1C1 or AB12.
_TABLE_WORD = re.compile(r"[0-9A-Za-zÄÖÜäöüß]+")
_TABLE_NAME = re.compile(r"[A-Za-zÄÖÜäöüß]{4}")


def to_csv(heading: Sequence[str], rows: Iterable[Sequence[CellValue]]) -> bytes:
    """CSV in UTF-8 with byte order mark and semicolons, as spreadsheets with German settings open it.

    A text that would be a formula gets an apostrophe before it; dates are written as ISO 8601.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_escape_formula(title) for title in heading])
    writer.writerows([_csv_value(value) for value in row] for row in rows)
    return (BYTE_ORDER_MARK + text.getvalue()).encode(errors="replace")


def computed_number(value: Decimal | None, unit: str) -> ShownNumber | None:
    """A computed value as a workbook holds it: to 15 digits, shown with the decimals of its unit."""
    return None if value is None else _shown_number(value, precision.shown(Quantity(value, unit)).value)


def typed_number(value: Decimal | None) -> ShownNumber | None:
    """A typed value, or a sum of some, as a workbook holds it: to 15 digits, shown as it was typed."""
    return None if value is None else _shown_number(value, short(value))


def _shown_number(value: Decimal, shown: Decimal) -> ShownNumber:
    return ShownNumber(Decimal(plain(SPREADSHEET_PRECISION.plus(value).normalize())), decimals(shown))


def number_text(value: CellValue, language: Language) -> CellValue:
    """A number as text with all its digits, as CSV files for people hold it; anything else as it is."""
    exact = value.value if isinstance(value, ShownNumber) else value
    return format_number(exact, language, grouping=False) if isinstance(exact, Decimal) else exact


def _csv_value(value: CellValue) -> str | int | Decimal:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, ShownNumber):
        return value.value
    return _escape_formula(value) if isinstance(value, str) else "" if value is None else value


def _escape_formula(text: str) -> str:
    is_formula = text.startswith(FORMULA_SIGNS) or text.lstrip().startswith(FORMULA_SIGNS)
    return f"'{text}" if is_formula and not NUMBER.fullmatch(text) else text


def split_cell_text(text: str) -> list[str]:
    """Split a text into parts of at most `LONGEST_CELL` UTF-16 units; an empty text gives one empty part.

    The parts begin and end without spaces where possible: programs strip them when they read cells.
    """
    parts: list[str] = []
    start = 0
    while start < len(text) or not parts:
        end = _end_of_part(text, start)
        parts.append(text[start:end])
        start = end
    return parts


def _end_of_part(text: str, start: int) -> int:
    end = start + LONGEST_CELL
    if len(text) - start > LONGEST_CELL // 2:  # a character outside the first plane takes two UTF-16 units
        units, end = 0, start
        while end < len(text) and (units := units + 1 + (text[end] > "\uffff")) <= LONGEST_CELL:
            end += 1
    if end >= len(text):
        return len(text)
    inside = (at for at in range(end, start, -1) if not (text[at - 1].isspace() or text[at].isspace()))
    return next(inside, end)


def with_escaped_apostrophe(text: str) -> str:
    """The text with one more apostrophe if it begins with one before a formula.

    Readers of the CSV remove one apostrophe before a formula or before another apostrophe.
    """
    return f"'{text}" if _APOSTROPHE_BEFORE_FORMULA.match(text) else text


def to_xlsx(
    name: str,
    heading: Sequence[str],
    rows: Sequence[Sequence[CellValue]],
    *,
    language: Language,
    finish: Callable[[Any, Any], None] | None = None,
    as_text: Collection[int] = (),
    properties: Mapping[str, str] | None = None,
    made_on: date | None = None,
) -> bytes:
    """A workbook of one sheet with a fixed heading. Numbers and dates keep their type, all else is text.

    A Decimal is shown with as many decimals as it has; it must have at most 15 digits, because spreadsheets
    keep no more. A text without signs leaves its cell empty. `language`: that of the footer. `as_text`:
    columns formatted as text for what people type there. `finish` is called with workbook and sheet at the
    end. With `made_on` the same table gives the same bytes; without it the workbook holds the time of its
    making.
    """
    sheets = (Worksheet(name, heading, rows, as_text),)
    return to_workbook(sheets, language=language, finish=finish, properties=properties, made_on=made_on)


@dataclass(frozen=True, slots=True)
class Worksheet:
    """One sheet of a workbook; text in `wrapped` columns is wrapped.

    A text too long for a cell continues in additional rows below, which hold nothing else.
    """

    name: str
    heading: Sequence[str]
    rows: Sequence[Sequence[CellValue]]
    as_text: Collection[int] = ()
    wrapped: Collection[int] = ()


def to_workbook(
    tables: Iterable[Worksheet],
    *,
    language: Language,
    finish: Callable[[Any, Any], None] | None = None,
    properties: Mapping[str, str] | None = None,
    made_on: date | None = None,
) -> bytes:
    """A workbook of several sheets, as `to_xlsx` makes one; `properties` are title, author and the like."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        if made_on or properties:
            created = datetime(made_on.year, made_on.month, made_on.day, tzinfo=UTC) if made_on else None
            book.set_properties({**(properties or {}), **({"created": created} if created else {})})
        formats = _Formats(book)
        for table in tables:
            sheet = _add_worksheet(book, table, formats)
            set_up_page(sheet, language)
        if finish:
            finish(book, sheet)
    return file.getvalue()


class _Formats:
    """The formats of a workbook's cells, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self.bold = book.add_format({"bold": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.text = book.add_format({"num_format": "@"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._numbers: dict[int, Any] = {}

    def number(self, value: Decimal | ShownNumber) -> Any:
        """Groups of three digits; so many decimals as are shown, of a Decimal those it was written with."""
        places = value.decimals if isinstance(value, ShownNumber) else decimals(value)
        if places not in self._numbers:
            pattern = "#,##0" + (f".{'0' * places}" if places else "")
            self._numbers[places] = self._book.add_format({"num_format": pattern})
        return self._numbers[places]


def _add_worksheet(book: Any, table: Worksheet, formats: _Formats) -> Any:
    sheet = book.add_worksheet("".join(c for c in table.name if c not in "[]:*?/\\'")[:LONGEST_SHEET_NAME])
    of_column = {
        **dict.fromkeys(table.as_text, formats.text),
        **dict.fromkeys(table.wrapped, formats.wrapped),
    }
    for column, text in enumerate(table.heading):
        sheet.write_string(0, column, text, formats.bold)
        width = _column_width(text, (row[column] for row in table.rows))
        sheet.set_column(column, column, width, of_column.get(column))
    rows = [part for row in table.rows for part in _rows_that_fit(row)]
    for number, cells in enumerate(rows, start=1):
        for column, value in enumerate(cells):
            _write(sheet, (number, column), value, formats, of_column.get(column))
    sheet.freeze_panes(1, 1)
    _add_table(sheet, table, max(len(rows), 1), formats)
    return sheet


def _add_table(sheet: Any, table: Worksheet, rows: int, formats: _Formats) -> None:
    """Make one table of all cells, which formulas can name; a filter alone where two heads are the same."""
    last = len(table.heading) - 1
    if len({title.casefold() for title in table.heading}) <= last:
        sheet.autofilter(0, 0, rows, last)
        return
    columns = [{"header": title, "header_format": formats.bold} for title in table.heading]
    name = "_".join(_TABLE_WORD.findall(table.name))
    named = {"name": name} if _TABLE_NAME.match(name) else {}
    sheet.add_table(0, 0, rows, last, {"columns": columns, "style": TABLE_STYLE, **named})


def set_up_page(sheet: Any, language: Language, *, heading: int | None = 0) -> None:
    """Let a sheet be printed as it is: A4 across, all columns on a page, the row `heading` on each of them.

    At the foot stand the sheet's name and the number of the page.
    """
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    if heading is not None:
        sheet.repeat_rows(heading)
    marked = translations(language).gettext("Seite %(page)s von %(pages)s")
    sheet.set_footer("&L&A&R" + marked % {"page": "&P", "pages": "&N"})


def _rows_that_fit(row: Sequence[CellValue]) -> Iterator[Sequence[CellValue]]:
    if not any(isinstance(value, str) and len(value) > LONGEST_CELL // 2 for value in row):
        yield row
        return
    parts = [split_cell_text(value) if isinstance(value, str) else [value] for value in row]
    for place in range(max(map(len, parts))):
        yield [part[place] if place < len(part) else None for part in parts]


def _write(sheet: Any, place: tuple[int, int], value: CellValue, formats: _Formats, plain: Any) -> None:
    """Writes a cell; nothing for nothing, as programs count a cell with an empty text among the full ones."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(*place, value, plain)
    elif isinstance(value, date):
        sheet.write_datetime(*place, value, formats.day)
    elif isinstance(value, int):
        sheet.write_number(*place, value)
    else:
        exact = value.value if isinstance(value, ShownNumber) else value
        sheet.write_number(*place, exact, formats.number(value))


def _column_width(heading: str, values: Iterable[CellValue]) -> int:
    longest = max((_shown_length(value) for value in values if value is not None), default=0)
    return min(max(longest, len(heading)) + 3, WIDEST_COLUMN)


def _shown_length(value: CellValue) -> int:
    if isinstance(value, ShownNumber):
        return len(f"{value.value:,.{value.decimals}f}")
    return len(f"{value:,f}" if isinstance(value, Decimal) else str(value))
