"""Builds the page "at a glance": company, key figures, goals, and what is reported or explained."""

from collections.abc import Iterator
from decimal import Decimal

from dnk_tool.catalogue.presentation import KeyFigureChoice, KeyFigureOption, KeyFigures
from dnk_tool.catalogue.standard.model import Requirement
from dnk_tool.domain.figures.one_unit import NO_YEAR_VALUE
from dnk_tool.domain.text import truncated
from dnk_tool.report.text.spoken import NO_VALUE
from dnk_tool.report.text.text_width import MILLIMETRE, text_width
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.back_matter import requirements_by_area
from dnk_tool.report.view.charts.bar_chart import alt_text, chart_style
from dnk_tool.report.view.charts.svg import StackedBar, stacked_bars
from dnk_tool.report.view.context import EXPLAINED, OPEN, REPORTED, RenderContext
from dnk_tool.report.view.figures.field_tables import change_label, percentage_point_legend, quality_label
from dnk_tool.report.view.figures.status import (
    FigureAvailability,
    availability_label,
    figure_label,
    reported_figure,
    value_with_unit,
    values_by_year,
)
from dnk_tool.report.view.foreword import LEAD
from dnk_tool.report.view.general_information import short_facts
from dnk_tool.report.view.goals import (
    NUMBERS_COLUMN,
    PROGRESS_COLUMN,
    entered_goals,
    goal_requirements,
    goals_note,
)
from dnk_tool.report.view.parts import ChartView, GlanceView, KeyFigure, KeyFigureYear, KeyGoal

MOST_FIGURES, MOST_GOALS = 9, 6
GOALS_BESIDE_LEAD = 4  # a lead sentence takes the room of two
LONGEST_GOAL, LONGEST_STATUS = 160, 90
LARGE, UNIT = 17.0, 9.0  # points, as in the style sheet
TILE = 52 * MILLIMETRE


def glance(source: RenderContext, *, is_short: bool = False) -> GlanceView:
    """Build the page "at a glance"; all of its content is in the chapters, too.

    `is_short`: sections of their own have the goals and the coverage.
    """
    goals, others = ((), 0) if is_short else _goals(source)
    figures = tuple(_figures(source))
    return GlanceView(
        facts=short_facts(source),
        figures=figures,
        missing_figures=tuple(_missing_figures(source)),
        goals=goals,
        goals_note="" if is_short else _goals_note(goals, others, source),
        coverage=coverage_chart(source),
        legend=percentage_point_legend((figure.before for figure in figures), source.words),
        has_coverage=not is_short,
    )


def _key_figures(source: RenderContext) -> KeyFigures:
    return source.presentation.key_figures[source.document.indicator_set]


def _figures(source: RenderContext) -> Iterator[KeyFigure]:
    chosen = _key_figures(source)
    shown = [option for choice in chosen.core for option in _given_option(choice, source)]
    for choice in chosen.further:
        if len(shown) < MOST_FIGURES:
            shown += _given_option(choice, source)
    return (_figure(option, source) for option in shown)


def _given_option(choice: KeyFigureChoice, source: RenderContext) -> tuple[KeyFigureOption, ...]:
    """The first figure of the choice that has a value, or nothing."""
    given = [option for option in choice.options if reported_figure(option.figure, source).quantity]
    return tuple(given[:1])


def _figure(option: KeyFigureOption, source: RenderContext) -> KeyFigure:
    key, detail = option.figure, option.detail
    words, point = source.words, source.document.selection.catalogue.datapoints[key]
    now = reported_figure(key, source)
    quantity = values_by_year(key, source)[source.document.reporting_year].shown
    said = value_with_unit(quantity, point, source) if quantity else NO_VALUE
    value, _, unit = said.partition(NO_BREAK)
    has_detail = detail and reported_figure(detail, source).quantity
    return KeyFigure(
        label=figure_label(key, source),
        value=value,
        unit=unit,
        is_long=text_width(value, LARGE) + text_width(unit, UNIT) + 4 > TILE,
        before=_previous_value(key, source),
        quality=quality_label(now.figure, words),
        detail=f"{figure_label(detail, source)}: {_value_text(detail, source)}" if has_detail else "",
        years=_years(key, source),
    )


def _years(key: str, source: RenderContext) -> tuple[KeyFigureYear, ...]:
    by_year = {year: value.shown for year, value in values_by_year(key, source).items()}
    given = {year: quantity for year, quantity in by_year.items() if quantity and quantity.value > 0}
    if len(given) < max(2, len(by_year)):
        return ()
    highest = max(quantity.value for quantity in given.values())
    point = source.document.selection.catalogue.datapoints[key]
    return tuple(
        KeyFigureYear(
            year,
            value_with_unit(given[year], point, source).partition(NO_BREAK)[0],
            round(float(given[year].value / highest), 4),
        )
        for year in sorted(given)
    )


