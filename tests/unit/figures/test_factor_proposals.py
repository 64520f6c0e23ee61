"""Factors for a slot: what is proposed, what may be chosen, and that newer editions are only offered."""

from dataclasses import replace
from decimal import Decimal

import pytest

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.model import Activity, Slot
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.catalogue.factors.model import Factor, Factors
from dnk_tool.catalogue.values import Verification
from dnk_tool.domain.figures.calculators import (
    CalculatorLine,
    InvalidLine,
    LineFault,
    factor_alternatives,
    factor_snapshot,
    line_faults,
    line_from_json,
    line_to_json,
    needs_factor,
    newer_factors,
    with_gwp_set,
    with_proposed_factors,
)
from tests.support.calculator_lines import YEAR, activity_of, make_line


def _slot(where: str, key: str) -> tuple[Activity, Slot]:
    calculator, name = where.split("/")
    activity = load_calculators()[calculator].activity(name)
    assert activity
    slot = activity.slot(key)
    assert slot
    return activity, slot


def _keys(where: str, slot: str, unit: str) -> list[str]:
    return [factor.key for factor in factor_alternatives(*_slot(where, slot), unit, load_factors(), YEAR)]


@pytest.mark.parametrize(
    ("where", "slot", "unit", "keys"),
    [
        ("energy/natural-gas", "scope1", "kWh-hs", ["natural-gas.hs"]),
        ("energy/natural-gas", "scope1", "MWh-hi", ["natural-gas.hi"]),
        ("energy/natural-gas", "scope1", "m3", ["natural-gas.hs"]),
        ("energy/lpg", "scope1", "l", ["lpg.litre"]),
        ("energy/lpg", "scope1", "t", ["lpg.kg"]),
        ("energy/electricity", "location", "GJ", ["electricity.de.co2e", "electricity.de.direct"]),
        ("energy/electricity", "location", "l", []),
        ("freight/lorry", "scope3", "t", ["freight.lorry.tkm", "freight.lorry-direct.tkm"]),
        ("commuting/bus", "scope3", "km", ["bus.local.pkm"]),
    ],
)
def test_the_unit_decides_which_factors_fit(where: str, slot: str, unit: str, keys: list[str]) -> None:
    assert _keys(where, slot, unit) == keys


def test_other_assessment_reports_may_be_chosen() -> None:
    factors = factor_alternatives(*_slot("refrigerants/r410a", "scope1"), "kg", load_factors(), YEAR)
    assert [factor.edition.key for factor in factors] == ["ipcc-ar5", "ipcc-ar4", "ipcc-ar6"]
    assert [str(factor.value) for factor in factors] == ["1923.5", "2087.5", "2255.5"]


def test_what_is_measured_alike_needs_no_factor() -> None:
    activity, slot = _slot("energy/lpg", "energy")
    assert not needs_factor(activity, slot, "kWh-hi")
    assert needs_factor(activity, slot, "kg")
    assert needs_factor(*_slot("energy/natural-gas", "energy"), "kWh-hs")
    assert "energy" not in make_line("energy/lpg", quantity="1 kWh-hi").factors


def test_a_proposal_leaves_alone_what_somebody_decided() -> None:
    proposed = make_line("energy/natural-gas", quantity="1 MWh-hs")
    assert {key: factor and factor.key for key, factor in proposed.factors.items()} == {
        "energy": "natural-gas.energy.hs",
        "scope1": "natural-gas.hs",
        "upstream": "natural-gas.upstream.hs",
    }
    without = replace(proposed, factors={"upstream": None})
    again = with_proposed_factors(without, activity_of(without), load_factors(), YEAR)
    assert again.factors["upstream"] is None
    assert again.factors["scope1"] == proposed.factors["scope1"]


def test_what_nobody_compared_with_its_source_is_offered_but_not_proposed() -> None:
    factors = load_factors()
    unconfirmed = tuple(
        replace(factor, verification=Verification.UNCONFIRMED)
        for factor in factors.by_key["electricity.de.upstream"]
    )
    doubted = Factors(factors.editions, {**factors.by_key, "electricity.de.upstream": unconfirmed})
    bare = replace(make_line("energy/electricity", quantity="1 kWh"), factors={})
    assert "upstream" not in with_proposed_factors(bare, activity_of(bare), doubted, YEAR).factors
    assert _keys("energy/electricity", "upstream", "kWh") == ["electricity.de.upstream"]


def test_a_stated_value_goes_before_any_factor() -> None:
    assert "location" in make_line("energy/district-heat", quantity="1 kWh").factors
    stated = make_line("energy/district-heat", quantity="1 kWh", supplier_value="90 g-co2e-per-kWh")
    assert stated.factors == {}


def test_the_year_decides_which_mix_is_proposed() -> None:
    for year, value in ((1990, "0.771"), (2010, "0.565"), (2018, "0.481"), (2025, "0.352"), (2030, "0.352")):
        factor = make_line("energy/electricity", year=year, quantity="1 kWh").factors["location"]
        assert factor is not None
        assert str(factor.value) == value


