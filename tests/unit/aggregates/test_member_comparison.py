"""A company's figures beside the numbers of its group: which group, how far apart, what is withheld."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from dnk_tool.catalogue import NO_TEXT, editions, load_catalogue
from dnk_tool.catalogue.aggregation_rules import ReleaseFigure
from dnk_tool.domain.aggregates.comparison import (
    CompanyRelease,
    Course,
    FigureComparison,
    company_years,
    compare_figures,
)
from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
    CompanyFigures,
    FigureCoverage,
    Group,
    PerUnit,
    Release,
    ReleaseContent,
    ReleasedNumber,
    Rule,
    Statistic,
)
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.organisation import CompanySize, Profile
from dnk_tool.domain.quantities import Quantity

POINTS = load_catalogue(editions()[-1]).datapoints
ENERGY = ReleaseFigure("energy.total", ("energy.total",), NO_TEXT, True, False, ("company", "employee"))
BOTH = ("ghg.scope1.gross", "ghg.scope2.location")
SCOPES = ReleaseFigure("ghg.scope1-2.location", BOTH, NO_TEXT, False, False, ("company",))
SHARE = ReleaseFigure("energy.renewable-share", ("energy.renewable-share",), NO_TEXT, False, True, ())
SECTION, NARROW = Group("C"), Group("C", CompanySize.SMALL)
FIRM = Profile("Firma", employees=40, turnover=Quantity(Decimal(5), "Mio-EUR"))


def middle_value(value: str | None, group: Group = ALL_MEMBERS, **more: object) -> ReleasedNumber:
    """A released middle value of the energy, in kWh, of nine companies."""
    given = ReleasedNumber(
        "energy.total",
        Statistic.MIDDLE,
        group,
        9,
        None if value is None else Decimal(value),
        "kWh",
        Rule.PASSED if value else Rule.TOO_FEW,
    )
    return replace(given, **more)  # type: ignore[arg-type]


def year_release(
    year: int, *numbers: ReleasedNumber, quarters: Mapping[str, int] | None = None
) -> CompanyRelease:
    """A release with these numbers, of twelve members."""
    coverage = (FigureCoverage("energy.total", 12, 10, 1, 9),)
    content = ReleaseContent(year, "2026", 12, numbers, coverage)
    made = Release(1, 1, 1, datetime(2026, 11, 15, tzinfo=UTC), content)
    return CompanyRelease(made, "Netzwerk", quarters or {})


def own(**values: str) -> dict[int, CompanyFigures]:
    """The company's energy by year: own(y2024="100 MWh")."""
    figures = {
        (int(year[1:]), "energy.total"): Figure(Decimal(text.split()[0]), text.split()[1])
        for year, text in values.items()
    }
    return company_years(7, figures, FIRM)


def compared(
    years: Mapping[int, CompanyFigures],
    *releases: CompanyRelease,
    figure: ReleaseFigure = ENERGY,
    per: PerUnit = PerUnit.COMPANY,
) -> FigureComparison:
    [found] = compare_figures(
        [figure], years, releases, per=per, section="C", size=CompanySize.SMALL, datapoints=POINTS
    )
    return found


def test_own_years_are_shown_without_any_release() -> None:
    found = compared(own(y2023="120 MWh", y2024="110000 kWh", y2025="90 MWh"))
    assert [(each.year, each.own, each.group) for each in found.years] == [
        (2023, 120_000, None),
        (2024, 110_000, None),
        (2025, 90_000, None),
    ]
    assert (found.course, found.difference, found.withheld) == (Course.FALLING, None, None)


def test_only_the_last_four_years_are_shown() -> None:
    found = compared(own(**{f"y{year}": "1 MWh" for year in range(2019, 2026)}))
    assert [each.year for each in found.years] == [2022, 2023, 2024, 2025]


def test_the_narrowest_group_that_is_shown_is_taken() -> None:
    made = year_release(
        2025, middle_value("100000"), middle_value("80000", SECTION), middle_value(None, NARROW)
    )
    found = compared(own(y2025="60 MWh"), made)
    assert found.group == SECTION
    assert found.difference == -25


