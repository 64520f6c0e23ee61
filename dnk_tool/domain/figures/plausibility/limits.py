"""Compares a value with limits, and finds out whether a factor of a thousand explains a value beyond them."""

from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from dnk_tool.catalogue.plausibility.model import PlausibilityRules
from dnk_tool.domain.figures.plausibility.warning import MessageParam, Slip
from dnk_tool.domain.quantities import Quantity

THOUSAND = 1000


Limit: TypeAlias = Decimal | Fraction | None


def is_outside(value: Fraction, low: Limit, high: Limit) -> bool:
    """Whether the value is beyond one of the limits; a limit itself is still plausible."""
    return (low is not None and value < Fraction(low)) or (high is not None and value > Fraction(high))


def limit_params(low: Decimal | None, high: Decimal | None) -> dict[str, MessageParam]:
    """The limits as parameters of a message; an open limit is a dash."""
    return {"low": "–" if low is None else low, "high": "–" if high is None else high}


def slip_beyond_limits(
    value: Fraction, low: Limit, high: Limit, entered: Quantity, rules: PlausibilityRules
) -> Slip | None:
    """The slip that explains a value beyond its limits; None if a factor of a thousand does not."""
    if value <= 0:
        return None
    is_large = high is not None and value > Fraction(high)
    times = Fraction(1, THOUSAND) if is_large else Fraction(THOUSAND)
    return None if is_outside(value * times, low, high) else slip_by_factor(times, entered, rules)


def slip_by_factor(times: Fraction, entered: Quantity, rules: PlausibilityRules) -> Slip:
    """The slip by a lost comma, or by the unit that is `times` the entered one, if it is in use."""
    # "1,234": nobody writes thousands as "0,234" or "1.234,567".
    if times == THOUSAND and entered.value.as_tuple().exponent == -3 and 1 <= entered.value < THOUSAND:
        return Slip(entered.unit, typed=entered)
    family = rules.family_by_unit.get(entered.unit)
    if family is None:
        return Slip(entered.unit)
    wanted = Fraction(family.units[entered.unit].factor) * times
    for symbol, unit in family.units.items():
        if Fraction(unit.factor) == wanted and symbol not in rules.slip.rare:
            return Slip(entered.unit, symbol)
    return Slip(entered.unit)
