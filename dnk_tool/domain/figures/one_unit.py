"""Expresses figures that stand side by side in one unit and with one number of decimals.

Data keep what was entered; only what is shown is converted, and only within the family of a datapoint, whose
factors are exact.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.numbers import MOST_SHOWN_DIGITS, decimals, to_decimals
from dnk_tool.domain.precision import UNIT_DECIMALS
from dnk_tool.domain.quantities import Quantity, converted

# Zeros are added up to this many decimals; more decimals than these were entered so and stay.
MOST_DECIMALS = 2
# A converted value has so many digits at least, if it has them: with fewer it would say another change.
LEAST_CONVERTED_DIGITS = 3


@dataclass(frozen=True, slots=True)
class YearValue:
    """A year's value for readers, and as entered where that was in another unit; None without a value."""

    shown: Quantity | None = None
    entered: Quantity | None = None


NO_YEAR_VALUE = YearValue()


def comparable_values(figures: Sequence[Figure], family: UnitFamily) -> tuple[YearValue, ...]:
    """The values of one figure in several years, the leading year first, in that year's unit.

    A converted value has the decimals of the leading year, and three digits at least if it has them. What was
    entered in the unit keeps its decimals and gets zeros; a unit that the family does not have stays.
    """
    leading = next((figure.readable for figure in figures if figure.readable), None)
    if leading is None or leading.unit not in family.units:
        return tuple(YearValue(figure.readable) for figure in figures)
    values = [_in_unit(figure, leading, family) for figure in figures]
    places = min(max(decimals(v.shown.value) for v in values if v.shown), MOST_DECIMALS)
    return tuple(_padded(v, figure, places) for v, figure in zip(values, figures, strict=True))


def in_one_unit(quantities: Iterable[Quantity], unit: str, family: UnitFamily) -> tuple[Quantity, ...]:
    """The quantities in the unit, all with the decimals of the most precise, two at most. Raises UnknownUnit.

    What is so small that it would read as zero is rounded to zero: whoever prints it says "less than".
    """
    listed = [Quantity(_plain(converted(each, unit, family)), unit) for each in quantities]
    places = min(max((decimals(each.value) for each in listed), default=0), MOST_DECIMALS)
    return tuple(Quantity(to_decimals(each.value, places), unit) for each in listed)


def in_unit(quantity: Quantity, unit: str, family: UnitFamily) -> Quantity:
    """What somebody typed, in another unit: with the decimals of that unit, and no more digits than typed.

    It has three digits at least if it has them, and four as long as these are no more than two decimals. A
    unit that the family does not have stays.
    """
    if quantity.unit == unit or not {quantity.unit, unit} <= family.units.keys():
        return quantity
    exact = _plain(converted(quantity, unit, family))
    if not exact:
        return Quantity(exact, unit)
    digits = max(LEAST_CONVERTED_DIGITS, len(quantity.value.as_tuple().digits))
    wanted = max(
        UNIT_DECIMALS.get(unit, MOST_DECIMALS),
        LEAST_CONVERTED_DIGITS - 1 - exact.adjusted(),
        min(MOST_SHOWN_DIGITS - 1 - exact.adjusted(), MOST_DECIMALS),
    )
    places = max(0, min(decimals(exact), digits - 1 - exact.adjusted(), wanted))
    return Quantity(to_decimals(exact, places), unit)


def figure_in_unit(figure: Figure, unit: str, family: UnitFamily) -> Figure:
    """The figure in another unit: its value exactly, and what was typed shown as `in_unit` says it.

    A computed one is rounded for readers in the new unit. A unit that the family does not have stays.
    """
    quantity = figure.quantity
    if quantity is None or quantity.unit == unit or not {quantity.unit, unit} <= family.units.keys():
        return figure
    value = _plain(converted(quantity, unit, family))
    if not figure.is_typed or not value:
        return replace(figure, value=value, unit=unit)
    return replace(
        figure, value=value, unit=unit, shown=in_unit(quantity, unit, family).value, entered=figure.readable
    )


def _in_unit(figure: Figure, leading: Quantity, family: UnitFamily) -> YearValue:
    quantity = figure.readable
    if quantity is None or quantity.unit == leading.unit or quantity.unit not in family.units:
        return YearValue(quantity, figure.entered)
    exact = _plain(converted(quantity, leading.unit, family))
    if not exact:
        return YearValue(Quantity(exact, leading.unit))
    needed = min(LEAST_CONVERTED_DIGITS - 1 - exact.adjusted(), decimals(exact))
    shown = to_decimals(exact, max(decimals(leading.value), needed))
    return YearValue(Quantity(shown, leading.unit), quantity)


def _padded(value: YearValue, figure: Figure, places: int) -> YearValue:
    """The value with zeros up to so many decimals; none for what is zero or shown with fewer digits."""
    shown = value.shown
    is_padded = figure.is_typed and value.entered == figure.entered
    if shown is None or not shown.value or not is_padded or decimals(shown.value) >= places:
        return value
    return YearValue(Quantity(to_decimals(shown.value, places), shown.unit), value.entered)


def _plain(value: Decimal) -> Decimal:
    """A converted value without the zeros that a division leaves."""
    whole = value.to_integral_value()
    return whole.quantize(Decimal(1)) if value == whole else value.normalize()
