"""How many digits of a computed value are shown: those of its least exact input, two at least, four at most.

Data keep all digits; only what is computed is rounded, and only where it is shown. Counts, days and money are
exact, and so is what was only added up or converted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from dnk_tool.domain.numbers import MOST_SHOWN_DIGITS, significant_digits
from dnk_tool.domain.quantities import Quantity

LEAST_SHOWN_DIGITS = 2
# More than any figure has: nothing is rounded.
ALL_DIGITS = 40
EXACT_UNITS = frozenset({"1", "persons", "fte", "days", "room-night", "EUR", "TEUR", "Mio-EUR", "x-to-1"})


@dataclass(frozen=True, slots=True)
class ComputedTerm:
    """A term of a sum with the digits that it deserves; ALL_DIGITS if it is exact."""

    value: Decimal
    digits: int = ALL_DIGITS


def shown_digits(digits: int) -> int:
    """The number of digits within the bounds; what is exact stays exact."""
    return digits if digits == ALL_DIGITS else min(max(digits, LEAST_SHOWN_DIGITS), MOST_SHOWN_DIGITS)


def product_digits(entered: Iterable[Quantity], factor: Decimal | None) -> int:
    """The digits of what was entered times a factor; without a factor nothing was computed."""
    if factor is None:
        return ALL_DIGITS
    inexact = [
        significant_digits(quantity.value)
        for quantity in entered
        if quantity.unit not in EXACT_UNITS and quantity.value
    ]
    return shown_digits(min([*inexact, significant_digits(factor)]))


def sum_digits(terms: Iterable[ComputedTerm], total: Decimal | None = None) -> int:
    """The digits of a sum, in which no place is surer than in its least exact term.

    `total`: the sum, if some of the terms are subtracted.
    """
    listed = list(terms)
    total = sum((term.value for term in listed), Decimal(0)) if total is None else total
    places = [
        term.value.adjusted() - term.digits + 1 for term in listed if term.digits != ALL_DIGITS and term.value
    ]
    if not places or not total:
        return ALL_DIGITS
    return shown_digits(total.adjusted() - max(places) + 1)


def quotient_digits(terms: Iterable[tuple[Quantity, int]]) -> int:
    """The digits of a share or rate, given each part with the digits that it deserves."""
    inexact = [
        significant_digits(quantity.value) if digits == ALL_DIGITS else digits
        for quantity, digits in terms
        if (digits != ALL_DIGITS or quantity.unit not in EXACT_UNITS) and quantity.value
    ]
    return shown_digits(min([*inexact, MOST_SHOWN_DIGITS]))
