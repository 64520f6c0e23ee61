"""What a measure saves with the factor of the year, and several together: each once, in its years."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.catalogue.factors.loader import load_factors, load_unit_families
from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.measures.effects import (
    factor_reference,
    own_emission_factor,
    saving,
    shown_tonnes,
    stated_quantity,
    with_sum_of_savings,
)
from dnk_tool.domain.measures.model import (
    CompanyMeasure,
    EffectBasis,
    EnergySaving,
    MeasureEffect,
    MeasureState,
    effect_from_json,
    effect_to_json,
)
from dnk_tool.domain.measures.sums import (
    MissingPart,
    can_count,
    missing_parts,
    repeated,
    sum_in_full_years,
    sum_in_year,
)
from dnk_tool.domain.numbers import MAX_DECIMALS, MAX_DIGITS
from dnk_tool.domain.quantities import Quantity

KINDS = load_measure_kinds()
LED = CompanyMeasure(
    "LED in der Halle",
    kind="lighting",
    state=MeasureState.DONE,
    effect=MeasureEffect(
        energy=(EnergySaving("electricity", Decimal(12_000), Decimal("4.224")),),
        t_co2e=Decimal("4.224"),
        cost_eur=Decimal(2_400),
        basis=EffectBasis.MEASURED,
    ),
    from_year=2025,
    lifetime=15,
)

measures = st.builds(
    lambda state, year, lifetime, kwh, basis, kind: replace(
        LED,
        state=state,
        from_year=year,
        lifetime=lifetime,
        kind=kind,
        effect=MeasureEffect(energy=(EnergySaving("electricity", Decimal(kwh)),), basis=basis),
    ),
    st.sampled_from(MeasureState),
    st.none() | st.integers(2015, 2035),
    st.none() | st.integers(1, 20),
    st.integers(1, 1_000_000),
    st.none() | st.sampled_from(EffectBasis),
    st.sampled_from(["", *KINDS.kinds]),
)
CARRIERS = load_measure_kinds().carriers


@given(st.lists(measures, max_size=8), st.integers(2010, 2060))
def test_no_sum_has_a_measure_outside_of_its_years_or_twice(given: list[CompanyMeasure], year: int) -> None:
    total = sum_in_year(given, year, KINDS)
    by_hand = sum(
        (
            each.effect.kwh or 0
            for each in given
            if each.state in ("planned", "running", "done")
            and each.kind != "purchased-green-power"
            and each.effect.basis
            and each.from_year
            and each.from_year <= year
            and (each.lifetime is None or year < each.from_year + each.lifetime)
        ),
        Decimal(0),
    )
    assert (total.kwh or 0) == by_hand
    assert total.with_effect <= total.decided <= len(given)


@given(st.lists(measures, max_size=8))
def test_what_does_not_count_changes_no_sum(given: list[CompanyMeasure]) -> None:
    counted = [each for each in given if can_count(each, KINDS)]
    whole, rest = sum_in_full_years(given, KINDS), sum_in_full_years(counted, KINDS)
    assert (whole.kwh, whole.with_effect) == (rest.kwh, rest.with_effect)


def test_a_measure_counts_from_its_first_year_until_its_lifetime_ends() -> None:
    years = {year: sum_in_year([LED], year, KINDS).kwh for year in (2024, 2025, 2039, 2040)}
    assert years == {2024: None, 2025: Decimal(12_000), 2039: Decimal(12_000), 2040: None}


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        (LED, ()),
        (replace(LED, from_year=None), (MissingPart.YEAR,)),
        (replace(LED, effect=replace(LED.effect, basis=None)), (MissingPart.BASIS,)),
        (replace(LED, effect=MeasureEffect(basis=EffectBasis.MEASURED)), (MissingPart.EFFECT,)),
        (CompanyMeasure("x"), (MissingPart.EFFECT, MissingPart.BASIS, MissingPart.YEAR)),
    ],
)
def test_what_a_measure_lacks_to_count_is_named(
    changed: CompanyMeasure, missing: tuple[MissingPart, ...]
) -> None:
    assert missing_parts(changed) == missing
    assert can_count(replace(changed, state=MeasureState.PLANNED), KINDS) is (not missing)


def test_a_measure_that_may_stand_there_twice_is_found() -> None:
    idea, other = replace(LED, state=MeasureState.IDEA), replace(LED, kind="cooling-and-ventilation")
    assert repeated({1: LED, 2: idea, 3: other, 4: replace(LED, text="Licht")}) == {4: 1}


def test_ideas_and_bought_green_power_never_count() -> None:
    for each in (
        replace(LED, state=MeasureState.IDEA),
        replace(LED, state=MeasureState.DROPPED),
        replace(LED, kind="purchased-green-power"),
    ):
        assert sum_in_full_years([each], KINDS).kwh is None


def saved_energy(carrier: str, value: str, unit: str, *, year: int = 2025) -> EnergySaving:
    """The saving of a stated amount by the published factors."""
    quantity = Quantity(Decimal(value), unit)
    return saving(quantity, CARRIERS[carrier], load_factors(), load_unit_families(), year=year)


@pytest.mark.parametrize(
    ("carrier", "value", "unit", "kwh", "tonnes"),
    [
        ("electricity", "10000", "kWh", "10000", "3.52"),
        ("electricity", "10", "MWh", "10000", "3.52"),
        ("natural-gas", "10000", "kWh-hs", "9030", "1.813946"),
        ("natural-gas", "9030", "kWh-hi", "9030", "1.813946"),
        ("heating-oil", "1000", "l", "10046.111111", "2.676284"),
        ("diesel", "1000", "l", "9984.55", "2.488944"),
        ("electricity", "-2500", "kWh", "-2500", "-0.88"),
    ],
)
def test_amounts_become_energy_by_net_calorific_value_and_greenhouse_gases(
    carrier: str, value: str, unit: str, kwh: str, tonnes: str
) -> None:
    found = saved_energy(carrier, value, unit)
    assert found.t_co2e is not None
    assert abs(found.kwh - Decimal(kwh)) < Decimal("0.01")
    assert abs(found.t_co2e - Decimal(tonnes)) < Decimal("0.0001")


def test_the_largest_number_that_can_be_typed_has_an_effect_in_each_unit() -> None:
    largest = "9" * MAX_DIGITS + "." + "9" * MAX_DECIMALS
    for carrier in CARRIERS.values():
        for unit in carrier.units:
            assert saved_energy(carrier.key, largest, unit.unit).kwh > 10**18


def test_every_carrier_has_a_factor_in_each_of_its_units() -> None:
    for carrier in CARRIERS.values():
        for unit in carrier.units:
            assert saved_energy(carrier.key, "1", unit.unit).t_co2e is not None, (carrier.key, unit.unit)


def test_the_factor_is_that_of_the_year_and_is_named_with_its_edition() -> None:
    for year in (2020, 2025):
        reference = factor_reference(saved_energy("electricity", "1", "kWh", year=year).factor)
        assert reference is not None
        assert (reference.key, reference.data_year) == ("electricity.de.co2e", year)
        assert load_factors().exact(reference.key, reference.edition, reference.data_year)


def test_a_companys_own_factor_takes_the_place_of_the_published_one() -> None:
    own = own_emission_factor(Decimal("0.066"))
    heat = saving(
        Quantity(Decimal(50), "MWh"),
        CARRIERS["district-heat"],
        load_factors(),
        load_unit_families(),
        year=2025,
        own=own,
    )
    reference = factor_reference(heat.factor)
    assert heat.t_co2e == Decimal("3.3")
    assert reference is not None
    assert (reference.is_own, reference.value) == (True, Decimal("0.066"))


def test_typed_greenhouse_gases_stay_and_others_follow_from_energy() -> None:
    energy = (saved_energy("natural-gas", "10000", "kWh-hs"), saved_energy("electricity", "-2500", "kWh"))
    followed = with_sum_of_savings(MeasureEffect(energy=energy))
    assert followed.t_co2e == sum(each.t_co2e or 0 for each in energy)
    typed = MeasureEffect(energy=energy, t_co2e=Decimal(1), is_t_co2e_typed=True)
    assert with_sum_of_savings(typed) == typed
    assert with_sum_of_savings(MeasureEffect()).t_co2e is None


def test_a_row_keeps_an_effect_exactly() -> None:
    effect = with_sum_of_savings(
        MeasureEffect(
            energy=(saved_energy("heating-oil", "1000.50", "l"), saved_energy("electricity", "-2500", "kWh")),
            water_m3=Decimal("12.0"),
            cost_eur=Decimal(-3),
            basis=EffectBasis.SUPPLIER,
        )
    )
    assert effect_from_json(effect_to_json(effect)) == effect
    assert effect_to_json(MeasureEffect()) == {}
    assert stated_quantity(effect.energy[0], CARRIERS["heating-oil"]) == Quantity(Decimal("1000.50"), "l")
    assert stated_quantity(effect.energy[1], CARRIERS["electricity"]) == Quantity(Decimal(-2500), "kWh")


@pytest.mark.parametrize(
    ("effect", "shown"),
    [
        (
            MeasureEffect((EnergySaving("gas", Decimal(71_000), Decimal("14.26688")),), Decimal("14.26688")),
            "14.3",
        ),
        (
            MeasureEffect(
                (
                    EnergySaving(
                        "diesel", Decimal(9_960), Decimal("2.6512"), stated=Quantity(Decimal("12"), "l")
                    ),
                ),
                Decimal("2.6512"),
            ),
            "2.7",
        ),
        (MeasureEffect(t_co2e=Decimal("14.26688"), is_t_co2e_typed=True), "14.26688"),
    ],
)
def test_computed_tonnes_have_the_decimals_of_tonnes(effect: MeasureEffect, shown: str) -> None:
    assert shown_tonnes(effect) == Decimal(shown)


def test_nothing_is_shown_where_nothing_was_computed() -> None:
    assert shown_tonnes(MeasureEffect()) is None
