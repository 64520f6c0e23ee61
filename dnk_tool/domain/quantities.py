"""Quantities: a number with the unit in which it was entered, converted exactly for comparison."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from dnk_tool.catalogue.standard.item_model import Unit, UnitFamily

PRECISION = Context(prec=28)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value and the symbol of its unit, as entered."""

    value: Decimal
    unit: str


class UnknownUnit(ValueError):
    """The unit does not belong to the family of the datapoint or column."""


def in_base(quantity: Quantity, units: Mapping[str, Unit]) -> Fraction:
    """The exact value in the base unit of the family. Raises UnknownUnit."""
    if quantity.unit not in units:
        raise UnknownUnit(quantity.unit)
    return Fraction(quantity.value) * Fraction(units[quantity.unit].factor)


def converted(quantity: Quantity, unit: str, family: UnitFamily) -> Decimal:
    """The value in another unit of the family, to 28 significant digits. Raises UnknownUnit."""
    return from_base(in_base(quantity, family.units), unit, family)


def from_base(exact: Fraction, unit: str, family: UnitFamily) -> Decimal:
    """A value in the family's base unit expressed in one of its units, to 28 digits. Raises UnknownUnit."""
    if unit not in family.units:
        raise UnknownUnit(unit)
    value = exact / Fraction(family.units[unit].factor)
    return PRECISION.divide(Decimal(value.numerator), Decimal(value.denominator))


def is_same_number(unit: str, other: str, family: UnitFamily) -> bool:
    """Whether a quantity is the same number in both units but for the place of its decimal point."""
    if not {unit, other} <= family.units.keys():
        return unit == other
    ratio = Fraction(family.units[unit].factor) / Fraction(family.units[other].factor)
    longer = max(ratio.numerator, ratio.denominator)
    return 1 in (ratio.numerator, ratio.denominator) and longer == 10 ** (len(str(longer)) - 1)


def change_in_percent(now: Quantity, before: Quantity, family: UnitFamily) -> Decimal | None:
    """The change against the earlier value in per cent, one decimal; None if that value was zero."""
    base = in_base(before, family.units)
    if base == 0:
        return None
    change = (in_base(now, family.units) - base) / abs(base) * 1000
    return Decimal(round(change)) / 10