def _value_text(key: str, source: RenderContext) -> str:
    quantity = values_by_year(key, source)[source.document.reporting_year].shown
    point = source.document.selection.catalogue.datapoints[key]
    return value_with_unit(quantity, point, source) if quantity else NO_VALUE


def _previous_value(key: str, source: RenderContext) -> str:
    """The value of the year before in this year's unit and the change since; empty if there is none."""
    year = source.document.reporting_year - 1
    point = source.document.selection.catalogue.datapoints[key]
    before, now = reported_figure(key, source, year), reported_figure(key, source)
    value = values_by_year(key, source).get(year, NO_YEAR_VALUE).shown
    if value is None:
        return ""
    change = change_label(now.figure, before.figure, point, source.words)
    said = f"{year}: {value_with_unit(value, point, source)}"
    return said if change == NO_VALUE else f"{said} ({change})"


def _missing_figures(source: RenderContext) -> Iterator[str]:
    """One line per reason: the core key figures that have no value for it."""
    by_reason: dict[FigureAvailability, list[str]] = {}
    for choice in _key_figures(source).core:
        if _given_option(choice, source):
            continue
        for key in (option.figure for option in choice.options):
            standing = reported_figure(key, source).availability
            if standing is not FigureAvailability.NOT_ASKED:
                by_reason.setdefault(standing, []).append(figure_label(key, source))
                break
    for standing in FigureAvailability:
        if standing in by_reason:
            label = availability_label(standing, source)
            yield f"{label[:1].upper()}{label[1:]}: {'; '.join(by_reason[standing])}"


def _goals(source: RenderContext) -> tuple[tuple[KeyGoal, ...], int]:
    """Up to MOST_GOALS goals: all of the first criterion, then one of each other in turn; and how many more.

    Goals with the same words count once. Below a lead sentence up to GOALS_BESIDE_LEAD.
    """
    queues = [
        each
        for goal_requirement in goal_requirements(source)
        if (each := list(_goals_of(*goal_requirement, source)))
    ]
    first, rest = (queues[0], queues[1:]) if queues else ([], [])
    turns = [goal for place in range(max(map(len, rest), default=0)) for goal in _nth(rest, place)]
    goals: dict[str, KeyGoal] = {}
    for turn in (*first, *turns):
        goals.setdefault(" ".join(turn.goal.casefold().split()), turn)
    kept = tuple(goals.values())[: GOALS_BESIDE_LEAD if source.sheet.answer(LEAD).text else MOST_GOALS]
    return kept, len(goals) - len(kept)


def _nth(queues: list[list[KeyGoal]], place: int) -> Iterator[KeyGoal]:
    return (each[place] for each in queues if place < len(each))


def _goals_of(number: int, requirement: Requirement, source: RenderContext) -> Iterator[KeyGoal]:
    words = source.words
    for row in entered_goals(requirement, source):
        status = "; ".join(
            filter(None, (row.get("status"), row.get(PROGRESS_COLUMN) or row.get(NUMBERS_COLUMN)))
        )
        yield KeyGoal(
            goal=words.printable_text(_truncate(row["goal"], LONGEST_GOAL)),
            due=row.get("due") or NO_VALUE,
            status=words.printable_text(_truncate(status, LONGEST_STATUS)) if status else NO_VALUE,
            criterion=str(number),
            anchor=f"kriterium-{number}",
        )


def _goals_note(goals: tuple[KeyGoal, ...], others: int, source: RenderContext) -> str:
    if others:
        if others == 1:
            return source.words.gettext("Ein weiteres Ziel steht bei den einzelnen Kriterien.")
        more = source.words.gettext("%(count)s weitere Ziele stehen bei den einzelnen Kriterien.")
        return more % {"count": others}
    return "" if goals else goals_note(source)


def coverage_chart(source: RenderContext) -> ChartView:
    """How many aspects and indicators of each area are reported, explained or open."""
    words = source.words
    _ = words.gettext
    legend = (_("berichtet"), _("begründet"), _("offen"))
    rows = []
    for area, asked in requirements_by_area(source):
        statuses = [source.status(requirement) for requirement in asked]
        counts = tuple(Decimal(statuses.count(status)) for status in (REPORTED, EXPLAINED, OPEN))
        text = ", ".join(
            f"{words.number(n)}{NO_BREAK}{of}" for n, of in zip(counts, legend, strict=True) if n
        )
        rows.append(StackedBar(words.catalogue_text(area.title), counts, text))
    title = _("Aspekte und Leistungsindikatoren nach Bereichen")
    alt = alt_text(title, [f"{row.label}: {row.text}" for row in rows], [])
    named = legend if any(row.parts[-1] for row in rows) else legend[:-1]  # most have nothing open
    return ChartView(
        title, stacked_bars(alt, rows, named, chart_style(words, accent=source.accent, is_wide=True))
    )


def _truncate(text: str, longest: int) -> str:
    return truncated(" ".join(text.split()), longest)
