"""What a release says and what it does not: counts, parts of a figure, rates, two years, and its JSON."""

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.domain.aggregates.entries import BuiltRelease, EarlierRelease, quarter_key
from dnk_tool.domain.aggregates.json_format import (
    entry_from_json,
    entry_to_json,
    release_from_json,
    release_to_json,
)
from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
    CompanyFigures,
    Difference,
    PerUnit,
    ReleasedNumber,
    Rule,
    Statistic,
)
from dnk_tool.domain.aggregates.release import build_release
from dnk_tool.domain.answers.answer import Figure, Quality
from tests.unit.aggregates.attacker import DATAPOINTS, ELECTRICITY, RATE, TOTAL
from tests.unit.aggregates.members import (
    RULES,
    after,
    built_release,
    member_totals,
    one_member,
    published_release,
)


def shown_number(release: BuiltRelease, figure: str, statistic: Statistic = Statistic.SUM) -> ReleasedNumber:
    number = release.content.number(figure, statistic)
    assert number is not None
    return number


def test_units_are_added_exactly() -> None:
    members = member_totals([100_000] * 5)
    members[0] = replace(members[0], figures={TOTAL: Figure(Decimal("100"), "MWh")})
    number = shown_number(built_release(members), TOTAL)
    assert (number.value, number.unit, number.companies, number.rule) == (500_000, "kWh", 5, Rule.PASSED)


def test_missing_and_explained_are_counted_and_never_zero() -> None:
    members = [
        *member_totals([10] * 5),
        CompanyFigures(10, 1, {}, explained=frozenset({TOTAL})),
        CompanyFigures(11, 1, {}),
        replace(one_member(12, 0), figures={TOTAL: Figure(None, "kWh", Quality.NOT_AVAILABLE)}),
    ]
    release = built_release(members)
    coverage = release.content.coverage_of(TOTAL)
    assert coverage is not None
    assert (coverage.members, coverage.reported, coverage.explained, coverage.missing) == (8, 5, 1, 2)
    assert shown_number(release, TOTAL).companies == 5


def test_only_comparable_companies_have_a_middle_value() -> None:
    estimated = {TOTAL: frozenset({Difference.ESTIMATED})}
    members = [*member_totals([10, 20, 30, 40, 50, 60, 70]), one_member(9, 900, not_comparable=estimated)]
    release = built_release(members)
    middle = shown_number(release, TOTAL, Statistic.MIDDLE)
    assert (middle.value, middle.companies) == (40, 7)
    coverage = release.content.coverage_of(TOTAL)
    assert coverage is not None
    assert (coverage.reported, coverage.comparable, coverage.differences) == (8, 7, {Difference.ESTIMATED: 1})
    withheld = shown_number(built_release(members[1:]), TOTAL, Statistic.MIDDLE)
    assert (withheld.value, withheld.rule, withheld.companies) == (None, Rule.TOO_FEW, 6)


def test_a_middle_value_for_each_employee_needs_their_number() -> None:
    members = [replace(each, employees=5) for each in member_totals([10, 20, 30, 40, 50, 60, 70])]
    number = built_release(members).content.number(TOTAL, Statistic.MIDDLE, ALL_MEMBERS, PerUnit.EMPLOYEE)
    assert number is not None
    assert (number.value, number.unit) == (8, "kWh")
    members[0] = replace(members[0], employees=None)
    number = built_release(members).content.number(TOTAL, Statistic.MIDDLE, ALL_MEMBERS, PerUnit.EMPLOYEE)
    assert number is not None
    assert number.rule is Rule.TOO_FEW


def test_a_part_is_withheld_if_what_is_left_would_give_one_away() -> None:
    """One company burns gas, the others use electricity alone: total minus electricity is its gas."""
    electric = [one_member(at, 100, electricity=100) for at in range(5)]
    release = built_release([*electric, one_member(5, 120, electricity=70)])
    assert shown_number(release, TOTAL).is_shown
    assert shown_number(release, ELECTRICITY).rule is Rule.REST
    mixed = [one_member(at, 100, electricity=60) for at in range(6)]
    assert shown_number(built_release(mixed), ELECTRICITY).value == 360


def test_a_rate_is_a_sum_divided_by_a_sum() -> None:
    members = [one_member(at, 100 + at, renewable=20 + at) for at in range(6)]
    rate = shown_number(built_release(members), RATE, Statistic.RATE)
    assert (rate.value, rate.unit, rate.companies) == (22, "percent", 6)
    coverage = built_release([*members, one_member(9, 100)]).content.coverage_of(RATE)
    assert coverage is not None
    assert (coverage.reported, coverage.missing) == (6, 1)


