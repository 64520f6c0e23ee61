"""Builds charts of the workforce: age groups, and shares such as that of women in management."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from dnk_tool.catalogue.presentation.model import IndicatorChart
from dnk_tool.domain.quantities import Quantity, in_base
from dnk_tool.report.view.charts.bar_chart import (
    MIN_VALUES,
    ChartValue,
    alike_texts,
    alt_text,
    bar_chart,
    chart_style,
    chart_values,
    dated_title,
)
from dnk_tool.report.view.charts.svg import Bar, BarGroup, StackedBar, bars, stacked_bars
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.figures.status import (
    availability_label,
    figure_label,
    reported_figure,
)
from dnk_tool.report.view.parts import ChartView

AGES = ("under-30", "30-to-50", "over-50")


def age_groups(_chart: IndicatorChart, area: str, source: RenderContext) -> Iterator[ChartView]:
    """Employees and management by age as shares, if these are complete; else full-time equivalents by age."""
    _ = source.words.gettext
    legend = (_("unter 30 Jahre"), _("30 bis 50 Jahre"), _("über 50 Jahre"))
    point = source.document.selection.catalogue.datapoints["diversity.employees.under-30-share"]
    rows: list[StackedBar] = []
    given_shares: list[Quantity] = []
    groups = (("employees", _("Beschäftigte")), ("board", _("Leitung und Aufsicht")))
    for group, label in groups:
        given = [reported_figure(f"diversity.{group}.{age}-share", source).quantity for age in AGES]
        shares = [share for share in given if share is not None]
        values = tuple(in_base(share, point.family.units) for share in shares)
        if len(values) == len(AGES) and abs(sum(values, Fraction(0)) - 100) <= 2 and min(values) >= 0:
            rows.append(StackedBar(label, values, ""))
            given_shares += shares
    title = _("Altersgruppen %(year)s") % {"year": source.document.reporting_year}
    if rows:
        texts = [*alike_texts(given_shares, point.default_unit, point, source)]
        rows = [
            replace(row, text=" · ".join(texts[at * len(AGES) : (at + 1) * len(AGES)]))
            for at, row in enumerate(rows)
        ]
        shares_of = {row.label: zip(legend, row.text.split(" · "), strict=True) for row in rows}
        told = (
            f"{label}: {', '.join(' '.join(share) for share in shares)}"
            for label, shares in shares_of.items()
        )
        alt = alt_text(title, [*told], [])
        yield ChartView(
            title,
            stacked_bars(alt, rows, legend, chart_style(source.words, area, is_wide=source.has_wide_charts)),
        )
        return
    parts = []
    for age, label in zip(AGES, legend, strict=True):
        posts = [
            ChartValue(label, chart_value.quantity, chart_value.reason)
            for chart_value in chart_values(f"workforce.fte.{age}", source)
        ]
        parts += posts
    yield from bar_chart(title, parts, source, "workforce.fte.under-30", area, in_order=True)


def shares_chart(chart: IndicatorChart, area: str, source: RenderContext) -> Iterator[ChartView]:
    """Each figure as a share of 100 per cent; nothing for fewer than two values or one above 100."""
    keys = [part.datapoint for part in chart.parts]
    figures = {key: reported_figure(key, source) for key in keys}
    quantities = {key: figure.quantity for key, figure in figures.items() if figure.quantity}
    if len(quantities) < MIN_VALUES:
        return
    point = source.document.selection.catalogue.datapoints[keys[0]]
    said = alike_texts([*quantities.values()], point.default_unit, point, source)
    texts = dict(zip(quantities, said, strict=True))
    groups = []
    for key, figure in figures.items():
        if figure.quantity is not None:
            value = in_base(figure.quantity, point.family.units)
            groups.append(BarGroup(figure_label(key, source), (Bar("", value, texts[key]),)))
        elif why := availability_label(figure.availability, source):
            groups.append(BarGroup(figure_label(key, source), (Bar("", None, why),)))
    if max(bar.value for group in groups for bar in group.bars if bar.value is not None) > 100:
        return
    title = dated_title(chart, source)
    alt = alt_text(title, [f"{group.label}: {group.bars[0].text}" for group in groups], [])
    yield ChartView(
        title,
        bars(alt, groups, chart_style(source.words, area, is_wide=source.has_wide_charts), Fraction(100)),
    )
