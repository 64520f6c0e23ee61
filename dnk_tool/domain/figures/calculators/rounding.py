"""Rounds an exact value to what a figure can store: six decimals in the datapoint's default unit."""

from decimal import Decimal
from fractions import Fraction

from dnk_tool.domain.numbers import MAX_DIGITS

DECIMALS = 6


def rounded_for_figure(exact: Fraction, decimals: int = DECIMALS) -> Decimal | None:
    """The value to so many decimals, halves away from zero, no trailing zeros; None if it is too long."""
    scaled = abs(exact) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    if len(str(whole // 10**decimals)) > MAX_DIGITS:
        return None
    digits = f"{whole:0{decimals + 1}d}"
    text = f"{digits[:-decimals]}.{digits[-decimals:]}".rstrip("0").rstrip(".")
    return Decimal(f"-{text}" if exact < 0 and whole else text)
