"""Computed values are shown with the digits of their least exact input, typed ones as they are."""

from decimal import Decimal

import pytest

from dnk_tool.domain.answers.answer import Figure, Origin, Quality
from dnk_tool.domain.numbers import significant_digits, with_digits
from dnk_tool.domain.precision import ALL_DIGITS, ComputedTerm, product_digits, quotient_digits, sum_digits
from dnk_tool.domain.quantities import Quantity


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        ("5091.84", 4, "5092"),
        ("5091.84", 2, "5100"),
        ("123456", 4, "123500"),
        ("0.0123456", 3, "0.0123"),
        ("-0.98765", 2, "-0.99"),
        ("99.96", 3, "100"),
        ("15.672497", 4, "15.67"),
        ("12.30", 4, "12.30"),
        ("0", 2, "0"),
        ("1200", 2, "1200"),
        ("7", 4, "7"),
        ("12345678901234567890", 4, "12350000000000000000"),
    ],
)
def test_precision_rounds_to_significant_digits(value: str, digits: int, shown: str) -> None:
    assert format(with_digits(Decimal(value), digits), "f") == shown


@pytest.mark.parametrize(
    ("written", "digits"), [("0.35", 2), ("0.350", 3), ("1200", 4), ("0", 1), ("-12.5", 3), ("1E+3", 1)]
)
def test_precision_counts_the_digits_as_written(written: str, digits: int) -> None:
    assert significant_digits(Decimal(written)) == digits


@pytest.mark.parametrize(
    ("entered", "factor", "digits"),
    [
        (["38512 kWh"], "0.344", 3),
        (["38512 kWh"], "0.34412345", 4),
        (["5 kg"], "1774", 2),
        (["12 km", "220 days", "3 persons"], "0.16450", 2),
        (["3 persons"], "0.1645", 4),
        (["38512 kWh"], None, ALL_DIGITS),
    ],
)
def test_precision_of_a_product(entered: list[str], factor: str | None, digits: int) -> None:
    quantities = [Quantity(Decimal(text.split()[0]), text.split()[1]) for text in entered]
    assert product_digits(quantities, None if factor is None else Decimal(factor)) == digits


def test_precision_of_a_sum_ends_at_the_least_exact_place() -> None:
    exact, rough, fine = (
        ComputedTerm(Decimal("38512")),
        ComputedTerm(Decimal("12462.5"), 3),
        ComputedTerm(Decimal("1.2345"), 4),
    )
    assert sum_digits([exact, ComputedTerm(Decimal(7))]) == ALL_DIGITS, "sums of counts stay exact"
    assert sum_digits([exact, rough]) == 3, "to the hundreds: 51,000"
    assert sum_digits([rough, fine]) == 3
    assert sum_digits([ComputedTerm(Decimal("400.25"), 4), ComputedTerm(Decimal("0.52"), 2)]) == 4
    assert sum_digits([ComputedTerm(Decimal(900), 2), ComputedTerm(Decimal(-895), 2)]) == 2, "two at least"


def test_precision_of_a_share() -> None:
    counts = [(Quantity(Decimal(3), "persons"), ALL_DIGITS), (Quantity(Decimal(7), "persons"), ALL_DIGITS)]
    assert quotient_digits(counts) == 4
    energy = [(Quantity(Decimal("12000"), "kWh"), ALL_DIGITS), (Quantity(Decimal("51000"), "kWh"), 3)]
    assert quotient_digits(energy) == 3


def test_precision_concerns_computed_figures_alone() -> None:
    value = Decimal("123456.789")
    typed = Figure(value, "kWh", Quality.ESTIMATED)
    result = Figure(value, "kWh", Quality.CALCULATED, origin=Origin.LINES)
    assert typed.readable == Quantity(value, "kWh")
    assert result.readable == Quantity(Decimal("123500"), "kWh"), "four digits at most"
    assert Figure(value, "kWh", origin=Origin.LINES, digits=2).readable == Quantity(Decimal("120000"), "kWh")
    assert Figure(value, "kWh", origin=Origin.SITES).readable == Quantity(value, "kWh")
    assert result == Figure(value, "kWh", Quality.CALCULATED, origin=Origin.LINES, digits=3), (
        "data are the same"
    )
