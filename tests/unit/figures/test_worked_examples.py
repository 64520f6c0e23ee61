"""Each worked example that others published comes out of a formula, and of a calculator if one covers it."""

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from dnk_tool.catalogue import selection_for
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.figures import formulas
from dnk_tool.domain.figures.calculators import Basis, BillPeriod, CalculatorLine, factor_snapshot
from dnk_tool.domain.quantities import Quantity, change_in_percent, converted
from tests.support.calculator_lines import make_calculation, make_line

DATA = Path(__file__).parents[2] / "data"

FAMILIES = selection_for("dnk-2017", "gri").catalogue.families
RATES, MASSES = FAMILIES["accident-rate"], FAMILIES["mass"]
PER_200_000_HOURS = 200_000

Inputs = Mapping[str, Any]


def _rows() -> list[dict[str, str]]:
    with (DATA / "worked_examples.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


ROWS = {row["id"]: row for row in _rows()}


def _waste(inputs: Inputs) -> Fraction:
    return formulas.total(*inputs["kg"], *(tonnes * 1000 for tonnes in inputs["t"]))


def _target_change(base: int, target: int) -> Fraction | None:
    """A share of the base year, as the change of a figure against an earlier year."""
    change = change_in_percent(Quantity(Decimal(target), "t"), Quantity(Decimal(base), "t"), MASSES)
    return None if change is None else Fraction(change) / 100


# What each row works out, by its id, over the inputs as they stand in the file; where the product has no
# formula of its own, the calculators below work it out.
FORMULAS: Mapping[str, Callable[[Inputs], Fraction | None]] = {
    "WE03": lambda i: formulas.total(i["a"], i["b"]),
    "WE04": lambda i: formulas.total(i["s1"], i["s2"]),
    "WE07": lambda i: _target_change(i["basis"], i["ziel"]),
    "WE08": lambda i: formulas.water_consumption(i["ent"], i["abl"]),
    "WE09": lambda i: formulas.turnover_rate(i["abg"], i["anf"], i["ende"]),
    "WE11": lambda i: formulas.pay_gap(i["m"], i["f"]),
    "WE12": lambda i: formulas.coverage(i["n"], i["ges"]),
    "WE15": lambda i: formulas.diversity_ratio(i["f"], i["m"]),
    "WE16": lambda i: formulas.diversity_ratio(i["f"], i["m"]),
    "WE17": _waste,
    "WE18": _waste,
    "WE21": lambda i: formulas.pay_gap(i["m"], i["f"]),
    "WE23": lambda i: Fraction(converted(Quantity(i["q"], "per-1m-hours"), "per-200k-hours", RATES)),
    "WE24": lambda i: Fraction(i["va"]) / Fraction(i["mio"]) * 1000,
    "WE25": lambda i: formulas.accident_rate(i["n"], i["fte"] * i["h"], PER_200_000_HOURS),
    "WE27": lambda i: formulas.accident_rate(i["n"], i["h"], PER_200_000_HOURS),
    "WE35": lambda i: formulas.share(i["a"], i["b"]),
    "WE38": lambda i: formulas.self_generated_electricity(i["a"], i["b"]),
    "WE43": lambda i: formulas.emissions(i["l"], i["ef"]) / 1000,
}

# Where the product differs from EFRAG's workbook (docs/calculators.md): its way, and the product's.
WORKBOOK: Mapping[str, tuple[Callable[[Inputs], Fraction], Callable[[Inputs], Fraction | None]]] = {
    "WE01": (
        lambda i: Fraction(i["l"]) * Fraction(i["d"]) * i["ncv"] / 1_000_000 * Fraction("277.778"),
        lambda i: Fraction(i["l"]) * Fraction(i["d"]) * i["ncv"] / 1000 / Fraction("3.6"),
    ),
    "WE13": (
        lambda i: Fraction(sum(i.values()), len(i)),
        lambda i: formulas.mean_training_hours(zip(i.values(), (85, 62, 2, 2), strict=True)),
    ),
}


def _figure(value: int, unit: str) -> Figure:
    return Figure(Decimal(value), unit)


def _exact(datapoint: str, *lines: Any, figures: Mapping[str, Figure] | None = None) -> Fraction:
    return make_calculation(*lines, figures=figures).results[datapoint].exact


def _waste_lines(kilograms: int, *tonnes: int) -> list[Any]:
    amounts = [f"{kilograms} kg", *(f"{weight} t" for weight in tonnes)]
    return [
        make_line("waste/hazardous-disposal", place, quantity=amount)
        for place, amount in enumerate(amounts, 1)
    ]


# The same rows through lines of the calculators with the shipped factors, in the unit of the row.
CALCULATORS: Mapping[str, Callable[[], Fraction]] = {
    "WE05": lambda: (
        _exact(
            "ghg.total-intensity.turnover",
            make_line("intensity/basis", turnover="235000 EUR"),
            figures={
                "ghg.scope1.gross": _figure(100, "t-co2e"),
                "ghg.scope2.location": _figure(50, "t-co2e"),
                "ghg.scope3.gross": _figure(700, "t-co2e"),
            },
        )
        / 1_000_000
    ),
    "WE08": lambda: _exact(
        "water.consumption",
        make_line("water/mains", 1, quantity="742.5 m3"),
        make_line("water/discharge-sewer", 2, quantity="100000 l"),
    ),
    "WE09": lambda: (
        _exact(
            "workforce.turnover-rate",
            make_line(
                "staff-turnover/staff-turnover", leavers="50 persons", start="201 persons", end="151 persons"
            ),
        )
        / 100
    ),
    "WE11": lambda: (
        _exact("workforce.pay-gap", make_line("pay-gap/pay-gap", men="20 eur-per-h", women="18 eur-per-h"))
        / 100
    ),
    "WE12": lambda: (
        _exact(
            "workforce.bargaining-coverage",
            make_line("coverage/coverage", covered="140 persons", employees="151 persons"),
        )
        / 100
    ),
    "WE15": lambda: _exact(
        "diversity.employees.women-ratio",
        make_line("diversity/employees", women="4 persons", men="5 persons"),
    ),
    "WE16": lambda: _exact(
        "diversity.board.women-ratio", make_line("diversity/board", women="5 persons", men="2 persons")
    ),
    "WE17": lambda: _exact("waste.hazardous", *_waste_lines(1200, 100)) * 1000,
    "WE18": lambda: _exact("waste.total", *_waste_lines(1200, 1500, 700, 400, 250, 5000, 100)) * 1000,
    "WE21": lambda: (
        _exact(
            "workforce.pay-gap", make_line("pay-gap/pay-gap", men="26.34 eur-per-h", women="22.24 eur-per-h")
        )
        / 100
    ),
    "WE25": lambda: _accidents("1 1", "200000 h"),
    "WE27": lambda: _accidents("2 1", "28000 h"),
    "WE28": lambda: _exact("ghg.scope1.gross", make_line("energy/natural-gas", quantity="1 MWh-hs")),
    "WE30": lambda: _exact("ghg.scope1.gross", make_line("energy/heating-oil", quantity="1000 l")) * 1000,
    "WE32": lambda: _exact("ghg.scope1.gross", make_line("refrigerants/r410a", quantity="1 kg")) * 1000,
    "WE34": lambda: (
        (
            _exact("ghg.scope3.business-travel", make_line("travel/car-shared", quantity="5 pkm"))
            - _exact("ghg.scope3.business-travel", make_line("travel/rail-urban", quantity="5 pkm"))
        )
        * 1000
    ),
    "WE37": lambda: _exact("ghg.scope2.location", _carbon_dioxide_only(_electricity("1 MWh"))) * 1000,
    "WE38": lambda: (
        _exact(
            "energy.electricity.self-generated",
            make_line("energy/own-solar", 1, quantity="20 MWh", fed_in="3 MWh"),
            make_line("energy/chp-electricity", 2, quantity="20 MWh"),
        )
        / 1000
    ),
    "WE39": lambda: _exact("ghg.scope1.gross", make_line("energy/natural-gas", quantity="48500 kWh-hs")),
    "WE40": lambda: _exact(
        "ghg.scope1.gross",
        make_line(
            "energy/natural-gas",
            quantity="4800 m3",
            state_number="0.9627 state-number",
            calorific_value="11.246 kWh-hs-per-m3",
        ),
    ),
    "WE41": lambda: _exact("ghg.scope1.gross", make_line("energy/heating-oil", quantity="3200 l")),
    "WE42": lambda: _exact("energy.fuels.non-renewable", make_line("energy/heating-oil", quantity="3200 l")),
    "WE43": lambda: _exact("ghg.scope1.gross", _with_factor("diesel-blend.litre", "desnz-2026-1.2")),
    "WE44": lambda: _exact(
        "ghg.scope2.market",
        make_line("energy/district-heat", quantity="62 MWh", supplier_value="148 g-co2e-per-kWh"),
    ),
    "WE45": lambda: _exact(
        "ghg.scope2.location", make_line("energy/electricity-green", quantity="36000 kWh")
    ),
    "WE46": lambda: _exact(
        "energy.total", _electricity("20000 kWh"), figures={"energy.electricity.sold": _figure(16500, "kWh")}
    ),
    "WE47": lambda: _exact(
        "energy.total",
        _electricity("20000 kWh"),
        make_line("energy/own-solar", 2, quantity="12900 kWh", fed_in="16500 kWh"),
    ),
    "WE48": lambda: _exact(
        "energy.total",
        make_line("energy/natural-gas", 1, quantity="100000 kWh-hs"),
        make_line("energy/chp-electricity", 2, quantity="24000 kWh", fed_in="6000 kWh"),
    ),
    "WE49": lambda: _exact(
        "ghg.scope2.location",
        _electricity("50000 kWh"),
        make_line("energy/electricity-sold", 2, quantity="12000 kWh"),
    ),
    "WE50": lambda: _exact(
        "ghg.scope1.gross",
        make_line("refrigerants/r410a", start="14 kg", bought="3 kg", end="12.5 kg", disposed="2.2 kg"),
    ),
    "WE51": lambda: _exact("ghg.scope1.gross", make_line("refrigerants/r449a", quantity="1.8 kg")),
    "WE52": lambda: _exact(
        "ghg.scope3.commuting",
        make_line("commuting/car", 1, quantity="18 km", days="200 days", persons="12 persons"),
        make_line("commuting/rail-regional", 2, quantity="32 km", days="200 days", persons="5 persons"),
    ),
    "WE53": lambda: _exact(
        "ghg.scope3.business-travel",
        make_line("travel/flight-international", 1, quantity="24800 pkm"),
        make_line("travel/flight-domestic", 2, quantity="1200 pkm"),
    ),
    "WE54": lambda: _exact("waste.total", *_mixed_waste()),
    "WE55": lambda: _exact("waste.recycled-share", *_mixed_waste()) / 100,
    "WE56": lambda: (
        _exact(
            "materials.recycled-share",
            make_line("materials/renewable", 1, quantity="1.25 t", recycled_share="60 percent"),
            make_line("materials/non-renewable", 2, quantity="8 t", recycled_share="20 percent"),
        )
        / 100
    ),
    "WE57": lambda: _exact("ghg.scope1.gross", make_line("energy/wood-pellets", quantity="12 t")),
    "WE58": lambda: _bill_of_two_years("12400 kWh", "2024-11-15", "2025-11-14"),
}


def _electricity(amount: str) -> CalculatorLine:
    return make_line("energy/electricity", 1, quantity=amount)


def _bill_of_two_years(amount: str, first: str, last: str) -> Fraction:
    """What counts for 2025 of a bill over the turn of the year."""
    line = replace(
        _electricity(amount), period=BillPeriod(date.fromisoformat(first), date.fromisoformat(last))
    )
    return make_calculation(line, year=2025).results["energy.electricity.consumption"].exact


def _carbon_dioxide_only(line: CalculatorLine) -> CalculatorLine:
    """The line with the mix that counts CO2 alone."""
    factor = load_factors().newest("electricity.de.direct", 2025)
    assert factor
    return replace(line, factors={**line.factors, "location": factor_snapshot(factor)})


def _with_factor(key: str, edition: str) -> CalculatorLine:
    """9,850 litres of diesel with another factor in Scope 1."""
    factor = load_factors().exact(key, edition)
    assert factor
    line = make_line("energy/diesel", quantity="9850 l")
    return replace(line, factors={**line.factors, "scope1": factor_snapshot(factor)})


def _mixed_waste() -> list[CalculatorLine]:
    """Paper and metal recycled, residual waste burned, hazardous waste, and a skip known by volume only."""
    amounts = (
        ("recycling-paper", "3.2 t"),
        ("recycling-metal", "800 kg"),
        ("incineration", "5.4 t"),
        ("hazardous-disposal", "650 kg"),
        ("recycling-construction", "4 m3"),
    )
    return [
        make_line(f"waste/{kind}", place, quantity=amount) for place, (kind, amount) in enumerate(amounts, 1)
    ]


def _accidents(cases: str, hours: str) -> Fraction:
    """The rate for 200,000 hours is a fifth of the one for a million."""
    given = make_line("accidents/employees", recordable_injuries=cases, hours=hours)
    return _exact("safety.employees.recordable-injury-rate", given) / 5


def _agrees(row: Mapping[str, str], value: Fraction | None) -> None:
    assert value is not None
    wanted, tolerance = Fraction(Decimal(row["expected"])), Fraction(Decimal(row["tolerance"]))
    assert abs(value - wanted) <= tolerance


def test_no_row_is_left_out() -> None:
    assert set(FORMULAS) | set(CALCULATORS) | set(WORKBOOK) == set(ROWS)


@pytest.mark.parametrize("key", FORMULAS)
def test_a_published_example_comes_out_of_its_formula(key: str) -> None:
    inputs = json.loads(ROWS[key]["inputs"], parse_float=Decimal)
    _agrees(ROWS[key], FORMULAS[key](inputs))


@pytest.mark.parametrize("key", CALCULATORS)
def test_a_published_example_comes_out_of_the_calculators(key: str) -> None:
    _agrees(ROWS[key], CALCULATORS[key]())


@pytest.mark.parametrize(("key", "ours"), [("WE01", "6.375"), ("WE13", "121.3")])
def test_the_workbook_is_worked_out_its_way_and_ours_beside_it(key: str, ours: str) -> None:
    inputs = json.loads(ROWS[key]["inputs"], parse_float=Decimal)
    theirs, product = (work_out(inputs) for work_out in WORKBOOK[key])
    _agrees(ROWS[key], theirs)
    assert product is not None
    assert abs(product - Fraction(ours)) <= Fraction(1, 20)


def test_training_is_weighted_by_heads() -> None:
    """The plain mean of the four groups would be 127.5."""
    groups = zip((100, 150, 140, 120), (85, 62, 2, 2), strict=True)
    weighed = formulas.mean_training_hours(groups)
    assert weighed is not None
    assert round(weighed, 1) == Fraction(1213, 10)


def test_there_is_no_ratio_without_one_side() -> None:
    assert formulas.diversity_ratio(3, 0) is None
    assert formulas.diversity_ratio(0, 3) is None
    assert formulas.diversity_share(0, 3) == 0
    assert formulas.diversity_share(4, 5) == Fraction(4, 9)


def test_an_accident_rate_takes_the_hours_that_were_worked() -> None:
    """With preset hours of 2,000 for each full-time worker a German rate would be a quarter too small."""
    assert formulas.accident_rate(3, 40 * 1500, PER_200_000_HOURS) == 10


OWN_CASES = YAML(typ="safe", pure=True).load(DATA / "own_cases.yaml")


def _own_lines(case: Mapping[str, Any]) -> list[CalculatorLine]:
    """The lines of a case, numbered from 1, with the factors that the product proposes."""
    lines = []
    for number, entry in enumerate(case["lines"], 1):
        for where, given in entry.items():
            fields = {key.replace("-", "_"): text for key, text in given.items() if key != "basis"}
            year, gwp_set = case.get("year", 2025), case.get("gwp_set", "")
            line = make_line(where, number, year=year, gwp_set=gwp_set, **fields)
            lines.append(replace(line, basis=Basis(given.get("basis", "bill"))))
    return lines


@pytest.mark.parametrize("case", OWN_CASES, ids=lambda case: case["name"])
def test_a_case_worked_out_by_hand_comes_out_exactly(case: Mapping[str, Any]) -> None:
    figures = {key: Figure(*_exact_amount(text)) for key, text in case.get("figures", {}).items()}
    calculation = make_calculation(*_own_lines(case), figures=figures, year=case.get("year", 2025))
    results = {key: calculation.results.get(key) for key in case["gives"]}
    assert {key: result and result.exact for key, result in results.items()} == {
        key: None if value == "none" else Fraction(str(value)) for key, value in case["gives"].items()
    }


def _exact_amount(text: str) -> tuple[Decimal, str]:
    value, unit = text.split()
    return Decimal(value), unit
