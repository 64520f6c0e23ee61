"""The quantity of a line that factors apply to, from its fields by the activity's method."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from dnk_tool.catalogue.calculators.model import QUANTITY_FIELD, Activity, QuantityMethod
from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.domain.figures import formulas
from dnk_tool.domain.figures.calculators.units import find_unit_family, is_raw_unit, to_decimal
from dnk_tool.domain.quantities import Quantity, in_base

# By method: its fields, and the formula over their values in base units.
METHOD_FORMULAS: Mapping[QuantityMethod, tuple[tuple[str, ...], Callable[..., Fraction]]] = {
    QuantityMethod.GAS_VOLUME: ((QUANTITY_FIELD, "state-number", "calorific-value"), formulas.gas_energy),
    QuantityMethod.STOCK_BALANCE: (("start", "bought", "end", "disposed"), formulas.refrigerant_loss),
    QuantityMethod.COMMUTE: ((QUANTITY_FIELD, "days", "persons"), formulas.commuting_distance),
    QuantityMethod.HAULAGE: ((QUANTITY_FIELD, "distance"), formulas.haulage),
}


@dataclass(frozen=True, slots=True)
class MeasuredAmount:
    """An exact value in the base unit of a family, beside the quantity as it was entered."""

    exact: Fraction
    family: UnitFamily
    entered: Quantity

    def in_unit(self, unit: str) -> Fraction:
        """The exact value in a unit of the family."""
        return self.exact / Fraction(self.family.units[unit].factor)


def measured_amount(
    activity: Activity, quantities: Mapping[str, Quantity], key: str = QUANTITY_FIELD
) -> MeasuredAmount | None:
    """The amount of a field, for "quantity" by the activity's method; None where an entry is missing."""
    first = leading_quantity(activity, quantities) if key == QUANTITY_FIELD else None
    if first is not None and is_measured(activity, quantities):
        return _combined_amount(activity, quantities, first)
    return entered_amount(activity, quantities, key)


def is_measured(activity: Activity, quantities: Mapping[str, Quantity]) -> bool:
    """Whether the quantity follows from several fields.

    A balance does if no quantity was entered; otherwise the unit must need the other fields, such as cubic
    metres of gas.
    """
    if activity.measure in (QuantityMethod.AS_ENTERED, QuantityMethod.STOCK_BALANCE):
        return activity.measure is QuantityMethod.STOCK_BALANCE and QUANTITY_FIELD not in quantities
    return QUANTITY_FIELD in quantities and is_raw_unit(activity, quantities[QUANTITY_FIELD].unit)


def leading_quantity(activity: Activity, quantities: Mapping[str, Quantity]) -> Quantity | None:
    """The entry whose unit decides how a line is measured: the quantity, or the first one of a balance."""
    names = (QUANTITY_FIELD, *fields_of_method(activity.measure))
    return next((quantities[name] for name in names if name in quantities), None)


def fields_of_method(measure: QuantityMethod) -> tuple[str, ...]:
    """The fields from which the method works out the quantity."""
    return METHOD_FORMULAS[measure][0] if measure in METHOD_FORMULAS else (QUANTITY_FIELD,)


def entered_amount(activity: Activity, quantities: Mapping[str, Quantity], key: str) -> MeasuredAmount | None:
    """The amount of a field as it was entered; None without an entry or with an unknown unit."""
    field, quantity = activity.field(key), quantities.get(key)
    family = find_unit_family(quantity.unit, field.families) if field and quantity else None
    if quantity is None or family is None:
        return None
    return MeasuredAmount(in_base(quantity, family.units), family, quantity)


def _combined_amount(
    activity: Activity, quantities: Mapping[str, Quantity], first: Quantity
) -> MeasuredAmount | None:
    names, formula = METHOD_FORMULAS[activity.measure]
    amounts = [entered_amount(activity, quantities, name) for name in names]
    bases = [amount.exact for amount in amounts if amount is not None]
    if len(bases) < len(names) or activity.measured is None:
        return None
    exact = formula(*bases)
    # A balance has no entered quantity: its result takes the place of one.
    is_entered = QUANTITY_FIELD in quantities
    entered = first if is_entered else Quantity(to_decimal(exact), activity.measured.base)
    return MeasuredAmount(exact, activity.measured, entered)
