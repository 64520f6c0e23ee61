"""Energy passed on leaves the emissions of a company by what all purchases of its carrier count on average.

Electricity, heat, cooling and steam: what was bought and passed on leaves Scope 2 and the upstream part of it
Scope 3.3; what somebody made with own fuels stays in Scope 1.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from dnk_tool.catalogue.calculators.model import Activity, Slot
from dnk_tool.catalogue.factors.model import Boundary
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.figures.calculators.activity_quantity import (
    MeasuredAmount,
    entered_amount,
    measured_amount,
)
from dnk_tool.domain.figures.calculators.line_steps import MEAN_FACTOR_KEY, build_step, counted_amount
from dnk_tool.domain.figures.calculators.lines import CalculatorLine, FactorSnapshot
from dnk_tool.domain.figures.calculators.results import CalculationNote, CalculationStep, NoteCode
from dnk_tool.domain.figures.calculators.units import to_decimal
from dnk_tool.domain.quantities import Quantity

# By what lines that pass on a carrier add to: what those that buy it add to.
CARRIERS: Mapping[str, str] = {
    f"energy.{carrier}.sold": f"energy.{carrier}.consumption"
    for carrier in ("electricity", "heating", "cooling", "steam")
}
_MEAN_LABELS: Mapping[str, Text] = {
    "energy.electricity.consumption": Text(
        "Mittel Ihrer Strombezüge", "Mean of your purchases of electricity"
    ),
    "energy.heating.consumption": Text("Mittel Ihrer Wärmebezüge", "Mean of your purchases of heat"),
    "energy.cooling.consumption": Text("Mittel Ihrer Kältebezüge", "Mean of your purchases of cooling"),
    "energy.steam.consumption": Text("Mittel Ihrer Dampfbezüge", "Mean of your purchases of steam"),
}
_ENERGY_UNIT, _RESULT_UNIT = "kWh", "kg-co2e"

Lines = Sequence[tuple[CalculatorLine, Activity]]
Steps = Mapping[str, Sequence[CalculationStep]]


def passed_on_carrier(activity: Activity) -> str:
    """What lines that buy the carrier add to which this activity passes on; "" if it passes on none."""
    if not any(slot.mean_of for slot in activity.slots):
        return ""
    return next((CARRIERS[key] for key in activity.datapoints if key in CARRIERS), "")


def purchase_ids(lines: Lines, carrier: str, slot: str = "location") -> frozenset[int]:
    """The lines that buy the carrier, a datapoint of consumption, and have the slot."""
    return frozenset(
        line.id
        for line, activity in lines
        if carrier in activity.datapoints and (known := activity.slot(slot)) and not known.deducts
    )


def bought_amount(line: CalculatorLine, activity: Activity, slot: Slot) -> MeasuredAmount | None:
    """What the slot counts: the amount without the part of `less`; None while one of both is not said."""
    amount = measured_amount(activity, line.quantities, slot.field)
    if amount is None or not slot.less:
        return amount
    other = entered_amount(activity, line.quantities, slot.less)
    if other is None or other.family is not amount.family:
        return None
    exact, unit = amount.exact - other.exact, amount.entered.unit
    rest = to_decimal(exact / Fraction(amount.family.units[unit].factor))
    return MeasuredAmount(exact, amount.family, Quantity(rest, unit))


def deducted_means(lines: Lines, steps: Steps, year: int | None) -> Iterator[tuple[Slot, CalculationStep]]:
    """The steps of slots that count by the mean of all purchases, each with its slot.

    Of lines of earlier programs none: one without a factor in a slot that deducts waits for a click, one that
    does not say how much was made by the company itself for an answer.
    """
    for line, activity in lines:
        carrier = passed_on_carrier(activity)
        counts = carrier and (
            any(line.factors.get(slot.key) for slot in activity.slots if slot.deducts)
            or any(slot.less for slot in activity.slots)
        )
        for slot in activity.slots if counts else ():
            step = _mean_step(line, activity, slot, carrier, lines, steps, year) if slot.mean_of else None
            if step:
                yield slot, step


def _mean_step(
    line: CalculatorLine,
    activity: Activity,
    slot: Slot,
    carrier: str,
    lines: Lines,
    steps: Steps,
    year: int | None,
) -> CalculationStep | None:
    amount = bought_amount(line, activity, slot)
    bought = purchase_ids(lines, carrier, slot.mean_of)
    of_purchases = list(_purchase_steps(lines, steps, bought, slot.mean_of))
    energy = sum((step.exact for step in steps.get(carrier, ()) if step.line in bought), Fraction(0))
    if amount is None or not amount.exact or not energy or not of_purchases:
        return None
    mean = sum((step.exact for step in of_purchases), Fraction(0)) / energy
    counted = counted_amount(amount, line, slot, line.share_of_year(year))
    in_unit = Quantity(to_decimal(counted.in_unit(_ENERGY_UNIT)), _ENERGY_UNIT)
    of_unit = mean * Fraction(amount.family.units[_ENERGY_UNIT].factor)
    gases = {step.factor.gases for step in of_purchases if step.factor and step.factor.value}
    boundaries = {step.factor.boundary for step in of_purchases if step.factor}
    factor = FactorSnapshot(
        key=MEAN_FACTOR_KEY,
        edition="",
        data_year=None,
        label=_MEAN_LABELS[carrier],
        value=to_decimal(of_unit),
        unit=_ENERGY_UNIT,
        result_unit=_RESULT_UNIT,
        gases=gases.pop() if len(gases) == 1 else "CO2e",
        boundary=boundaries.pop() if len(boundaries) == 1 else Boundary.DIRECT,
    )
    return build_step(line, slot, counted, in_unit, factor, mean * counted.exact)


def _purchase_steps(
    lines: Lines, steps: Steps, bought: frozenset[int], slot: str
) -> Iterator[CalculationStep]:
    """The steps of the slot in the lines that buy the carrier, each once."""
    keys = {known.datapoint.key for line, kind in lines if line.id in bought and (known := kind.slot(slot))}
    for key in sorted(keys):
        yield from (step for step in steps.get(key, ()) if step.line in bought and step.slot == slot)


def overdrawn(lines: Lines, steps: Steps) -> Mapping[str, tuple[int, ...]]:
    """The datapoints from which more of a carrier is taken off than was bought, with the lines of both."""
    carriers = {
        line.id: passed_on_carrier(activity)
        or next((key for key in CARRIERS.values() if key in activity.datapoints), "")
        for line, activity in lines
    }
    found: dict[str, tuple[int, ...]] = {}
    for key, of_datapoint in steps.items():
        sums: dict[str, Fraction] = defaultdict(Fraction)
        for step in of_datapoint:
            if step.factor:
                sums[carriers.get(step.line, "")] += step.exact
        below = {carrier for carrier, total in sums.items() if carrier and total < 0}
        if below:
            ids = {step.line for step in of_datapoint if carriers.get(step.line) in below}
            found[key] = tuple(sorted(ids))
    return found


def origin_notes(lines: Lines) -> Iterator[CalculationNote]:
    """A note at each datapoint that would fall, of lines that do not say how much the company made itself."""
    silent: dict[str, set[int]] = defaultdict(set)
    for line, activity in lines:
        for slot in activity.slots:
            if slot.deducts and slot.less and slot.less not in line.quantities:
                silent[slot.datapoint.key].add(line.id)
    for key, ids in silent.items():
        yield CalculationNote(NoteCode.HEAT_ORIGIN, key, tuple(sorted(ids)))
