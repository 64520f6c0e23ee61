"""A company's own figures beside what releases say of its group: middle values, its quarter, its course."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from dnk_tool.catalogue import Datapoint
from dnk_tool.catalogue.aggregation_rules import ReleaseFigure
from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
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
from dnk_tool.domain.quantities import PRECISION, UnknownUnit, converted

HEADCOUNT, TURNOVER, MILLION_EUROS = "workforce.headcount", "economy.turnover", "Mio-EUR"
MOST_YEARS = 4


class Course(StrEnum):
    """How a company's own values went over its years."""

    FALLING = "falling"
    RISING = "rising"
    EVEN = "even"
    MIXED = "mixed"
    UNKNOWN = "unknown"  # fewer than two years


@dataclass(frozen=True, slots=True)
class CompanyYear:
    """A company's own year as it stands now; `employees` in people, `turnover` in million euros, if known."""

    figures: Mapping[str, Figure]
    employees: Decimal | None = None
    turnover: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CompanyRelease:
    """A release as a member may see it. `quarters` by figure: that of its own value, from 1, the lowest."""

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
    figures: Mapping[tuple[int, str], Figure], profile: Profile, datapoints: Mapping[str, Datapoint]
) -> dict[int, CompanyYear]:
    """The own years of a company, at most the last four; the profile stands in for a missing headcount."""
    by_year: dict[int, dict[str, Figure]] = {}
    for (year, key), figure in figures.items():
        if figure.value is not None:
            by_year.setdefault(year, {})[key] = figure
    people, euros = datapoints[HEADCOUNT], datapoints[TURNOVER]
    of_profile = None if profile.employees is None else Decimal(profile.employees)
    turnover = profile.turnover
    in_millions = _in_unit(Figure(turnover.value, turnover.unit), MILLION_EUROS, euros) if turnover else None
    return {
        year: CompanyYear(
            own,
            employees=_in_unit(own.get(HEADCOUNT), people.default_unit, people) or of_profile,
            turnover=_in_unit(own.get(TURNOVER), MILLION_EUROS, euros) or in_millions,
        )
        for year, own in sorted(by_year.items())[-MOST_YEARS:]
    }


def compare_figures(
    figures: Iterable[ReleaseFigure],
    years: Mapping[int, CompanyYear],
    releases: Sequence[CompanyRelease],
    *,
    per: PerUnit,
    section: str,
    size: CompanySize | None,
    datapoints: Mapping[str, Datapoint],
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
    years: Mapping[int, CompanyYear],
    releases: Sequence[CompanyRelease],
    *,
    per: PerUnit,
    groups: Sequence[Group],
    datapoints: Mapping[str, Datapoint],
) -> FigureComparison:
    per = PerUnit.COMPANY if figure.is_rate else per
    latest = releases[-1].content if releases else None
    shown = (group for group in groups if (one := _number(latest, figure, group, per)) and one.is_shown)
    group = next(shown, ALL_MEMBERS)
    numbers = {one.content.reporting_year: _number(one.content, figure, group, per) for one in releases}
    newest = _number(latest, figure, group, per)
    point = datapoints[figure.parts[0]]
    unit = newest.unit if newest else point.default_unit
    values = {year: _own_value(figure, own, per, unit, datapoints) for year, own in years.items()}
    return FigureComparison(
        figure,
        unit,
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
        quarter=releases[-1].quarters.get(figure.key) if releases and per is PerUnit.COMPANY else None,
    )


def _number(
    content: ReleaseContent | None, figure: ReleaseFigure, group: Group, per: PerUnit
) -> ReleasedNumber | None:
    if content is None:
        return None
    return content.number(figure.key, Statistic.RATE if figure.is_rate else Statistic.MIDDLE, group, per)


def _own_value(
    figure: ReleaseFigure, year: CompanyYear, per: PerUnit, unit: str, datapoints: Mapping[str, Datapoint]
) -> Decimal | None:
    """The own value in the unit; None where a part of it, or what it is divided by, is missing or zero."""
    parts = [_in_unit(year.figures.get(key), unit, datapoints[key]) for key in figure.parts]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    total = sum(known, Decimal(0))
    if per is PerUnit.COMPANY:
        return total
    divisor = year.employees if per is PerUnit.EMPLOYEE else year.turnover
    return PRECISION.divide(total, divisor) if divisor else None


def _in_unit(figure: Figure | None, unit: str, point: Datapoint) -> Decimal | None:
    """The value of a figure in the unit; None without one, or in a unit that its family does not have."""
    if figure is None or figure.quantity is None:
        return None
    try:
        return converted(figure.quantity, unit, point.family)
    except UnknownUnit:
        return None
