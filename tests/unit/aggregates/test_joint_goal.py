"""Which measures count for a joint goal, and how their sums are shown or withheld, by rule."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.aggregates.counted_savings import (
    CountedSaving,
    count_bases,
    counted_savings,
    merged,
)
from dnk_tool.domain.aggregates.joint_goal import (
    OTHER_KINDS,
    JointGoal,
    JointProgress,
    JointSum,
    MissingCompanies,
    Saving,
    missing_companies,
)
from dnk_tool.domain.aggregates.joint_progress import JointSumRefused, joint_progress
from dnk_tool.domain.aggregates.joint_progress_json import (
    progress_from_json,
    progress_to_json,
    savings_from_json,
    savings_to_json,
)
from dnk_tool.domain.aggregates.joint_sum_changes import EarlierSum
from dnk_tool.domain.aggregates.model import Rule
from dnk_tool.domain.measures.model import (
    CompanyMeasure,
    EffectBasis,
    EnergySaving,
    MeasureEffect,
    MeasureState,
)

GOAL = JointGoal(2023, 2028, Decimal(4_000_000), Decimal(1_400))
RULES = load_aggregation_rules()
COUNTS = load_measure_kinds().counts
CLUSTER = 7
DONE, RUNNING, PLANNED = MeasureState.DONE, MeasureState.RUNNING, MeasureState.PLANNED


def measure(kwh: int | None = 1_000, **given: Any) -> CompanyMeasure:
    energy = () if kwh is None else (EnergySaving("electricity", Decimal(kwh), Decimal(kwh) / 2_500),)
    tonnes = None if kwh is None else Decimal(kwh) / 2_500
    effect = MeasureEffect(energy=energy, t_co2e=tonnes, basis=EffectBasis.MEASURED)
    whole = {"kind": "lighting", "state": DONE, "effect": effect, "from_year": 2025, "counts_for": CLUSTER}
    return CompanyMeasure("LED", **(whole | given))


def counted_energy(
    company: int, kwh: int, kind: str = "lighting", state: MeasureState = DONE, carrier: str = "electricity"
) -> CountedSaving:
    """Energy and, by a factor of 0.4, greenhouse gases."""
    amounts = {Saving.ENERGY: Decimal(kwh), Saving.GHG: Decimal(kwh) * Decimal("0.4")}
    return CountedSaving(company, kind, state, amounts, {carrier: Decimal(kwh)})


def progress_of_savings(*savings: CountedSaving, earlier: tuple[EarlierSum, ...] = ()) -> JointProgress:
    return joint_progress(GOAL, savings, RULES, members=40, bases={}, earlier=earlier)


def test_a_measure_counts_with_year_amount_and_basis_only() -> None:
    effect = measure().effect
    never = [
        measure(state=MeasureState.IDEA),
        measure(state=MeasureState.DROPPED),
        measure(counts_for=None),
        measure(counts_for=CLUSTER + 1),
        measure(kind="purchased-green-power"),
        measure(None),
        measure(from_year=None),
        measure(from_year=2022),
        measure(from_year=2029),
        measure(from_year=2024, lifetime=4),
        measure(effect=replace(effect, basis=None)),
    ]
    always = [measure(), measure(from_year=2023), measure(from_year=2024, lifetime=5), measure(kind="")]
    counted = counted_savings(GOAL, CLUSTER, {1: never, 2: always}, COUNTS)
    assert [each.company for each in counted] == [2] * 4
    assert count_bases(GOAL, CLUSTER, {1: never, 2: always}, COUNTS) == {EffectBasis.MEASURED: 4}


def test_who_is_missing_follows_from_consents_and_the_sum_alone() -> None:
    allowing = {1: True, 2: True, 3: True, 4: True, 5: True, 6: True, 7: False}
    of_five = progress_of_savings(*(counted_energy(company, 100) for company in range(5)))
    shown = JointSum(1, CLUSTER, 1, datetime(2026, 10, 1, tzinfo=UTC), of_five)
    assert missing_companies(allowing, shown) == MissingCompanies(7, without_permission=(7,), not_in_sum=1)
    assert missing_companies({1: True}, shown).not_in_sum == 0, "some left since, which the sum does not say"
    assert missing_companies(allowing, None).not_in_sum is None
    assert missing_companies(dict.fromkeys(range(5), True), shown).is_nobody
    assert not missing_companies(dict.fromkeys(range(5), True), None).is_nobody


def test_states_and_kinds_of_five_are_shown_rounded() -> None:
    shown = progress_of_savings(
        *(counted_energy(company, 1_010, "lighting", DONE) for company in range(6)),
        *(counted_energy(company, 505, "own-power", PLANNED) for company in range(6)),
        *(counted_energy(company, 100, "fleet", RUNNING) for company in range(5)),
    )
    assert shown.total.value(Saving.ENERGY) == Decimal(9_600)
    assert (shown.companies, shown.measures) == (6, 17)
    assert shown.in_state(Saving.ENERGY, DONE) == Decimal(6_100)
    assert [(each.kind, each.part.value(Saving.ENERGY)) for each in shown.kinds] == [
        ("lighting", Decimal(6_100)),
        ("own-power", Decimal(3_000)),
        ("fleet", Decimal(500)),
    ]
    assert shown.total.value(Saving.COST) is None, "nobody states it"
    assert progress_from_json(progress_to_json(shown)) == shown
    kept = merged([counted_energy(3, 1, "fleet"), counted_energy(3, 2, "fleet")])
    assert savings_from_json(3, savings_to_json(kept)) == kept


@pytest.mark.parametrize(
    ("amounts", "rule"),
    [
        ([100] * 4, Rule.TOO_FEW),
        ([401, 100, 100, 100, 100], Rule.LARGEST),
        ([500, 510, 20, 10, 10], Rule.SECOND_LARGEST),
        ([0] * 5, Rule.ZERO),
    ],
)
def test_a_total_that_gives_a_company_away_is_refused(amounts: list[int], rule: Rule) -> None:
    with pytest.raises(JointSumRefused) as refused:
        progress_of_savings(*(counted_energy(company, kwh) for company, kwh in enumerate(amounts)))
    assert refused.value.rule is rule


def test_small_kinds_join_the_others_until_these_pass_too() -> None:
    large = [counted_energy(company, 1_000, "lighting") for company in range(8)]
    middle = [counted_energy(company, 900, "own-power") for company in range(5)]
    small = [counted_energy(company, 50, "fleet") for company in range(2)]
    shown = progress_of_savings(*large, *middle, *small)
    rows = {each.kind: (each.part.companies, each.kinds) for each in shown.kinds}
    assert rows == {"lighting": (8, 1), OTHER_KINDS: (5, 2)}, "own-power joins, as two alone are too few"
    alone = progress_of_savings(*large, *small)
    assert (alone.kinds, alone.kinds_rule) == ((), Rule.REST), "total less the large kind would be the two"


def test_states_that_may_not_be_shown_alone_are_joined() -> None:
    shown = progress_of_savings(
        *(counted_energy(company, 1_000, state=DONE) for company in range(5)),
        *(counted_energy(company, 1_000, state=RUNNING) for company in range(2)),
        *(counted_energy(company, 1_000, state=PLANNED) for company in range(5)),
    )
    assert [each.states for each in shown.states] == [{DONE}, {RUNNING, PLANNED}]
    alone = progress_of_savings(
        *(counted_energy(company, 1_000) for company in range(5)), counted_energy(1, 9, state=PLANNED)
    )
    assert (alone.states, alone.states_rule) == ((), Rule.REST)


def test_states_crossed_with_kinds_tell_nothing_more() -> None:
    """All light is done, and of heat one company's alone: done less light would be that one."""
    done = [counted_energy(company, 1_000, "lighting", DONE) for company in range(6)]
    heat = [counted_energy(company, 800, "heat-and-insulation", PLANNED) for company in range(6)]
    safe = progress_of_savings(*done, *heat)
    assert [each.kind for each in safe.kinds] == ["heat-and-insulation", "lighting"]
    crossed = progress_of_savings(*done, *heat, counted_energy(7, 600, "heat-and-insulation", DONE))
    assert len(crossed.states) == 2
    assert crossed.kinds == ()


