"""Nobody learns a company's value from releases: two values 10 % apart fit everything that was published.

For a small company, 10 % of the middle value. Each attack is made by the public, the manager and members, by
all that they can read; and a weakened rule is noticed, so that these tests can fail.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.domain.aggregates import rules as sum_rules
from dnk_tool.domain.aggregates.correction import CorrectionRefused
from dnk_tool.domain.aggregates.model import Group
from dnk_tool.domain.aggregates.release_numbers import changes, groups, work
from tests.unit.aggregates.attacker import Attack, Published, Version
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

SUMS = replace(RULES, figures=(replace(RULES.figures[0], middle=()),))
few = settings(max_examples=15, derandomize=True, database=None)
seeds = st.integers(0, 2**16)


def readers(releases: Sequence[Published], chance: Random) -> Iterator[frozenset[Version]]:
    """What the public, the manager and a member can read: all versions of those that are open to them."""
    everybody = {(each.company, each.version): each for one in releases for each in one.companies}
    public = frozenset(key for key, each in everybody.items() if each.is_published)
    yield public
    manager = public | {key for key, each in everybody.items() if each.is_submitted}
    yield manager
    if known := frozenset(key for key, each in everybody.items() if each.was_submitted):
        yield manager | known  # another version of them, which says the same
    member = chance.choice(sorted(everybody))[0]
    yield public | {key for key in everybody if key[0] == member}


def given_away(releases: Sequence[Published], chance: Random) -> list[Version]:
    """The versions that somebody works out."""
    attacks = (Attack(releases, known) for known in readers(releases, chance))
    return [key for attack in attacks for key in worked_out(attack, chance)]


@given(seed=seeds, count=st.integers(5, 16), kind=st.sampled_from(KINDS))
@few
def test_a_release_gives_nobody_away(seed: int, count: int, kind: str) -> None:
    chance = Random(seed)
    members = [random_company(number, kind, chance) for number in range(count)]
    assert given_away([published_release(members)], chance) == []


@pytest.mark.parametrize("is_known", [True, False])
def test_a_release_gives_nobody_away_to_who_read_another_version(is_known: bool) -> None:
    totals = [400, 150, 130, *([30] * 9)]
    members = member_totals(totals, is_submitted=False)
    read = [replace(each, is_submitted=at > 6, was_submitted=at > 0) for at, each in enumerate(members)]
    told = read if is_known else [replace(each, was_submitted=False) for each in read]
    found = given_away([Published(built_release(told, SUMS), tuple(read))], Random(1))
    assert bool(found) is not is_known, "the rules need to be told who was read"


@given(
    seed=seeds,
    count=st.integers(9, 16),
    kind=st.sampled_from(KINDS),
    joined=st.sampled_from([0, 1, 4, 5, 6]),
    left=st.sampled_from([0, 1, 2, 5]),
    gone=st.sampled_from([0, 0, 1, 5]),
    changed=st.sampled_from([0, 1, 5, 6]),
)
@few
def test_corrected_releases_give_nobody_away(
    seed: int, count: int, kind: str, joined: int, left: int, gone: int, changed: int
) -> None:
    chance = Random(seed)
    members = [random_company(number, kind, chance) for number in range(count)]
    if chance.random() < 0.7:
        members = [replace(each, is_published=False, is_submitted=True) for each in members]
    first = published_release(members)
    again = [
        replace(random_company(each.company, kind, chance), version=2) if at < changed else each
        for at, each in enumerate(members[left + gone :])
    ]
    new = [random_company(100 + number, kind, chance) for number in range(joined)]
    withdrawn = frozenset(each.company for each in members[left : left + gone])
    try:
        second = built_release([*again, *new], earlier=[after(first, withdrawn)])
    except CorrectionRefused:
        return
    assert given_away([first, Published(second, (*again, *new))], chance) == []


@given(
    seed=seeds,
    count=st.integers(8, 14),
    kind=st.sampled_from(KINDS),
    joined=st.sampled_from([0, 1, 5, 6]),
    left=st.sampled_from([0, 1, 5]),
)
@settings(few, max_examples=8)
def test_two_years_give_nobody_away(seed: int, count: int, kind: str, joined: int, left: int) -> None:
    chance = Random(seed)
    members = [
        replace(random_company(number, kind, chance), is_published=False, is_submitted=True)
        for number in range(count + left)
    ]
    again = [replace(random_company(number, kind, chance), version=2) for number in range(count + joined)]
    first = published_release(
        [*members[:count], *(replace(each, company=100 + each.company) for each in members[count:])]
    )
    second = published_after(again, first)
    assert given_away([first, second], chance) == []


def test_two_years_without_a_look_at_the_rest_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of seven left: the sum of the first year and that of those who stayed differ by it."""
    seven = member_totals([100, 90, 80, 70, 60, 50, 250])
    stayed = [replace(each, version=2) for each in seven[:6]]
    first = published_release(seven, SUMS)
    assert published_after(stayed, first, SUMS).release.content.matched == {}
    monkeypatch.setattr(work, "is_hidden_from_readers", lambda *_: True)
    assert not Attack([first, published_after(stayed, first, SUMS)]).is_hidden((6, 1), 25)


