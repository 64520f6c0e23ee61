"""Attacks on joint sums: a member with all that was shown still does not know what another one saves.

The attacker knows which companies have measures of which kind in which state, and its own amounts. All
numbers shown are bounds by their rounding; the least and the most that a company can save under them must be
apart.
"""

import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from scipy.optimize import linprog

from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.domain.aggregates.counted_savings import CountedSaving, merged
from dnk_tool.domain.aggregates.joint_goal import OTHER_KINDS, JointGoal, JointProgress, Saving, SavingPart
from dnk_tool.domain.aggregates.joint_progress import JointSumRefused, counting, joint_progress
from dnk_tool.domain.aggregates.joint_sum_changes import EarlierSum
from dnk_tool.domain.measures.model import MeasureState

GOAL = JointGoal(2023, 2028, Decimal(1), Decimal(1))
RULES = load_aggregation_rules()
APART = 0.1
DONE, RUNNING, PLANNED = MeasureState.DONE, MeasureState.RUNNING, MeasureState.PLANNED
KINDS = ("own-power", "heat-and-insulation", "lighting", "fleet")

Savings = Sequence[CountedSaving]
Row = dict[int, float]


def attacked_saving(company: int, kind: str, state: MeasureState, kwh: int) -> CountedSaving:
    return CountedSaving(company, kind, state, {Saving.ENERGY: Decimal(kwh)}, {"electricity": Decimal(kwh)})


def shown_sum(
    savings: Savings, earlier: Sequence[EarlierSum] = (), unconfirmed: Collection[int] = ()
) -> JointProgress | None:
    try:
        return joint_progress(
            GOAL, savings, RULES, members=99, bases={}, earlier=earlier, unconfirmed=unconfirmed
        )
    except JointSumRefused:
        return None


def parts_with_savings(
    progress: JointProgress,
) -> Iterator[tuple[Callable[[CountedSaving], bool], SavingPart]]:
    """Each part that is shown, with what belongs to it."""
    alone = {each.kind for each in progress.kinds} - {OTHER_KINDS}
    yield lambda each: True, progress.total
    for state in progress.states:
        yield lambda each, states=state.states: each.state in states, state.part
    for row in progress.kinds:
        is_other = row.kind == OTHER_KINDS
        yield (
            lambda each, kind=row.kind, other=is_other: (
                each.kind not in alone if other else each.kind == kind
            ),
            row.part,
        )


class Attack:
    """What follows from sums of several days; what did not change from one to the next is one unknown."""

    def __init__(self, days: Sequence[tuple[Savings, JointProgress]], spies: frozenset[int]) -> None:
        self.unknowns: dict[tuple[int, str, str, Decimal], int] = {}
        self.true: list[float] = []
        self.rows: list[Row] = []
        self.bounds: list[float] = []
        self.known: dict[int, float] = {}
        for savings, progress in days:
            for belongs, part in parts_with_savings(progress):
                self._learn([each for each in savings if belongs(each)], part.value(Saving.ENERGY))
            for each in savings:
                if each.company in spies:
                    self.known[self.unknown(each)] = float(each.amounts[Saving.ENERGY])

    def unknown(self, each: CountedSaving) -> int:
        """The number of the unknown amount."""
        amount = each.amounts[Saving.ENERGY]
        key = (each.company, each.kind, each.state.value, amount)
        if key not in self.unknowns:
            self.unknowns[key] = len(self.true)
            self.true.append(float(amount))
        return self.unknowns[key]

    def _learn(self, savings: Savings, value: Decimal | None) -> None:
        if value is None:
            return
        half = float(Decimal(1).scaleb(value.adjusted() + 1 - RULES.digits) / 2)
        row = dict.fromkeys(map(self.unknown, savings), 1.0)
        self.rows += [row, dict.fromkeys(row, -1.0)]
        self.bounds += [float(value) + half, half - float(value)]

    def range_of(self, wanted: Mapping[int, float]) -> float:
        """The most less the least that it can be, as a share of what it is."""
        size = len(self.true)
        matrix = [[row.get(place, 0.0) for place in range(size)] for row in self.rows]
        limits = [(self.known.get(place, 0.0), self.known.get(place)) for place in range(size)]
        found = []
        for sign in (1, -1):
            aim = [sign * wanted.get(place, 0.0) for place in range(size)]
            solved = linprog(aim, A_ub=matrix, b_ub=self.bounds, bounds=limits, method="highs")
            found.append(solved.fun if solved.status == 0 else float("-inf"))
        true = abs(sum(self.true[place] * factor for place, factor in wanted.items()))
        return (-found[1] - found[0]) / true if true else float("inf")

    def amounts_of(self, savings: Savings, company: int) -> dict[int, float]:
        """The unknowns that are a company's."""
        return dict.fromkeys((self.unknown(each) for each in savings if each.company == company), 1.0)


def least_range(days: Sequence[tuple[Savings, JointProgress]], *spies: int) -> float:
    """How well the attackers know the company they know best: of each day, and of what changed."""
    attack, found = Attack(days, frozenset(spies)), [float("inf")]
    for company in sorted({each.company for savings, _progress in days for each in savings} - set(spies)):
        own = [attack.amounts_of(savings, company) for savings, _progress in days]
        change = {place: own[-1].get(place, 0) - own[0].get(place, 0) for place in {*own[0], *own[-1]}}
        found += [attack.range_of(wanted) for wanted in (*own, change) if any(wanted.values())]
    return min(found)


def random_savings(chance: random.Random, companies: Sequence[int]) -> list[CountedSaving]:
    found = [
        attacked_saving(company, kind, state, int(10 ** chance.uniform(2.5, 3.5)))
        for company in companies
        for kind in chance.sample(KINDS, chance.randint(1, 3))
        for state in chance.sample((DONE, RUNNING, PLANNED), chance.choice((1, 1, 2)))
    ]
    return merged(found)


