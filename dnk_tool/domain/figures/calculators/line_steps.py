"""The steps of one line: for each slot its quantity, the factor that counts, and the result."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from dnk_tool.catalogue.calculators.model import Activity, Slot
from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.figures import formulas
from dnk_tool.domain.figures.calculators.activity_quantity import (
    MeasuredAmount,
    entered_amount,
    measured_amount,
)
from dnk_tool.domain.figures.calculators.lines import CalculatorLine, FactorSnapshot
from dnk_tool.domain.figures.calculators.results import CalculationStep
from dnk_tool.domain.figures.calculators.units import equivalent_unit, in_default_unit, to_decimal
from dnk_tool.domain.quantities import Quantity

# The key of a factor that the bill itself states, such as a supplier's grams for each kilowatt-hour.
STATED_FACTOR_KEY = "stated"
# That of the mean of all lines that add to a datapoint.
MEAN_FACTOR_KEY = "mean"

# By unit family of its field: the unit that a stated factor converts, and the unit of its result.
_STATED_UNITS: Mapping[str, tuple[str, str]] = {"co2e-per-energy": ("kWh", "kg-co2e")}


@dataclass(frozen=True, slots=True)
class SlotStep:
    """A line's contribution to the datapoint of a slot; `step` is None if it should contribute but cannot."""

    slot: Slot
    step: CalculationStep | None


def slot_steps(line: CalculatorLine, activity: Activity, year: int | None = None) -> Iterator[SlotStep]:
    """The contribution to each slot of a line without faults; slots whose field is empty are left out.

    With a `year`, of a bill that covers other years only the days of this year count. Slots that take the
    mean of other lines follow in `passed_on`.
    """
    for slot in activity.slots:
        amount = measured_amount(activity, line.quantities, slot.field)
        share = _share(line, activity, slot)
        if amount is None or share is None or slot.mean_of:
            continue
        yield SlotStep(slot, _step(line, activity, slot, amount, share * line.share_of_year(year)))


def _share(line: CalculatorLine, activity: Activity, slot: Slot) -> Fraction | None:
    """The share of the quantity that counts, 0 to 1; None if the line does not state it.

    All of it where a line does not state the part that does not count.
    """
    if slot.rest_field:
        other = entered_amount(activity, line.quantities, slot.rest_field)
        return Fraction(1) - (other.exact / 100 if other else 0)
    if not slot.share_field:
        return Fraction(1)
    share = entered_amount(activity, line.quantities, slot.share_field)
    return None if share is None else share.exact / 100


def counted_amount(
    amount: MeasuredAmount, line: CalculatorLine, slot: Slot, share: Fraction
) -> MeasuredAmount:
    """The share of the amount that counts in the slot, below zero in one that deducts or a credit note."""
    if slot.deducts == line.is_credit:
        return MeasuredAmount(amount.exact * share, amount.family, amount.entered)
    entered = Quantity(-amount.entered.value, amount.entered.unit)
    return MeasuredAmount(-amount.exact * share, amount.family, entered)


def _step(
    line: CalculatorLine, activity: Activity, slot: Slot, entered: MeasuredAmount, share: Fraction
) -> CalculationStep | None:
    amount = counted_amount(entered, line, slot, share)
    factor = stated_factor(line, activity, slot) or line.factors.get(slot.key)
    if factor is None:
        return _step_without_factor(line, slot, amount)
    if factor.unit not in amount.family.units:
        by_entry = entered_amount(activity, line.quantities, slot.field)
        if by_entry is None or factor.unit not in by_entry.family.units:
            return None
        amount = counted_amount(by_entry, line, slot, share)
    times = amount.in_unit(factor.unit)
    exact = in_unit_family(formulas.emissions(times, factor.value), factor.result_unit, slot.datapoint.family)
    counted_in = Quantity(to_decimal(times), factor.unit)
    return None if exact is None else build_step(line, slot, amount, counted_in, factor, exact)


def _step_without_factor(line: CalculatorLine, slot: Slot, amount: MeasuredAmount) -> CalculationStep | None:
    """The step of the quantity itself; None if the datapoint is measured otherwise."""
    exact = in_unit_family(amount.exact, amount.family.base, slot.datapoint.family)
    unit = amount.entered.unit if amount.entered.unit in amount.family.units else amount.family.base
    counted_in = Quantity(to_decimal(amount.in_unit(unit)), unit)
    return None if exact is None else build_step(line, slot, amount, counted_in, None, exact)


def build_step(
    line: CalculatorLine,
    slot: Slot,
    amount: MeasuredAmount,
    counted_in: Quantity,
    factor: FactorSnapshot | None,
    exact: Fraction,
) -> CalculationStep:
    """The step with its result in the datapoint's default unit."""
    datapoint = slot.datapoint
    result = Quantity(to_decimal(in_default_unit(exact, datapoint)), datapoint.default_unit)
    return CalculationStep(
        line.id,
        slot.key,
        slot.category,
        amount.entered,
        counted_in,
        factor,
        result,
        exact,
    )


def in_unit_family(value: Fraction, unit: str, wanted: UnitFamily) -> Fraction | None:
    """The value in the base unit of the wanted family; None if its unit measures something else."""
    symbol = equivalent_unit(unit, wanted)
    return None if symbol is None else value * Fraction(wanted.units[symbol].factor)


def stated_factor(line: CalculatorLine, activity: Activity, slot: Slot) -> FactorSnapshot | None:
    """The factor stated on the bill, or None; it takes precedence (GHG Protocol Scope 2 Guidance)."""
    field = activity.field(slot.value_field)
    amount = entered_amount(activity, line.quantities, slot.value_field)
    if field is None or amount is None or amount.family.key not in _STATED_UNITS:
        return None
    unit, result_unit = _STATED_UNITS[amount.family.key]
    return FactorSnapshot(
        key=STATED_FACTOR_KEY,
        edition="",
        data_year=None,
        label=Text(field.label.de, field.label.en),
        value=to_decimal(amount.exact),
        unit=unit,
        result_unit=result_unit,
        gases="CO2",
    )