def test_energy_and_greenhouse_gases_do_not_tell_a_carrier() -> None:
    """With two carriers both sums give the energy of each, as factors are public."""
    electric = [counted_energy(company, 1_000) for company in range(6)]
    one_gas = counted_energy(7, 900, carrier="natural-gas")
    shown = progress_of_savings(*electric, one_gas)
    assert shown.total.value(Saving.ENERGY) is not None
    assert (shown.total.sums[Saving.GHG].value, shown.total.sums[Saving.GHG].rule) == (None, Rule.REST)
    three = progress_of_savings(*electric, one_gas, counted_energy(8, 900, carrier="diesel"))
    assert three.total.value(Saving.GHG) is not None


def earlier_sum(*savings: CountedSaving) -> EarlierSum:
    kept = merged(savings)
    return EarlierSum(progress_of_savings(*kept), kept)


BEFORE = tuple(counted_energy(company, 1_000 + company) for company in range(8))


@pytest.mark.parametrize(
    ("changed", "is_refused"),
    [
        ({}, False),
        ({0: 2_000}, True),
        ({0: 2_000, 1: 2_000, 2: 2_000, 3: 2_000}, True),
        ({0: 2_000, 1: 2_000, 2: 2_000, 3: 2_000, 4: 2_000}, False),
        ({0: 90_000, 1: 2_000, 2: 2_000, 3: 2_000, 4: 2_000}, True),
    ],
)
def test_a_next_sum_needs_five_changes_of_which_none_prevails(
    changed: dict[int, int], is_refused: bool
) -> None:
    now = [counted_energy(each.company, changed.get(each.company, 1_000 + each.company)) for each in BEFORE]
    if is_refused:
        with pytest.raises(JointSumRefused):
            progress_of_savings(*now, earlier=(earlier_sum(*BEFORE),))
    else:
        assert progress_of_savings(*now, earlier=(earlier_sum(*BEFORE),)).is_shown


