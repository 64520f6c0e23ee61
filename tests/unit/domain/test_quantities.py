"""Quantities: conversion is exact, whatever the unit and the order."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.domain.quantities import Quantity, UnknownUnit, change_in_percent, converted, from_base, in_base

quick = settings(max_examples=80, deadline=None, database=None)

FAMILIES = load_catalogue("dnk-2017").families
ENERGY = FAMILIES["energy"]

values = st.decimals(min_value=-(10**12), max_value=10**12, places=4)
families = st.sampled_from(sorted(FAMILIES.values(), key=lambda family: family.key))


@st.composite
def measured(draw: st.DrawFn) -> tuple[UnitFamily, list[Quantity]]:
    family = draw(families)
    units = st.sampled_from(sorted(family.units))
    return family, draw(st.lists(st.builds(Quantity, values, units), min_size=1, max_size=6))


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "family", "result"),
    [
        ("1", "kWh", "MJ", "energy", "3.6"),
        ("165.5", "GJ", "kWh", "energy", "45972.22222222222222222222222"),
        ("4518", "kWh", "GJ", "energy", "16.2648"),
        ("14000", "kg", "t", "mass", "14"),
        ("2", "m3", "l", "volume", "2000"),
        ("7.4", "Mio-EUR", "TEUR", "money", "7400"),
        ("5.6", "per-200k-hours", "per-1m-hours", "accident-rate", "28"),
    ],
)
def test_converts_between_units(value: str, unit: str, wanted: str, family: str, result: str) -> None:
    assert str(converted(Quantity(Decimal(value), unit), wanted, FAMILIES[family])) == result


@pytest.mark.parametrize(("unit", "wanted"), [("kg", "kWh"), ("kWh", "kg"), ("", "kWh"), ("kwh", "kWh")])
def test_refuses_units_of_another_family(unit: str, wanted: str) -> None:
    with pytest.raises(UnknownUnit):
        converted(Quantity(Decimal(1), unit), wanted, ENERGY)


@quick
@given(given_=measured(), data=st.data())
def test_there_and_back_is_the_same_to_27_digits(
    given_: tuple[UnitFamily, list[Quantity]], data: st.DataObject
) -> None:
    family, (quantity, *_) = given_
    unit = data.draw(st.sampled_from(sorted(family.units)))
    there = Quantity(converted(quantity, unit, family), unit)
    error = abs(in_base(there, family.units) - in_base(quantity, family.units))
    assert error <= abs(in_base(quantity, family.units)) / 10**27


@quick
@given(given_=measured(), data=st.data())
def test_a_sum_is_the_same_in_any_order_and_unit(
    given_: tuple[UnitFamily, list[Quantity]], data: st.DataObject
) -> None:
    family, quantities = given_
    shuffled = data.draw(st.permutations(quantities))
    bases = [in_base(quantity, family.units) for quantity in quantities]
    assert sum(bases, Fraction(0)) == sum(
        (in_base(quantity, family.units) for quantity in shuffled), Fraction(0)
    )
    for unit in family.units:
        assert from_base(sum(bases, Fraction(0)), unit, family) == from_base(
            sum(reversed(bases), Fraction(0)), unit, family
        )


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [
        (("4518", "kWh"), ("4.73", "MWh"), "-4.5"),
        (("1", "GJ"), ("1000", "MJ"), "0"),
        (("15", "kWh"), ("-10", "kWh"), "250"),
        (("0", "kWh"), ("5", "kWh"), "-100"),
    ],
)
def test_change_compares_across_units(now: tuple[str, str], before: tuple[str, str], change: str) -> None:
    quantities = [Quantity(Decimal(value), unit) for value, unit in (now, before)]
    assert change_in_percent(quantities[0], quantities[1], ENERGY) == Decimal(change)


def test_there_is_no_change_against_nothing() -> None:
    assert change_in_percent(Quantity(Decimal(5), "kWh"), Quantity(Decimal("0.0"), "GJ"), ENERGY) is None
