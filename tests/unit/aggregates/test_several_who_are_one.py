"""One person who is several: manager, member or both, with firms that it founded and signs for itself.

It chooses the figures of these firms, reads what managers and members read, and is told the firms' quarters.
Nobody else is known to it to within 10 %. Without the confirmation some are, so that these tests can fail.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import pytest

from dnk_tool.catalogue.aggregation_rules import AggregationRules
from dnk_tool.domain.aggregates.correction import CorrectionRefused
from dnk_tool.domain.aggregates.model import CompanyFigures, Rule
from dnk_tool.domain.aggregates.release_numbers import middles
from dnk_tool.domain.aggregates.rules import CompanyValue, CompanyValues, check_middle
from tests.unit.aggregates.attacker import BESIDE, RENEWABLE, TOTAL, Attack, Published, Version
from tests.unit.aggregates.members import (
    APART,
    KINDS,
    RULES,
    after,
    built_release,
    member_totals,
    one_member,
    published_after,
    published_release,
    random_company,
    worked_out,
)
from tests.unit.aggregates.test_divided_rates import WITH_WHOLE, random_division

SEVERAL = ("manager", "member", "manager and member")
FIRST_FOUNDED = 100
SEEDS = [*range(3), *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(3, 40))]
SUMS = replace(RULES, figures=(replace(RULES.figures[0], middle=()),))
MIDDLES = replace(RULES, figures=(replace(RULES.figures[0], is_summed=False, middle=("company",)),))

attackers = pytest.mark.parametrize("who", SEVERAL)
counts = pytest.mark.parametrize("founded", [4, 8])
seeds = pytest.mark.parametrize("seed", SEEDS)


@dataclass(frozen=True)
class Somebody:
    """Who is several: reads what the manager reads, is a real member, or both."""

    is_manager: bool
    member: int | None

    def attack(self, releases: Sequence[Published], wanted: str = TOTAL) -> Attack:
        """What it has: all that it reads, its own figures, and those of the firms that it founded."""
        known: set[Version] = set()
        for each in (each for one in releases for each in one.companies):
            is_read = each.is_published or (each.is_submitted and self.is_manager)
            if is_read or self.is_own(each.company):
                known.add((each.company, each.version))
        own = {company for company, _version in known if self.is_own(company)}
        return Attack(releases, frozenset(known), wanted, frozenset(own))

    def is_own(self, company: int) -> bool:
        """Whether the firm is one of its own."""
        return company >= FIRST_FOUNDED or company == self.member


def somebody(who: str) -> Somebody:
    return Somebody("manager" in who, 0 if "member" in who else None)


def founded_firm(number: int, total: float, *, is_submitted: bool, **more: object) -> CompanyFigures:
    """A firm that signs for itself; a manager lets some of them hand in, too."""
    return one_member(
        FIRST_FOUNDED + number, total, is_confirmed=False, is_submitted=is_submitted, employees=20, **more
    )


def cluster_of(
    chance: Random, who: str, founded: int, *, version: int = 1, kind: str = ""
) -> list[CompanyFigures]:
    """Real members, one of them alone in its section, and founded firms in that section, at both ends."""
    kind = kind or chance.choice(KINDS)
    real = [
        replace(random_company(number, kind, chance), is_published=False, section="C", version=version)
        for number in range(chance.randint(6, 13))
    ]
    real[1] = replace(real[1], section="I", is_submitted=False)
    usual = 100 if kind in ("equal", "near") else 10 ** chance.uniform(0, 3)
    hands_in = "manager" in who and chance.random() < 0.5
    firms = [
        founded_firm(
            number,
            round(usual * chance.choice([0.01, 0.9, 0.95, 1, 1.05, 1.1, 3]), 2),
            is_submitted=hands_in,
            section="I",
            version=version,
        )
        for number in range(founded)
    ]
    return [*real, *firms]


@attackers
@counts
@seeds
def test_a_release_tells_who_is_several_nobody_else(who: str, founded: int, seed: int) -> None:
    chance = Random(seed)
    release = published_release(cluster_of(chance, who, founded))
    assert worked_out(somebody(who).attack([release]), chance) == []


@attackers
@counts
@seeds
def test_two_releases_tell_who_is_several_nobody_else(who: str, founded: int, seed: int) -> None:
    """Its firms report something else, come or go; so do none, one or five of the others."""
    chance = Random(seed)
    before = cluster_of(chance, who, founded)
    first, moved = published_release(before), chance.choice([0, 0, 1, 5])
    again = {each.company: each for each in cluster_of(chance, who, founded, version=2)}
    now = [
        again.get(each.company, each) if at < moved or each.company >= FIRST_FOUNDED else each
        for at, each in enumerate(before)
    ][: len(before) - chance.choice([0, founded])]
    gone = frozenset(each.company for each in before) - {each.company for each in now}
    try:
        second = built_release(now, earlier=[after(first, gone)])
    except CorrectionRefused:
        return
    releases = [first, Published(second, tuple(now))]
    assert worked_out(somebody(who).attack(releases), chance) == []


@attackers
@counts
@seeds
def test_two_years_tell_who_is_several_nobody_else(who: str, founded: int, seed: int) -> None:
    chance = Random(seed)
    first = published_release(cluster_of(chance, who, founded))
    second = published_after(cluster_of(chance, who, founded, version=2), first)
    assert worked_out(somebody(who).attack([first, second]), chance) == []


@attackers
@counts
@seeds
def test_the_flow_of_material_tells_who_is_several_nobody_else(who: str, founded: int, seed: int) -> None:
    """Shares of one whole, beside a sum of it that the product does not show."""
    chance = Random(seed)
    real = [
        replace(
            random_division(number, chance), is_published=False, is_submitted=number > 6, is_confirmed=True
        )
        for number in range(chance.randint(8, 12))
    ]
    firms = [
        replace(
            random_division(FIRST_FOUNDED + number, chance),
            is_published=False,
            is_submitted="manager" in who and seed % 2 == 0,
            is_confirmed=False,
        )
        for number in range(founded)
    ]
    release = published_release([*real, *firms], WITH_WHOLE)
    for wanted in (TOTAL, RENEWABLE, BESIDE):
        attack = somebody(who).attack([release], wanted)
        for each in real[:4]:
            if (each.company, 1) not in attack.known:
                least, most = attack.bounds((each.company, 1), None)
                value = float(each.figures[wanted].value or 0)
                assert most - least >= APART * value * 0.999, (each.company, wanted)


def without_confirmation(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if others could hide behind firms that a reader founded."""
    monkeypatch.setattr(CompanyFigures, "counts", True)
    monkeypatch.setattr(CompanyValue, "protects", True)