def test_a_rate_over_others_than_the_sum_is_withheld() -> None:
    """Six of seven give the renewable part: sum and rate differ by the seventh."""
    members = [one_member(at, 100 + at, renewable=20 + at) for at in range(6)]
    release = built_release([*members, one_member(9, 110)])
    assert shown_number(release, TOTAL).companies == 7
    assert shown_number(release, RATE, Statistic.RATE).rule is Rule.REST
    zero = [one_member(at, 100, renewable=0) for at in range(6)]
    assert shown_number(built_release(zero), RATE, Statistic.RATE).rule is Rule.ZERO


def test_each_company_learns_its_own_quarter_from_twelve_on() -> None:
    release = built_release(member_totals(range(10, 130, 10)))
    own = {entry.company: entry.quarters[quarter_key(TOTAL, PerUnit.COMPANY)] for entry in release.entries}
    assert [own[at] for at in range(12)] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    assert all(not entry.quarters for entry in built_release(member_totals(range(10, 120, 10))).entries)


def of_two_years(
    left: int, joined: int, values: Sequence[int] = (50, 60, 70, 80, 90, 100)
) -> tuple[EarlierRelease, list[CompanyFigures]]:
    """A release of the year before with some who left, and the members of this year with some who joined."""
    before = [*member_totals(values), *(one_member(20 + at, 70 + at) for at in range(left))]
    now = [replace(one_member(at, value - 10), version=2) for at, value in enumerate(values)]
    return after(published_release(before)), [*now, *(one_member(40 + at, 60 + at) for at in range(joined))]


def test_the_year_before_is_told_over_the_same_companies() -> None:
    for left, joined in ((0, 0), (5, 0), (0, 5), (5, 5)):
        before, now = of_two_years(left, joined)
        release = build_release(2026, now, DATAPOINTS, RULES, year_before=before)
        earlier, later = release.content.matched[TOTAL]
        assert (earlier.value, later.value, earlier.companies) == (450, 390, 6)


def test_the_year_before_is_not_told_if_one_joined_or_left() -> None:
    for left, joined in ((1, 0), (4, 5), (0, 1), (5, 4)):
        before, now = of_two_years(left, joined)
        release = build_release(2026, now, DATAPOINTS, RULES, year_before=before)
        assert release.content.matched == {}


def test_the_year_before_is_not_told_after_one_took_back_its_consent() -> None:
    before, now = of_two_years(0, 0, (50, 60, 70, 80, 90, 100, 95))
    gone = replace(before, entries=before.entries[1:], companies=before.companies[1:])
    assert build_release(2026, now, DATAPOINTS, RULES, year_before=gone).content.matched == {}


def test_a_release_comes_back_from_its_json_and_holds_no_float() -> None:
    before, now = of_two_years(5, 5)
    release = build_release(2026, now, DATAPOINTS, RULES, year_before=before)
    text, sha256 = release_to_json(release.content)
    assert release_from_json(text) == release.content
    assert release_to_json(release_from_json(text)) == (text, sha256)
    earlier = json.loads(text)
    del earlier["unconfirmed"], earlier["is_confirmed"]
    read = release_from_json(json.dumps(earlier))
    assert read == replace(release.content, is_confirmed=False), "older releases asked nobody"
    json.loads(text, parse_float=lambda number: (_ for _ in ()).throw(AssertionError(number)))
    for entry in release.entries:
        assert entry_from_json(json.loads(json.dumps(entry_to_json(entry)))) == entry


def test_who_is_not_confirmed_is_missing_and_is_the_reason_where_the_others_are_too_few() -> None:
    members = member_totals([90, 100, 110, 95, 105], is_submitted=False)
    unconfirmed = [replace(each, is_confirmed=False) for each in members[3:]]
    content = built_release([*members[:3], *unconfirmed]).content
    number = content.number(TOTAL, Statistic.SUM)
    assert (content.members, content.unconfirmed) == (3, 2)
    assert number is not None
    assert (number.companies, number.value, number.rule) == (3, None, Rule.UNCONFIRMED)
    nobody = built_release(unconfirmed).content
    assert nobody.is_reported(TOTAL)
    assert not nobody.is_reported(ELECTRICITY), "none of them reports it either"


def test_no_number_says_a_value_without_a_rule() -> None:
    members = [one_member(at, 100 + 20 * at, electricity=50, renewable=30) for at in range(13)]
    release = build_release(2025, members, DATAPOINTS, load_aggregation_rules())
    assert {number.figure for number in release.content.numbers} == {
        figure.key for figure in load_aggregation_rules().figures
    }
    for number in release.content.numbers:
        assert number.is_shown is (number.rule is Rule.PASSED)
        assert not number.is_shown or number.companies >= RULES.sum_companies
