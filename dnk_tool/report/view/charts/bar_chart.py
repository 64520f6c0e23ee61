"""Shared by all charts of a declaration: colours and fonts, the bar chart, and alternative texts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial

from dnk_tool.catalogue.presentation import IndicatorChart
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain import precision
from dnk_tool.domain.colours import AREA_COLOURS
from dnk_tool.domain.figures.one_unit import in_one_unit
from dnk_tool.domain.quantities import Quantity, in_base
from dnk_tool.domain.text import truncated
from dnk_tool.labels import N_
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.spoken import NO_VALUE, sentences, spoken
from dnk_tool.report.text.table_settings import TABLE_ROOM, TEXT_ROOM
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.branding import DEFAULT_PALETTE
from dnk_tool.report.view.charts.svg import Bar, BarGroup, ChartForm, ChartStyle, bars
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.figures.status import (
    availability_label,
    figure_label,
    reported_figure,
    sum_quantities,
    value_with_unit,
)
from dnk_tool.report.view.parts import ChartView

PRINT_FONT = "Sans"
SCREEN_FONTS = "Segoe UI, Roboto, Helvetica Neue, Noto Sans, Liberation Sans, Arial, sans-serif"
SCREEN_SCALE = 1.6
MIN_VALUES = 2
MOST_BARS = 8
LONGEST_LABEL = 70
FORMS: Mapping[ChartForm, str] = {
    ChartForm.BARS: N_("Balkendiagramm"),
    ChartForm.COLUMNS: N_("Säulendiagramm"),
    ChartForm.STACKED_BARS: N_("Gestapeltes Balkendiagramm"),
}


@dataclass(frozen=True, slots=True)
class ChartValue:
    """A bar with its quantity, or with the reason why there is none; the chart decides unit and decimals."""

    label: str
    quantity: Quantity | None
    reason: str = ""


def chart_style(
    words: TextFormatter, area: str = "", *, accent: str = DEFAULT_PALETTE.text, is_wide: bool = False
) -> ChartStyle:
    """The style of a chart on paper or on screen, in the colour of its area.

    `accent` (`#rrggbb`) is for a chart without area. `is_wide` uses the whole page's width on paper.
    """
    room = TABLE_ROOM if is_wide and words.on_paper else TEXT_ROOM
    accent = AREA_COLOURS.get(area, accent)
    says = partial(_spoken, words)
    return (
        ChartStyle(accent, PRINT_FONT, room, is_aligned=bool(area), says=says)
        if words.on_paper
        else ChartStyle(accent, SCREEN_FONTS, room, SCREEN_SCALE, is_aligned=bool(area), says=says)
    )


def dated_title(chart: IndicatorChart, source: RenderContext) -> str:
    """The chart's title in the catalogue with the reporting year."""
    return f"{source.words.catalogue_text(chart.title)} {source.document.reporting_year}"


def chart_values(key: str, source: RenderContext) -> Iterator[ChartValue]:
    """The figure as one bar, or why it has no value; nothing for zero and for one not asked for."""
    figure = reported_figure(key, source)
    if figure.quantity is None:
        if why := availability_label(figure.availability, source):
            yield ChartValue(figure_label(key, source), None, why)
    elif figure.quantity.value:
        yield ChartValue(figure_label(key, source), figure.quantity)


def bar_chart(
    title: str,
    parts: Sequence[ChartValue],
    source: RenderContext,
    key: str,
    area: str,
    *,
    in_order: bool = False,
) -> Iterator[ChartView]:
    """A bar chart, longest first or `in_order`; missing values come last. At most `MOST_BARS` values.

    Further values are added up in one bar. No chart for fewer than two values above zero.
    """
    point = source.document.selection.catalogue.datapoints[key]
    given = [part for part in parts if part.quantity is not None]
    if not in_order:
        given.sort(key=lambda part: -_size(part, point))
    if len([part for part in given if _size(part, point) > 0]) < MIN_VALUES:
        return
    missing = [part for part in parts if part.quantity is None]
    drawn = [
        (part.label, _size(part, point), text)
        for part, text in _with_texts(_combine_smallest(given, point, source), point, source)
    ]
    shown = [*drawn, *((part.label, None, part.reason) for part in missing[:MOST_BARS])]
    groups = [BarGroup(label, (Bar("", value, text),)) for label, value, text in shown]
    alt = alt_text(title, [f"{label}: {text}" for label, _value, text in shown], [])
    yield ChartView(title, bars(alt, groups, chart_style(source.words, area, is_wide=source.has_wide_charts)))


