"""Shared by all charts of a declaration: colours and fonts, the bar chart, and alternative texts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from dnk_tool.catalogue.presentation.model import IndicatorChart
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain import numbers
from dnk_tool.domain.quantities import Quantity, from_base, in_base
from dnk_tool.domain.text import truncated
from dnk_tool.labels import N_
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.spoken import NO_VALUE, sentences, spoken
from dnk_tool.report.text.table_settings import TABLE_ROOM, TEXT_ROOM
from dnk_tool.report.view.branding import DEFAULT_PALETTE
from dnk_tool.report.view.charts.svg import Bar, BarGroup, ChartForm, ChartStyle, bars
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.figures.status import (
    availability_label,
    figure_label,
    reported_figure,
    value_with_unit,
)
from dnk_tool.report.view.parts import ChartView

AREA_ACCENTS = {"environment": "#2c6e49", "society": "#a4472a"}  # of areas, as in declaration.css
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
    """A bar: its value in the base unit and the text beside it; value None with the reason as text."""

    label: str
    value: Fraction | None
    text: str


def chart_style(
    words: TextFormatter, area: str = "", *, accent: str = DEFAULT_PALETTE.text, is_wide: bool = False
) -> ChartStyle:
    """The style of a chart on paper or on screen, in the colour of its area.

    `accent` (`#rrggbb`) is for a chart without area. `is_wide` uses the whole page's width on paper.
    """
    room = TABLE_ROOM if is_wide and words.on_paper else TEXT_ROOM
    accent = AREA_ACCENTS.get(area, accent)
    says = partial(_spoken, words)
    return (
        ChartStyle(accent, PRINT_FONT, room, says=says)
        if words.on_paper
        else ChartStyle(accent, SCREEN_FONTS, room, SCREEN_SCALE, says)
    )


def dated_title(chart: IndicatorChart, source: RenderContext) -> str:
    """The chart's title in the catalogue with the reporting year."""
    return f"{source.words.catalogue_text(chart.title)} {source.document.reporting_year}"


def chart_values(key: str, source: RenderContext) -> Iterator[ChartValue]:
    """The figure as one bar, or why it has no value; nothing for zero and for one not asked for."""
    point = source.document.selection.catalogue.datapoints[key]
    figure = reported_figure(key, source)
    if figure.quantity is None:
        if why := availability_label(figure.availability, source):
            yield ChartValue(figure_label(key, source), None, why)
    elif figure.quantity.value:
        value = in_base(figure.quantity, point.family.units)
        yield ChartValue(figure_label(key, source), value, value_with_unit(figure.quantity, point, source))


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
    given = [part for part in parts if part.value is not None]
    if not in_order:
        given.sort(key=lambda part: -(part.value or 0))
    if len([part for part in given if part.value and part.value > 0]) < MIN_VALUES:
        return
    missing = [part for part in parts if part.value is None]
    shown = [*_combine_smallest(given, point, source), *missing[:MOST_BARS]]
    groups = [BarGroup(part.label, (Bar("", part.value, part.text),)) for part in shown]
    alt = alt_text(title, [f"{part.label}: {part.text}" for part in shown], [])
    yield ChartView(title, bars(alt, groups, chart_style(source.words, area)))


def _combine_smallest(given: list[ChartValue], point: Datapoint, source: RenderContext) -> list[ChartValue]:
    if len(given) <= MOST_BARS:
        return given
    rest = given[MOST_BARS - 1 :]
    total = sum((part.value or Fraction(0) for part in rest), Fraction(0))
    shown = numbers.readable(from_base(total, point.default_unit, point.family))
    label = source.words.gettext("%(count)s weitere") % {"count": len(rest)}
    text = value_with_unit(Quantity(shown, point.default_unit), point, source)
    return [*given[: MOST_BARS - 1], ChartValue(label, total, text)]


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
