"""Writes a questionnaire as a workbook: a row for each field, its mark in a hidden column."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from dnk_tool.catalogue.values import Text
from dnk_tool.domain import numbers
from dnk_tool.domain.declarations.questionnaire.fields import TICK, FieldKind
from dnk_tool.domain.declarations.questionnaire.marks import FieldMark, parse_mark
from dnk_tool.domain.figures.file_cells import is_exact_in_spreadsheet
from dnk_tool.report.files import spreadsheet
from dnk_tool.report.files.questionnaire.outline import HEADINGS, FilledField, QuestionnaireOutline

MARK, POINT, LABEL, ANSWER, HINT = range(5)
HEAD = 1  # the row of the headings
_WIDTHS = {MARK: 4, POINT: 26, LABEL: 34, ANSWER: 60, HINT: 50}
_SHEET, _LISTS = Text("Fragebogen", "Questionnaire"), Text("Auswahl", "Choices")
_HOW_TO = Text("So geht es", "How it works")
_ALLOWED = {"format_columns": True, "format_rows": True, "autofilter": True, "select_locked_cells": True}


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of the sheet; `field` is None for a title."""

    point: str
    label: str = ""
    field: FilledField | None = None
    hint: str = ""


def to_xlsx(outline: QuestionnaireOutline) -> bytes:
    """The outline as a workbook. The same outline gives the same bytes."""
    file = io.BytesIO()
    day = outline.made_on
    with xlsxwriter.Workbook(file, spreadsheet.OPTIONS) as book:
        created = datetime(day.year, day.month, day.day, tzinfo=UTC)
        book.set_properties({"title": outline.title, "author": outline.company, "created": created})
        _WorkbookWriter(book, outline).write()
    return file.getvalue()


class _WorkbookWriter:
    def __init__(self, book: Any, outline: QuestionnaireOutline) -> None:
        self.book, self.outline = book, outline
        self.sheet = book.add_worksheet(_SHEET.to(outline.language))
        self.lists = book.add_worksheet(_LISTS.to(outline.language))
        wrapped = {"text_wrap": True, "valign": "top"}
        self.plain, self.bold = book.add_format(wrapped), book.add_format({"bold": True, "valign": "top"})
        box = {**wrapped, "border": 1, "border_color": "#8B979C", "locked": False}
        self.words, self.number = book.add_format({**box, "num_format": "@"}), book.add_format(box)
        self.columns: dict[tuple[str, ...], int] = {}

    def write(self) -> None:
        """Write both sheets; only the cells for answers can be changed."""
        sheet = self.sheet
        for column, width in _WIDTHS.items():
            sheet.set_column(column, column, width, None, {"hidden": column == MARK})
        sheet.write_string(0, POINT, f"{self.outline.title}, {self.outline.company}", self.bold)
        for column, heading in enumerate(HEADINGS, start=POINT):
            sheet.write_string(HEAD, column, heading.to(self.outline.language), self.bold)
        sheet.freeze_panes(HEAD + 1, 0)
        row = HEAD
        for line in self._lines():
            row = self._write_line(row + 1, line)
        sheet.autofilter(HEAD, POINT, row, HINT)
        sheet.protect("", _ALLOWED)
        spreadsheet.set_up_page(sheet, self.outline.language, heading=HEAD)
        self._explain()
        self.lists.hide()
        sheet.activate()

    def _explain(self) -> None:
        """Write how to fill it in, on a sheet of its own."""
        sheet = self.book.add_worksheet(_HOW_TO.to(self.outline.language))
        sheet.set_column(0, 0, 100)
        for row, text in enumerate(self.outline.instructions):
            sheet.write_string(row, 0, text, self.plain)

    def _lines(self) -> Iterator[_Line]:
        for chapter in self.outline.chapters:
            yield _Line(chapter.title)
            for point in chapter.points:
                hint = point.hint
                for entry in point.entries:
                    for field in entry.fields:
                        yield _Line(point.title, entry.question(field), field, hint)
                        hint = ""

    def _write_line(self, row: int, line: _Line) -> int:
        """Write one field, in several rows if its text is too long for a cell. Returns the last row."""
        field = line.field
        self.sheet.write_string(row, POINT, line.point, self.plain if field else self.bold)
        if field is None:
            return row
        self.sheet.write_string(row, LABEL, line.label, self.plain)
        if line.hint:
            self.sheet.write_string(row, HINT, line.hint, self.plain)
        mark = parse_mark(field.mark)
        for place, part in enumerate(spreadsheet.split_cell_text(field.text)):
            self.sheet.write_string(row + place, MARK, _continued(field.mark, mark, place))
            self._write_answer(row + place, field, part)
        self._offer_choices(row, field)
        return row + place

    def _write_answer(self, row: int, field: FilledField, text: str) -> None:
        if field.field.kind is FieldKind.NUMBER:
            value = numbers.parse(text, self.outline.language) if _is_number(text, self.outline) else None
            if value is not None and is_exact_in_spreadsheet(value):
                self.sheet.write_number(row, ANSWER, value, self.number)
            else:
                self.sheet.write(row, ANSWER, text or None, self.number)
        elif text:
            self.sheet.write_string(row, ANSWER, text, self.words)
        else:
            self.sheet.write_blank(row, ANSWER, None, self.words)

    def _offer_choices(self, row: int, field: FilledField) -> None:
        """Offer the choices from the hidden sheet; other words warn only, as a dash empties the cell."""
        options = (TICK,) if field.field.kind is FieldKind.TICK_BOX else field.options
        if not options:
            return
        column = self.columns.get(options)
        if column is None:
            column = self.columns[options] = len(self.columns)
            for place, option in enumerate(options):
                self.lists.write_string(place, column, option)
        cells = xlsxwriter.utility.xl_range_abs(0, column, len(options) - 1, column)
        source = f"='{self.lists.get_name()}'!{cells}"
        self.sheet.data_validation(
            row, ANSWER, row, ANSWER, {"validate": "list", "source": source, "error_type": "warning"}
        )


def _continued(text: str, mark: FieldMark | None, place: int) -> str:
    """The mark of a further cell of the same text."""
    if mark is None or not place:
        return text
    return str(FieldMark(mark.declaration, mark.language, mark.ref, mark.part, mark.version, place))


def _is_number(text: str, outline: QuestionnaireOutline) -> bool:
    try:
        numbers.parse(text, outline.language)
    except numbers.NotANumber:
        return False
    return True
