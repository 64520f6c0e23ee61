"""Computes the widths of the columns of an indicator's figures."""

import math
from collections.abc import Iterator

from dnk_tool.report.text.table_settings import GAP, LOOSE, SLACK, TABLE_ROOM, TableSetting, table_settings
from dnk_tool.report.text.text_width import MILLIMETRE, text_width, widest_word
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.parts import FieldRow, FigureCell

# All indicators have these widths if their figures fit.
LABEL, NARROW_LABEL = 62 * MILLIMETRE, 42 * MILLIMETRE
UNIT, LONGEST_UNIT = 24 * MILLIMETRE, 38 * MILLIMETRE
FIGURE, CHANGE = 17 * MILLIMETRE, 24 * MILLIMETRE
# Figures are close to their units and aligned between indicators: right of the figures of a single year,
# and of years without a column of changes, the style sheet leaves this width free.
FREE_WIDTHS = {"single": 38 * MILLIMETRE, "unchanged": CHANGE}
QUALITY_SIZE = 7.5  # in every setting: nothing is smaller
# A table up to about this many lines of text stays on one page.
MAX_SMALL_LINES = 16


def field_layout(
    rows: tuple[FieldRow, ...], years: tuple[str, ...], change: str
) -> tuple[tuple[float, ...], str]:
    """The widths of label, unit, years and change in per cent, and the CSS class of the setting used."""
    if not years:
        label = round(100 * LABEL / TABLE_ROOM, 2)
        return (label, round(100 - label, 2)), ""
    near = "" if change else "single" if len(years) == 1 else "unchanged"
    usual, *smaller = table_settings()
    for setting, fit in (
        (usual, near),
        (usual, usual.name),
        *((smaller_setting, smaller_setting.name) for smaller_setting in smaller),
    ):
        figure = max(FIGURE, *(_figure_width(*cell, setting) for row in rows for cell in _cells(row)), 0.0)
        unit = max(UNIT, *(_unit_width(row.unit, setting) for row in rows), 0.0)
        changes = (_text_width(text, setting, GAP) for row in rows for text in row.change)
        last = max(CHANGE, widest_word(change, setting.head, is_bold=True), *changes, 0.0) if change else 0.0
        free = FREE_WIDTHS.get(fit, 0.0)
        label = min(LABEL, TABLE_ROOM - unit - last - free - figure * len(years))
        if label >= NARROW_LABEL:
            return _column_shares(label, unit, len(years), last, free), fit
    return _column_shares(NARROW_LABEL, UNIT, len(years), CHANGE if change else 0.0, 0.0), LOOSE


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
    label = sum(math.ceil(text_width(text, size) / (LABEL - GAP)) for text in (row.label, *row.notes))
    return 0.7 + max(words, label, 2 if row.figures else 1)


def _cells(row: FieldRow) -> Iterator[tuple[FigureCell, bool]]:
    """The figures of the row, each with whether it is bold: only this year's is."""
    return ((cell, place == 0) for place, cell in enumerate(row.figures))


def _figure_width(cell: FigureCell, is_bold: bool, setting: TableSetting) -> float:
    value = f"{cell.value}{NO_BREAK}{cell.unit}" if cell.unit else cell.value
    quality = widest_word(cell.quality, QUALITY_SIZE)
    return max(text_width(value, setting.cell, is_bold=is_bold), quality) + GAP + SLACK


def _unit_width(text: str, setting: TableSetting) -> float:
    return min(_text_width(text, setting, GAP), LONGEST_UNIT)


def _text_width(text: str, setting: TableSetting, gap: float) -> float:
    return text_width(text, setting.cell) + gap + SLACK


def _column_shares(label: float, unit: float, years: int, change: float, free: float) -> tuple[float, ...]:
    """The widths in per cent; the years share the rest, and the last year gets the free width."""
    figure = (TABLE_ROOM - label - unit - change - free) / years
    points = (label, unit, *[figure] * (years - 1), figure + free, *([change] if change else []))
    return tuple(round(100 * point / TABLE_ROOM, 2) for point in points)
