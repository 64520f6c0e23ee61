"""A company's own figures beside what releases say of its group: middle values, its quarter, its course."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from dnk_tool.catalogue.aggregation_rules import ReleaseFigure
from dnk_tool.domain.aggregates.company_values import Datapoints, rate_of, units_of, value_of
from dnk_tool.domain.aggregates.entries import quarter_key
from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
    CompanyFigures,
    FigureCoverage,
    Group,
    PerUnit,
    Release,
    ReleaseContent,
    ReleasedNumber,
    Statistic,
)
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.organisation import CompanySize, Profile
from dnk_tool.domain.quantities import PRECISION

MOST_YEARS = 4


class Course(StrEnum):
    """How a company's own values went over its years."""

    FALLING = "falling"
    RISING = "rising"
    EVEN = "even"
    MIXED = "mixed"
    UNKNOWN = "unknown"  # fewer than two years


@dataclass(frozen=True, slots=True)
class CompanyRelease:
    """A release as a member may see it. `quarters` of its own values by `quarter_key`, 1 for the lowest."""

    release: Release
    cluster_name: str
    quarters: Mapping[str, int] = field(default_factory=dict)

    @property
    def content(self) -> ReleaseContent:
        """What the release says."""
        return self.release.content


@dataclass(frozen=True, slots=True)
class ComparedYear:
    """A year with the company's own value and its group's number; None for what cannot be shown."""

    year: int
    own: Decimal | None
    group: ReleasedNumber | None


@dataclass(frozen=True, slots=True)
class FigureComparison:
    """A figure over the years, in `unit` (a symbol of its family) per company, employee or million euros.

    `group` is the part of the members that the shown numbers are of. `withheld` is the number of the latest
    release that its rule does not let be shown, None where one is shown or there is none.
    """

    figure: ReleaseFigure
    unit: str
    per: PerUnit
    years: tuple[ComparedYear, ...]
    group: Group = ALL_MEMBERS
    withheld: ReleasedNumber | None = None
    coverage: FigureCoverage | None = None
    quarter: int | None = None

    @property
    def has_own(self) -> bool:
        """Whether the company itself has a value in any of the years."""
        return any(each.own is not None for each in self.years)

    @property
    def latest(self) -> ComparedYear | None:
        """The last year with both a value of its own and a number of the group."""
        both = (each for each in reversed(self.years) if each.own is not None and each.group)
        return next(both, None)

    @property
    def difference(self) -> Decimal | None:
        """How far the own value of the latest such year is above the group's: per cent, points of a rate.

        None where there is no such year, or the group's number is zero.
        """
        latest = self.latest
        if latest is None or latest.own is None or latest.group is None or not latest.group.value:
            return None
        apart = latest.own - latest.group.value
        return apart if self.figure.is_rate else PRECISION.divide(apart * 100, latest.group.value)

    @property
    def is_level(self) -> bool:
        """Whether the own value is as far from the group's as rounding to two digits can be, or closer."""
        latest = self.latest
        if latest is None or latest.own is None or latest.group is None or latest.group.value is None:
            return False
        step = Decimal(1).scaleb(latest.group.value.adjusted() - 1)
        return abs(latest.own - latest.group.value) * 2 <= step

    @property
    def course(self) -> Course:
        """How the own values went from each year to the next that has one."""
        own = [each.own for each in self.years if each.own is not None]
        steps = {(after > before) - (after < before) for before, after in pairwise(own)}
        if not steps:
            return Course.UNKNOWN
        courses = {-1: Course.FALLING, 1: Course.RISING, 0: Course.EVEN}
        return courses[steps.pop()] if len(steps) == 1 else Course.MIXED


def company_years(
    company: int, figures: Mapping[tuple[int, str], Figure], profile: Profile
) -> dict[int, CompanyFigures]:
    """The figures of a company by year, at most the last four years, as they stand now.

    The profile of today stands in where a year has no headcount or turnover.
    """
    by_year: dict[int, dict[str, Figure]] = {}
    for (year, key), figure in figures.items():
        if figure.value is not None:
            by_year.setdefault(year, {})[key] = figure
    return {
        year: CompanyFigures(company, 0, own, employees=profile.employees, turnover=profile.turnover)
        for year, own in sorted(by_year.items())[-MOST_YEARS:]
    }


def compare_figures(
    figures: Iterable[ReleaseFigure],
    years: Mapping[int, CompanyFigures],
    releases: Sequence[CompanyRelease],
    *,
    per: PerUnit,
    section: str,
    size: CompanySize | None,
    datapoints: Datapoints,
) -> list[FigureComparison]:
    """The figures compared per company, employee or turnover, each beside the numbers of one cluster.

    `releases`: of one cluster, one for each year, the oldest first; none where the company may see none.
    `section` and `size`: of the company, "" and None where it does not say them.
    """
    groups = _groups(section, size)
    return [
        _compared(figure, years, releases, per=per, groups=groups, datapoints=datapoints)
        for figure in figures
        if figure.is_rate or per in figure.middle
    ]


def _groups(section: str, size: CompanySize | None) -> list[Group]:
    """The groups that the company stands in, the narrowest first."""
    narrow = [Group(section, size)] if section and size else []
    return [*narrow, *([Group(section)] if section else []), ALL_MEMBERS]


def _compared(
    figure: ReleaseFigure,
    years: Mapping[int, CompanyFigures],
    releases: Sequence[CompanyRelease],
    *,
    per: PerUnit,
    groups: Sequence[Group],
    datapoints: Datapoints,
) -> FigureComparison:
    per = PerUnit.COMPANY if figure.is_rate else per
    latest = releases[-1].content if releases else None
    shown = (group for group in groups if (one := _number(latest, figure, group, per)) and one.is_shown)
    group = next(shown, ALL_MEMBERS)
    numbers = {one.content.reporting_year: _number(one.content, figure, group, per) for one in releases}
    newest = _number(latest, figure, group, per)
    values = {year: _own_value(figure, own, per, datapoints) for year, own in years.items()}
    return FigureComparison(
        figure,
        datapoints[figure.parts[0]].default_unit,
        per,
        tuple(
            ComparedYear(
                year, values.get(year), number if (number := numbers.get(year)) and number.is_shown else None
            )
            for year in sorted(values.keys() | numbers.keys())[-MOST_YEARS:]
        ),
        group=group,
        withheld=newest if newest and not newest.is_shown else None,
        coverage=latest.coverage_of(figure.key) if latest else None,
        quarter=releases[-1].quarters.get(quarter_key(figure.key, per)) if releases else None,
    )


def _number(
    content: ReleaseContent | None, figure: ReleaseFigure, group: Group, per: PerUnit
) -> ReleasedNumber | None:
    if content is None:
        return None
    return content.number(figure.key, Statistic.RATE if figure.is_rate else Statistic.MIDDLE, group, per)


def _own_value(
    figure: ReleaseFigure, company: CompanyFigures, per: PerUnit, datapoints: Datapoints
) -> Decimal | None:
    """The own value in the default unit; None where a part of it, or what it is divided by, is missing."""
    value, units = value_of(company, figure.parts, datapoints), units_of(company, per, datapoints)
    if value is None and figure.is_rate:
        value = rate_of(company, datapoints[figure.key], datapoints)
    return PRECISION.divide(value, units) if value is not None and units else None
