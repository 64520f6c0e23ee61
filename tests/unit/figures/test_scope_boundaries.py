"""What counts in which scope: direct, upstream, biogenic, and electricity that is fed in or passed on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from dnk_tool.catalogue import selection_for
from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.domain.answers.answer import Figure, Origin
from dnk_tool.domain.figures.calculators import (
    BillPeriod,
    CalculatorLine,
    NoteCode,
    factor_snapshot,
    line_faults,
    line_from_json,
    line_to_json,
    newer_factors,
)
from dnk_tool.domain.figures.calculators.evaluation import evaluate_lines
from tests.support.calculator_lines import DATAPOINTS, YEAR, activity_of, make_calculation, make_line

UPSTREAM = "ghg.scope3.fuel-and-energy"
SOLD, FED_IN, TOTAL = "energy.electricity.sold", "energy.electricity.fed-in", "energy.total"
LOCATION, MARKET = "ghg.scope2.location", "ghg.scope2.market"


def _exact_result(datapoint: str, *lines: CalculatorLine) -> Fraction:
    return make_calculation(*lines).results[datapoint].exact


def _with_earlier(
    line: CalculatorLine, slot: str, key: str, edition: str, year: int | None
) -> CalculatorLine:
    """The line as an earlier program saved it, with that factor and none of the later slots."""
    factor = load_factors().exact(key, edition, year)
    assert factor
    return replace(line, factors={slot: factor_snapshot(factor)})


def test_b8_grid_electricity_counts_co2e_and_its_upstream_apart() -> None:
    line = make_line("energy/electricity", quantity="100000 kWh")
    assert (
        _exact_result("ghg.scope2.location", line)
        == _exact_result("ghg.scope2.market", line)
        == Fraction("35.2")
    )
    assert _exact_result(UPSTREAM, line) == Fraction("5.4")
    codes = {note.code for note in make_calculation(line).results["ghg.scope2.location"].notes}
    assert not codes & {"co2-only", "mixed-gases"}


@pytest.mark.parametrize(
    ("where", "amount", "direct", "biogenic"),
    [
        ("energy/biogas", "40 MWh-hi", "0.0088", "7.9608"),
        ("energy/wood-pellets", "12 t", "0.68702988", "20.12616"),
        ("energy/wood-pellets", "12000 kWh-hi", "0.14316", "4.2"),
        ("energy/wood", "10 MWh-hi", "0.1193", "3.5"),
        ("energy/hvo", "1000 l", "0.03558", "2.43"),
    ],
)
def test_b3_b4_biogenic_fuels_count_methane_and_nitrous_oxide_and_fill_the_biogenic_figure(
    where: str, amount: str, direct: str, biogenic: str
) -> None:
    line = make_line(where, quantity=amount)
    assert _exact_result("ghg.scope1.gross", line) == Fraction(direct)
    assert _exact_result("ghg.scope1.biogenic", line) == Fraction(biogenic)
    assert UPSTREAM not in make_calculation(line).results


def test_b9_fuel_of_the_pump_stands_beside_the_fossil_one() -> None:
    fossil = make_line("energy/diesel", quantity="1000 l")
    pump = make_line("energy/diesel-b7", quantity="1000 l")
    assert _exact_result("ghg.scope1.gross", fossil) == Fraction("2.676284")
    assert _exact_result("ghg.scope1.gross", pump) == Fraction("2.48894412")
    assert _exact_result("ghg.scope1.biogenic", pump) == Fraction("0.1673")
    energy = _exact_result("energy.total", pump)
    assert energy == (Fraction("33.63438") + Fraction("2.31")) * 1000 / Fraction("3.6")
    for kind in ("petrol-e5", "petrol-e10", "cng", "adblue"):
        amount = "100 kg" if kind == "cng" else "100 l"
        assert _exact_result("ghg.scope1.gross", make_line(f"energy/{kind}", quantity=amount)) > 0


@pytest.mark.parametrize(
    ("where", "amount", "tonnes"),
    [
        ("energy/natural-gas", "10 MWh-hi", "0.3347"),
        ("energy/natural-gas", "10 MWh-hs", "0.3021"),
        ("energy/lpg", "1000 kg", "0.34929282"),
        ("energy/lpg", "1000 l", "0.18551"),
        ("energy/lpg", "10 MWh-hi", "0.2733596"),
        ("energy/heating-oil", "10 MWh-hi", "0.6291"),
    ],
)
def test_b5_every_unit_of_a_carrier_has_its_upstream_part(where: str, amount: str, tonnes: str) -> None:
    assert _exact_result(UPSTREAM, make_line(where, quantity=amount)) == Fraction(tonnes)


def test_b5_scope_3_names_each_carrier_whose_upstream_part_is_missing() -> None:
    gas = make_line("energy/natural-gas", 1, quantity="1 MWh-hs")
    heat = make_line("energy/district-heat", 2, quantity="5 MWh")
    more_heat = make_line("energy/district-heat", 3, quantity="6 MWh")
    pellets = make_line("energy/wood-pellets", 4, quantity="1 t")
    solar = make_line("energy/own-solar", 5, quantity="1 MWh")
    notes = make_calculation(gas, heat, more_heat, pellets, solar).notes
    for datapoint in (UPSTREAM, "ghg.scope3.gross"):
        missing = [note for note in notes if (note.code, note.datapoint) == ("upstream-missing", datapoint)]
        assert sorted(note.groups for note in missing) == [
            (("district-heat", (2, 3)),),
            (("wood-pellets", (4,)),),
        ]
    # Without any result for it, nothing can be misread.
    assert "upstream-missing" not in {note.code for note in make_calculation(heat).notes}


def test_b7_lorries_count_with_upstream_by_uba() -> None:
    line = make_line("freight/lorry", quantity="43.2 t", distance="1000 km")
    assert _exact_result("ghg.scope3.upstream-transport", line) == Fraction("5.0976")


@pytest.mark.parametrize(
    ("where", "given", "category", "tonnes"),
    [
        ("purchases/construction-metals", {"quantity": "2 t"}, "purchased-goods", "7.64389716"),
        ("purchases/concrete", {"quantity": "10 t"}, "purchased-goods", "1.1880307"),
        ("commuting/home-office", {"quantity": "1000 kWh"}, "commuting", "0.406"),
        ("freight/parcels", {"quantity": "1000 kg", "distance": "300 km"}, "upstream-transport", "0.1683"),
        ("freight/outbound-lorry", {"quantity": "1000 tkm"}, "downstream-transport", "0.118"),
        ("travel/hotel", {"quantity": "10 room-night"}, "business-travel", "0.132"),
    ],
)
def test_rough_lines_of_scope_3_count_in_their_category(
    where: str, given: dict[str, str], category: str, tonnes: str
) -> None:
    line = make_line(where, **given)
    assert _exact_result(f"ghg.scope3.{category}", line) == Fraction(tonnes)
    assert _exact_result("ghg.scope3.gross", line) == Fraction(tonnes)


def test_b12_hazardous_waste_has_a_factor_of_its_own() -> None:
    factor = make_line("waste/hazardous-recycling", quantity="1 t").factors["scope3"]
    assert factor
    assert factor.key == "waste.hazardous.recycling"


def test_b15_a_factor_of_a_later_year_is_noted() -> None:
    def codes(reporting_year: int) -> set[str]:
        line = make_line("travel/car-shared", year=reporting_year, quantity="100 pkm")
        calculation = evaluate_lines(
            [line], load_calculators(), datapoints=DATAPOINTS, reporting_year=reporting_year
        )
        return {note.code for note in calculation.notes}

    assert "later-factor" in codes(2020)
    assert "later-factor" not in codes(2024)
    assert "later-factor" not in codes(2025)


@pytest.mark.parametrize(
    ("where", "amount", "slot", "earlier", "later"),
    [
        ("energy/electricity", "1 kWh", "location",
         ("electricity.de.direct", "uba-electricity-16-2026", 2025),
         "electricity.de.co2e"),
        ("energy/wood-pellets", "1 kg", "scope1", ("wood-pellets.kg", "bafa-eew-3.4", None),
         "wood-pellets.direct.t"),
        ("energy/biogas", "1 kWh-hi", "scope1", ("biogas.hi", "bafa-eew-3.4", None), "biogas.direct.hi"),
        ("freight/lorry", "1 tkm", "scope3", ("freight.lorry-direct.tkm", "desnz-2025", 2025),
         "freight.lorry.tkm"),
    ],
)  # fmt: skip
def test_a_stored_line_keeps_its_factor_and_is_offered_the_one_that_succeeded_it(
    where: str, amount: str, slot: str, earlier: tuple[str, str, int | None], later: str
) -> None:
    line = _with_earlier(make_line(where, quantity=amount), slot, *earlier)
    assert line_from_json(line_to_json(line)) == replace(line, id=0)
    (offer,) = newer_factors(line, load_factors(), YEAR)
    assert (offer.slot, offer.new.key) == (slot, later)
    taken = replace(line, factors={slot: factor_snapshot(offer.new)})
    assert newer_factors(taken, load_factors(), YEAR) == ()


def test_a_stored_line_is_offered_what_has_no_factor_yet() -> None:
    pellets = make_line("energy/wood-pellets", quantity="1 t")
    bare = replace(pellets, factors={key: pellets.factors[key] for key in ("energy", "scope1")})
    offers = newer_factors(bare, load_factors(), YEAR, activity=activity_of(bare))
    assert [(offer.slot, offer.stored, offer.new.key) for offer in offers] == [
        ("biogenic", None, "wood-pellets.biogenic.t")
    ]
    declined = replace(bare, factors={**bare.factors, "biogenic": None})
    assert newer_factors(declined, load_factors(), YEAR, activity=activity_of(declined)) == ()


def test_b10_mixed_sets_of_potentials_are_noted() -> None:
    first = make_line("refrigerants/r410a", 1, quantity="1 kg")
    second = make_line("refrigerants/r449a", 2, quantity="1 kg")
    factor = load_factors().exact("refrigerant.r449a", "ipcc-ar6")
    assert factor
    other = replace(second, factors={"scope1": factor_snapshot(factor)})
    (note,) = (note for note in make_calculation(first, other).notes if note.code == "mixed-gwp-sets")
    assert note.groups == (("AR5", (1,)), ("AR6", (2,)))
    assert "mixed-gwp-sets" not in {note.code for note in make_calculation(first, second).notes}


def test_b11_a_line_takes_the_set_of_the_inventory() -> None:
    assert [_proposed(gwp_set) for gwp_set in ("", "AR4", "AR5", "AR6")] == [
        Decimal("1923.5"),
        Decimal("2087.5"),
        Decimal("1923.5"),
        Decimal("2255.5"),
    ]
    line = make_line("refrigerants/r410a", quantity="1 kg")
    (offer,) = newer_factors(line, load_factors(), YEAR, "AR6")
    assert (offer.new.edition.key, offer.difference_percent) == ("ipcc-ar6", Decimal("17.3"))
    assert newer_factors(line, load_factors(), YEAR, "AR5") == ()


def _proposed(gwp_set: str) -> Decimal:
    factor = make_line("refrigerants/r410a", gwp_set=gwp_set, quantity="1 kg").factors["scope1"]
    assert factor
    return factor.value


def metered(value: int) -> Figure:
    return Figure(Decimal(value), "kWh")


def bought(amount: str = "50000 kWh", kind: str = "electricity", number: int = 1) -> CalculatorLine:
    return make_line(f"energy/{kind}", number, quantity=amount)


def tenants(amount: str = "12000 kWh", number: int = 2) -> CalculatorLine:
    return make_line("energy/electricity-sold", number, quantity=amount)


@pytest.mark.parametrize(
    ("figures", "total", "is_asked"),
    [
        ({SOLD: metered(16500)}, 20000, True),
        ({SOLD: metered(16500), FED_IN: metered(16500)}, 20000, False),
        ({SOLD: metered(16500), FED_IN: metered(10000)}, 13500, False),
        ({SOLD: metered(16500), FED_IN: metered(0)}, 3500, False),
        ({FED_IN: metered(16500)}, 20000, False),
        ({}, 20000, False),
    ],
)
def test_b1_a_sale_entered_by_hand_is_taken_off_only_where_it_was_bought(
    figures: Mapping[str, Figure], total: int, is_asked: bool
) -> None:
    calculation = make_calculation(bought("20000 kWh"), figures=figures)
    assert calculation.results[TOTAL].value.value == total
    notes = {note.code for note in calculation.results[TOTAL].notes}
    assert (NoteCode.SALE_ORIGIN in notes) is is_asked


def test_b1_lines_say_where_it_came_from_beside_a_sale_by_hand() -> None:
    """16,500 of the installation are own, the rest was bought; what lines sold needs no question."""
    solar = make_line("energy/own-solar", 2, quantity="0 kWh", fed_in="16500 kWh")
    calculation = make_calculation(bought(), solar, figures={SOLD: metered(28500)})
    assert calculation.results[TOTAL].value.value == 38000
    calculation = make_calculation(bought(), tenants(), figures={SOLD: metered(12000)})
    assert calculation.results[TOTAL].value.value == 38000
    by_lines = make_calculation(bought(), solar)
    assert by_lines.results[TOTAL].value.value == 50000
    assert by_lines.results[SOLD].value.value == by_lines.results[FED_IN].value.value == 16500


def test_b1_a_figure_of_earlier_lines_is_none_by_hand() -> None:
    old = replace(metered(16500), origin=Origin.LINES)
    assert make_calculation(bought("20000 kWh"), figures={SOLD: old}).results[TOTAL].value.value == 20000


def test_b2_what_tenants_use_leaves_scope_2_and_counts_in_scope_3_13() -> None:
    results = make_calculation(bought(), tenants()).results
    assert results[TOTAL].value.value == 38000
    assert results[LOCATION].value.value == Decimal("13.376")
    assert results[MARKET].value.value == Decimal("13.376")
    # 12,000 kWh at 352 g, and at 54 g upstream.
    assert results["ghg.scope3.leased-assets"].value.value == Decimal("4.872")
    assert [step.quantity.value for step in results[LOCATION].steps] == [50000, -12000]


def test_b2_what_is_resold_counts_in_scope_3_3() -> None:
    line = make_line("energy/electricity-resold", 2, quantity="12000 kWh")
    alone, results = make_calculation(bought()).results, make_calculation(bought(), line).results
    upstream = "ghg.scope3.fuel-and-energy"
    assert results[LOCATION].value.value == Decimal("13.376")
    assert results[upstream].exact - alone[upstream].exact == Fraction("4.224")


def test_b2_the_renewable_part_and_the_market_based_value_fall_with_it() -> None:
    green = bought(kind="electricity-green")
    results = make_calculation(green, tenants()).results
    assert results["energy.renewable"].value.value == 38000
    assert results["energy.renewable-share"].value.value == 100
    assert results[MARKET].value.value == 0
    mixed = make_calculation(
        bought("30000 kWh", "electricity-green"), bought("20000 kWh", number=3), tenants()
    )
    assert mixed.results["energy.renewable"].value.value == 22800
    assert mixed.results["energy.renewable-share"].value.value == 60
    # 20,000 kWh count 352 g; 12,000 of all 50,000 are gone.
    assert mixed.results[MARKET].exact == Fraction("7.04") * Fraction(38, 50)


def test_b2_by_hand_the_renewable_part_falls_as_well() -> None:
    figures = {SOLD: metered(12000), FED_IN: metered(0)}
    results = make_calculation(bought(kind="electricity-green"), figures=figures).results
    assert results["energy.renewable"].value.value == results[TOTAL].value.value == 38000


def test_b2_own_solar_power_stays_renewable() -> None:
    solar = make_line("energy/own-solar", 3, quantity="8000 kWh", fed_in="2000 kWh")
    results = make_calculation(bought(), solar, tenants()).results
    assert results["energy.renewable"].value.value == 8000
    assert results[TOTAL].value.value == 46000


def test_b2_a_line_of_earlier_programs_waits_for_a_click() -> None:
    old = replace(tenants(), factors={})
    calculation = make_calculation(bought(), old)
    assert (
        calculation.results[LOCATION].value.value
        == calculation.results[MARKET].value.value
        == Decimal("17.6")
    )
    assert NoteCode.NOT_COUNTED in {note.code for note in calculation.results[LOCATION].notes}
    assert line_faults(old, activity_of(old)) == ()
    offered = {update.slot for update in newer_factors(old, load_factors(), 2025, activity=activity_of(old))}
    assert offered == {"location", "passed-on"}


def test_b2_more_passed_on_than_bought_gives_no_value() -> None:
    calculation = make_calculation(bought("1000 kWh"), tenants())
    assert LOCATION not in calculation.results
    assert NoteCode.BELOW_ZERO in {note.code for note in calculation.notes if note.datapoint == LOCATION}


def test_b14_a_bill_over_the_turn_of_the_year_counts_by_days() -> None:
    period = BillPeriod(date(2024, 11, 15), date(2025, 11, 14))
    line = replace(bought("12400 kWh"), period=period)
    assert (period.days, period.days_in(2025), period.days_in(2024), period.days_in(2026)) == (
        365,
        318,
        47,
        0,
    )
    calculation = make_calculation(line, year=2025)
    used = calculation.results["energy.electricity.consumption"]
    assert used.exact == Fraction(12400 * 318, 365)
    assert calculation.results[LOCATION].exact == Fraction(12400 * 318, 365) * Fraction("0.352") / 1000
    assert [(note.code, note.lines) for note in used.notes] == [(NoteCode.PRO_RATA, (1,))]
    both = [make_calculation(line, year=year).results[TOTAL].exact for year in (2024, 2025)]
    assert sum(both) == 12400


def test_b14_gas_in_cubic_metres_and_electricity_fed_in_count_by_days_too() -> None:
    half = BillPeriod(date(2024, 7, 3), date(2025, 7, 1))
    share = Fraction(half.days_in(2025), half.days)
    gas = make_line(
        "energy/natural-gas",
        quantity="1000 m3",
        state_number="1 state-number",
        calorific_value="10 kWh-hs-per-m3",
    )
    whole, part = (
        make_calculation(line, year=2025).results["ghg.scope1.gross"].exact
        for line in (gas, replace(gas, period=half))
    )
    assert part == whole * share
    chp = make_line("energy/chp-electricity-renewable", 2, quantity="1000 kWh", fed_in="400 kWh")
    wood = make_line("energy/wood-pellets", 3, quantity="1000 kWh-hi")
    calculation = make_calculation(replace(chp, period=half), wood, year=2025)
    assert calculation.results["energy.renewable"].exact == 1000 - 400 * share


def test_b14_a_period_is_kept_with_its_line_and_checked() -> None:
    period = BillPeriod(date(2024, 11, 15), date(2025, 11, 14))
    line = replace(bought(), period=period)
    assert line_from_json(line_to_json(line), id=1) == line
    assert "period" not in line_to_json(bought())
    turned = replace(line, period=BillPeriod(period.last, period.first))
    assert [fault.code for fault in line_faults(turned, activity_of(turned))] == ["period"]


def test_b14_each_bill_of_energy_and_water_takes_a_period() -> None:
    calculators = load_calculators()
    taking = {
        kind.key for key in ("energy", "water") for kind in calculators[key].activities if kind.has_period
    }
    assert {"natural-gas", "electricity", "district-heat", "own-solar", "electricity-sold", "mains"} <= taking
    assert "diesel" not in taking


def test_b16_calculator_and_datapoint_leave_other_fines_out() -> None:
    """GRI 201-1 counts taxes and penalties for taxes; other fines belong to 419-1."""
    field = load_calculators()["economic-value"].activities[0].field("payments-to-government")
    assert field
    slot = load_calculators()["economic-value"].activities[0].slot("payments-to-government")
    assert slot
    for text in (field.hint.de, slot.datapoint.meaning.de):
        assert "Bußgelder ohne Bezug zu Steuern" in text
        assert "Gewerbesteuer" in text
    assert "stehen bei Kriterium 20" in field.hint.de
    assert "zählen nicht, Bußgelder" in slot.datapoint.meaning.de


def test_c2_6_the_hint_of_the_total_says_what_the_calculator_does() -> None:
    """Bought and resold electricity is taken off as well, not only what own fuels made."""
    items = selection_for("dnk-2017", "gri").items
    assert "ohne verkaufte Energie" in items["GRI-SRS-302-1.e"].hint.de
    assert "weitergegebenen Netzstrom" in items["GRI-SRS-302-1.d-i-own"].hint.de
    assert items["GRI-SRS-302-1.d-i-own"].datapoint == DATAPOINTS[FED_IN]
    assert make_calculation(bought(), tenants()).results[TOTAL].value.value == 38000
