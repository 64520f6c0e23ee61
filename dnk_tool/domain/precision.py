"""How many decimals readers see of a figure: one number for each unit, on page, print and file alike.

Data keep all digits. What was computed is rounded where it is shown, to the decimals of its unit, so that
parts and their sum have one precision; what somebody typed stays, unless no reader could take it in.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from dnk_tool.domain.numbers import decimals, short, to_decimals
from dnk_tool.domain.quantities import Quantity

LEAST_SHOWN_DIGITS = 2
_OTHER_DECIMALS = 2
_WHOLE_SHARE = Quantity(Decimal(100), "percent")

UNIT_DECIMALS: Mapping[str, int] = {
    unit: places
    for places, units in (
        (0, "J Wh kWh MJ kWh-hs kWh-hi g kg l m2 EUR h 1 persons kg-co2e eur-per-fte km pkm tkm room-night"),
        (0, "days g-co2e-per-kWh kg-co2e-per-MWh kWh-per-person kWh-per-fte kg-co2e-per-person"),
        (0, "kg-co2e-per-fte"),
        (1, "MWh GJ MWh-hs MWh-hi m3 TEUR percent t-co2e fte per-1m-hours per-200k-hours h-per-person"),
        (1, "rm srm-softwood srm-hardwood"),
        (1, "kWh-per-teur MWh-per-mio-eur kWh-per-m2 t-co2e-per-mio-eur kg-co2e-per-m2"),
        (2, "t ha Mio-EUR x-to-1 eur-per-h MWh-per-person MWh-per-fte t-co2e-per-person t-co2e-per-fte"),
        (3, "GWh TJ ML km2 kWh-hs-per-m3 kg-co2e-per-kWh kWh-per-eur kg-co2e-per-eur t-co2e-per-eur"),
        (4, "state-number"),
    )
    for unit in units.split()
}


def shown(quantity: Quantity) -> Quantity:
    """A computed quantity for readers: with the decimals of its unit, and two digits where it has them.

    Zero and a whole of 100 per cent have no decimals.
    """
    value = quantity.value
    if not value or quantity == _WHOLE_SHARE:
        return Quantity(value.to_integral_value().copy_abs(), quantity.unit)
    needed = min(LEAST_SHOWN_DIGITS - 1 - value.adjusted(), decimals(value.normalize()))
    return Quantity(
        to_decimals(value, max(UNIT_DECIMALS.get(quantity.unit, _OTHER_DECIMALS), needed)), quantity.unit
    )


def as_typed(quantity: Quantity) -> Quantity:
    """What somebody typed, for readers: unchanged with up to three decimals, else with four digits."""
    return Quantity(short(quantity.value), quantity.unit)


def sum_of_shown(parts: Iterable[Decimal], unit: str) -> Decimal:
    """The sum of values as they are shown in the unit, so that it is the sum of what stands beside it."""
    listed = list(parts)
    total = sum(listed, Decimal(0))
    places = max((decimals(part) for part in listed), default=0)
    return total if places <= UNIT_DECIMALS.get(unit, _OTHER_DECIMALS) else short(total)
