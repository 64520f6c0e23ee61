"""Computes the widths of the columns of an indicator's figures."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from dnk_tool.report.text.table_settings import GAP, LOOSE, SLACK, TABLE_ROOM, TableSetting, table_settings
from dnk_tool.report.text.text_width import MILLIMETRE, text_width, widest_word
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.parts import FieldRow, FigureCell

# All indicators have these widths if their figures fit, so that years stand below each other on a page: years
# that a table does not have, and changes, stay empty.
LABEL, NARROW_LABEL = 62 * MILLIMETRE, 42 * MILLIMETRE
UNIT, NARROW_UNIT, LONGEST_UNIT = 30 * MILLIMETRE, 24 * MILLIMETRE, 38 * MILLIMETRE
FIGURE, CHANGE = 18 * MILLIMETRE, 24 * MILLIMETRE
MOST_YEARS = 3
QUALITY_SIZE = 7.5  # points, in every setting: nothing is smaller
# A table up to about this many lines of text stays on one page.
MAX_SMALL_LINES = 11


@dataclass(frozen=True, slots=True)
class FieldLayout:
    """The widths of label, unit, years and change in per cent, the CSS class of the font setting used, and
    the millimetres right of the last year that stay empty.
    """

    widths: tuple[float, ...]
    fit: str = ""
    free: float = 0.0


def field_layout(rows: tuple[FieldRow, ...], years: tuple[str, ...], change: str) -> FieldLayout:
    """The layout of the first setting in which all figures fit."""
    if not years:
        label = round(100 * LABEL / TABLE_ROOM, 2)
        return FieldLayout((label, round(100 - label, 2)))
    usual, *smaller = table_settings()
    absent = max(MOST_YEARS - len(years), 0) * FIGURE + (0 if change else CHANGE)
    for setting, free, least in (
        (usual, absent, UNIT),
        (usual, 0.0, NARROW_UNIT),
        *((each, 0.0, NARROW_UNIT) for each in smaller),
    ):
        figure = max(FIGURE, *(_figure_width(*cell, setting) for row in rows for cell in _cells(row)), 0.0)
        unit = max(least, *(_unit_width(row, setting) for row in rows), 0.0)
        changes = (_text_width(text, setting, GAP) for row in rows for text in row.change)
        last = max(CHANGE, widest_word(change, setting.head, is_bold=True), *changes, 0.0) if change else 0.0
        label = min(LABEL, TABLE_ROOM - unit - last - free - figure * len(years))
        if label >= NARROW_LABEL:
            return _layout(label, unit, len(years), last, free, setting.name)
    return _layout(NARROW_LABEL, NARROW_UNIT, len(years), CHANGE if change else 0.0, 0.0, LOOSE)


def is_small(rows: tuple[FieldRow, ...]) -> bool:
    """Whether the table is short enough (MAX_SMALL_LINES) to stay on one page."""
    return sum(map(_line_count, rows)) <= MAX_SMALL_LINES


def _line_count(row: FieldRow) -> float:
    """The approximate number of lines of text of the row."""
    size = table_settings()[0].cell
    words = sum(
        math.ceil(text_width(line, size) / (TABLE_ROOM - LABEL))
        for block in row.prose
        for text in block.lines
        for line in text.split("\n")
    )
    below = (row.label, *row.notes, *row.conversions)
    label = sum(math.ceil(text_width(text, size) / (LABEL - GAP)) for text in below)
    return 0.7 + max(words, label, 2 if any(cell.quality for cell in row.figures) else 1)


def _cells(row: FieldRow) -> Iterator[tuple[FigureCell, bool]]:
    """The figures of the row, each with whether it is bold: only this year's is."""
    return ((cell, place == 0) for place, cell in enumerate(row.figures))


def _figure_width(cell: FigureCell, is_bold: bool, setting: TableSetting) -> float:
    value = f"{cell.value}{NO_BREAK}{cell.unit}" if cell.unit else cell.value
    quality = widest_word(cell.quality, QUALITY_SIZE)
    return max(text_width(value, setting.cell, is_bold=is_bold), quality) + GAP + SLACK


def _unit_width(row: FieldRow, setting: TableSetting) -> float:
    """The width of the unit; the quality stands right of it or, where it does not fit, below."""
    quality = widest_word(row.quality, QUALITY_SIZE) + GAP + SLACK
    return min(max(_text_width(row.unit, setting, GAP), quality), LONGEST_UNIT)


def _text_width(text: str, setting: TableSetting, gap: float) -> float:
    return text_width(text, setting.cell) + gap + SLACK


def _layout(label: float, unit: float, years: int, change: float, free: float, fit: str) -> FieldLayout:
    """The widths in per cent: the years share what is left, and the last column gets the free width."""
    figure = (TABLE_ROOM - label - unit - change - free) / years
    points = [label, unit, *[figure] * years, *([change] if change else [])]
    points[-1] += free
    shares = tuple(round(100 * point / TABLE_ROOM, 2) for point in points)
    return FieldLayout(shares, fit, 0.0 if change else round(free / MILLIMETRE, 1))