def _with_edition(factors: Factors, key: str, value: str) -> tuple[Factors, Factor]:
    """The same factors, with one value of a key in an edition that appeared later."""
    latest = factors.newest(key, YEAR)
    assert latest
    edition = replace(latest.edition, key="next", edition="next", published="2099-01-01")
    new = replace(latest, edition=edition, value=Decimal(value))
    return Factors(
        {**factors.editions, "next": edition}, {**factors.by_key, key: (*factors.by_key[key], new)}
    ), new


def test_a_newer_edition_is_offered_with_the_difference_and_never_forced() -> None:
    given = make_line("energy/electricity-green", quantity="1 kWh")
    assert newer_factors(given, load_factors(), YEAR) == ()
    factors, new = _with_edition(load_factors(), "electricity.de.co2e", "0.3696")
    (offer,) = newer_factors(given, factors, YEAR)
    assert (offer.slot, offer.new, offer.difference_percent) == ("location", new, Decimal("5.0"))
    assert with_proposed_factors(given, activity_of(given), factors, YEAR) == given
    taken = replace(given, factors={**given.factors, "location": factor_snapshot(new)})
    assert newer_factors(taken, factors, YEAR) == ()


def test_who_chose_another_report_is_not_asked_back() -> None:
    given = make_line("refrigerants/r410a", quantity="1 kg")
    chosen = load_factors().exact("refrigerant.r410a", "ipcc-ar6")
    assert chosen
    assert (
        newer_factors(replace(given, factors={"scope1": factor_snapshot(chosen)}), load_factors(), YEAR) == ()
    )


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        (None, {("not-a-text", "calculator"), ("not-a-text", "activity")}),
        ([], {("not-a-mapping", ""), ("not-a-text", "calculator"), ("not-a-text", "activity")}),
        ({"quantities": {"q": {"value": 0.5, "unit": "kWh"}}}, {("not-a-number", "quantities.q.value")}),
        ({"quantities": {"q": {"value": "1e99", "unit": "kWh"}}}, {("not-a-number", "quantities.q.value")}),
        (
            {"quantities": {"q": {"value": "NaN", "unit": ""}}},
            {("not-a-number", "quantities.q.value"), ("not-a-text", "quantities.q.unit")},
        ),
        ({"basis": "guess"}, {("unknown", "basis")}),
        ({"basis": []}, {("unknown", "basis")}),
        ({"factors": {"scope1": 5}}, {("not-a-mapping", "factors.scope1")}),
        ({"factors": {"scope1": {"data_year": True}}}, {("not-a-year", "factors.scope1.data_year")}),
        ({"label": 7}, {("not-a-text", "label")}),
    ],
)
def test_data_that_are_no_line_are_refused_by_name(data: object, faults: set[tuple[str, str]]) -> None:
    known = {"calculator": "energy", "activity": "diesel"}
    with pytest.raises(InvalidLine) as raised:
        line_from_json({**known, **data} if isinstance(data, dict) else data)
    assert faults <= {(fault.code, fault.where) for fault in raised.value.faults}


def test_a_line_is_stored_without_anything_empty() -> None:
    assert line_to_json(CalculatorLine(7, "energy", "diesel")) == {
        "calculator": "energy",
        "activity": "diesel",
        "basis": "bill",
        "factors": {},
    }
    assert line_from_json({"calculator": "energy", "activity": "diesel"}) == CalculatorLine(
        0, "energy", "diesel"
    )


def test_a_value_that_nobody_confirmed_is_chosen_and_not_proposed() -> None:
    """Long-distance rail has one value, known from a transcription only; the slot needs a factor."""
    line = make_line("travel/rail-long-distance", quantity="100 pkm")
    assert line.factors == {}
    assert line_faults(line, activity_of(line)) == (LineFault("no-factor", "scope3"),)
    factors = factor_alternatives(activity_of(line), activity_of(line).slots[0], "pkm", load_factors(), 2025)
    assert [factor.verification for factor in factors] == [Verification.UNCONFIRMED]
    chosen = replace(line, factors={"scope3": factor_snapshot(factors[0])})
    assert line_faults(chosen, activity_of(chosen)) == ()
    assert newer_factors(chosen, load_factors(), 2025, activity=activity_of(chosen)) == ()


@pytest.mark.parametrize(("gwp_set", "value"), [("AR4", "3"), ("AR5", "0.06"), ("AR6", "0.02"), ("", "0.06")])
def test_propane_follows_the_set_of_the_inventory(gwp_set: str, value: str) -> None:
    line = make_line("refrigerants/r290", quantity="1 kg", gwp_set=gwp_set)
    factor = line.factors["scope1"]
    assert factor
    assert factor.value == Decimal(value)
    other = with_gwp_set(line, load_factors(), "AR4").factors["scope1"]
    assert other
    assert other.value == 3


def test_a_gas_bill_of_earlier_programs_is_offered_nothing_for_biomethane() -> None:
    line = make_line("energy/natural-gas", quantity="1000 kWh-hs")
    assert set(line.factors) == {"energy", "scope1", "upstream"}
    assert newer_factors(line, load_factors(), 2025, activity=activity_of(line)) == ()
