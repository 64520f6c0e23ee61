"""Compares the key figures of several declarations of one company, each year by its own declaration."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dnk_tool.catalogue.presentation import KeyFigureChoice, load_presentation
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Sheet
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.figures.one_unit import comparable_values
from dnk_tool.labels import N_
from dnk_tool.language import Language
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.spoken import NO_VALUE
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.charts.bar_chart import alt_text, chart_style, values_in_words
from dnk_tool.report.view.charts.svg import Bar, BarGroup, bars, columns
from dnk_tool.report.view.figures.field_tables import change_label, entered_otherwise, percentage_point_legend
from dnk_tool.report.view.parts import ChartView
from dnk_tool.report.view.units import document_units, sheet_in_units

MIN_YEARS = 2
TREND_CHARTS = (
    (N_("Energieverbrauch"), ("energy.total",)),
    (
        N_("Treibhausgase"),
        ("ghg.scope1.gross", "ghg.scope2.location", "ghg.scope2.market", "ghg.scope3.gross"),
    ),
)


@dataclass(frozen=True, slots=True)
class TrendRow:
    """A key figure with its values by year, all in `unit`: as text in `values`, as `numbers` for charts.

    `entered` says what the declarations state in other units.
    """

    key: str
    label: str
    unit: str
    values: tuple[str, ...]
    change: str
    numbers: tuple[Decimal | None, ...]
    entered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrendView:
    """Key figures from the earliest to the latest year; `change` is the heading of the column of changes.

    `legend` explains the sign of percentage points; empty if it is not used.
    """

    years: tuple[str, ...]
    change: str
    rows: tuple[TrendRow, ...]
    legend: str
    charts: tuple[ChartView, ...]


def trend(documents: Sequence[Document], language: Language) -> TrendView | None:
    """The key figures that at least two of the documents state for their own reporting year; None if none.

    The documents must be of one company and of different years. A document's figures of earlier years
    are not used. All quantities of a kind are in one unit, which the latest document decides.
    """
    words = TextFormatter(language, on_paper=False)
    ordered = sorted(documents, key=lambda document: document.reporting_year)
    sheets = {document.reporting_year: document.sheet() for document in ordered}
    units = document_units([*reversed(sheets.values())], ()) if sheets else {}
    by_year = {year: sheet_in_units(sheet, units) for year, sheet in sheets.items()}
    rows = tuple(row for key_figure in _key_figures(ordered) if (row := _row(key_figure, by_year, words)))
    if not rows:
        return None
    years = tuple(map(str, by_year))
    has_change = any(row.change != NO_VALUE for row in rows)
    change = words.gettext("Veränderung seit %(year)s") % {"year": years[0]} if has_change else ""
    charts = tuple(
        chart
        for title, keys in TREND_CHARTS
        for chart in _chart(words.gettext(title), keys, rows, years, words)
    )
    legend = percentage_point_legend((row.change for row in rows), words)
    return TrendView(years, NO_BREAK.join(change.rsplit(" ", 1)), rows, legend, charts)


def _key_figures(documents: Iterable[Document]) -> Iterable[KeyFigureChoice]:
    """The key figures that the documents' indicator sets compare over years, each choice once."""
    sets = dict.fromkeys((document.edition, document.indicator_set) for document in documents)
    return dict.fromkeys(
        choice for edition, key in sets for choice in load_presentation(edition).key_figures[key].trend
    )


def _row(choice: KeyFigureChoice, by_year: Mapping[int, Sheet], words: TextFormatter) -> TrendRow | None:
    """The row of the first figure of the choice that at least two years state."""
    for key in (option.figure for option in choice.options):
        point = next((point for sheet in by_year.values() for point in _asked_datapoint(sheet, key)), None)
        figures = [_figure(sheet, key) for sheet in by_year.values()]
        if point is not None and sum(figure.value is not None for figure in figures) >= MIN_YEARS:
            return _trend_row(point, figures, [*by_year], words)
    return None


def _asked_datapoint(sheet: Sheet, key: str) -> Iterator[Datapoint]:
    """The datapoint, if the declaration asks for it."""
    if key in sheet.selection.asked_by:
        yield sheet.selection.catalogue.datapoints[key]


def _figure(sheet: Sheet, key: str) -> Figure:
    """The figure that the declaration states for its own year; NO_FIGURE where it is explained instead."""
    for point in _asked_datapoint(sheet, key):
        if not all(map(sheet.is_explained, sheet.selection.asked_by[key])):
            figure = sheet.figure(point)
            return figure if figure.unit in point.family.units else NO_FIGURE
    return NO_FIGURE


def _trend_row(
    point: Datapoint, figures: Sequence[Figure], years: Sequence[int], words: TextFormatter
) -> TrendRow:
    """The row with all values in the unit of the latest year, so that numbers can be compared."""
    values = comparable_values(figures[::-1], point.family)[::-1]
    unit = next(value.shown.unit for value in reversed(values) if value.shown)
    return TrendRow(
        key=point.key,
        label=words.catalogue_text(point.printed),
        unit=words.unit(unit, point.family.units[unit]),
        values=tuple(words.number(value.shown.value) if value.shown else NO_VALUE for value in values),
        change=change_label(figures[-1], figures[0], point, words),
        numbers=tuple(value.shown.value if value.shown else None for value in values),
        entered=entered_otherwise(dict(zip(years, values, strict=True)), point, words),
    )


def _chart(
    title: str, keys: Sequence[str], rows: Sequence[TrendRow], years: Sequence[str], words: TextFormatter
) -> Iterator[ChartView]:
    """The rows of these keys as columns on one scale; nothing without a value or if their units differ."""
    drawn = [row for row in rows if row.key in keys and any(row.numbers)]
    if len({row.unit for row in drawn}) != 1:
        return
    groups = [
        BarGroup(
            row.label,
            tuple(
                Bar(year, value, text)
                for year, value, text in zip(years, row.numbers, row.values, strict=True)
            ),
        )
        for row in drawn
    ]
    title = f"{title} ({drawn[0].unit})"
    told = [f"{row.label}: {values_in_words(zip(years, row.values, strict=True), words)}" for row in drawn]
    alt, brush = alt_text(title, told, []), chart_style(words, "environment")
    yield ChartView(title, columns(alt, groups, brush) or bars(alt, groups, brush))