def test_a_change_that_was_taken_back_is_compared_with_each_earlier_sum() -> None:
    """Two steps of five may leave one that changed from the first sum to the third."""
    first = [counted_energy(company, 1_000) for company in range(10)]
    second = [counted_energy(company, 2_000 if company < 5 else 1_000) for company in range(10)]
    third = [counted_energy(company, 2_000 if company in (4, 9) else 1_000) for company in range(10)]
    sums = (earlier_sum(*first), earlier_sum(*second))
    assert progress_of_savings(*third, earlier=sums[1:]).is_shown
    with pytest.raises(JointSumRefused):
        progress_of_savings(*third, earlier=sums)


def test_a_company_without_values_counts_with_the_most_it_can_have_had() -> None:
    kept = merged(BEFORE)
    earlier = EarlierSum(progress_of_savings(*kept), [each for each in kept if each.company])
    left = [counted_energy(company, 1_000 + company) for company in range(1, 8)]
    with pytest.raises(JointSumRefused):
        progress_of_savings(*left, earlier=(earlier,))
    grown = [counted_energy(company, 2_400 + company) for company in range(1, 8)]
    assert progress_of_savings(*grown, earlier=(earlier,)).is_shown


def test_kinds_in_which_few_changed_join_the_others() -> None:
    light = [counted_energy(company, 1_000, "lighting") for company in range(8)]
    heat = [counted_energy(company, 700, "heat-and-insulation") for company in range(8)]
    power = [counted_energy(company, 800, "own-power") for company in range(8)]
    earlier = earlier_sum(*light, *heat, *power)
    assert {each.kind for each in earlier.progress.kinds} == {"lighting", "heat-and-insulation", "own-power"}
    more_light = [counted_energy(company, 1_500, "lighting") for company in range(8)]
    more_heat = [
        counted_energy(company, 900 if company < 2 else 700, "heat-and-insulation") for company in range(8)
    ]
    more_power = [
        counted_energy(company, 999 if 2 <= company < 6 else 800, "own-power") for company in range(8)
    ]
    shown = progress_of_savings(*more_light, *more_heat, *more_power, earlier=(earlier,))
    assert [each.kind for each in shown.kinds] == ["lighting", OTHER_KINDS]


