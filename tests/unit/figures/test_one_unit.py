"""What stands side by side has one unit and one number of decimals, and nothing that was entered is lost."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Quality
from dnk_tool.domain.figures.one_unit import (
    YearValue,
    comparable_values,
    figure_in_unit,
    in_one_unit,
    in_unit,
)
from dnk_tool.domain.numbers import plain
from dnk_tool.domain.quantities import Quantity, in_base, is_same_number

FAMILIES = load_catalogue("dnk-2017").families


def figure_of_origin(value: str, unit: str, origin: Origin = Origin.ENTERED) -> Figure:
    return Figure(Decimal(value), unit, Quality.MEASURED, origin=origin)


def shown(values: tuple[YearValue, ...]) -> list[str]:
    return [str(value.shown.value) if value.shown else "–" for value in values]


@pytest.mark.parametrize(
    ("family", "entered", "expected"),
    [
        ("energy", ["31.4 MWh", "33120 kWh", "126.4 GJ"], ["31.4", "33.1", "35.1"]),
        ("mass", ["12680 kg", "14.02 t"], ["12680", "14020"]),
        ("mass", ["0.6 t", "650 kg"], ["0.60", "0.65"]),  # one digit alone would say another change
        ("mass", ["24 t", "21.5 t", "22600 kg"], ["24.0", "21.5", "22.6"]),
        ("mass", ["1 t", "4 kg"], ["1.00", "0.004"]),  # and none would say zero
        ("mass", ["30 t", "33.5 t"], ["30.0", "33.5"]),
        ("mass", ["0 t", "2.25 t", "1.125 t"], ["0", "2.25", "1.125"]),
        ("mass", ["5.5 t", "0 kg"], ["5.5", "0"]),
        ("mass", ["5 t", "3 pounds"], ["5", "3"]),
    ],
)
def test_earlier_years_have_the_unit_and_decimals_of_the_leading_one(
    family: str, entered: list[str], expected: list[str]
) -> None:
    figures = [figure_of_origin(*each.split()) for each in entered]
    assert shown(comparable_values(figures, FAMILIES[family])) == expected


def test_what_was_entered_in_another_unit_is_kept_beside() -> None:
    now, before, missing = comparable_values(
        [figure_of_origin("31.4", "MWh"), figure_of_origin("126.4", "GJ"), NO_FIGURE], FAMILIES["energy"]
    )
    assert (now.entered, before.entered) == (None, Quantity(Decimal("126.4"), "GJ"))
    assert before.shown == Quantity(Decimal("35.1"), "MWh")
    assert missing == YearValue()


def test_without_a_value_this_year_the_latest_one_leads() -> None:
    values = comparable_values(
        [NO_FIGURE, figure_of_origin("2", "t"), figure_of_origin("500", "kg")], FAMILIES["mass"]
    )
    assert shown(values) == ["–", "2.0", "0.5"]


def test_a_result_keeps_the_digits_that_it_deserves() -> None:
    result = Figure(Decimal("12.3456"), "t", Quality.CALCULATED, origin=Origin.LINES)
    assert shown(comparable_values([result, figure_of_origin("11.25", "t")], FAMILIES["mass"])) == [
        "12.35",
        "11.25",
    ]


def test_the_bars_of_a_chart_have_one_unit_and_two_decimals_at_most() -> None:
    given = [Quantity(Decimal(value), unit) for value, unit in (("26.2", "t"), ("8", "t"), ("285.5", "kg"))]
    bars = in_one_unit(given, "t", FAMILIES["mass"])
    assert [str(bar.value) for bar in bars] == ["26.20", "8.00", "0.29"]
    assert [str(bar.value) for bar in in_one_unit(given[1:2], "t", FAMILIES["mass"])] == ["8"]


def test_a_zero_is_the_same_in_every_unit() -> None:
    _now, before = comparable_values(
        [figure_of_origin("5", "t"), figure_of_origin("0", "kg")], FAMILIES["mass"]
    )
    assert before == YearValue(Quantity(Decimal(0), "t"))


@pytest.mark.parametrize(
    ("value", "unit", "family", "wanted", "said"),
    [
        ("22600", "kg", "mass", "t", "22.6"),
        ("3578", "kg-co2e", "co2e", "t-co2e", "3.58"),
        ("12680", "kg-co2e", "co2e", "t-co2e", "12.68"),
        ("35.4", "kg-co2e", "co2e", "t-co2e", "0.0354"),
        ("4074125", "kWh", "energy", "MWh", "4074.1"),
        ("126.4", "GJ", "energy", "kWh", "35111"),
        ("126.4", "GJ", "energy", "MWh", "35.11"),
        ("2.38", "ML", "volume", "m3", "2380"),
        ("0", "kg", "mass", "t", "0"),
        ("7", "percent", "mass", "t", "7"),
    ],
)
def test_a_converted_value_keeps_three_digits_and_invents_none(
    value: str, unit: str, family: str, wanted: str, said: str
) -> None:
    assert plain(in_unit(Quantity(Decimal(value), unit), wanted, FAMILIES[family]).value) == said


@given(st.decimals(1, 10**9, places=3), st.sampled_from(["g", "kg", "t"]), st.sampled_from(["kg", "t"]))
def test_a_conversion_is_right_to_half_a_per_cent(value: Decimal, unit: str, wanted: str) -> None:
    mass = FAMILIES["mass"]
    given_mass, shown = Quantity(value, unit), in_unit(Quantity(value, unit), wanted, mass)
    exact = in_base(given_mass, mass.units)
    assert abs(in_base(shown, mass.units) - exact) <= exact / 200


def test_the_values_of_a_row_in_the_unit_of_the_document_have_the_decimals_of_each_other() -> None:
    entered = [
        figure_of_origin("24.0", "t"),
        figure_of_origin("21.5", "t"),
        figure_of_origin("22600", "kg"),
        figure_of_origin("20000", "kg"),
    ]
    mass = FAMILIES["mass"]
    values = comparable_values([figure_in_unit(each, "t", mass) for each in entered], mass)
    assert shown(values) == ["24.0", "21.5", "22.6", "20.0"]
    assert [value.entered for value in values] == [None, None, *(each.quantity for each in entered[2:])]


def test_what_was_calculated_is_rounded_in_the_new_unit_and_nobody_entered_it() -> None:
    result = figure_in_unit(figure_of_origin("3578.43", "kg-co2e", Origin.LINES), "t-co2e", FAMILIES["co2e"])
    assert (result.value, result.entered) == (Decimal("3.57843"), None)
    assert result.readable == Quantity(Decimal("3.6"), "t-co2e")


@pytest.mark.parametrize(
    ("value", "unit", "wanted"), [("5", "t", "t"), ("5", "pounds", "t"), ("5", "t", "l")]
)
def test_a_figure_stays_where_there_is_nothing_to_convert(value: str, unit: str, wanted: str) -> None:
    given_figure = figure_of_origin(value, unit)
    assert figure_in_unit(given_figure, wanted, FAMILIES["mass"]) is given_figure
    assert figure_in_unit(NO_FIGURE, wanted, FAMILIES["mass"]) is NO_FIGURE


@pytest.mark.parametrize(
    ("unit", "other", "family", "is_same"),
    [
        ("kg", "t", "mass", True),
        ("t", "kg", "mass", True),
        ("t", "t", "mass", True),
        ("GJ", "MWh", "energy", False),
        ("kWh", "MWh", "energy", True),
        ("kWh", "MJ", "energy", False),
        ("pounds", "kg", "mass", False),
    ],
)
def test_units_that_move_the_point_say_the_same_number(
    unit: str, other: str, family: str, is_same: bool
) -> None:
    assert is_same_number(unit, other, FAMILIES[family]) is is_same
