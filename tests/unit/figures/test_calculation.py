"""From lines to results: each calculator counts what it should, once, and says what it leaves out."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.catalogue.factors.model import Boundary
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.answers.answer import Figure, Origin, Quality
from dnk_tool.domain.figures.calculators import (
    Basis,
    CalculationResult,
    CalculatorLine,
    FactorSnapshot,
    LineFault,
    NoteCode,
    factor_snapshot,
    line_faults,
)
from tests.support.calculator_lines import activity_of, make_calculation, make_line


def _result(
    datapoint: str, *lines: CalculatorLine, figures: dict[str, Figure] | None = None
) -> CalculationResult:
    return make_calculation(*lines, figures=figures).results[datapoint]


def _value(datapoint: str, *lines: CalculatorLine, figures: dict[str, Figure] | None = None) -> str:
    value = _result(datapoint, *lines, figures=figures).value
    return f"{value.value} {value.unit}"


def _codes(datapoint: str, *lines: CalculatorLine) -> set[str]:
    return {note.code for note in make_calculation(*lines).notes if note.datapoint == datapoint}


def _own(value: str, unit: str, result_unit: str, reason: str = "EPD 2025") -> FactorSnapshot:
    return FactorSnapshot(
        "own", "", None, Text("Eigener", "Own"), Decimal(value), unit, result_unit, reason=reason
    )


@pytest.mark.parametrize(
    ("where", "quantity", "energy", "scope_1"),
    [
        ("energy/natural-gas", "1 MWh-hs", "903 kWh", "0.181395 t-co2e"),
        ("energy/natural-gas", "1 MWh-hi", "1000 kWh", "0.20088 t-co2e"),
        ("energy/heating-oil", "1 m3", "10046.111111 kWh", "2.676284 t-co2e"),
        ("energy/heating-oil", "1 MWh-hi", "1000 kWh", "0.2664 t-co2e"),
        ("energy/lpg", "1 t", "12777.777778 kWh", "3.013 t-co2e"),
        ("energy/lpg", "1 MWh-hi", "1000 kWh", "0.2358 t-co2e"),
        ("energy/diesel", "1000 l", "10046.111111 kWh", "2.676284 t-co2e"),
        ("energy/petrol", "1000 l", "9122.916667 kWh", "2.394218 t-co2e"),
        ("energy/lignite-briquettes", "1 t", "5388.888889 kWh", "1.92448 t-co2e"),
    ],
)
def test_a_fuel_gives_energy_and_direct_emissions(
    where: str, quantity: str, energy: str, scope_1: str
) -> None:
    given = make_line(where, quantity=quantity)
    assert _value("energy.fuels.non-renewable", given) == energy
    assert _value("energy.total", given) == energy
    assert _value("ghg.scope1.gross", given) == scope_1


def test_cubic_metres_of_gas_are_measured_as_on_the_bill() -> None:
    given = make_line(
        "energy/natural-gas",
        quantity="1000 m3",
        state_number="0.9567 state-number",
        calorific_value="11.234 kWh-hs-per-m3",
    )
    step = next(step for step in _result("ghg.scope1.gross", given).steps)
    assert str(step.quantity.value) == "1000"
    assert step.in_factor_unit.value == Decimal("10747.5678")
    assert step.in_factor_unit.unit == "kWh-hs"
    assert _value("ghg.scope1.gross", given) == "1.949551 t-co2e"


def test_a_gas_bill_leads_to_three_things() -> None:
    calculation = make_calculation(make_line("energy/natural-gas", quantity="20000 kWh-hs"))
    assert calculation.results["ghg.scope3.fuel-and-energy"].value.value == Decimal("0.6042")
    assert calculation.results["ghg.scope3.gross"].steps[0].category == "3.3"
    assert [key for key, _ in calculation.steps_of(1)] == [
        "energy.fuels.non-renewable",
        "ghg.scope1.gross",
        "ghg.scope3.gross",
    ]


def test_kilometres_give_emissions_and_say_that_energy_is_missing() -> None:
    given = make_line("energy/car-diesel-km", quantity="10000 km")
    calculation = make_calculation(given)
    assert set(calculation.results) == {"ghg.scope1.gross"}
    assert _codes("energy.fuels.non-renewable", given) == {"not-counted"}


def test_market_based_follows_the_order_of_the_ghg_protocol() -> None:
    usual = make_line("energy/electricity", 1, quantity="1000 kWh")
    green = make_line("energy/electricity-green", 2, quantity="1000 kWh")
    supplier = make_line(
        "energy/electricity-supplier", 3, quantity="1 MWh", supplier_value="312 g-co2e-per-kWh"
    )
    residual = make_line(
        "energy/electricity-residual", 4, quantity="1 MWh", residual_value="0.7 kg-co2e-per-kWh"
    )
    for given, market in ((usual, "0.352"), (green, "0"), (supplier, "0.312"), (residual, "0.7")):
        assert _value("ghg.scope2.location", given) == "0.352 t-co2e"
        assert _value("ghg.scope2.market", given) == f"{market} t-co2e"
    assert "grid-average" in _codes("ghg.scope2.market", usual)
    assert "grid-average" not in _codes("ghg.scope2.market", supplier)
    assert _value("energy.renewable-share", usual, green) == "50 percent"


def test_solar_power_fed_in_neither_adds_to_the_total_nor_takes_away() -> None:
    grid = make_line("energy/electricity", 1, quantity="1000 kWh")
    solar = make_line("energy/own-solar", 2, quantity="400 kWh", fed_in="5000 kWh")
    assert _value("energy.total", grid, solar) == "1400 kWh"
    assert _value("energy.electricity.sold", solar) == "5000 kWh"
    assert _value("energy.electricity.self-generated", solar) == "5400 kWh"


def test_electricity_of_own_fuels_is_not_counted_twice() -> None:
    gas = make_line("energy/natural-gas", 1, quantity="100 MWh-hi")
    plant = make_line("energy/chp-electricity", 2, quantity="20 MWh", fed_in="10 MWh")
    assert _value("energy.total", gas, plant) == "90000 kWh"
    assert "energy.electricity.consumption" not in make_calculation(gas, plant).results
    assert "own-fuels" in _codes("energy.total", gas, plant)


def test_electricity_of_own_renewable_fuels_leaves_with_its_energy() -> None:
    biogas = make_line("energy/biogas", 1, quantity="100 kWh-hi")
    plant = make_line("energy/chp-electricity-renewable", 2, quantity="10 kWh", fed_in="30 kWh")
    assert _value("energy.renewable", biogas, plant) == "70 kWh"
    assert _value("energy.renewable-share", biogas, plant) == "100 percent"


def test_district_heat_takes_the_suppliers_value_before_the_fallback() -> None:
    fallback = make_line("energy/district-heat", 1, quantity="10 MWh")
    stated = make_line("energy/district-heat", 2, quantity="10 MWh", supplier_value="90 g-co2e-per-kWh")
    assert _value("ghg.scope2.location", fallback) == "2.8 t-co2e"
    assert _value("ghg.scope2.market", stated) == "0.9 t-co2e"
    assert _codes("ghg.scope2.location", fallback) == {"with-upstream"}


def test_cooling_without_a_stated_value_says_that_emissions_are_missing() -> None:
    given = make_line("energy/district-cooling", quantity="10 MWh")
    assert set(make_calculation(given).results) == {"energy.cooling.consumption", "energy.total"}
    assert _codes("ghg.scope2.location", given) == {"not-counted"}


def test_boundaries_are_never_mixed_silently() -> None:
    gas = make_line("energy/natural-gas", 1, quantity="1 MWh-hs")
    pellets = make_line("energy/wood-pellets", 2, quantity="1 MWh-hi")
    with_upstream = load_factors().exact("wood-pellets.hi", "bafa-eew-3.4")
    assert with_upstream
    earlier = replace(pellets, factors={**pellets.factors, "scope1": factor_snapshot(with_upstream)})
    notes = {note.code: note for note in _result("ghg.scope1.gross", gas, earlier).notes}
    assert notes["mixed-boundary"].groups == (("direct", (1,)), ("direct-and-upstream", (2,)))
    assert notes["mixed-gases"].groups == (("CO2", (1,)), ("CO2e", (2,)))
    assert "mixed-boundary" not in _codes("ghg.scope1.gross", gas, pellets)
    assert "mixed-boundary" not in _codes("ghg.scope1.gross", gas)
    assert "co2-only" in _codes("ghg.scope1.gross", gas)


def test_refrigerant_is_refilled_or_balanced() -> None:
    assert _value("ghg.scope1.gross", make_line("refrigerants/r404a", quantity="500 g")) == "1.9714 t-co2e"
    balance = make_line("refrigerants/r404a", start="10 kg", bought="5 kg", end="12 kg", disposed="1 kg")
    assert _value("ghg.scope1.gross", balance) == "7.8856 t-co2e"
    both = make_line("refrigerants/r404a", quantity="1 kg", start="10 kg")
    assert line_faults(both, activity_of(both)) == (LineFault("either-or", "start"),)
    gained = make_line("refrigerants/r404a", start="1 kg", bought="0 kg", end="2 kg", disposed="0 kg")
    assert line_faults(gained, activity_of(gained)) == (LineFault("below-zero", "start"),)


def test_ways_to_work_and_freight_are_multiplied_out() -> None:
    way = make_line("commuting/car", quantity="10 km", days="200 days", persons="3 persons")
    assert _value("ghg.scope3.commuting", way) == "2.7552 t-co2e"
    freight = make_line("freight/lorry", quantity="2000 kg", distance="100 km")
    stated = make_line("freight/lorry", quantity="200 tkm")
    assert _value("ghg.scope3.upstream-transport", freight) == "0.0236 t-co2e"
    assert _value("ghg.scope3.upstream-transport", stated) == "0.0236 t-co2e"


def test_a_purchase_needs_an_own_factor_with_a_reason() -> None:
    bare = make_line("purchases/purchase", quantity="2 t")
    assert line_faults(bare, activity_of(bare)) == (LineFault("no-factor", "scope3"),)
    silent = replace(bare, factors={"scope3": _own("1.5", "kg", "kg-co2e", reason=" ")})
    assert line_faults(silent, activity_of(silent)) == (LineFault("no-reason", "scope3"),)
    given = replace(bare, factors={"scope3": _own("1.5", "kg", "kg-co2e")})
    assert _value("ghg.scope3.purchased-goods", given) == "3 t-co2e"
    assert _codes("ghg.scope3.purchased-goods", given) == {"own-factor"}
    other = replace(bare, factors={"scope3": _own("1.5", "EUR", "kg-co2e")})
    assert line_faults(other, activity_of(other)) == (LineFault("unfit-factor", "scope3"),)


def test_an_own_factor_may_be_for_the_unit_as_entered() -> None:
    gas = make_line(
        "energy/natural-gas",
        quantity="100 m3",
        state_number="1 state-number",
        calorific_value="10 kWh-hs-per-m3",
    )
    own = replace(gas, factors={**gas.factors, "scope1": _own("2", "m3", "kg-co2e")})
    assert line_faults(own, activity_of(own)) == ()
    assert _value("ghg.scope1.gross", own) == "0.2 t-co2e"


def test_kilograms_and_tonnes_add_up_and_cubic_metres_stand_apart() -> None:
    paper = make_line("waste/recycling-paper", 1, quantity="1500 kg")
    rest = make_line("waste/incineration", 2, quantity="0.5 t")
    rubble = make_line("waste/disposal", 3, quantity="4 m3")
    assert _value("waste.total", paper, rest, rubble) == "2 t"
    assert _value("waste.volume", paper, rest, rubble) == "4 m3"
    assert _value("waste.recycled-share", paper, rest) == "75 percent"
    assert _value("waste.recovered-share", paper, rest) == "75 percent"
    (note,) = [
        note for note in _result("waste.total", paper, rest, rubble).notes if note.code == "not-counted"
    ]
    assert note.lines == (3,)


def test_a_share_of_which_nobody_said_the_part_is_not_zero() -> None:
    rest = make_line("waste/incineration", quantity="4 t")
    shares = {"waste.recycled-share", "waste.recovered-share"}
    calculation = make_calculation(rest)
    assert not shares & calculation.results.keys()
    assert {note.datapoint for note in calculation.notes if note.code is NoteCode.PART_UNSAID} == shares
    said = {"waste.recycled.mass": Figure(Decimal(0), "kg")}
    assert _value("waste.recycled-share", rest, figures=said) == "0 percent"
    assert "waste.recovered-share" not in make_calculation(rest, figures=said).results
    assert not shares & make_calculation(make_line("waste/disposal", quantity="4 m3")).results.keys()


@pytest.mark.parametrize(
    ("activity", "code", "is_right"),
    [
        ("recycling-paper", "15 01 01", True),
        ("recycling-paper", "150101", True),
        ("recycling-paper", "15 01 10*", False),
        ("hazardous-disposal", "15 01 10*", True),
        ("hazardous-disposal", "15 01", False),
    ],
)
def test_a_waste_code_has_six_digits_and_a_star_if_hazardous(
    activity: str, code: str, is_right: bool
) -> None:
    given = replace(make_line(f"waste/{activity}", quantity="1 t"), code=code)
    assert (line_faults(given, activity_of(given)) == ()) is is_right


def test_recycled_materials_are_a_share_only_where_each_line_says_so() -> None:
    steel = make_line("materials/non-renewable", 1, quantity="30 t", recycled_share="40 percent")
    paper = make_line("materials/renewable", 2, quantity="10 t", recycled_share="100 percent")
    silent = make_line("materials/renewable", 3, quantity="10 t")
    assert _value("materials.recycled-share", steel, paper) == "55 percent"
    assert "materials.recycled-share" not in make_calculation(steel, silent).results
    assert _codes("materials.recycled-share", steel, silent) == {"recycled-share-missing"}
    too_much = make_line("materials/renewable", quantity="10 t", recycled_share="101 percent")
    assert line_faults(too_much, activity_of(too_much)) == (LineFault("above-whole", "recycled-share"),)


def test_more_water_out_than_in_gives_no_consumption() -> None:
    mains = make_line("water/mains", 1, quantity="100 m3", water_stress="0 m3")
    sewer = make_line("water/discharge-sewer", 2, quantity="120 m3")
    assert "water.consumption" not in make_calculation(mains, sewer).results
    assert _codes("water.consumption", mains, sewer) == {"impossible-share"}
    assert "water.consumption" not in make_calculation(mains).results


def test_accidents_are_counted_over_all_lines() -> None:
    north = make_line(
        "accidents/employees", 1, hours="60000 h", recordable_injuries="3 1", severe_injuries="1 1"
    )
    south = make_line("accidents/employees", 2, hours="40000 h", recordable_injuries="0 1")
    assert _value("safety.employees.recordable-injury-rate", north, south) == "30 per-1m-hours"
    # Only the north says how many were severe: its rate is over its own hours.
    assert _value("safety.employees.severe-injury-rate", north, south) == "16.666667 per-1m-hours"
    nobody = make_line("accidents/other-workers", hours="0 h", recordable_injuries="0 1")
    assert "safety.other-workers.recordable-injury-rate" not in make_calculation(nobody).results
    assert "no-denominator" in _codes("safety.other-workers.recordable-injury-rate", nobody)


def test_training_is_weighted_by_heads() -> None:
    given = make_line(
        "training/training",
        hours_women="9300 h",
        heads_women="62 persons",
        hours_men="8500 h",
        heads_men="85 persons",
        hours_diverse="520 h",
        heads_diverse="4 persons",
    )
    assert _value("training.hours.women", given) == "150 h-per-person"
    assert _result("training.hours.average", given).exact == Fraction(18320, 151)


def test_two_means_are_no_mean_of_all() -> None:
    lines = [make_line("pay-gap/pay-gap", n, men="20 eur-per-h", women="22 eur-per-h") for n in (1, 2)]
    assert _value("workforce.pay-gap", lines[0]) == "-10 percent"
    assert "workforce.pay-gap" not in make_calculation(*lines).results
    assert _codes("workforce.pay-gap", *lines) == {"several-lines"}


def test_diversity_has_shares_and_a_ratio_only_where_there_is_one() -> None:
    given = make_line("diversity/board", women="0 persons", men="4 persons", diverse="1 persons")
    results = make_calculation(given).results
    assert results["diversity.board.women-share"].value.value == 0
    assert "diversity.board.women-ratio" not in results
    ages = make_line("diversity/board", under_30="1 persons", over_50="3 persons")
    assert make_calculation(ages).results == {}
    assert _codes("diversity.board.under-30-share", ages) == {"group-missing"}


def test_ages_and_genders_are_of_the_same_people() -> None:
    ages: dict[str, Any] = {"under_30": "4 persons", "30_to_50": "6 persons", "over_50": "4 persons"}
    same = make_line("diversity/employees", women="4 persons", men="10 persons", **ages)
    assert make_calculation(same).notes == ()
    other = make_line("diversity/employees", women="4 persons", men="9 persons", **ages)
    assert _codes("diversity.employees.women-share", other) == {"other-headcount"}
    assert _value("diversity.employees.30-to-50-share", other).startswith("42.857")
    only_ages = make_line("diversity/employees", **ages)
    assert make_calculation(only_ages).notes == ()


def test_what_was_entered_by_hand_counts_in_totals_and_is_named() -> None:
    given = make_line("energy/electricity", quantity="500 kWh")
    by_hand = {"energy.fuels.non-renewable": Figure(Decimal(1), "MWh", Quality.ESTIMATED)}
    total = _result("energy.total", given, figures=by_hand)
    assert total.value.value == 1500
    assert total.quality is Quality.ESTIMATED
    assert [(note.code, note.groups) for note in total.notes] == [
        ("entered-part", (("energy.fuels.non-renewable", ()),))
    ]
    earlier = {"energy.fuels.non-renewable": Figure(Decimal(1), "MWh", origin=Origin.LINES)}
    assert _value("energy.total", given, figures=earlier) == "500 kWh"
    missing = {"energy.fuels.non-renewable": Figure(quality=Quality.NOT_AVAILABLE)}
    assert _value("energy.total", given, figures=missing) == "500 kWh"


def test_shares_match_the_figures_beside_which_they_are_printed() -> None:
    """A share of the lines alone would contradict a total that somebody entered."""
    paper = make_line("waste/recycling-paper", 1, quantity="1500 kg")
    rest = make_line("waste/disposal", 2, quantity="0.5 t")
    total = {"waste.total": Figure(Decimal(3), "t")}
    assert _value("waste.recycled-share", paper, rest, figures=total) == "50 percent"
    assert _value("waste.recovered-share", paper, rest, figures=total) == "50 percent"
    nothing_said = make_calculation(rest, figures=total).results
    assert "waste.recycled-share" not in nothing_said, "of the other 2.5 t nobody knows"
    steel = make_line("materials/non-renewable", quantity="30 t", recycled_share="50 percent")
    mass = {"materials.non-renewable.mass": Figure(Decimal(60), "t")}
    assert _value("materials.recycled-share", steel, figures=mass) == "25 percent"


def test_what_is_entered_alone_is_no_business_of_calculators() -> None:
    by_hand = {
        "water.withdrawal.total": Figure(Decimal(100), "m3"),
        "water.discharge.total": Figure(Decimal(40), "m3"),
        "energy.electricity.self-generated.renewable": Figure(Decimal(5), "kWh"),
    }
    diesel = make_line("energy/diesel", quantity="100 l")
    results = make_calculation(diesel, figures=by_hand).results
    assert not {"water.consumption", "energy.electricity.self-generated"} & results.keys()


def test_intensities_need_both_scopes_and_a_denominator() -> None:
    basis = make_line("intensity/basis", 1, headcount="10 persons", turnover="0 EUR", area="500 m2")
    gas = make_line("energy/natural-gas", 2, quantity="10 MWh-hi")
    power = make_line("energy/electricity", 3, quantity="5 MWh")
    assert _value("energy.intensity.area", basis, gas, power) == "30 kWh-per-m2"
    assert _value("ghg.intensity.headcount", basis, gas, power) == "0.37688 t-co2e-per-person"
    assert "ghg.intensity.headcount" not in make_calculation(basis, gas).results
    assert "no-denominator" in _codes("energy.intensity.turnover", basis, gas)
    assert make_calculation(basis).results.keys() == {
        "workforce.headcount",
        "economy.turnover",
        "premises.area",
    }


def test_value_distributed_adds_up_what_was_given_away() -> None:
    given = make_line(
        "economic-value/economic-value",
        revenue="1 Mio-EUR",
        operating_costs="400 TEUR",
        wages_and_benefits="300000 EUR",
        payments_to_capital_providers="20000 EUR",
        payments_to_government="-5000 EUR",
        community_investments="0 EUR",
    )
    assert line_faults(given, activity_of(given)) == ()
    assert _value("economy.value-distributed", given) == "715000 EUR"


def test_an_estimate_makes_an_estimate() -> None:
    bill = make_line("energy/electricity", 1, quantity="500 kWh")
    guess = replace(make_line("energy/electricity", 2, quantity="500 kWh"), basis=Basis.ESTIMATE)
    assert _result("ghg.scope2.location", bill).quality is Quality.CALCULATED
    assert _result("ghg.scope2.location", bill, guess).quality is Quality.ESTIMATED
    assert _result("energy.total", bill, guess).figure.quality is Quality.ESTIMATED
    assert _result("energy.total", bill).figure.origin is Origin.LINES


def test_a_line_with_faults_does_not_count_and_says_so() -> None:
    faulty = make_line("energy/electricity", 1, quantity="500 kg")
    assert make_calculation(faulty).results == {}
    assert {note.code for note in make_calculation(faulty).notes} == {"faulty-line"}
    unknown = CalculatorLine(2, "energy", "perpetual-motion")
    assert [(note.code, note.lines) for note in make_calculation(unknown).notes] == [("unknown-line", (2,))]
    assert make_calculation().results == {}


def test_what_no_company_travels_is_a_fault() -> None:
    """Three long numbers multiply to one that the record of a version could not hold."""
    long = "9" * 12
    given = make_line("commuting/car", quantity=f"{long} km", days=f"{long} days", persons=f"{long} persons")
    assert LineFault("too-long", "quantity") in line_faults(given, activity_of(given))


def test_a_value_too_long_for_a_figure_is_no_result() -> None:
    given = make_line("energy/electricity", quantity=f"{10**20} GWh")
    assert "energy.electricity.consumption" not in make_calculation(given).results
    assert "too-long" in _codes("energy.electricity.consumption", given)


@pytest.mark.parametrize(
    ("where", "given", "fault"),
    [
        ("energy/electricity", {}, ("nothing", "quantity")),
        ("energy/electricity", {"quantity": "-1 kWh"}, ("negative", "quantity")),
        ("energy/electricity", {"quantity": "1 kWh", "colour": "1 kWh"}, ("unknown-field", "colour")),
        ("energy/natural-gas", {"quantity": "1 m3"}, ("missing", "state-number")),
        ("energy/electricity-supplier", {"quantity": "1 kWh"}, ("missing", "supplier-value")),
        (
            "energy/natural-gas",
            {"quantity": "1 kWh-hs", "state_number": "1 state-number"},
            ("either-or", "state-number"),
        ),
        ("water/mains", {"quantity": "1 m3", "water_stress": "1001 l"}, ("above-whole", "water-stress")),
        (
            "coverage/coverage",
            {"employees": "9 persons", "covered": "10 persons"},
            ("above-whole", "covered"),
        ),
    ],
)
def test_faults_are_named(where: str, given: dict[str, str], fault: tuple[str, str]) -> None:
    line = make_line(where, **given)
    assert LineFault(*fault) in line_faults(line, activity_of(line))


def test_a_stated_factor_is_direct_and_counts_carbon_dioxide() -> None:
    given = make_line("energy/electricity-supplier", quantity="1 kWh", supplier_value="100 g-co2e-per-kWh")
    (step,) = _result("ghg.scope2.market", given).steps
    assert step.factor is not None
    assert (step.factor.value, step.factor.unit, step.factor.gases) == (Decimal("0.1"), "kWh", "CO2")
    assert step.factor.boundary is Boundary.DIRECT
    assert "own-factor" not in _codes("ghg.scope2.market", given)


def test_flights_say_whether_they_count_more_than_carbon_dioxide() -> None:
    flight = make_line("travel/flight-international", quantity="1000 pkm")
    assert "non-co2-effects" in _codes("ghg.scope3.business-travel", flight)
    train = make_line("travel/rail-regional", 2, quantity="1000 pkm")
    assert "non-co2-effects" not in _codes("ghg.scope3.business-travel", train)
    assert "mixed-boundary" in _codes("ghg.scope3.business-travel", flight, train)
    gas = make_line("energy/natural-gas", 3, quantity="1 kWh-hs")
    waste = make_line("waste/recycling-paper", 4, quantity="1 t")
    assert "mixed-boundary" not in _codes("ghg.scope3.gross", gas, waste)


def test_full_time_equivalents_of_all_ages_are_a_denominator() -> None:
    power = make_line("energy/electricity", quantity="10 MWh")
    ages = {
        f"workforce.fte.{age}": Figure(Decimal(value), "fte")
        for age, value in (("under-30", "2"), ("30-to-50", "5.5"), ("over-50", "0.5"))
    }
    intensity = _result("energy.intensity.fte", power, figures=ages)
    assert intensity.value.value == 1250
    assert [part.key for part in intensity.parts] == ["energy.total", *ages]
    assert "energy.intensity.fte" not in make_calculation(power, figures=dict(list(ages.items())[:2])).results