def test_a_member_that_joins_is_not_given_away() -> None:
    """Ten members, then one more: the second sum would be its value."""
    ten = member_totals([100, 90, 80, 70, 60, 50, 40, 30, 20, 10])
    eleven = [*ten, one_member(10, 300)]
    with pytest.raises(CorrectionRefused) as refused:
        built_release(eleven, earlier=[after(published_release(ten))])
    assert refused.value.changed == 1
    both = [published_release(ten, SUMS), published_release(eleven, SUMS)]  # as if nobody compared them
    assert (10, 1) in given_away(both, Random(1))


def test_a_member_that_takes_back_its_consent_is_not_given_away() -> None:
    """Its value is gone, but bounded by the sum: small ones do not hide a large one, large ones do."""
    ten = member_totals([500, 400, 300, 200, 200, 100, 100, 100, 50, 50])
    earlier = after(published_release(ten, SUMS), frozenset({0}))
    with pytest.raises(CorrectionRefused):
        built_release(
            [*ten[1:], *(one_member(20 + number, 1) for number in range(5))], SUMS, earlier=[earlier]
        )
    members = [*ten[1:], *(one_member(20 + number, 400) for number in range(5))]
    second = built_release(members, SUMS, earlier=[earlier])
    assert second.content.numbers[0].is_shown
    assert given_away([published_release(ten, SUMS), Published(second, tuple(members))], Random(1)) == []


WEAKENED = {
    "too few companies": ({"sum_companies": 2, "largest_percent": 90, "rest_percent": 0}, [100, 110]),
    "one company prevails": ({"largest_percent": 100, "rest_percent": 0}, [10000, 100, 1, 1, 1]),
    "the second largest knows": ({"rest_percent": 0}, [495, 490, 2, 2, 1]),
}


@pytest.mark.parametrize("name", WEAKENED)
def test_a_weakened_rule_of_sums_is_noticed(name: str) -> None:
    """The largest is estimated from above: by a reader with nothing, or by the second largest."""
    weakened, totals = WEAKENED[name]
    members = member_totals(totals)
    assert not built_release(members).content.numbers[0].is_shown
    attack = Attack([published_release(members, replace(RULES, **weakened))], frozenset({(1, 1)}))
    most = attack.bounds((0, 1), attack.truth)[1]
    assert most < totals[0] * (1 + APART)


def test_the_second_largest_does_not_know_the_largest() -> None:
    """What just passes leaves an estimate of the largest that is at least 10 % too high."""
    members = member_totals([1000, 900, 60, 40, 10])
    assert built_release(members).content.numbers[0].is_shown
    attack = Attack([published_release(members)], frozenset({(1, 1)}))
    assert attack.bounds((0, 1), attack.truth)[1] >= 1000 * (1 + APART)


def test_a_middle_value_of_few_is_noticed() -> None:
    """Two of three known, the middle value of three is the third one's value."""
    members = member_totals([100, 90, 80], is_submitted=False)
    weak = replace(RULES, middle_companies=1, sum_companies=99)
    attack = Attack([published_release(members, weak)], frozenset({(0, 1), (1, 1)}))
    assert not attack.is_hidden((2, 1), 8)


def test_sums_without_a_look_at_readers_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """All but one have published: everybody works out the last one."""
    members = [*member_totals([100, 90, 80, 70, 60, 50], is_published=True), one_member(6, 250)]
    monkeypatch.setattr(sum_rules, "is_hidden_from_readers", lambda *_: True)
    monkeypatch.setattr(work, "is_hidden_from_readers", lambda *_: True)
    assert (6, 1) in given_away([published_release(members)], Random(1))
    monkeypatch.undo()
    number = built_release(members).content.numbers[0]
    assert (number.companies, number.left_out) == (6, 1)
    assert given_away([published_release(members)], Random(1)) == []


def test_groups_without_a_look_at_the_rest_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six of a section, one of none: the sum of all and of the section differ by that one."""
    members = [*member_totals([100, 90, 80, 70, 60, 50], section="C"), one_member(6, 250)]
    assert {number.group for number in built_release(members).content.numbers if number.is_shown} == {Group()}
    monkeypatch.setattr(groups, "_split", _split_without_rest)
    monkeypatch.setattr(work, "is_hidden_from_readers", lambda *_: True)
    assert (6, 1) in given_away([published_release(members)], Random(1))


def _split_without_rest(members: Sequence[object], group_of: object, node: Group, check: object) -> object:
    if node != Group():
        return {node: members}
    inside = [each for each in members if each.section]  # type: ignore[attr-defined]
    return {Group("C"): inside, groups.rest_of(node): [each for each in members if each not in inside]}


def test_corrections_without_a_comparison_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A company changes its value, and nothing else does."""
    ten = member_totals([100, 90, 80, 70, 60, 50, 40, 30, 20, 10])
    again = [replace(one_member(0, 40), version=2), *ten[1:]]
    others = [one_member(20 + number, 30) for number in range(5)]
    first = published_release([*ten, *others], SUMS)
    eased = replace(SUMS, correction_companies=1)
    monkeypatch.setattr(changes, "is_hidden_from_readers", lambda *_: True)
    monkeypatch.setattr(work, "is_hidden_from_readers", lambda *_: True)
    second = built_release([*again, *others], eased, earlier=[after(first)])
    attack = Attack([first, Published(second, (*again, *others))], frozenset({(0, 2)}))
    assert not attack.is_hidden((0, 1), 40)
