"""The unit in which a figure's years are shown, so that numbers stay short, and how many digits they have."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.domain.numbers import with_digits

STEP = Fraction(1000)
SHORT, LONG = Decimal(1), Decimal(10_000)
# As many digits as readers take in at a glance; those of a group's number are fewer and stay.
OWN_DIGITS = 3


def short_unit(values: Iterable[Decimal], unit: str, family: UnitFamily) -> tuple[str, Fraction]:
    """A unit a thousand times larger or smaller, and by what a value in `unit` is multiplied to be in it.

    Larger where a value has five digits before the separator, smaller where all are below one; `unit` where
    the family has no such unit.
    """
    largest = max((abs(value) for value in values), default=Decimal(0))
    factor = Fraction(1)
    while largest >= LONG or 0 < largest < SHORT:
        ratio = STEP if largest >= LONG else 1 / STEP
        wanted = Fraction(family.units[unit].factor) * ratio
        following = next((key for key, one in family.units.items() if Fraction(one.factor) == wanted), None)
        if following is None:
            break
        unit, factor = following, factor / ratio
        largest = largest * ratio.denominator / ratio.numerator
    return unit, factor


def shown_value(value: Decimal, factor: Fraction) -> Decimal:
    """The own value in the unit that is shown, with three digits; a longer whole number keeps its size."""
    exact = value * factor.numerator / factor.denominator
    return with_digits(exact, OWN_DIGITS)