def test_companies_that_can_be_read_anyway_leave_enough_others() -> None:
    """Whoever reads six of ten declarations with their paths knows the sum of the other four."""
    savings = [counted_energy(company, 1_000) for company in range(10)]
    read = [replace(each, is_readable=each.company < 6) for each in savings]
    assert progress_of_savings(*savings).is_shown
    with pytest.raises(JointSumRefused) as refused:
        progress_of_savings(*read)
    assert refused.value.rule is Rule.READABLE
    assert progress_of_savings(*(replace(each, is_readable=each.company < 5) for each in savings)).is_shown


def readable_by(*companies: int, savings: list[CountedSaving]) -> list[CountedSaving]:
    return [replace(each, is_readable=each.company in companies) for each in savings]


def test_a_company_that_can_be_read_is_protected_where_its_measures_have_changed_since() -> None:
    """Who reads the other five knows that the sixth, changed since, has almost all of what is left."""
    small = [counted_energy(company, 100) for company in range(5)]
    savings = [*small, *(counted_energy(company, 1_000) for company in range(5, 11))]
    assert progress_of_savings(*savings).is_shown
    with pytest.raises(JointSumRefused) as refused:
        progress_of_savings(*readable_by(*range(5, 11), savings=savings))
    assert refused.value.rule is Rule.READABLE
    even = [*small, *(counted_energy(company, 400) for company in range(5, 11))]
    assert progress_of_savings(*readable_by(*range(5, 11), savings=even)).is_shown


def test_companies_that_can_all_be_read_do_not_hide_the_one_that_changed() -> None:
    savings = [counted_energy(company, 1_000) for company in range(6)]
    with pytest.raises(JointSumRefused) as refused:
        progress_of_savings(*readable_by(*range(6), savings=savings))
    assert refused.value.rule is Rule.READABLE


def test_a_change_needs_five_that_cannot_be_read_also_where_they_can_only_since() -> None:
    before = [counted_energy(company, 1_000) for company in range(12)]
    now = [counted_energy(company, 2_000 if company < 6 else 1_000) for company in range(12)]
    earlier = earlier_sum(*before)
    assert progress_of_savings(*now, earlier=(earlier,)).is_shown
    for readable in ((0, 1), (0, 1, 11)):
        with pytest.raises(JointSumRefused):
            progress_of_savings(*readable_by(*readable, savings=now), earlier=(earlier,))
    assert progress_of_savings(*readable_by(0, 11, savings=now), earlier=(earlier,)).is_shown
    kept = [counted_energy(company, 500, "heat-and-insulation") for company in (0, 1)]
    earlier = earlier_sum(*before, *kept)
    assert progress_of_savings(*before[5:], *kept, earlier=(earlier,)).is_shown
    with pytest.raises(JointSumRefused):
        progress_of_savings(*before[5:], *readable_by(0, 1, savings=kept), earlier=(earlier,))


def test_carriers_of_those_that_cannot_be_read_are_protected_too() -> None:
    """Without the readable company's diesel, what is left has two carriers, one of them one company's."""
    electric = [counted_energy(company, 1_000) for company in range(6)]
    gas, diesel = counted_energy(7, 900, carrier="natural-gas"), counted_energy(8, 900, carrier="diesel")
    shown = progress_of_savings(*electric, gas, replace(diesel, is_readable=True))
    assert shown.total.value(Saving.ENERGY) is not None
    assert (shown.total.sums[Saving.GHG].value, shown.total.sums[Saving.GHG].rule) == (None, Rule.REST)
