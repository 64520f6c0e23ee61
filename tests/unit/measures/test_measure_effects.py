"""What a saving is in kWh and t CO2e, with the factor of the year, and how a row keeps it."""

from decimal import Decimal

import pytest

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
    EffectBasis,
    EnergySaving,
    MeasureEffect,
    effect_from_json,
    effect_to_json,
)
from dnk_tool.domain.numbers import MAX_DECIMALS, MAX_DIGITS
from dnk_tool.domain.quantities import Quantity

CARRIERS = load_measure_kinds().carriers


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
