"""The widths of the columns in which the figures of an indicator stand."""

from collections.abc import Iterator

from dnk_tool.report.fit import GAP, LOOSE, SLACK, TABLE_ROOM, Setting, settings
from dnk_tool.report.measure import MILLIMETRE, widest_word, width
from dnk_tool.report.pieces import FieldRow, FigureCell
from dnk_tool.report.typography import NO_BREAK

# All indicators share these widths as long as their figures fit.
LABEL, NARROW_LABEL = 62 * MILLIMETRE, 42 * MILLIMETRE
UNIT, LONGEST_UNIT = 24 * MILLIMETRE, 38 * MILLIMETRE
FIGURE, CHANGE = 17 * MILLIMETRE, 24 * MILLIMETRE
# The figures of a single year stand this near to their units: the class "single" keeps the rest free.
SINGLE, SINGLE_FIGURE = "single", 44 * MILLIMETRE
SMALLER_QUALITY = 1.5


def field_layout(
    rows: tuple[FieldRow, ...], years: tuple[str, ...], change: str
) -> tuple[tuple[float, ...], str]:
    """The widths of label, unit, years and change in per cent, and the class of the setting that fits."""
    if not years:
        return _shares((LABEL, TABLE_ROOM - LABEL)), ""
    for setting in settings():
        figure = max(FIGURE, *(_figure(*one, setting) for row in rows for one in _cells(row)), 0.0)
        unit = max(UNIT, *(_unit(row.unit, setting) for row in rows), 0.0)
        changes = (_text(one, setting, GAP) for row in rows for one in row.change)
        last = max(CHANGE, widest_word(change, setting.head, is_bold=True), *changes, 0.0) if change else 0.0
        label = min(LABEL, TABLE_ROOM - unit - last - figure * len(years))
        if label >= NARROW_LABEL:
            figure = (TABLE_ROOM - label - unit - last) / len(years)
            is_single = len(years) == 1 and figure_fits_single(rows, setting)
            fit = SINGLE if is_single and not setting.name else setting.name
            return _shares((label, unit, *[figure] * len(years), *([last] if change else []))), fit
    rest = (TABLE_ROOM - NARROW_LABEL - UNIT - (CHANGE if change else 0.0)) / len(years)
    return _shares((NARROW_LABEL, UNIT, *[rest] * len(years), *([CHANGE] if change else []))), LOOSE


def figure_fits_single(rows: tuple[FieldRow, ...], setting: Setting) -> bool:
    """Whether every figure fits in the room that the class "single" leaves it."""
    return all(_figure(*one, setting) <= SINGLE_FIGURE for row in rows for one in _cells(row))


def _cells(row: FieldRow) -> Iterator[tuple[FigureCell, bool]]:
    """The figures of the row; only the one of this year is bold."""
    return ((one, place == 0) for place, one in enumerate(row.figures))


def _figure(cell: FigureCell, is_bold: bool, setting: Setting) -> float:
    value = f"{cell.value}{NO_BREAK}{cell.unit}" if cell.unit else cell.value
    quality = widest_word(cell.quality, setting.cell - SMALLER_QUALITY)
    return max(width(value, setting.cell, is_bold=is_bold), quality) + GAP + SLACK


def _unit(text: str, setting: Setting) -> float:
    return min(_text(text, setting, GAP), LONGEST_UNIT)


def _text(text: str, setting: Setting, gap: float) -> float:
    return width(text, setting.cell) + gap + SLACK


def _shares(points: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round(100 * one / sum(points), 2) for one in points)
