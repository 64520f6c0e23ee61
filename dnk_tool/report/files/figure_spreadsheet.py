"""Writes all figures of a declaration as a spreadsheet to read, fill in and upload again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.catalogue.standard.model import Indicator, Requirement
from dnk_tool.catalogue.standard.selection import Selection
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Quality, Sheet
from dnk_tool.domain.figures.file_cells import (
    escape_text,
    is_exact_in_spreadsheet,
    rounded_to_allowed_decimals,
)
from dnk_tool.domain.figures.file_changes import FigureKey
from dnk_tool.domain.figures.file_columns import COLUMN_HEADINGS, NOTE_CONTINUED_HEADING, FigureColumn
from dnk_tool.domain.figures.states import FigureState, figure_state
from dnk_tool.domain.quantities import converted
from dnk_tool.labels import label
from dnk_tool.language import Language, format_number
from dnk_tool.report.files import spreadsheet
from dnk_tool.report.files.spreadsheet import CellValue, ShownNumber

MAX_CHOICE_LIST_LENGTH = 255  # Excel's limit of characters for the list of choices of a cell
COLUMNS = list(FigureColumn)
# Columns for words: formatted as text, so that no program turns them into dates or numbers.
TEXT_COLUMNS = frozenset(
    COLUMNS.index(column) for column in (FigureColumn.NOTE, FigureColumn.SOURCE, FigureColumn.RESPONSIBLE)
)


@dataclass(frozen=True)
class FigureFileLabels:
    """The words of the file: language, title, names of topics and states, and the lines that explain it."""

    language: Language
    title: str
    topics: Mapping[str, str]
    states: Mapping[FigureState, str]
    explanation_title: str
    explanation_lines: Sequence[str]
    author: str = ""


@dataclass(frozen=True)
class FigureFileRow:
    """A figure of a year as `entered` and with derived values (`figure`), and the year before (`earlier`)."""

    year: int
    point: Datapoint
    asked_by: Sequence[Requirement]
    entered: Figure
    figure: Figure
    state: FigureState
    earlier: Figure


def figure_file_rows(sheet: Sheet, figures: Mapping[FigureKey, Figure], year: int) -> list[FigureFileRow]:
    """Rows of all figures that the declaration asks for in its year, then of earlier years' entered figures.

    `figures`: the company's by (year, datapoint); those that the declaration does not ask for are left out.
    """
    selection = sheet.selection
    points = [selection.catalogue.datapoints[key] for key in _ordered_keys(selection)]
    asked = frozenset(point.key for point in points)
    years = sorted({of for of, key in figures if of < year and key in asked}, reverse=True)
    by_year = {of: Sheet(selection, {}, _figures_of_year(figures, of)) for of in years} | {year: sheet}
    rows = []
    for of in (year, *years):
        current, before = by_year[of], Sheet(selection, {}, _figures_of_year(figures, of - 1))
        for point in points:
            entered = current.figures.get(point.key, NO_FIGURE)
            if of == year or not entered.is_empty:
                rows.append(
                    FigureFileRow(
                        of,
                        point,
                        selection.asked_by[point.key],
                        entered,
                        current.figure(point),
                        figure_state(current, point),
                        before.figure(point),
                    )
                )
    return rows


def blank_rows(rows: Sequence[FigureFileRow]) -> list[FigureFileRow]:
    """The rows of the latest year without stored values, to be filled in; units stay."""
    latest = max((row.year for row in rows), default=0)
    return [
        FigureFileRow(
            row.year,
            row.point,
            row.asked_by,
            Figure(unit=row.entered.unit),
            NO_FIGURE,
            FigureState.OPEN,
            row.earlier,
        )
        for row in rows
        if row.year == latest
    ]


def to_csv(rows: Sequence[FigureFileRow], words: FigureFileLabels) -> bytes:
    """The file as CSV; numbers have the decimal sign of the language."""
    return spreadsheet.to_csv(_heading(words), ([*_csv_cells(row, words)] for row in rows))


def to_xlsx(rows: Sequence[FigureFileRow], words: FigureFileLabels, *, made_on: date | None = None) -> bytes:
    """The file as a workbook with choices of units and qualities, and a sheet that explains it.

    With `made_on` the same rows give the same bytes.
    """

    def finish(book: Any, sheet: Any) -> None:
        _offer_choices(sheet, rows, words)
        _add_explanation_sheet(book, words)

    cells = [[*_cells(row, words)] for row in rows]
    heading = _heading(words)
    if more := _split_long_notes(cells):
        heading += [NOTE_CONTINUED_HEADING.to(words.language)] * more
    as_text = TEXT_COLUMNS | {*range(len(COLUMNS), len(heading))}
    about = {"title": words.title, **({"author": words.author} if words.author else {})}
    return spreadsheet.to_xlsx(
        words.title,
        heading,
        cells,
        language=words.language,
        finish=finish,
        as_text=as_text,
        properties=about,
        made_on=made_on,
    )


def _split_long_notes(cells: list[list[CellValue]]) -> int:
    """Continue notes too long for a cell in additional columns of the same row, so that rows can be sorted.

    Changes `cells`. Returns the number of additional columns.
    """
    note = COLUMNS.index(FigureColumn.NOTE)
    parts = [spreadsheet.split_cell_text(said) if isinstance(said := row[note], str) else [] for row in cells]
    more = max((len(part) - 1 for part in parts), default=0)
    for row, (first, *rest) in zip(cells, (part or [""] for part in parts), strict=True):
        row[note] = first
        row += [*rest, *[None] * (more - len(rest))]
    return max(more, 0)


def cells_by_column(
    rows: Sequence[FigureFileRow], words: FigureFileLabels
) -> list[dict[FigureColumn, CellValue]]:
    """The cells of every row by column, with the values of the workbook."""
    return [dict(zip(COLUMNS, _cells(row, words), strict=True)) for row in rows]


def _ordered_keys(selection: Selection) -> list[str]:
    """The keys of all figures that are asked for, grouped by topic in the order of the catalogue."""
    order = list(selection.catalogue.datapoints)
    topics: dict[str, list[str]] = {}
    for key in sorted(selection.datapoints, key=order.index):
        topics.setdefault(selection.catalogue.datapoints[key].topic, []).append(key)
    return [key for keys in topics.values() for key in keys]


def _figures_of_year(figures: Mapping[FigureKey, Figure], year: int) -> dict[str, Figure]:
    return {key: figure for (of, key), figure in figures.items() if of == year}


def _heading(words: FigureFileLabels) -> list[str]:
    return [COLUMN_HEADINGS[column].to(words.language) for column in COLUMNS]


def _csv_cells(row: FigureFileRow, words: FigureFileLabels) -> Iterator[CellValue]:
    for value in _cells(row, words):
        yield spreadsheet.number_text(value, words.language)


def _cells(row: FigureFileRow, words: FigureFileLabels) -> Iterator[CellValue]:
    """The cells in the order of the columns; a number that a spreadsheet would round is text."""
    language, point, entered = words.language, row.point, row.entered
    quality = entered.quality
    yield row.year
    yield point.key
    yield words.topics.get(point.topic, point.topic)
    yield point.printed.to(language)
    yield ", ".join(_requirement_code(requirement) for requirement in row.asked_by)
    yield _number(entered, language)
    yield _unit(point, entered.unit or row.earlier.unit or point.default_unit, language)
    yield label(quality, language) if quality else ""
    yield escape_text(entered.note)
    yield escape_text(entered.source)
    yield escape_text(entered.responsible)
    yield words.states[row.state]
    yield _standard_value(row)
    yield _unit(point, point.default_unit, language)
    yield from _earlier_value(row, language)
    yield ", ".join(_unit(point, symbol, language) for symbol in point.family.units)


def _requirement_code(requirement: Requirement) -> str:
    code = requirement.code if isinstance(requirement, Indicator) else ""
    return code or requirement.ref


def _number(figure: Figure, language: Language) -> CellValue:
    value, shown = figure.value, figure.readable
    if value is None or shown is None:
        return None
    if is_exact_in_spreadsheet(value):
        return ShownNumber(value, numbers.decimals(shown.value))
    return format_number(value, language, grouping=False)


def _standard_value(row: FigureFileRow) -> ShownNumber | None:
    """The value, entered or derived, in the datapoint's default unit, for comparison; None if unknown."""
    quantity, point = row.figure.quantity, row.point
    if quantity is None or quantity.unit not in point.family.units:
        return None
    value = converted(quantity, point.default_unit, point.family)
    return spreadsheet.computed_number(rounded_to_allowed_decimals(value), point.default_unit)