def _size(part: ChartValue, point: Datapoint) -> Fraction:
    """The value in the base unit; zero without one."""
    return in_base(part.quantity, point.family.units) if part.quantity else Fraction(0)


def _with_texts(
    given: Sequence[ChartValue], point: Datapoint, source: RenderContext
) -> Iterator[tuple[ChartValue, str]]:
    quantities = [part.quantity for part in given if part.quantity]
    return zip(
        given, alike_texts(quantities, common_unit(quantities, point, source), point, source), strict=True
    )


def common_unit(quantities: Sequence[Quantity], point: Datapoint, source: RenderContext) -> str:
    """The unit of the document for them, else the one that all have.

    Else the one in which the whole is reported, else the one of the largest.
    """
    if point.family.key in source.units:
        return source.units[point.family.key]
    units = {quantity.unit for quantity in quantities}
    if len(units) == 1:
        return units.pop()
    whole = reported_figure(point.key, source).quantity
    if whole and whole.unit in units:
        return whole.unit
    largest = max(quantities, key=lambda quantity: in_base(quantity, point.family.units), default=None)
    return largest.unit if largest else point.default_unit


def alike_texts(
    quantities: Sequence[Quantity],
    unit: str,
    point: Datapoint,
    source: RenderContext,
    *,
    has_unit: bool = True,
) -> Iterator[str]:
    """The values in one unit and with as many decimals; "< 0,01 t" for one that would read as zero."""
    for given, shown in zip(quantities, in_one_unit(quantities, unit, point.family), strict=True):
        is_less = given.value > 0 and not shown.value
        least = Decimal(1).scaleb(int(shown.value.as_tuple().exponent))
        value = Quantity(least if is_less else shown.value, unit)
        text = value_with_unit(value, point, source) if has_unit else source.words.number(value.value)
        yield f"<{NO_BREAK}{text}" if is_less else text


def _combine_smallest(given: list[ChartValue], point: Datapoint, source: RenderContext) -> list[ChartValue]:
    if len(given) <= MOST_BARS:
        return given
    rest = given[MOST_BARS - 1 :]
    quantities = [part.quantity for part in rest if part.quantity]
    _total, shown = sum_quantities(quantities, point)
    label = source.words.gettext("%(count)s weitere") % {"count": len(rest)}
    return [*given[: MOST_BARS - 1], ChartValue(label, precision.shown(shown))]


def alt_text(title: str, said: Sequence[str], notes: Sequence[str]) -> str:
    """The alternative text of a chart, in sentences; its drawing adds its form (see `ChartStyle`)."""
    return sentences([title, *said, *notes])


def values_in_words(values: Iterable[tuple[str, str]], words: TextFormatter) -> str:
    """The years with their values as part of a sentence."""
    said, nothing = words.gettext("%(value)s im Jahr %(year)s"), words.gettext("keine Angabe")
    given = ((year, nothing if value == NO_VALUE else value) for year, value in values)
    return ", ".join(said % {"year": year, "value": value} for year, value in given)


def _spoken(words: TextFormatter, form: ChartForm, text: str) -> str:
    """What a chart says to a listener: its form, and units in words."""
    return f"{words.gettext(FORMS[form])}: {spoken(text, words.language)}"


def truncate_label(text: str) -> str:
    """The label on one line, cut at `LONGEST_LABEL` characters."""
    return truncated(" ".join(text.replace("\N{ZERO WIDTH SPACE}", "").split()), LONGEST_LABEL)
