"""How much a figure changed: only where both years have a value, and much is more than a half."""

from decimal import Decimal

import pytest

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Quality
from dnk_tool.domain.figures.year_change import YearChange, year_change

POINT = load_catalogue("dnk-2017").datapoints["ghg.scope1.gross"]


def emitted(value: str, unit: str = "t-co2e") -> Figure:
    return Figure(Decimal(value), unit)


@pytest.mark.parametrize(
    ("now", "before", "percent", "is_jump"),
    [
        ("150", "100", "50", False),
        ("150.01", "100", "50", True),
        ("50", "100", "-50", False),
        ("49.9", "100", "-50.1", True),
        ("100", "100", "0", False),
        ("0", "100", "-100", True),
        ("0", "0", "0", False),
    ],
)
def test_more_than_a_half_is_asked_about(now: str, before: str, percent: str, is_jump: bool) -> None:
    assert year_change(POINT, emitted(now), emitted(before)) == YearChange(Decimal(percent), is_jump)


def test_from_nothing_is_a_jump_without_a_percentage() -> None:
    assert year_change(POINT, emitted("1"), emitted("0")) == YearChange(None, True)


def test_units_are_converted_first() -> None:
    assert year_change(POINT, emitted("1000", "kg-co2e"), emitted("1")) == YearChange(Decimal(0), False)


NOT_THERE = Figure(quality=Quality.NOT_AVAILABLE)


@pytest.mark.parametrize("other", [NO_FIGURE, NOT_THERE, emitted("3", "lost-unit")])
def test_no_value_is_never_zero(other: Figure) -> None:
    assert year_change(POINT, emitted("1"), other) is None
    assert year_change(POINT, other, emitted("1")) is None
