"""Electricity fed in, sold and passed on: what leaves the total, Scope 2 and the renewable part."""

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
    line_faults,
    line_from_json,
    line_to_json,
    newer_factors,
)
from tests.support.calculator_lines import DATAPOINTS, activity_of, make_calculation, make_line

SOLD, FED_IN, TOTAL = "energy.electricity.sold", "energy.electricity.fed-in", "energy.total"
LOCATION, MARKET = "ghg.scope2.location", "ghg.scope2.market"


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
