"""Electricity that is passed on leaves Scope 2 by what all purchases count on average."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from dnk_tool.catalogue.calculators.model import Activity, Slot
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.figures.calculators.activity_quantity import measured_amount
from dnk_tool.domain.figures.calculators.line_steps import MEAN_FACTOR_KEY, build_step, counted_amount
from dnk_tool.domain.figures.calculators.lines import CalculatorLine, FactorSnapshot
from dnk_tool.domain.figures.calculators.results import CalculationStep
from dnk_tool.domain.figures.calculators.units import to_decimal
from dnk_tool.domain.quantities import Quantity

CONSUMPTION = "energy.electricity.consumption"
_MEAN_LABEL = Text("Mittel Ihrer Strombezüge", "Mean of your purchases of electricity")
_ENERGY_UNIT, _RESULT_UNIT = "kWh", "kg-co2e"

Lines = Sequence[tuple[CalculatorLine, Activity]]
Steps = Mapping[str, Sequence[CalculationStep]]


def purchase_ids(lines: Lines, datapoint: str) -> frozenset[int]:
    """The lines that buy electricity and add to the datapoint."""
    return frozenset(
        line.id
        for line, activity in lines
        if CONSUMPTION in activity.datapoints
        and any(slot.datapoint.key == datapoint and not slot.deducts for slot in activity.slots)
    )


def deducted_means(lines: Lines, steps: Steps, year: int | None) -> Iterator[tuple[str, CalculationStep]]:
    """The steps of slots that take the mean of all purchases off their datapoint.

    Only lines that have a factor in another slot that deducts: those of earlier programs wait for a click.
    """
    for line, activity in lines:
        counts = any(line.factors.get(slot.key) for slot in activity.slots if slot.deducts)
        for slot in activity.slots if counts else ():
            step = _mean_step(line, activity, slot, lines, steps, year) if slot.is_mean else None
            if step:
                yield slot.datapoint.key, step


def _mean_step(
    line: CalculatorLine, activity: Activity, slot: Slot, lines: Lines, steps: Steps, year: int | None
) -> CalculationStep | None:
    amount = measured_amount(activity, line.quantities, slot.field)
    bought = purchase_ids(lines, slot.datapoint.key)
    of_purchases = [step for step in steps.get(slot.datapoint.key, ()) if step.line in bought]
    energy = sum((step.exact for step in steps.get(CONSUMPTION, ()) if step.line in bought), Fraction(0))
    if amount is None or not energy or not of_purchases:
        return None
    mean = sum((step.exact for step in of_purchases), Fraction(0)) / energy
    counted = counted_amount(amount, slot, line.share_of_year(year))
    in_unit = Quantity(to_decimal(counted.in_unit(_ENERGY_UNIT)), _ENERGY_UNIT)
    of_unit = mean * Fraction(amount.family.units[_ENERGY_UNIT].factor)
    gases = {step.factor.gases for step in of_purchases if step.factor and step.factor.value}
    factor = FactorSnapshot(
        key=MEAN_FACTOR_KEY,
        edition="",
        data_year=None,
        label=_MEAN_LABEL,
        value=to_decimal(of_unit),
        unit=_ENERGY_UNIT,
        result_unit=_RESULT_UNIT,
        gases=gases.pop() if len(gases) == 1 else "CO2e",
    )
    return build_step(line, slot, counted, in_unit, factor, mean * counted.exact)
