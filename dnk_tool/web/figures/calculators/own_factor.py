"""The company's own factor in a slot: its unit, and the snapshot of what was typed."""

from decimal import Decimal

from dnk_tool.catalogue.calculators.model import Activity, Slot
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.figures.calculators import CalculatorLine, FactorSnapshot


def own_factor_unit(slot: Slot) -> str:
    """The unit of an own factor's result: kWh for energy, else the datapoint's base unit."""
    return "kWh" if "kWh" in slot.datapoint.family.units else slot.datapoint.family.base


def own_factor(
    activity: Activity, slot: Slot, line: CalculatorLine, value: Decimal, *, reason: str, gwp_set: str = ""
) -> FactorSnapshot:
    """The company's own factor, for the unit in which the quantity was entered.

    With a `gwp_set` it is a global warming potential, and its name says after which report.
    """
    entered = line.quantities.get(slot.field)
    otherwise = activity.measured.base if activity.measured else activity.fields[0].default_unit
    label = Text("Eigener Faktor", "Own factor")
    if gwp_set:
        label = Text(f"Treibhauspotenzial nach {gwp_set}", f"Global warming potential after {gwp_set}")
    return FactorSnapshot(
        key="own",
        edition="",
        data_year=None,
        label=label,
        value=value,
        unit=entered.unit if entered else otherwise,
        result_unit=own_factor_unit(slot),
        reason=reason,
        gwp_set=gwp_set,
    )
