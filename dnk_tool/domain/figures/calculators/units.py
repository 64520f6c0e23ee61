"""Matches the units of quantities, factors and datapoints, and rounds to what a figure stores."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from dnk_tool.catalogue.calculators.model import QUANTITY_FIELD, Activity, QuantityMethod, Slot
from dnk_tool.catalogue.standard.item_model import Datapoint, UnitFamily
from dnk_tool.domain.numbers import MAX_DIGITS
from dnk_tool.domain.quantities import PRECISION

# The decimals of a figure in its datapoint's default unit.
DECIMALS = 6

# Energy is reported as net calorific value (VSME B3, ESRS E1): "kWh-hi" is a kWh, "kWh-hs" is none.
_NET_SUFFIX = "-hi"

# The unit family of entries that an activity's method converts into another quantity.
_ENTERED_FAMILIES: Mapping[QuantityMethod, str] = {
    QuantityMethod.GAS_VOLUME: "volume",
    QuantityMethod.STOCK_BALANCE: "mass",
    QuantityMethod.COMMUTE: "distance",
    QuantityMethod.HAULAGE: "mass",
}


def find_unit_family(unit: str, families: Iterable[UnitFamily]) -> UnitFamily | None:
    """The family that the symbol belongs to; symbols are unique over all families."""
    return next((family for family in families if unit in family.units), None)


def is_raw_unit(activity: Activity, unit: str) -> bool:
    """Whether an entry in this unit is converted by the activity's method, such as gas in cubic metres."""
    entered = _entered_family(activity, unit)
    return entered is not None and entered.key == _ENTERED_FAMILIES.get(activity.measure)


def measured_family(activity: Activity, unit: str) -> UnitFamily | None:
    """The family of the quantity that factors apply to, for a line that was entered in this unit; or None."""
    return activity.measured if is_raw_unit(activity, unit) else _entered_family(activity, unit)


def _entered_family(activity: Activity, unit: str) -> UnitFamily | None:
    return find_unit_family(unit, (family for field in activity.fields for family in field.families))


def slot_family(activity: Activity, slot: Slot, unit: str) -> UnitFamily | None:
    """The family of the quantity that a slot counts: the measured one, or the entry of another field."""
    if slot.field == QUANTITY_FIELD:
        return measured_family(activity, unit)
    field = activity.field(slot.field)
    return find_unit_family(unit, field.families) if field else None


def equivalent_unit(unit: str, wanted: UnitFamily) -> str | None:
    """The symbol of this unit in the wanted family ("kWh" for "kWh-hi"); None if it has none."""
    if unit in wanted.units:
        return unit
    net = unit.removesuffix(_NET_SUFFIX)
    return net if net != unit and net in wanted.units else None


def in_default_unit(exact: Fraction, datapoint: Datapoint) -> Fraction:
    """A value in the family's base unit expressed in the datapoint's default unit, exactly."""
    return exact / Fraction(datapoint.family.units[datapoint.default_unit].factor)


def to_decimal(exact: Fraction) -> Decimal:
    """The value to 28 significant digits."""
    return PRECISION.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def rounded_for_figure(exact: Fraction, decimals: int = DECIMALS) -> Decimal | None:
    """The value to so many decimals, halves away from zero, no trailing zeros; None if it is too long."""
    scaled = abs(exact) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    if len(str(whole // 10**decimals)) > MAX_DIGITS:
        return None
    digits = f"{whole:0{decimals + 1}d}"
    text = f"{digits[:-decimals]}.{digits[-decimals:]}".rstrip("0").rstrip(".")
    return Decimal(f"-{text}" if exact < 0 and whole else text)