def test_an_earlier_year_shows_the_same_group_or_nothing() -> None:
    before = year_release(2024, middle_value("100000"), middle_value(None, SECTION))
    now = year_release(2025, middle_value("100000"), middle_value("80000", SECTION))
    found = compared(own(y2024="70 MWh", y2025="60 MWh"), before, now)
    assert [each.group and each.group.value for each in found.years] == [None, 80_000]


def test_what_is_withheld_is_named_with_its_rule_and_its_counts() -> None:
    found = compared(own(y2025="60 MWh"), year_release(2025, middle_value(None)))
    assert found.withheld
    assert (found.withheld.rule, found.years[-1].group) == (Rule.TOO_FEW, None)
    assert found.coverage
    assert found.coverage.members == 12


def test_values_are_divided_by_employees_or_turnover() -> None:
    each = year_release(
        2025, middle_value("2000", per=PerUnit.EMPLOYEE), quarters={"energy.total/employee": 3}
    )
    found = compared(own(y2025="60 MWh"), each, per=PerUnit.EMPLOYEE)
    assert (found.years[-1].own, found.difference, found.quarter) == (1500, -25, 3)
    years = company_years(7, {(2025, "energy.total"): Figure(Decimal(60), "MWh")}, Profile("Ohne"))
    assert compared(years, each, per=PerUnit.EMPLOYEE).years[-1].own is None


def test_a_headcount_of_the_year_comes_before_the_profile() -> None:
    figures = {(2025, "energy.total"): Figure(Decimal(60), "MWh")}
    figures[2025, "workforce.headcount"] = Figure(Decimal(50), "persons")
    found = compared(company_years(7, figures, FIRM), per=PerUnit.EMPLOYEE)
    assert found.years[-1].own == 1200


def test_a_sum_of_two_figures_needs_both() -> None:
    figures = {(2025, "ghg.scope1.gross"): Figure(Decimal(20), "t-co2e")}
    assert not compared(company_years(7, figures, FIRM), figure=SCOPES).has_own
    figures[2025, "ghg.scope2.location"] = Figure(Decimal(5000), "kg-co2e")
    assert compared(company_years(7, figures, FIRM), figure=SCOPES).years[-1].own == 25


def test_a_rate_is_never_divided_and_differs_by_points() -> None:
    figures = {(2025, "energy.renewable-share"): Figure(Decimal(30), "percent")}
    rate = middle_value("20", figure="energy.renewable-share", statistic=Statistic.RATE, unit="percent")
    for per in PerUnit:
        found = compared(company_years(7, figures, FIRM), year_release(2025, rate), figure=SHARE, per=per)
        assert found.difference == 10


def test_an_own_rate_follows_from_what_it_divides() -> None:
    share = ReleaseFigure("materials.recycled-share", ("materials.recycled-share",), NO_TEXT, False, True, ())
    figures = {
        (2025, "materials.recycled.mass"): Figure(Decimal(52), "t"),
        (2025, "materials.renewable.mass"): Figure(Decimal(150), "t"),
    }
    assert not compared(company_years(7, figures, FIRM), figure=share).has_own, "a whole without a part"
    figures[2025, "materials.non-renewable.mass"] = Figure(Decimal(58_000), "kg")
    assert compared(company_years(7, figures, FIRM), figure=share).years[-1].own == 25
    figures[2025, "materials.recycled-share"] = Figure(Decimal(26), "percent")
    assert compared(company_years(7, figures, FIRM), figure=share).years[-1].own == 26


@pytest.mark.parametrize(
    ("value", "is_level"), [("104 MWh", False), ("105 MWh", True), ("115 MWh", True), ("116 MWh", False)]
)
def test_what_rounding_can_hide_is_no_difference(value: str, is_level: bool) -> None:
    """110000 has two digits, so it can be 105000 to 115000."""
    assert compared(own(y2025=value), year_release(2025, middle_value("110000"))).is_level is is_level


@pytest.mark.parametrize(
    ("values", "course"),
    [
        (("1", "2", "3"), Course.RISING),
        (("3", "2", "1"), Course.FALLING),
        (("1", "2", "1"), Course.MIXED),
        (("1", "1", "1"), Course.EVEN),
        (("1",), Course.UNKNOWN),
    ],
)
def test_the_course_of_the_own_values(values: tuple[str, ...], course: Course) -> None:
    years = {f"y{2023 + at}": f"{value} MWh" for at, value in enumerate(values)}
    assert compared(own(**years)).course is course
