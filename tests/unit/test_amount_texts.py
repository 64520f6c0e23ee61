"""Amounts in words: value and unit, of a plain count the value alone."""

from decimal import Decimal

import pytest

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language
from dnk_tool.web.text.amounts import amount_text

POINTS = load_catalogue("dnk-2017").datapoints


@pytest.mark.parametrize(
    ("value", "unit", "language", "text"),
    [
        ("0", "1", "de", "0"),
        ("1234", "1", "en", "1,234"),
        ("1234.5", "t-co2e", "de", "1.234,5 t CO₂e"),
    ],
)
def test_a_plain_count_has_no_unit(value: str, unit: str, language: Language, text: str) -> None:
    point = next(one for one in POINTS.values() if unit in one.family.units)
    assert amount_text(point, Quantity(Decimal(value), unit), language) == text
