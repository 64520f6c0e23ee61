"""Computed values have the decimals of their unit, typed ones stay, sums are those of what stands there."""

from decimal import Decimal

import pytest

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.answers.answer import Figure, Origin, Quality, computed_figure
from dnk_tool.domain.numbers import plain, with_digits
from dnk_tool.domain.precision import UNIT_DECIMALS, as_typed, shown, sum_of_shown
from dnk_tool.domain.quantities import Quantity

CATALOGUE = load_catalogue("dnk-2017")


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        ("5091.84", 4, "5092"),
        ("5091.84", 2, "5100"),
        ("0.0123456", 3, "0.0123"),
        ("-0.98765", 2, "-0.99"),
        ("99.96", 3, "100"),
        ("12.30", 4, "12.30"),
        ("0", 2, "0"),
        ("12345678901234567890", 4, "12350000000000000000"),
    ],
)
def test_rounding_to_significant_digits(value: str, digits: int, expected: str) -> None:
    assert format(with_digits(Decimal(value), digits), "f") == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("114.2449", "t-co2e", "114.2"),
        ("270", "t-co2e", "270.0"),
        ("17360", "t-co2e", "17360.0"),
        ("0.0344", "t-co2e", "0.034"),
        ("0.25", "t-co2e", "0.25"),
        ("-1.25", "t-co2e", "-1.3"),
        ("0", "t-co2e", "0"),
        ("-0.0", "t-co2e", "0"),
        ("14.418504", "percent", "14.4"),
        ("100", "percent", "100"),
        ("0.00", "percent", "0"),
        ("99.96", "percent", "100.0"),
        ("38512.4", "kWh", "38512"),
        ("5", "kWh", "5"),
        ("2.35", "kWh", "2.4"),
        ("31.44", "MWh", "31.4"),
        ("10.05", "t", "10.05"),
        ("1234.5", "EUR", "1235"),
        ("4.236", "x-to-1", "4.24"),
        ("0.01234567", "kWh-per-eur", "0.012"),
        ("12.3456", "pounds", "12.35"),
        ("12345678901234567890.123456", "t-co2e", "12345678901234567890.1"),
    ],
)
def test_a_computed_value_has_the_decimals_of_its_unit(value: str, unit: str, expected: str) -> None:
    quantity = shown(Quantity(Decimal(value), unit))
    assert (plain(quantity.value), quantity.unit) == (expected, unit)
    assert shown(quantity) == quantity, "shown again, it is the same"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("8.35", "8.35"), ("12.345", "12.345"), ("14.418504", "14.42"), ("1234567.1234", "1234567"), ("0", "0")],
)
def test_what_was_typed_stays_with_up_to_three_decimals(typed: str, expected: str) -> None:
    assert plain(as_typed(Quantity(Decimal(typed), "percent")).value) == expected


def test_each_unit_of_a_figure_has_its_decimals() -> None:
    symbols = {symbol for family in CATALOGUE.families.values() for symbol in family.units}
    assert symbols == set(UNIT_DECIMALS)


def test_a_figure_is_shown_by_where_it_comes_from() -> None:
    value = Decimal("123456.789")
    typed = Figure(value, "kWh", Quality.ESTIMATED)
    result = Figure(value, "kWh", Quality.CALCULATED, origin=Origin.LINES)
    assert typed.readable == Figure(value, "kWh", origin=Origin.SITES).readable == Quantity(value, "kWh")
    assert result.readable == Quantity(Decimal(123457), "kWh")
    assert result == Figure(value, "kWh", Quality.CALCULATED, origin=Origin.LINES, shown=Decimal(1)), (
        "data are the same"
    )
    assert Figure(unit="kWh").readable is None


def scopes(*values: str, origin: Origin = Origin.LINES) -> dict[str, Figure]:
    keys = ("ghg.scope1.gross", "ghg.scope2.location", "ghg.scope3.gross")
    return {
        key: Figure(Decimal(value), "t-co2e", origin=origin) for key, value in zip(keys, values, strict=True)
    }


@pytest.mark.parametrize(
    ("parts", "total", "exact"),
    [
        (("114.2449", "270.0499", "37.0499"), "421.2", "421.3447"),
        (("114.2449", "17360", "37"), "17511.2", "17511.2449"),
        (("0.044", "0.044", "0.044"), "0.132", "0.132"),
    ],
)
def test_scopes_add_up_as_they_are_printed(parts: tuple[str, ...], total: str, exact: str) -> None:
    figures = scopes(*parts)
    figure = computed_figure(CATALOGUE.datapoints["ghg.total"], figures)
    assert figure
    assert figure.readable
    said = [each.readable.value for each in figures.values() if each.readable]
    assert figure.readable.value == sum(said) == Decimal(total)
    assert figure.value == Decimal(exact), "data keep all digits"


def test_typed_scopes_add_up_with_the_decimals_as_typed() -> None:
    figures = scopes("8.354", "0.25", "12", origin=Origin.ENTERED)
    figure = computed_figure(CATALOGUE.datapoints["ghg.total"], figures)
    assert figure
    assert figure.readable == Quantity(Decimal("20.604"), "t-co2e")


def test_a_sum_of_many_decimals_is_shortened() -> None:
    assert sum_of_shown([Decimal("1.23456"), Decimal(1)], "t-co2e") == Decimal("2.235")
    assert sum_of_shown([], "t-co2e") == 0
