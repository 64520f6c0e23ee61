"""Builds the table of an indicator's fields: figures by year, and texts across all columns.

Computes the widths of the columns of an indicator's figures.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from dnk_tool.catalogue.standard.item_model import Datapoint, Item, ItemKind
from dnk_tool.catalogue.standard.model import Indicator
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Sheet
from dnk_tool.domain.figures.one_unit import YearValue, comparable_values
from dnk_tool.domain.quantities import UnknownUnit, change_in_percent, in_base, is_same_number
from dnk_tool.labels import figure_quality_label
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.prose import Prose
from dnk_tool.report.text.spoken import NO_VALUE, POINTS
from dnk_tool.report.text.table_settings import GAP, LOOSE, SLACK, TABLE_ROOM, TableSetting, table_settings
from dnk_tool.report.text.text_width import MILLIMETRE, text_width, widest_word
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.figures.base_year import base_year, base_year_text, is_of_base_year
from dnk_tool.report.view.figures.zero_rows import (
    FoldedZeros,
    ZeroFigure,
    fold_zeros,
    top_letter,
    zero_figure,
    zero_years,
)
from dnk_tool.report.view.parts import FieldRow, FieldTable, FigureCell

PERCENTAGES, RATIO = "percent", "ratio"  # keys of families in units.yaml


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


def field_table(
    indicator: Indicator,
    by_year: Mapping[int, Sheet],
    words: TextFormatter,
    told: Mapping[str, str] | None = None,
) -> FieldTable | None:
    """The fields that are answered or required, except tables; None if there are none.

    `by_year`: sheets, the reporting year first. An earlier year has a column only if it has a figure in a row
    of its own; figures that are zero in all years share one, behind the rows of their letter. `told`: a note
    of our own on a figure.
    """
    shown = [item for item in indicator.items if item.table is None and _is_shown(item, by_year)]
    folded = fold_zeros([_zero_figure(item, by_year, words) for item in shown], words)
    hidden = {place for zeros in folded for place in zeros.members}
    points = [
        item.datapoint
        for place, item in enumerate(shown)
        if item.datapoint and place not in hidden and not is_of_base_year(item)
    ]
    now, *earlier = by_year.items()
    kept = [
        (year, sheet) for year, sheet in earlier if any(sheet.figure(p).value is not None for p in points)
    ]
    columns = dict([now, *kept] if points else [now])
    behind = _lines_behind(folded, shown)
    rows = []
    for place, item in enumerate(shown):
        if place not in hidden:
            row = _row(item, indicator, columns, words)
            note = (told or {}).get(item.datapoint.key) if item.datapoint and not row.is_open else None
            rows.append(replace(row, notes=(*row.notes, note)) if note else row)
        rows += [_zero_row(zeros, words) for zeros in behind.get(place, ())]
    if not rows:
        return None
    has_change = any(change != NO_VALUE for row in rows for change in row.change)
    printed = tuple(row if has_change else replace(row, change=()) for row in rows)
    years = tuple(str(year) for year in columns) if points else ()
    change = words.gettext("Veränderung gegenüber %(year)s") % {"year": years[1]} if has_change else ""
    change = NO_BREAK.join(change.rsplit(" ", 1))
    layout = field_layout(printed, years, change)
    return FieldTable(
        caption=f"{indicator.code}: {words.catalogue_text(indicator.title)}",
        years=years,
        change=change,
        width=1 + len(columns) + has_change if points else 1,
        widths=layout.widths,
        fit=layout.fit,
        legend=percentage_point_legend((change for row in printed for change in row.change), words),
        is_small=is_small(printed),
        rows=printed,
        free=layout.free,
    )


def _is_shown(item: Item, by_year: Mapping[int, Sheet]) -> bool:
    """Whether the item is required or has an answer; a figure one in any of the years."""
    if item.required:
        return True
    now = next(iter(by_year.values()))
    if item.datapoint:
        sheets = (now,) if is_of_base_year(item) else by_year.values()
        return any(sheet.figure(item.datapoint).is_stated for sheet in sheets)
    answer = now.answer(item.ref)
    return bool(answer.text.strip()) if item.kind is ItemKind.TEXT else answer.value not in (None, "", ())


def _zero_figure(item: Item, by_year: Mapping[int, Sheet], words: TextFormatter) -> ZeroFigure | None:
    point = item.datapoint
    if point is None or is_of_base_year(item):
        return None
    figures = {year: sheet.figure(point) for year, sheet in by_year.items()}
    years = zero_years(point, figures, by_year)
    if not years:
        return None
    said = (_quality_word(figures[year], by_year[year], point, words) for year in years)
    return zero_figure(item.letter, words.bound_text(item.printed), said, years)


def _lines_behind(folded: Iterable[FoldedZeros], items: Sequence[Item]) -> Mapping[int, list[FoldedZeros]]:
    """The lines by the place behind which they stand: of the last item of their letter, else of the last."""
    behind: dict[int, list[FoldedZeros]] = {}
    for zeros in folded:
        alike = [at for at, item in enumerate(items) if top_letter(item.letter) == zeros.letter]
        behind.setdefault(max(alike) if zeros.letter else len(items) - 1, []).append(zeros)
    return behind


def _zero_row(zeros: FoldedZeros, words: TextFormatter) -> FieldRow:
    prose = words.paragraph(zeros.text)
    return FieldRow(zeros.letter, zeros.label, "", (), (), (), prose, is_open=False, is_ours=True)


def percentage_point_legend(said: Iterable[str], words: TextFormatter) -> str:
    """What the sign of percentage points means; empty if none of the texts has it."""
    short = words.gettext(POINTS)
    is_used = any(text.rstrip(")").endswith(f"{NO_BREAK}{short}") for text in said)
    return words.gettext("%(short)s = Prozentpunkte") % {"short": short} if is_used else ""


def _row(item: Item, indicator: Indicator, by_year: Mapping[int, Sheet], words: TextFormatter) -> FieldRow:
    if item.datapoint and is_of_base_year(item):
        return _base_year_row(item, item.datapoint, indicator, by_year, words)
    if item.datapoint:
        return _figure_row(item, item.datapoint, by_year, words)
    prose = item_prose(item, next(iter(by_year.values())), words)
    return FieldRow(item.letter, words.bound_text(item.printed), "", (), (), (), prose, is_open=not prose)


def _base_year_row(
    item: Item, point: Datapoint, indicator: Indicator, by_year: Mapping[int, Sheet], words: TextFormatter
) -> FieldRow:
    reporting_year, sheet = next(iter(by_year.items()))
    year = base_year(indicator, sheet) or reporting_year
    figure = sheet.figure(point)
    said = base_year_text(point, indicator, sheet, _quality_word(figure, sheet, point, words), words)
    value = YearValue(figure.readable, figure.entered)
    return FieldRow(
        letter=item.letter,
        label=words.bound_text(item.printed),
        unit="",
        figures=(),
        change=(),
        notes=tuple(filter(None, (words.printable_text(figure.note),))),
        prose=words.paragraph(said),
        is_open=not said,
        conversions=entered_otherwise({year: value}, point, words),
        is_ours=True,
    )


def item_prose(item: Item, sheet: Sheet, words: TextFormatter) -> Prose:
    """The answer to an item that is neither figure nor table, as text; empty if there is none."""
    answer = sheet.answer(item.ref)
    if item.kind is ItemKind.TEXT:
        return words.prose(answer.text, is_marked_up=answer.is_marked_up)
    if isinstance(answer.value, tuple):
        return words.paragraph("; ".join(words.choice(item.choices, key) for key in answer.value))
    if item.kind is ItemKind.CHOICE and isinstance(answer.value, str):
        return words.paragraph(words.choice(item.choices, answer.value))
    return words.paragraph("" if answer.value is None else words.printable_text(str(answer.value)))


def _figure_row(item: Item, point: Datapoint, by_year: Mapping[int, Sheet], words: TextFormatter) -> FieldRow:
    figures = [sheet.figure(point) for sheet in by_year.values()]
    now, *earlier = figures
    values = comparable_values(figures, point.family)
    row_unit = next((value.shown.unit for value in values if value.shown), "")
    said = [
        _quality_word(figure, sheet, point, words)
        for figure, sheet in zip(figures, by_year.values(), strict=True)
    ]
    common = _common_quality(figures, said)
    cells = tuple(
        _cell(value, "" if common == word else word, point, row_unit, words)
        for value, word in zip(values, said, strict=True)
    )
    return FieldRow(
        letter=item.letter,
        label=words.bound_text(item.printed),
        unit=words.unit(row_unit, point.family.units.get(row_unit)) if row_unit else "",
        figures=cells,
        change=(change_label(now, earlier[0], point, words),) if earlier else (),
        notes=tuple(_notes(figures, tuple(by_year), words)),
        prose=(),
        is_open=not now.is_stated,
        quality=common,
        conversions=entered_otherwise(dict(zip(by_year, values, strict=True)), point, words),
    )


def _common_quality(figures: Sequence[Figure], said: Sequence[str]) -> str:
    """The word of all years that have a value, or of all that say why there is none; empty if they differ."""
    valued = {word for figure, word in zip(figures, said, strict=True) if figure.value is not None}
    qualities = valued or set(filter(None, said))
    return qualities.pop() if len(qualities) == 1 else ""


def entered_otherwise(
    values: Mapping[int, YearValue], point: Datapoint, words: TextFormatter
) -> tuple[str, ...]:
    """What was entered in another unit than is shown, such as "2023 angegeben: 126,4 GJ".

    Nothing where it is the same number with its decimal point elsewhere, as of kilograms in tonnes.
    """
    return tuple(
        words.gettext("%(year)s angegeben: %(amount)s")
        % {"year": year, "amount": words.quantity(value.entered, point.family.units.get(value.entered.unit))}
        for year, value in values.items()
        if value.entered
        and value.shown
        and not is_same_number(value.entered.unit, value.shown.unit, point.family)
    )


def _quality_word(figure: Figure, sheet: Sheet, point: Datapoint, words: TextFormatter) -> str:
    is_computed = not sheet.figures.get(point.key, NO_FIGURE).is_stated and figure.is_stated
    return words.gettext("rechnerisch") if is_computed else quality_label(figure, words)


def _cell(
    value: YearValue, quality: str, point: Datapoint, row_unit: str, words: TextFormatter
) -> FigureCell:
    shown = value.shown
    if shown is None:
        return FigureCell(NO_VALUE, "", quality)
    own = "" if shown.unit == row_unit else words.unit(shown.unit, point.family.units.get(shown.unit))
    return FigureCell(words.number(shown.value), own, quality)


def quality_label(figure: Figure, words: TextFormatter) -> str:
    """The label of a figure's quality, such as "gemessen" or "entfällt"; empty without one."""
    return figure_quality_label(figure, words.language)


def change_label(now: Figure, before: Figure, point: Datapoint, words: TextFormatter) -> str:
    """The change in per cent, of percentages in points; NO_VALUE for ratios, where both mislead."""
    if now.quantity is None or before.quantity is None or point.family.key == RATIO:
        return NO_VALUE
    try:
        if point.family.key == PERCENTAGES:
            units = point.family.units
            points = in_base(now.quantity, units) - in_base(before.quantity, units)
            return f"{_signed(Decimal(round(points * 10)) / 10, words)}{NO_BREAK}{words.gettext(POINTS)}"
        change = change_in_percent(now.quantity, before.quantity, point.family)
    except UnknownUnit:
        return NO_VALUE
    return NO_VALUE if change is None else f"{_signed(change, words)}{NO_BREAK}%"


def _signed(change: Decimal, words: TextFormatter) -> str:
    return words.number(change.quantize(Decimal("0.1")), signed=True)


def _notes(figures: list[Figure], years: tuple[int, ...], words: TextFormatter) -> list[str]:
    notes = []
    for figure, year in zip(figures, years, strict=True):
        if note := words.printable_text(figure.note):
            notes.append(note if len(years) == 1 else f"{year}: {note}")
    return notes
