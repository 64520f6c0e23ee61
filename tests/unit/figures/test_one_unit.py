"""What stands side by side has one unit and one number of decimals, and nothing that was entered is lost."""

from decimal import Decimal

import pytest

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Quality
from dnk_tool.domain.figures.one_unit import YearValue, comparable_values, in_one_unit
from dnk_tool.domain.quantities import Quantity

FAMILIES = load_catalogue("dnk-2017").families


def figure(value: str, unit: str, origin: Origin = Origin.ENTERED) -> Figure:
    return Figure(Decimal(value), unit, Quality.MEASURED, origin=origin)


def shown(values: tuple[YearValue, ...]) -> list[str]:
    return [str(value.shown.value) if value.shown else "–" for value in values]


@pytest.mark.parametrize(
    ("family", "entered", "expected"),
    [
        ("energy", ["31.4 MWh", "33120 kWh", "126.4 GJ"], ["31.4", "33.1", "35.1"]),
        ("mass", ["12680 kg", "14.02 t"], ["12680", "14020"]),
        ("mass", ["0.6 t", "650 kg"], ["0.60", "0.65"]),  # one digit alone would say another change
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
    figures = [figure(*each.split()) for each in entered]
    assert shown(comparable_values(figures, FAMILIES[family])) == expected


def test_what_was_entered_in_another_unit_is_kept_beside() -> None:
    now, before, missing = comparable_values(
        [figure("31.4", "MWh"), figure("126.4", "GJ"), NO_FIGURE], FAMILIES["energy"]
    )
    assert (now.entered, before.entered) == (None, Quantity(Decimal("126.4"), "GJ"))
    assert before.shown == Quantity(Decimal("35.1"), "MWh")
    assert missing == YearValue()


def test_without_a_value_this_year_the_latest_one_leads() -> None:
    values = comparable_values([NO_FIGURE, figure("2", "t"), figure("500", "kg")], FAMILIES["mass"])
    assert shown(values) == ["–", "2.0", "0.5"]


def test_a_result_keeps_the_digits_that_it_deserves() -> None:
    result = Figure(Decimal("12.3456"), "t", Quality.CALCULATED, origin=Origin.LINES)
    assert shown(comparable_values([result, figure("11.25", "t")], FAMILIES["mass"])) == ["12.35", "11.25"]


def test_the_bars_of_a_chart_have_one_unit_and_two_decimals_at_most() -> None:
    given = [Quantity(Decimal(value), unit) for value, unit in (("26.2", "t"), ("8", "t"), ("285.5", "kg"))]
    bars = in_one_unit(given, "t", FAMILIES["mass"])
    assert [str(bar.value) for bar in bars] == ["26.20", "8.00", "0.29"]
    assert [str(bar.value) for bar in in_one_unit(given[1:2], "t", FAMILIES["mass"])] == ["8"]


def test_a_zero_is_the_same_in_every_unit() -> None:
    _now, before = comparable_values([figure("5", "t"), figure("0", "kg")], FAMILIES["mass"])
    assert before == YearValue(Quantity(Decimal(0), "t"))
