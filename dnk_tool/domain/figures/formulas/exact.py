"""Exact numbers: what formulas take and give; a float is refused, because it has lost digits already."""

from decimal import Decimal
from fractions import Fraction

Number = int | Decimal | Fraction


class ImpossibleShare(ValueError):
    """A part is larger than the whole that it belongs to, or below zero."""

    def __init__(self, part: Fraction, whole: Fraction) -> None:
        self.part, self.whole = part, whole
        super().__init__(f"{part} of {whole}")


def exact(value: Number) -> Fraction:
    """The number as a fraction. Raises TypeError for anything inexact."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction):
        raise TypeError(f"{value!r} is not an exact number")
    return Fraction(value)


def total(*values: Number) -> Fraction:
    """Sum of values in the same unit, in any order the same."""
    return sum((exact(value) for value in values), Fraction(0))


def quotient(numerator: Number, denominator: Number) -> Fraction | None:
    """Numerator / denominator; None where the denominator is zero: there is no such value."""
    below = exact(denominator)
    return exact(numerator) / below if below else None


def share(part: Number, whole: Number) -> Fraction | None:
    """Part / whole, from 0 to 1; None where the whole is zero. Raises ImpossibleShare."""
    above, below = exact(part), exact(whole)
    if above < 0 or above > below:
        raise ImpossibleShare(above, below)
    return quotient(above, below)