def _earlier_value(row: FigureFileRow, language: Language) -> tuple[CellValue, str]:
    """The value of the year before and its unit, or why there is none."""
    figure = row.earlier
    if figure.value is None:
        return (label(figure.quality, language) if figure.quality else ""), ""
    return _number(figure, language), _unit(row.point, figure.unit, language)


def _unit(point: Datapoint, symbol: str, language: Language) -> str:
    unit = point.family.units.get(symbol)
    return unit.display.to(language) if unit else symbol


def _offer_choices(sheet: Any, rows: Sequence[FigureFileRow], words: FigureFileLabels) -> None:
    """Add lists of choices. They only warn: a unit may be spelt otherwise, and "-" empties a cell."""
    unit, quality = COLUMNS.index(FigureColumn.UNIT), COLUMNS.index(FigureColumn.QUALITY)
    for place, row in enumerate(rows, start=1):
        choices = [_unit(row.point, symbol, words.language) for symbol in row.point.family.units]
        if len(",".join(choices)) <= MAX_CHOICE_LIST_LENGTH:
            sheet.data_validation(place, unit, place, unit, _choice_validation(choices))
    if rows:
        qualities = [label(choice, words.language) for choice in Quality]
        sheet.data_validation(1, quality, len(rows), quality, _choice_validation(qualities))


def _choice_validation(choices: Sequence[str]) -> dict[str, Any]:
    return {"validate": "list", "source": list(choices), "error_type": "warning"}


def _add_explanation_sheet(book: Any, words: FigureFileLabels) -> None:
    sheet, wrapped = book.add_worksheet(words.explanation_title), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 100)
    for place, line in enumerate(words.explanation_lines):
        sheet.write_string(place, 0, line, wrapped)
    spreadsheet.set_up_page(sheet, words.language, heading=None)