def test_four_founded_firms_give_away_the_fifth_without_the_confirmation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = member_totals([900, 850, 800, 760, 700, 650, 600], is_submitted=False, section="C")
    alone = one_member(7, 480, is_submitted=False, section="I")
    firms = [founded_firm(number, 125, is_submitted=False, section="I") for number in range(4)]
    members, manager = [*real, alone, *firms], somebody("manager")
    release = published_release(members, SUMS)
    assert release.release.content.unconfirmed == 4
    assert manager.attack([release]).is_hidden((7, 1), 48)
    without_confirmation(monkeypatch)
    assert not manager.attack([published_release(members, SUMS)]).is_hidden((7, 1), 48)


def test_an_earlier_release_that_counted_founded_firms_gives_nobody_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Older releases stand. Without the founded firms a new one differs by them and by a member."""
    real = member_totals([40, 38, 36, 34, 32, 30, 28, 300], is_submitted=False)
    firms = [founded_firm(number, 110, is_submitted=False) for number in range(4)]
    with monkeypatch.context() as old:
        without_confirmation(old)
        first = published_release([*real, *firms], SUMS)
    content = replace(first.release.content, is_confirmed=False)
    first = replace(first, release=replace(first.release, content=content))
    now = [*real[:7], replace(real[7], is_confirmed=False), *firms]
    gone = frozenset({7, *(each.company for each in firms)})
    for members, left in ((now, frozenset()), (real[:7], gone)):
        with pytest.raises(CorrectionRefused):
            built_release(members, SUMS, earlier=[after(first, left)])
    monkeypatch.setattr(CompanyValue, "protects", True)
    releases = [first, Published(built_release(now, SUMS, earlier=[after(first)]), tuple(now))]
    assert not somebody("manager").attack(releases).is_hidden((7, 1), 30)


def test_founded_firms_that_hand_in_and_leave_hide_nobody() -> None:
    """Somebody joins while the manager's own value changes, and four firms that the manager founded leave."""
    real = member_totals([60, 60, 60, 60, 60, 60, 330], is_submitted=False)
    firms = [founded_firm(number, 10, is_submitted=True) for number in range(4)]
    first = published_release([*real, *firms], SUMS)
    own = replace(one_member(6, 40, is_submitted=False), version=2)
    now = [*real[:6], own, one_member(7, 300, is_submitted=False)]
    left = after(first, frozenset(each.company for each in firms))
    with pytest.raises(CorrectionRefused):
        built_release(now, SUMS, earlier=[left])
    as_if_confirmed = replace(left, content=replace(left.content, is_confirmed=True))
    second = Published(built_release(now, SUMS, earlier=[as_if_confirmed]), tuple(now))
    both = Somebody(is_manager=True, member=6)
    assert not both.attack([first, second]).is_hidden((7, 1), 30)


def test_own_values_at_the_ends_tell_all_quarters_unless_all_are_confirmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Firms that are handed in, four just below all others and four just above: quarters tell the rest."""
    real = member_totals([97, 98, 99, 100, 101, 102, 103], is_submitted=False, employees=20)
    ends = [94, 94.5, 95, 95.5, 104.5, 105, 105.5, 106]
    members = [*real, *(founded_firm(at, end, is_submitted=True) for at, end in enumerate(ends))]
    manager = somebody("manager")
    assert manager.attack([published_release(members, MIDDLES)]).is_hidden((3, 1), 10)

    def check_without_a_look(values: CompanyValues, rules: AggregationRules) -> Rule:
        return check_middle([replace(each, is_confirmed=True) for each in values], rules)

    monkeypatch.setattr(middles, "check_middle", check_without_a_look)
    assert not manager.attack([published_release(members, MIDDLES)]).is_hidden((3, 1), 10)
