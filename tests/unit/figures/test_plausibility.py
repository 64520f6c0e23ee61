"""What looks odd: exactly, in whatever units, and never out of what is missing."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.catalogue.plausibility.model import RangeRule
from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.figures.plausibility import (
    PlausibilityFacts,
    PlausibilityWarning,
    plausibility_warnings,
    warning_text,
)
from dnk_tool.domain.figures.plausibility.facts import display_decimal
from dnk_tool.domain.figures.plausibility.leading_lines import at_leading_lines
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.quantities import Quantity
from tests.support.calculator_lines import make_calculation, make_line
from tests.support.plausibility_cases import load_cases, make_facts, make_figure

RULES = load_plausibility()
DATA = Path(__file__).parents[2] / "data"
PRODUCER = {
    "energy.fuels.non-renewable": "4074125 kWh",  # gas 3,929,514 and oil 144,611
    "energy.fuels.renewable": "0 kWh",
    "energy.electricity.consumption": "2402448 kWh",
    "energy.heating.consumption": "0 kWh",
    "energy.cooling.consumption": "0 kWh",
    "energy.steam.consumption": "0 kWh",
    "energy.total": "6536428 kWh",
}


def warnings_of(case: dict[str, object]) -> dict[str, PlausibilityWarning]:
    return {warning.rule: warning for warning in plausibility_warnings(RULES, make_facts(case))}


def warnings_by_lines(lines: list[CalculatorLine], **company: object) -> dict[str, PlausibilityWarning]:
    """The warnings about what follows from lines, at their lines, by rule."""
    calculation = make_calculation(*lines)
    facts = replace(
        make_facts(company),
        figures={key: result.figure for key, result in calculation.results.items()},
        lines=lines,
    )
    shown = at_leading_lines(RULES, plausibility_warnings(RULES, facts), facts, calculation)
    return {warning.rule: warning for warning in shown}


def odd(warning: PlausibilityWarning) -> str:
    return warning_text(RULES, warning, "de").odd.replace("\N{NO-BREAK SPACE}", " ")


def test_the_producing_firm_is_shown_the_difference_between_parts_and_total() -> None:
    """Stated: gas 3,929,514, electricity 2,402,448, oil 144,611, other 59,855, total 6,536,428 kWh."""
    assert 3_929_514 + 2_402_448 + 144_611 + 59_855 == 6_536_428
    warning = warnings_of({"figures": PRODUCER})["energy-parts"]
    assert warning.params["difference"] == Quantity(Decimal(59_855), "kWh")
    assert odd(warning) == (
        "Brennstoffe, Strom, Wärme, Kälte und Dampf ergeben zusammen 6.476.573 kWh, als Gesamtverbrauch sind "
        "6.536.428 kWh angegeben. Der Unterschied ist 59.855 kWh (0,9 %)."
    )


def test_with_the_other_energy_source_the_parts_are_the_total() -> None:
    whole = {**PRODUCER, "energy.heating.consumption": "59855 kWh"}
    assert "energy-parts" not in warnings_of({"figures": whole})


def test_energy_sold_may_be_deducted_or_not() -> None:
    parts = {**PRODUCER, "energy.electricity.sold": "200 MWh"}
    for total in ("6476573 kWh", "6276573 kWh", "6400 MWh"):
        assert "energy-parts" not in warnings_of({"figures": {**parts, "energy.total": total}})
    for total in ("6600 MWh", "6100 MWh"):
        assert "energy-parts" in warnings_of({"figures": {**parts, "energy.total": total}})


@pytest.mark.parametrize("missing", sorted(PRODUCER.keys() - {"energy.total"}))
def test_while_a_part_is_missing_a_larger_total_is_not_odd(missing: str) -> None:
    rest = {key: text for key, text in PRODUCER.items() if key != missing}
    assert "energy-parts" not in warnings_of({"figures": rest})


def test_parts_beyond_the_total_are_odd_even_if_one_is_missing() -> None:
    two = {"energy.electricity.consumption": "2402448 kWh", "energy.total": "2402 kWh"}
    assert "energy-parts" in warnings_of({"figures": two})


def test_not_available_is_not_zero() -> None:
    none = Figure(None, "", Quality.NOT_AVAILABLE, "Rechnung fehlt")
    base = make_facts({"figures": PRODUCER})
    for key in PRODUCER:
        shown = plausibility_warnings(RULES, replace(base, figures={**base.figures, key: none}))
        assert "energy-parts" not in {warning.rule for warning in shown}


def test_a_slip_asks_about_the_unit_and_is_not_called_a_jump() -> None:
    case = {"figures": {"energy.total": "405000 MWh"}, "before": {"energy.total": "405000 kWh"}}
    shown = warnings_of(case)
    assert "jump-against-last-year" not in shown
    words = warning_text(RULES, shown["thousand-times-last-year"], "de")
    assert words.slip.startswith("Sind vielleicht kWh gemeint statt MWh?")
    assert "1.000-Fache" in words.odd


def test_a_slip_without_another_unit_asks_about_the_number() -> None:
    case = {"figures": {"energy.total": "405 Wh"}, "before": {"energy.total": "405 kWh"}}
    assert (
        "kWh gemeint statt Wh"
        in warning_text(RULES, warnings_of(case)["thousand-times-last-year"], "de").slip
    )
    case = {"figures": {"energy.total": "405000 kWh"}, "before": {"energy.total": "405 kWh"}}
    assert (
        warning_text(RULES, warnings_of(case)["thousand-times-last-year"], "de").slip == RULES.slip.number.de
    )


def test_a_reference_value_a_thousand_times_off_asks_about_the_unit() -> None:
    case = {"sector": "70", "employees": 14, "figures": {"energy.electricity.consumption": "31400 MWh"}}
    words = warning_text(RULES, warnings_of(case)["office-electricity"], "en")
    assert words.slip.startswith("Could it be kWh instead of MWh?")
    assert (
        "MWh instead"
        not in warning_text(
            RULES, warnings_of({"employees": 48, "turnover": "7400 EUR"})["turnover-per-head"], "en"
        ).slip
    )
    assert (
        "thousand EUR"
        in warning_text(
            RULES, warnings_of({"employees": 48, "turnover": "7400 EUR"})["turnover-per-head"], "en"
        ).slip
    )


def test_a_price_per_kwh_doubts_the_quantity_rather_than_the_money() -> None:
    line = {"activity": "energy/electricity", "quantities": {"quantity": "42 kWh", "cost": "12600 EUR"}}
    words = warning_text(RULES, warnings_of({"lines": [line]})["electricity-price"], "de")
    assert "300 Euro je kWh" in words.odd
    assert words.slip.startswith("Sind vielleicht MWh gemeint statt kWh?")


def test_a_part_in_the_wrong_unit_is_named() -> None:
    slipped = {**PRODUCER, "energy.electricity.consumption": "2402448 MWh", "energy.total": "6476573 kWh"}
    words = warning_text(RULES, warnings_of({"figures": slipped})["energy-parts"], "de")
    assert words.slip.startswith("Stromverbrauch: Sind vielleicht kWh gemeint statt MWh?")
    total = {**PRODUCER, "energy.total": "6476573 MWh"}
    words = warning_text(RULES, warnings_of({"figures": total})["energy-parts"], "de")
    assert words.slip.startswith("Energieverbrauch gesamt: Sind vielleicht kWh gemeint statt MWh?")
    assert warning_text(RULES, warnings_of({"figures": PRODUCER})["energy-parts"], "de").slip == ""


def test_a_part_far_beyond_the_whole_may_be_a_slip_and_one_just_beyond_is_none() -> None:
    case = {"figures": {"energy.savings": "214 GWh", "energy.total": "536 MWh"}}
    words = warning_text(RULES, warnings_of(case)["savings-over-consumption"], "de")
    assert "Sind vielleicht MWh gemeint statt GWh?" in words.slip
    case = {"figures": {"energy.savings": "600 MWh", "energy.total": "536 MWh"}}
    assert warning_text(RULES, warnings_of(case)["savings-over-consumption"], "de").slip == ""


def test_a_comma_before_three_digits_may_stand_for_thousands() -> None:
    case = {"sector": "25", "employees": 58, "figures": {"water.withdrawal.total": "1.234 m3"}}
    words = warning_text(RULES, warnings_of(case)["water-per-head"], "de")
    assert words.slip.replace("\N{NO-BREAK SPACE}", " ").startswith(
        "Sind vielleicht 1.234 m³ gemeint statt 1,234 m³?"
    )
    for typed in ("1.2 m3", "0.234 m3"):
        case = {"sector": "25", "employees": 58, "figures": {"water.withdrawal.total": typed}}
        words = warning_text(RULES, warnings_of(case)["water-per-head"], "de")
        assert words.slip.startswith("Sind vielleicht Megaliter gemeint statt m³?"), typed


def test_half_as_much_again_is_no_jump_and_a_little_more_is() -> None:
    before = {"water.withdrawal.total": "200 m3"}
    for now, is_odd in (
        ("300 m3", False),
        ("300.1 m3", True),
        ("100 m3", False),
        ("99.9 m3", True),
        ("0 m3", True),
    ):
        case = {"figures": {"water.withdrawal.total": now}, "before": before}
        assert ("jump-against-last-year" in warnings_of(case)) is is_odd, now


HEAT = {"energy.electricity.consumption": "30 MWh", "energy.heating.consumption": "200 MWh"}


def test_an_unknown_carrier_counts_as_none_once_another_is_known() -> None:
    for right in ("ghg.scope2.location", "ghg.scope2.market"):
        assert warnings_of({"figures": {**HEAT, right: "66.6 t-co2e"}}) == {}
    heat = {"energy.heating.consumption": "200 MWh", "ghg.scope2.location": "56 t-co2e"}
    assert warnings_of({"figures": heat}) == {}
    none = {"energy.total": "200 MWh", "ghg.scope2.location": "66600 t-co2e"}
    assert not warnings_of({"figures": none}).keys() & {"scope2-location-factor", "scope2-below-grid"}


def test_a_question_shows_a_calculated_figure_as_readers_see_it() -> None:
    lines = [make_line("waste/incineration", quantity="147281.167 kg")]
    warning = warnings_by_lines(lines, sector="WZ 2025: 31.00", employees=2)["waste-per-head"]
    (waste, _staff) = warning.compared
    assert (waste.quantity.value, waste.readable) == (Decimal("147.281167"), Quantity(Decimal("147.28"), "t"))
    gap = [make_line("pay-gap/pay-gap", men="23.40 eur-per-h", women="3117.153273 eur-per-h")]
    shown = warnings_by_lines(gap)["pay-gap"]
    assert "−13.221,2 %" in odd(shown)


def test_a_sum_is_asked_about_with_the_decimals_of_its_parts() -> None:
    masses = {"waste.hazardous": "12.5 t", "waste.non-hazardous": "30.25 t", "waste.total": "61.125 t"}
    warning = warnings_of({"figures": masses})["waste-parts"]
    assert [str(warning.params[key].value) for key in ("sum", "total", "difference")] == [  # type: ignore[union-attr]
        "42.75",
        "61.125",
        "18.375",
    ]


def test_a_little_too_much_is_not_said_to_be_a_thousand_times_too_much() -> None:
    """Heat that nobody has stated is no reason to divide Scope 2 by a thousand."""
    figures = {"energy.electricity.consumption": "30 MWh", "ghg.scope2.market": "66.6 t-co2e"}
    words = warning_text(RULES, warnings_of({"figures": figures})["scope2-market-factor"], "de")
    assert words.slip == ""
    assert words.check.startswith("Fehlt beim Verbrauch noch Fernwärme")
    figures |= {"ghg.scope2.market": "10600 t-co2e"}
    words = warning_text(RULES, warnings_of({"figures": figures})["scope2-market-factor"], "de")
    assert words.slip.startswith("Sind vielleicht kg CO₂e gemeint statt t CO₂e?")


def test_own_solar_power_of_95_per_cent_is_not_odd() -> None:
    lines = [
        make_line("energy/own-solar", 1, quantity="190 MWh", fed_in="61 MWh"),
        make_line("energy/electricity", 2, quantity="10 MWh"),
    ]
    assert warnings_by_lines(lines, employees=34) == {}


def test_cars_by_kilometres_and_refrigerants_are_not_odd_beside_a_small_boiler() -> None:
    gas = make_line("energy/natural-gas", 1, quantity="38400 kWh-hs")
    cars = make_line("energy/car-petrol-km", 2, quantity="312000 km")
    leak = make_line("refrigerants/r404a", 3, quantity="21 kg")
    for lines in ([gas, cars], [gas, leak], [gas, cars, leak]):
        assert warnings_by_lines(lines, employees=41) == {}
    by_hand = {"energy.fuels.non-renewable": "34.7 MWh", "ghg.scope1.gross": "7010 t-co2e"}
    assert "scope1-per-fuel" in warnings_of({"figures": by_hand})


def test_a_slip_is_asked_about_once_at_the_line_that_makes_the_most_of_it() -> None:
    lines = [
        make_line("energy/natural-gas", 1, quantity="90 MWh-hs"),
        make_line("energy/district-heat", 2, quantity="62000 MWh"),
        make_line("energy/electricity", 3, quantity="118 MWh"),
    ]
    shown = warnings_by_lines(lines, sector="25", employees=48, turnover="7400 TEUR")
    assert [warning.line for warning in shown.values()] == [2]
    words = warning_text(RULES, next(iter(shown.values())), "de")
    assert words.slip.startswith("Nah- oder Fernwärme: Sind vielleicht kWh gemeint statt MWh?")


def test_a_figure_by_hand_is_not_asked_about_at_a_line() -> None:
    lines = [make_line("waste/recycling-wood", 1, quantity="5400 kg")]
    facts = make_facts({"employees": 9, "sector": "31", "figures": {"waste.total": "5400 t"}})
    facts = replace(facts, lines=lines)
    shown = at_leading_lines(RULES, plausibility_warnings(RULES, facts), facts, make_calculation(*lines))
    assert {warning.rule: warning.line for warning in shown} == {"waste-per-head": 0}


def test_a_refrigerant_is_asked_about_in_grams() -> None:
    lines = [make_line("refrigerants/r134a", 1, quantity="350 kg")]
    shown = warnings_by_lines(lines, employees=8)
    words = warning_text(RULES, shown["refrigerant-refill"], "de")
    assert words.slip.startswith("Sind vielleicht g gemeint statt kg?")
    assert len(shown) == 1


def test_a_group_of_sectors_goes_before_its_division() -> None:
    water = {"employees": 7, "figures": {"water.withdrawal.total": "41000 m3"}}
    for sector, is_odd in (("96.21", True), ("96.10", False), ("96", True)):
        warned = "water-per-head" in warnings_of({**water, "sector": f"WZ 2025: {sector}"})
        assert warned is is_odd, sector


def test_nothing_at_all_is_plausible_where_there_is_no_office() -> None:
    none = {"energy.electricity.consumption": "0 kWh", "water.withdrawal.total": "0 m3"}
    assert warnings_of({"sector": "WZ 2025: 62.10", "employees": 18, "figures": none}) == {}


def test_nothing_before_is_no_jump() -> None:
    case = {"figures": {"energy.total": "5 MWh"}, "before": {"energy.total": "0 MWh"}}
    assert warnings_of(case) == {}


@pytest.mark.parametrize(
    ("sector", "is_odd"),
    [
        ("WZ 2025: 43", False),
        ("WZ 2025: 43.21", False),
        ("43", False),
        ("WZ 2025: 70.20", True),
        ("45", True),
    ],
)
def test_13_limits_follow_the_sector_of_either_classification(sector: str, is_odd: bool) -> None:
    rate = {"safety.employees.recordable-injury-rate": "100 per-1m-hours"}
    warned = "accident-rate-by-branch" in warnings_of({"sector": sector, "figures": rate})
    assert warned is is_odd


def test_limits_follow_sector_and_size() -> None:
    rate = {"safety.employees.recordable-injury-rate": "80 per-1m-hours"}
    for sector, is_odd in (("41", False), ("25", False), ("70", True), ("", True)):
        assert ("accident-rate-by-branch" in warnings_of({"sector": sector, "figures": rate})) is is_odd, (
            sector
        )
    cases_ = {"safety.employees.recordable-injuries": "5 1"}
    assert "accidents-by-size" not in warnings_of({"figures": cases_})
    assert "accidents-by-size" not in warnings_of({"employees": 40, "figures": cases_})
    assert "accidents-by-size" in warnings_of({"employees": 30, "figures": cases_})


def test_one_accident_in_a_small_firm_says_nothing() -> None:
    rate = {"safety.employees.recordable-injury-rate": "109.9 per-1m-hours"}
    few = {**rate, "safety.employees.recordable-injuries": "1 1"}
    assert "accident-rate-by-branch" in warnings_of({"sector": "23", "figures": rate})
    assert "accident-rate-by-branch" not in warnings_of({"sector": "23", "figures": few})


def test_full_time_equivalents_go_before_heads() -> None:
    figures = {"safety.employees.hours-worked": "9100 h", "workforce.fte.total": "3 fte"}
    assert "hours-per-fte" in warnings_of({"figures": figures, "employees": 6})
    assert "hours-per-person" not in warnings_of({"figures": figures, "employees": 6})


def test_the_year_s_own_turnover_goes_before_the_profile_s() -> None:
    case = {"employees": 48, "turnover": "7400 EUR", "figures": {"economy.turnover": "7.4 Mio-EUR"}}
    assert "turnover-per-head" not in warnings_of(case)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("craft.json", set()),
        ("letters.json", set()),
        ("sole.json", set()),
        ("effas.json", set()),
        ("producer.json", {("energy-parts", "energy.total")}),
        ("draft.json", {("below-zero", "waste.total")}),
    ],
)
def test_the_examples_are_odd_only_where_they_are(name: str, expected: set[tuple[str, str]]) -> None:
    document = read_document((DATA / name).read_bytes())
    year = document.reporting_year
    shown = plausibility_warnings(
        RULES,
        PlausibilityFacts(
            year,
            {key: figure for (of, key), figure in document.figures.items() if of == year},
            {key: figure for (of, key), figure in document.figures.items() if of == year - 1},
            document.organisation,
            (),
            {ref: answer.value for ref, answer in document.answers.items() if isinstance(answer.value, Rows)},
        ),
    )
    assert {(warning.rule, warning.subject) for warning in shown} == expected


def test_a_warning_has_one_name_and_its_fingerprint_follows_the_values() -> None:
    first = warnings_of({"figures": PRODUCER})["energy-parts"]
    other = warnings_of({"figures": {**PRODUCER, "energy.total": "6536429 kWh"}})["energy-parts"]
    same = warnings_of({"figures": {**PRODUCER, "energy.total": "6536.428 MWh"}})["energy-parts"]
    assert first.key == other.key == same.key
    assert first.fingerprint == same.fingerprint != other.fingerprint


# A busy machine is no fault: exact numbers take as long as they take.
@settings(deadline=None)
@given(st.fractions(min_value=-(10**9), max_value=10**9))
def test_a_shown_number_is_close_to_the_exact_one(value: Fraction) -> None:
    shown = Fraction(display_decimal(value))
    assert abs(shown - value) <= max(abs(value) / 100, Fraction(1, 10**6))


_ENERGY = {"J": 1, "Wh": 3600, "kWh": 3_600_000, "MWh": 3_600_000_000, "MJ": 10**6, "GJ": 10**9, "TJ": 10**12}


def _in_unit(kwh: int, unit: str) -> Figure:
    """The amount exactly in the unit; joules divide every kWh."""
    exact = Fraction(kwh * 3_600_000, _ENERGY[unit])
    if any(exact.denominator % prime == 0 for prime in (3, 7, 11)):
        return Figure(Decimal(kwh), "kWh", Quality.MEASURED)
    value = Decimal(exact.numerator) / Decimal(exact.denominator)
    assert Fraction(value) == exact
    return Figure(value, unit, Quality.MEASURED)


_AMOUNTS = st.dictionaries(
    st.sampled_from([*PRODUCER, "energy.savings", "energy.electricity.sold"]),
    st.integers(0, 10**9),
    max_size=9,
)
_UNITS = st.lists(st.sampled_from(sorted(_ENERGY)), min_size=9, max_size=9)


@settings(deadline=None)
@given(_AMOUNTS, _AMOUNTS, _UNITS, st.integers(0, 400) | st.none())
def test_the_unit_does_not_matter(
    now: dict[str, int], before: dict[str, int], units: list[str], employees: int | None
) -> None:
    profile = Profile("Muster GmbH", sector="70", employees=employees)
    in_kwh, in_others = (
        plausibility_warnings(
            RULES,
            PlausibilityFacts(
                2025,
                *(
                    {
                        key: _in_unit(kwh, unit)
                        for (key, kwh), unit in zip(amounts.items(), chosen, strict=False)
                    }
                    for amounts in (now, before)
                ),
                profile,
            ),
        )
        for chosen in (["kWh"] * 9, units)
    )
    assert [(warning.rule, warning.subject, warning.fingerprint) for warning in in_kwh] == [
        (warning.rule, warning.subject, warning.fingerprint) for warning in in_others
    ]


@pytest.mark.parametrize(("year", "low"), [(2022, "10"), (2023, "12.00"), (2025, "12.82"), (2026, "13.90")])
def test_an_hourly_wage_begins_at_the_minimum_wage_of_the_year(year: int, low: str) -> None:
    def asked(men: Decimal) -> PlausibilityWarning | None:
        pay = {"men": f"{men} eur-per-h", "women": "22 eur-per-h"}
        facts = make_facts({"lines": [{"activity": "pay-gap/pay-gap", "quantities": pay}]})
        warnings = plausibility_warnings(RULES, replace(facts, year=year))
        return next((each for each in warnings if each.rule == "hourly-pay-of-men"), None)

    assert asked(Decimal(low)) is None
    warning = asked(Decimal(low) - Decimal("0.01"))
    assert warning
    assert warning.params["low"] == Decimal(low)


NOT_AVAILABLE = Figure(None, "", Quality.NOT_AVAILABLE, "Rechnung fehlt")


@pytest.mark.parametrize("key", sorted(load_cases()))
@pytest.mark.parametrize("which", ["odd", "fine"])
def test_taking_a_figure_away_adds_no_warning_out_of_nothing(key: str, which: str) -> None:
    """Whatever compared the figure is silent; only a rule that says what it stands in for may begin to speak.

    That the figure is not available is the same as that it is missing.
    """
    base = make_facts(load_cases()[key][which])
    spoken = {(warning.rule, warning.subject) for warning in plausibility_warnings(RULES, base)}
    for gone in base.figures:
        without = {name: figure for name, figure in base.figures.items() if name != gone}
        warnings = plausibility_warnings(RULES, replace(base, figures=without))
        assert warnings == plausibility_warnings(
            RULES, replace(base, figures={**base.figures, gone: NOT_AVAILABLE})
        )
        for warning in warnings:
            assert gone not in {amount.key for amount in warning.compared if not amount.is_before}
            if (warning.rule, warning.subject) not in spoken:
                rule = RULES.by_key[warning.rule]
                assert isinstance(rule, RangeRule)
                unless = {key for condition in rule.unless for key in condition.amount.keys}
                # A missing carrier counts as none once another is known, and so does own generation.
                amounts = [amount for amount in (*rule.amounts, rule.per) if amount]
                partial = {key for amount in amounts if amount.is_partial for key in amount.keys}
                less = {key for amount in amounts for key in amount.less}
                assert gone in unless.union(rule.unless_given, partial, less)


def test_a_figure_in_a_unit_of_another_family_is_not_known() -> None:
    base = make_facts({"figures": PRODUCER})
    strange = {**base.figures, "energy.total": make_figure("5 t")}
    assert "energy-parts" not in {
        warning.rule for warning in plausibility_warnings(RULES, replace(base, figures=strange))
    }
