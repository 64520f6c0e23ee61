"""Charts of the workforce: age groups, and the share of women among those who work and those who lead."""

from collections.abc import Iterator
from fractions import Fraction

from dnk_tool.domain.quantities import in_base
from dnk_tool.report.view.charts.bar_chart import (
    MIN_VALUES,
    ChartValue,
    alt_text,
    bar_chart,
    chart_style,
    chart_values,
)
from dnk_tool.report.view.charts.svg import Bar, BarGroup, StackedBar, bars, stacked_bars
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.figures.status import (
    availability_label,
    figure_label,
    reported_figure,
    value_with_unit,
)
from dnk_tool.report.view.parts import ChartView

AREA = "society"
AGES = ("under-30", "30-to-50", "over-50")
WOMEN = (
    "diversity.employees.women-share",
    "diversity.leadership.women-share-fte",
    "diversity.board.women-share",
)


def workforce(source: RenderContext) -> Iterator[ChartView]:
    """First the ages, then the women."""
    yield from _ages(source)
    yield from _women(source)


def _ages(source: RenderContext) -> Iterator[ChartView]:
    _ = source.words.gettext
    legend = (_("unter 30 Jahre"), _("30 bis 50 Jahre"), _("über 50 Jahre"))
    point = source.document.selection.catalogue.datapoints["diversity.employees.under-30-share"]
    rows = []
    groups = (("employees", _("Beschäftigte")), ("board", _("Leitung und Aufsicht")))
    for group, label in groups:
        given = [reported_figure(f"diversity.{group}.{age}-share", source).quantity for age in AGES]
        shares = [one for one in given if one is not None]
        values = tuple(in_base(one, point.family.units) for one in shares)
        if len(values) == len(AGES) and abs(sum(values, Fraction(0)) - 100) <= 2 and min(values) >= 0:
            text = " · ".join(value_with_unit(one, point, source) for one in shares)
            rows.append(StackedBar(label, values, text))
    title = _("Altersgruppen %(year)s") % {"year": source.document.reporting_year}
    if rows:
        alt = alt_text(title, [", ".join(legend), *(f"{row.label}: {row.text}" for row in rows)], [])
        yield ChartView(title, stacked_bars(alt, rows, legend, chart_style(source.words, AREA)))
        return
    parts = []
    for age, label in zip(AGES, legend, strict=True):
        posts = [
            ChartValue(label, one.value, one.text) for one in chart_values(f"workforce.fte.{age}", source)
        ]
        parts += posts
    yield from bar_chart(title, parts, source, "workforce.fte.under-30", AREA, in_order=True)


def _women(source: RenderContext) -> Iterator[ChartView]:
    """Their share in each group, as a part of the whole."""
    _ = source.words.gettext
    point = source.document.selection.catalogue.datapoints[WOMEN[0]]
    groups = []
    for key in WOMEN:
        one = reported_figure(key, source)
        if one.quantity is not None:
            value = in_base(one.quantity, point.family.units)
            bar = Bar("", value, value_with_unit(one.quantity, point, source))
            groups.append(BarGroup(figure_label(key, source), (bar,)))
        elif why := availability_label(one.availability, source):
            groups.append(BarGroup(figure_label(key, source), (Bar("", None, why),)))
    values = [group.bars[0].value for group in groups]
    given = [value for value in values if value is not None]
    if len(given) < MIN_VALUES or max(given) > 100:
        return
    title = _("Anteil von Frauen %(year)s") % {"year": source.document.reporting_year}
    alt = alt_text(title, [f"{group.label}: {group.bars[0].text}" for group in groups], [])
    yield ChartView(title, bars(alt, groups, chart_style(source.words, AREA), Fraction(100)))
