"""The quantity that factors apply to, made of the fields of a line as its activity measures it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from dnk_tool.catalogue.calculators.loader import QUANTITY, Activity, Measure
from dnk_tool.catalogue.standard.model import UnitFamily
from dnk_tool.domain.figures import formulas
from dnk_tool.domain.figures.calculators.units import family_of, is_raw, to_decimal
from dnk_tool.domain.quantities import Quantity, in_base

# By measure: the fields that it takes, and the formula over their values in base units.
MEASURES: Mapping[Measure, tuple[tuple[str, ...], Callable[..., Fraction]]] = {
    Measure.GAS_VOLUME: ((QUANTITY, "state-number", "calorific-value"), formulas.gas_energy),
    Measure.STOCK_BALANCE: (("start", "bought", "end", "disposed"), formulas.refrigerant_loss),
    Measure.COMMUTE: ((QUANTITY, "days", "persons"), formulas.commuting_distance),
    Measure.HAULAGE: ((QUANTITY, "distance"), formulas.haulage),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """An exact value in the base unit of a family, beside the quantity as it was entered."""

    exact: Fraction
    family: UnitFamily
    entered: Quantity

    def in_unit(self, unit: str) -> Fraction:
        """The exact value in a unit of the family."""
        return self.exact / Fraction(self.family.units[unit].factor)


def amount(activity: Activity, quantities: Mapping[str, Quantity], key: str = QUANTITY) -> Amount | None:
    """The quantity of a field, or the measured one under "quantity"; None where something is missing."""
    first = lead(activity, quantities) if key == QUANTITY else None
    if first is not None and is_measured(activity, quantities):
        return _measured(activity, quantities, first)
    return entered_amount(activity, quantities, key)


def is_measured(activity: Activity, quantities: Mapping[str, Quantity]) -> bool:
    """Whether the quantity follows from several fields: a balance where no quantity was entered, and
    otherwise a quantity in a unit that needs the others, such as cubic metres of gas."""
    if activity.measure in (Measure.AS_ENTERED, Measure.STOCK_BALANCE):
        return activity.measure is Measure.STOCK_BALANCE and QUANTITY not in quantities
    return QUANTITY in quantities and is_raw(activity, quantities[QUANTITY].unit)


def lead(activity: Activity, quantities: Mapping[str, Quantity]) -> Quantity | None:
    """The entry whose unit decides how a line is measured: the quantity, or the first one of a balance."""
    names = (QUANTITY, *takes(activity.measure))
    return next((quantities[name] for name in names if name in quantities), None)


def takes(measure: Measure) -> tuple[str, ...]:
    """The fields that a measure is made of."""
    return MEASURES[measure][0] if measure in MEASURES else (QUANTITY,)


def entered_amount(activity: Activity, quantities: Mapping[str, Quantity], key: str) -> Amount | None:
    """The quantity of a field as it was entered, or None."""
    field, quantity = activity.field(key), quantities.get(key)
    family = family_of(quantity.unit, field.families) if field and quantity else None
    if quantity is None or family is None:
        return None
    return Amount(in_base(quantity, family.units), family, quantity)


def _measured(activity: Activity, quantities: Mapping[str, Quantity], first: Quantity) -> Amount | None:
    names, formula = MEASURES[activity.measure]
    found = [entered_amount(activity, quantities, name) for name in names]
    bases = [one.exact for one in found if one is not None]
    if len(bases) < len(names) or activity.measured is None:
        return None
    exact = formula(*bases)
    # A balance has no field of its own: what it comes to stands for what was entered.
    is_entered = QUANTITY in quantities
    entered = first if is_entered else Quantity(to_decimal(exact), activity.measured.base)
    return Amount(exact, activity.measured, entered)
