"""When a release may follow another one of the same year."""

from dataclasses import replace
from decimal import Decimal

import pytest

from dnk_tool.domain.aggregates.correction import (
    CorrectionRefused,
    Gone,
    bounds_of_gone,
    changed_companies,
    differences_between,
    with_gone,
)
from dnk_tool.domain.aggregates.model import CompanyFigures, Rule
from dnk_tool.domain.aggregates.rules import CompanyValue
from tests.unit.aggregates.attacker import Attack, Published
from tests.unit.aggregates.members import (
    RULES,
    after,
    built_release,
    member_totals,
    one_member,
    published_release,
)

SUMS = replace(RULES, figures=(replace(RULES.figures[0], middle=()),))
TEN = member_totals([100, 90, 80, 70, 60, 50, 50, 40, 40, 30])
FIRST = published_release(TEN)


def joined(count: int, total: int = 60) -> list[CompanyFigures]:
    return [one_member(30 + at, total) for at in range(count)]


@pytest.mark.parametrize("count", [1, 4])
def test_four_that_joined_are_refused(count: int) -> None:
    with pytest.raises(CorrectionRefused) as refused:
        built_release([*TEN, *joined(count)], earlier=[after(FIRST)])
    assert (refused.value.changed, refused.value.rule) == (count, Rule.CORRECTION)


@pytest.mark.parametrize("count", [0, 5])
def test_none_or_five_that_joined_are_allowed(count: int) -> None:
    release = built_release([*TEN, *joined(count)], earlier=[after(FIRST)])
    assert release.content.numbers[0].companies == 10 + count
    assert release.content.numbers[0].is_shown


def test_those_who_joined_left_or_changed_count_together() -> None:
    now = [*(replace(each, version=2) for each in TEN[:2]), *TEN[2:-1], *joined(2)]
    assert changed_companies(now, after(FIRST)) == 5
    assert changed_companies(TEN[1:], after(FIRST, frozenset({0}))) == 1


def test_five_that_changed_by_one_value_are_withheld() -> None:
    """Five come with another version, but only one of them with another value."""
    changed = [replace(each, version=2) for each in TEN[:5]]
    changed[0] = replace(one_member(0, 150), version=2)
    with pytest.raises(CorrectionRefused):
        built_release([*changed, *TEN[5:]], SUMS, earlier=[after(published_release(TEN, SUMS))])
    others = [replace(one_member(at, 120 - 5 * at), version=2) for at in range(5)]
    release = built_release([*others, *TEN[5:]], SUMS, earlier=[after(published_release(TEN, SUMS))])
    assert release.content.numbers[0].is_shown


def test_a_withdrawn_release_is_compared_as_well() -> None:
    second = [*TEN, *joined(5)]
    third = [*second, one_member(80, 60)]
    both = [after(FIRST), after(Published(built_release(second, earlier=[after(FIRST)]), tuple(second)))]
    with pytest.raises(CorrectionRefused):
        built_release(third, earlier=both)


def test_groups_of_a_corrected_release_are_those_before_or_coarser() -> None:
    members = [
        *(one_member(at, 50 + at, section="C") for at in range(8)),
        *(one_member(20 + at, 60 + at, section="G") for at in range(7)),
    ]
    first = Published(built_release(members, SUMS), tuple(members))
    assert len(first.release.content.numbers) == 3
    in_one = [*members, *(one_member(40 + at, 55, section="C") for at in range(5))]
    assert len(built_release(in_one, SUMS, earlier=[after(first)]).content.numbers) == 3
    in_both = [*members, *(one_member(40 + at, 55, section="CG"[at % 2]) for at in range(6))]
    coarse = built_release(in_both, SUMS, earlier=[after(first)]).content.numbers
    assert [number.companies for number in coarse if number.is_shown] == [21]


def test_the_most_releases_of_a_year_are_what_keeps_a_company_hidden() -> None:
    """Every two of four releases differ by eight companies or five, but all four together by one."""
    stay = member_totals([50] * 6)
    four, one, others = joined(4), one_member(50, 300), [one_member(60 + at, 80) for at in range(4)]
    lists = ([*stay, *four, one], [*stay, one, *others], [*stay, *four, *others], stay)
    releases = [published_release(members, SUMS) for members in lists]
    assert not Attack(releases).is_hidden((50, 1), 30)
    assert Attack(releases[: RULES.releases]).is_hidden((50, 1), 30)
    with pytest.raises(CorrectionRefused) as refused:
        built_release([*stay, *joined(12)], SUMS, earlier=[after(FIRST)] * RULES.releases)
    assert refused.value.changed is None


def test_differences_are_amounts_by_company() -> None:
    then = [CompanyValue(1, Decimal(10), version=1), CompanyValue(2, Decimal(10), version=1)]
    now = [CompanyValue(1, Decimal(4), version=2), CompanyValue(3, Decimal(7), version=1)]
    found = {each.company: each.value for each in differences_between(then, now)}
    assert found == {1: 6, 2: 10, 3: 7}
    assert differences_between(then, then) == []
    same = [replace(each, version=9) for each in then]
    assert differences_between(then, same) == []


def test_gone_companies_are_bounded_by_the_rounded_sum() -> None:
    known = [CompanyValue(at, Decimal(100)) for at in range(9)]
    assert bounds_of_gone(Decimal(1000), known, 2) == (50, 150)
    assert bounds_of_gone(Decimal(900), known, 2) == (0, 5)
    two = Gone(2, are_read=False, are_confirmed=True)
    variants = with_gone(known, two, (Decimal(50), Decimal(150)))
    assert [len(variant) for variant in variants] == [11, 11]
    assert [variant[-2].value for variant in variants] == [50, 150]
