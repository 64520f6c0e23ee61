"""Builds the table of an indicator's fields: figures by year, and texts across all columns."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from dnk_tool.catalogue.standard.item_model import Datapoint, Item, ItemKind
from dnk_tool.catalogue.standard.model import Indicator
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Quality, Sheet
from dnk_tool.domain.quantities import UnknownUnit, change_in_percent, in_base
from dnk_tool.labels import label
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.prose import Prose
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.figures.column_widths import field_layout, is_small
from dnk_tool.report.view.parts import FieldRow, FieldTable, FigureCell

NO_VALUE = "–"
PERCENTAGES, RATIO = "percent", "ratio"  # keys of families in units.yaml


def field_table(
    indicator: Indicator, by_year: Mapping[int, Sheet], words: TextFormatter
) -> FieldTable | None:
    """The fields that are answered or required, except tables; None if there are none.

    `by_year`: sheets, the reporting year first. An earlier year has a column only if it has a figure.
    """
    points = [item.datapoint for item in indicator.items if item.datapoint]
    now, *earlier = by_year.items()
    kept = [
        (year, sheet) for year, sheet in earlier if any(sheet.figure(p).value is not None for p in points)
    ]
    columns = dict([now, *kept] if points else [now])
    rows = [_row(item, columns, words) for item in indicator.items if item.table is None]
    printed = tuple(row for row in rows if row)
    if not printed:
        return None
    has_change = any(change != NO_VALUE for row in printed for change in row.change)
    if not has_change:
        printed = tuple(replace(row, change=()) for row in printed)
    years = tuple(str(year) for year in columns) if points else ()
    change = words.gettext("Veränderung gegenüber %(year)s") % {"year": years[1]} if has_change else ""
    change = NO_BREAK.join(change.rsplit(" ", 1))
    widths, fit = field_layout(printed, years, change)
    return FieldTable(
        caption=f"{indicator.code}: {words.catalogue_text(indicator.title)}",
        years=years,
        change=change,
        width=1 + len(columns) + has_change if points else 1,
        widths=widths,
        fit=fit,
        legend=_legend(printed, words),
        is_small=is_small(printed),
        rows=printed,
    )


def _legend(rows: tuple[FieldRow, ...], words: TextFormatter) -> str:
    short = _percentage_point_sign(words)
    is_used = any(change.endswith(short) for row in rows for change in row.change)
    return words.gettext("%(short)s = Prozentpunkte") % {"short": short} if is_used else ""


def _percentage_point_sign(words: TextFormatter) -> str:
    return words.gettext("PP")


def _row(item: Item, by_year: Mapping[int, Sheet], words: TextFormatter) -> FieldRow | None:
    if item.datapoint:
        return _figure_row(item, item.datapoint, by_year, words)
    prose = item_prose(item, next(iter(by_year.values())), words)
    if not prose and not item.required:
        return None
    return FieldRow(item.letter, words.catalogue_text(item.printed), "", (), (), (), prose, is_open=not prose)


def item_prose(item: Item, sheet: Sheet, words: TextFormatter) -> Prose:
    """The answer to an item that is neither figure nor table, as text; empty if there is none."""
    answer = sheet.answer(item.ref)
    if item.kind is ItemKind.TEXT:
        return words.prose(answer.text)
    if isinstance(answer.value, tuple):
        return words.paragraph("; ".join(words.choice(item.choices, key) for key in answer.value))
    if item.kind is ItemKind.CHOICE and isinstance(answer.value, str):
        return words.paragraph(words.choice(item.choices, answer.value))
    return words.paragraph("" if answer.value is None else words.printable_text(str(answer.value)))


def _figure_row(
    item: Item, point: Datapoint, by_year: Mapping[int, Sheet], words: TextFormatter
) -> FieldRow | None:
    figures = [sheet.figure(point) for sheet in by_year.values()]
    now, *earlier = figures
    if not item.required and not any(figure.is_stated for figure in figures):
        return None
    computed = [_is_computed(point, sheet) for sheet in by_year.values()]
    row_unit = next((figure.unit for figure in figures if figure.value is not None), "")
    cells = tuple(
        _cell(figure, made, point, row_unit, words) for figure, made in zip(figures, computed, strict=True)
    )
    return FieldRow(
        letter=item.letter,
        label=words.catalogue_text(item.printed),
        unit=words.unit(row_unit, point.family.units.get(row_unit)) if row_unit else "",
        figures=cells,
        change=(change_label(now, earlier[0], point, words),) if earlier else (),
        notes=tuple(_notes(figures, tuple(by_year), words)),
        prose=(),
        is_open=not now.is_stated,
    )


def _is_computed(point: Datapoint, sheet: Sheet) -> bool:
    return not sheet.figures.get(point.key, NO_FIGURE).is_stated and sheet.figure(point).is_stated


def _cell(
    figure: Figure, is_computed: bool, point: Datapoint, row_unit: str, words: TextFormatter
) -> FigureCell:
    shown = figure.readable
    if shown is None:
        is_missing = figure.quality is Quality.NOT_AVAILABLE
        return FigureCell(NO_VALUE, "", quality_label(figure.quality, words) if is_missing else "")
    own = "" if figure.unit == row_unit else words.unit(figure.unit, point.family.units.get(figure.unit))
    quality = words.gettext("rechnerisch") if is_computed else quality_label(figure.quality, words)
    return FigureCell(words.number(shown.value), own, quality)


def quality_label(quality: Quality | None, words: TextFormatter) -> str:
    """The label of a figure's quality, such as "measured"; empty for None."""
    return label(quality, words.language) if quality else ""


def change_label(now: Figure, before: Figure, point: Datapoint, words: TextFormatter) -> str:
    """The change in per cent, of percentages in points; NO_VALUE for ratios, where both mislead."""
    if now.quantity is None or before.quantity is None or point.family.key == RATIO:
        return NO_VALUE
    try:
        if point.family.key == PERCENTAGES:
            units = point.family.units
            points = in_base(now.quantity, units) - in_base(before.quantity, units)
            return (
                f"{_signed(Decimal(round(points * 10)) / 10, words)}{NO_BREAK}{_percentage_point_sign(words)}"
            )
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
