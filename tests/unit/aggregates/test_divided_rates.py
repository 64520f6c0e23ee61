"""Shares of one whole: over the same companies, and nobody's whole or part can be worked out from them."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from dnk_tool.catalogue.aggregation_rules import ReleaseFigure, load_aggregation_rules
from dnk_tool.catalogue.values import NO_TEXT
from dnk_tool.domain.aggregates.entries import BuiltRelease
from dnk_tool.domain.aggregates.model import CompanyFigures, ReleasedNumber, Rule, Statistic
from dnk_tool.domain.aggregates.release import build_release
from dnk_tool.domain.aggregates.release_numbers import rates, work
from dnk_tool.domain.answers.answer import Figure
from tests.unit.aggregates.attacker import BESIDE, BESIDE_RATE, DATAPOINTS, RATE, RENEWABLE, TOTAL, Attack
from tests.unit.aggregates.members import RULES, one_member, published_release

BOTH = tuple(
    ReleaseFigure(key, (key,), NO_TEXT, False, True, (), division="energy") for key in (RATE, BESIDE_RATE)
)
DIVIDED = replace(RULES, figures=BOTH)
# The sum of the whole is never published beside its shares; the attacker has it all the same.
WITH_WHOLE = replace(RULES, figures=(replace(RULES.figures[0], middle=()), *BOTH))
SHOWN = (0, 1, 3, 9, 12, 16, 17, 22, 23, 25)  # seeds of clusters whose shares pass
MATERIALS = (
    "materials.renewable.mass",
    "materials.non-renewable.mass",
    "materials.recycled.mass",
    "materials.bio-based.mass",
)
RECYCLED_SHARE, BIO_BASED_SHARE = "materials.recycled-share", "materials.bio-based-share"


def divided(number: int, total: object, renewable: object, beside: object, **more: object) -> CompanyFigures:
    """A company with two parts of its total."""
    one = one_member(number, total, renewable=renewable, **more)
    return replace(one, figures={**one.figures, BESIDE: Figure(Decimal(str(beside)), "kWh")})


def rate(release: BuiltRelease, figure: str) -> ReleasedNumber:
    number = release.content.number(figure, Statistic.RATE)
    assert number is not None
    return number


def built(members: Sequence[CompanyFigures]) -> BuiltRelease:
    return build_release(2025, members, DATAPOINTS, DIVIDED)


def test_shares_of_one_whole_stand_side_by_side() -> None:
    release = built([divided(at, 100 + at, 30, 50) for at in range(6)])
    assert [rate(release, key).value for key in (RATE, BESIDE_RATE)] == [29, 49]


def test_who_gives_one_part_only_is_in_none_of_the_shares() -> None:
    """Otherwise the two shares would differ by it."""
    members = [divided(at, 100 + at, 30, 50) for at in range(6)]
    release = built([*members, one_member(6, 400, renewable=390)])
    assert [rate(release, key).companies for key in (RATE, BESIDE_RATE)] == [6, 6]
    assert [rate(release, key).value for key in (RATE, BESIDE_RATE)] == [29, 49]
    coverage = release.content.coverage_of(RATE)
    assert coverage is not None
    assert (coverage.reported, coverage.missing) == (6, 1)


def test_what_is_in_no_share_must_not_be_one_company_s_alone() -> None:
    members = [*(divided(at, 100, 40, 60) for at in range(5)), divided(5, 110, 40, 45)]
    release = built(members)
    assert [rate(release, key).rule for key in (RATE, BESIDE_RATE)] == [Rule.REST, Rule.REST]


def test_parts_that_are_more_than_the_whole_withhold_the_shares() -> None:
    members = [*(divided(at, 100, 30, 40) for at in range(6)), divided(6, 100, 80, 40)]
    assert rate(built(members), RATE).rule is Rule.REST


def test_one_part_that_prevails_withholds_both_shares() -> None:
    members = [*(divided(at, 100, 30, 10) for at in range(6)), divided(6, 300, 30, 200)]
    assert [rate(built(members), key).rule for key in (RATE, BESIDE_RATE)] == [Rule.LARGEST, Rule.LARGEST]


def random_division(number: int, chance: Random) -> CompanyFigures:
    total = round(10 ** chance.uniform(1, 2.5), 1)
    first, second = sorted((chance.random(), chance.random()))
    return divided(
        number,
        total,
        round(total * first, 2),
        round(total * (second - first), 2),
        is_published=chance.random() < 0.2,
        is_submitted=chance.random() < 0.4,
    )


@pytest.mark.parametrize("seed", SHOWN)
def test_divided_rates_give_nobody_away(seed: int) -> None:
    """Not even to somebody who has the sum of the whole, and all that the manager reads."""
    chance = Random(seed)
    members = [random_division(number, chance) for number in range(chance.randint(9, 16))]
    release = published_release(members, WITH_WHOLE)
    assert all(rate(release.release, key).is_shown for key in (RATE, BESIDE_RATE))
    known = frozenset((each.company, 1) for each in members if each.is_published or each.is_submitted)
    for wanted in (TOTAL, RENEWABLE, BESIDE):
        attack = Attack([release], known, wanted)
        for each in members:
            if (each.company, 1) not in known:
                value = float(each.figures[wanted].value or 0)
                least, most = attack.bounds((each.company, 1), None)
                assert most - least >= 0.1 * value * 0.999, (each.company, wanted)


def test_a_part_that_prevails_is_noticed_without_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """One company has almost all of a part: its share estimates it from above."""
    members = [*(divided(at, 300, 30, 1) for at in range(5)), divided(5, 300, 30, 200)]
    assert rate(built(members), BESIDE_RATE).rule is Rule.LARGEST
    monkeypatch.setattr(rates, "check_sum_for_readers", lambda *_: Rule.PASSED)
    monkeypatch.setattr(rates, "is_hidden_from_readers", lambda *_: True)
    monkeypatch.setattr(work, "is_hidden_from_readers", lambda *_: True)
    attack = Attack([published_release(members, WITH_WHOLE)], wanted=BESIDE)
    assert attack.bounds((5, 1), None)[1] < 200 * 1.1


def test_the_shares_of_materials_are_a_division_of_what_goes_in() -> None:
    rules = load_aggregation_rules()
    shares = [each for each in rules.figures if each.division == "materials"]
    assert [each.key for each in shares] == [RECYCLED_SHARE, BIO_BASED_SHARE]
    amounts = [(60 + at, 40, 25 + at, 35) for at in range(6)]
    members = [
        CompanyFigures(
            at, 1, {key: Figure(Decimal(of), "t") for key, of in zip(MATERIALS, given, strict=True)}
        )
        for at, given in enumerate(amounts)
    ]
    release = build_release(2025, members, DATAPOINTS, rules)
    assert (rate(release, RECYCLED_SHARE).value, rate(release, RECYCLED_SHARE).unit) == (27, "percent")
    assert rate(release, BIO_BASED_SHARE).value == 34
    assert {"materials.renewable.mass", "materials.recycled.mass"}.isdisjoint(
        number.figure for number in release.content.numbers
    )
