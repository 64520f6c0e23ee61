"""Finds the emission factors that a company's own bills state; published ones are used otherwise."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from sqlalchemy.orm import Session

from dnk_tool.catalogue.factors.loader import load_unit_families
from dnk_tool.catalogue.measure_kinds import MeasureKinds
from dnk_tool.domain.figures.calculators import CalculatorLine, FactorSnapshot, line_from_json
from dnk_tool.domain.measures.effects import EmissionFactor, own_emission_factor
from dnk_tool.domain.quantities import Quantity, from_base, in_base
from dnk_tool.store.figures import calculator_lines

SUPPLIER_VALUE = "heat-value"  # the field of a bill in which its supplier states kg CO2e per kWh
KG_PER_KWH, KG = "kg-co2e-per-kWh", "kg-co2e"


def own_factors(
    session: Session, organisation_id: int, year: int, kinds: MeasureKinds
) -> Mapping[str, EmissionFactor]:
    """The company's own factors by carrier, of the bills of the year, or else of the year before.

    A carrier with several values has none: which of them would hold for a saving is not known.
    """
    for each in (year, year - 1):
        rows = calculator_lines.rows_of_year(session, organisation_id, each)
        lines = [line_from_json(row.content, id=row.id) for row in rows]
        found = {key: _only(values) for key, values in _values_by_carrier(lines, kinds).items()}
        if found:
            return {key: own_emission_factor(value) for key, value in found.items() if value is not None}
    return {}


def _values_by_carrier(lines: list[CalculatorLine], kinds: MeasureKinds) -> dict[str, set[Decimal]]:
    found: dict[str, set[Decimal]] = {}
    for carrier in kinds.carriers.values():
        for line in lines:
            if line.activity in carrier.own_factor:
                found.setdefault(carrier.key, set()).update(_own_values(line))
    return {key: values for key, values in found.items() if values}


def _own_values(line: CalculatorLine) -> Iterator[Decimal]:
    """What a bill states in kg CO2e for each kWh, as its supplier's value or as an own factor."""
    stated = line.quantities.get(SUPPLIER_VALUE)
    family = load_unit_families()[KG_PER_KWH]
    if stated and stated.unit in family.units:
        yield from_base(in_base(stated, family.units), KG_PER_KWH, family)
    for factor in line.factors.values():
        if factor and factor.is_own and (value := _per_kwh(factor)) is not None:
            yield value


def _per_kwh(factor: FactorSnapshot) -> Decimal | None:
    families = load_unit_families()
    if factor.result_unit != KG or factor.unit not in families["kWh"].units:
        return None
    kwh = from_base(in_base(Quantity(Decimal(1), factor.unit), families["kWh"].units), "kWh", families["kWh"])
    return factor.value / kwh


def _only(values: set[Decimal]) -> Decimal | None:
    return next(iter(values)) if len(values) == 1 else None