def largest(savings: Savings) -> int:
    return max(savings, key=lambda each: each.amounts[Saving.ENERGY]).company


@pytest.mark.parametrize("seed", range(6))
def test_one_sum_keeps_every_company_unknown(seed: int) -> None:
    chance = random.Random(seed)
    savings = random_savings(chance, range(chance.randint(9, 16)))
    progress = shown_sum(savings)
    assert progress is not None
    assert least_range([(savings, progress)], largest(savings)) >= APART


@pytest.mark.parametrize("seed", range(6))
def test_two_sums_keep_every_company_and_every_change_unknown(seed: int) -> None:
    chance = random.Random(seed)
    companies = range(chance.randint(12, 16))
    before = random_savings(chance, companies)
    first = shown_sum(before)
    assert first is not None
    changed = set(chance.sample(companies, chance.choice((1, 5, 8, len(companies) - 1))))
    now = [each for each in before if each.company not in changed] + random_savings(chance, sorted(changed))
    second = shown_sum(now, [EarlierSum(first, before)])
    if second is not None:
        assert len(changed) >= RULES.correction_companies
        assert least_range([(before, first), (now, second)], largest(now)) >= APART


SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(1, 40))]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("founded", [4, 8])
@pytest.mark.parametrize("who", ["manager", "member", "manager and member"])
def test_two_sums_tell_who_is_several_nobody_else(who: str, founded: int, seed: int) -> None:
    """Its firms save more, come or go, and a declaration shows what they and one other save."""
    chance = random.Random(seed)
    firms, real = range(100, 100 + founded), range(chance.randint(9, 14))
    is_shown = chance.random() < 0.5
    known = {0} if "manager" in who else set()  # whose declaration the manager reads

    def day(companies: Sequence[int]) -> list[CountedSaving]:
        found = random_savings(chance, companies)
        readable = known | (set(firms) if is_shown else set())
        return [replace(each, is_readable=each.company in readable) for each in found]

    before = day([*real, *firms])
    first = shown_sum(before, unconfirmed=firms)
    spies = [*firms, *known, *([largest(before[:20])] if "member" in who else [])]
    if first is None:
        return
    counted = counting(before, firms)
    assert least_range([(counted, first)], *spies) >= APART
    changed = set(chance.sample(real, chance.choice([0, 1, 5, len(real) - 1])))
    stay = [each for each in before if each.company not in changed and each.company in real]
    now = [*stay, *day([*sorted(changed), *firms[: chance.choice([0, founded])]])]
    second = shown_sum(now, [EarlierSum(first, counted)], firms)
    if second is not None:
        assert least_range([(counted, first), (counting(now, firms), second)], *spies) >= APART


def test_four_founded_firms_give_away_the_fifth_without_the_confirmation() -> None:
    firms = [attacked_saving(company, "fleet", DONE, 125) for company in range(100, 104)]
    others = [attacked_saving(company, "lighting", PLANNED, 1_000 + company) for company in range(6)]
    savings = [*others, attacked_saving(7, "fleet", DONE, 480), *firms]
    spies = range(100, 104)
    careful, careless = shown_sum(savings, unconfirmed=spies), shown_sum(savings)
    assert careful is not None
    assert least_range([(counting(savings, spies), careful)], *spies) >= APART
    assert careless is not None
    assert least_range([(savings, careless)], *spies) < APART


def test_an_earlier_sum_that_counted_founded_firms_gives_nobody_away() -> None:
    """A member leaves, and so do the founded firms, which count no more."""
    firms = [attacked_saving(company, "lighting", DONE, 110) for company in range(100, 104)]
    stay = [attacked_saving(company, "lighting", DONE, 30 + 2 * company) for company in range(6)]
    before = [*stay, attacked_saving(7, "lighting", DONE, 300), *firms]
    first = shown_sum(before)
    assert first is not None
    assert shown_sum([*stay, *firms], [EarlierSum(first, before)], range(100, 104)) is None
    gone = [each for each in before if each in stay]
    assert shown_sum(stay, [EarlierSum(first, gone)], range(100, 104)) is None
    careless = shown_sum(stay, [EarlierSum(first, before)])
    assert careless is not None
    assert least_range([(before, first), (stay, careless)], *range(100, 104)) < APART


def test_the_attack_finds_a_change_when_earlier_sums_are_forgotten() -> None:
    others = [attacked_saving(company, "lighting", DONE, 1_000) for company in range(1, 6)]
    before, now = (
        [attacked_saving(0, "lighting", DONE, 100), *others],
        [attacked_saving(0, "lighting", DONE, 4_800), *others],
    )
    first, careless = shown_sum(before), shown_sum(now)
    assert first is not None
    assert careless is not None
    assert least_range([(before, first), (now, careless)], 1) < APART
    assert shown_sum(now, [EarlierSum(first, before)]) is None


def test_the_attack_finds_a_company_when_states_are_not_crossed_with_kinds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    light = [attacked_saving(company, "lighting", DONE, 1_000) for company in range(6)]
    heat = [attacked_saving(company, "heat-and-insulation", PLANNED, 1_500) for company in range(6)]
    savings = [*light, *heat, attacked_saving(7, "heat-and-insulation", DONE, 3_000)]
    careful = shown_sum(savings)
    assert careful is not None
    assert least_range([(savings, careful)], 0) >= APART
    monkeypatch.setattr("dnk_tool.domain.aggregates.joint_progress.crossing_passes", lambda *_given: True)
    careless = shown_sum(savings)
    assert careless is not None
    assert least_range([(savings, careless)], 0) < APART
