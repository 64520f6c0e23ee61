"""Turns stated energy savings into kilowatt-hours and greenhouse gases, each with its factor and edition."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from dnk_tool.catalogue.factors.model import Factor, Factors
from dnk_tool.catalogue.measure_kinds import Carrier
from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.domain import precision
from dnk_tool.domain.measures.model import EnergySaving, MeasureEffect
from dnk_tool.domain.quantities import PRECISION, Quantity, in_base

Units = Mapping[str, UnitFamily]  # the family of each unit, by its symbol
JOULES_PER_KWH = 3_600_000
OWN = "own"


@dataclass(frozen=True, slots=True)
class FactorReference:
    """Which factor turned a saving into greenhouse gases: key, edition and year of its data.

    A company's own factor has the key "own", no edition, and its `value` in kg CO2e for each kWh.
    """

    key: str
    edition: str = ""
    data_year: int | None = None
    value: Decimal | None = None

    def __str__(self) -> str:
        last = self.value if self.value is not None else self.data_year
        return f"{self.key}|{self.edition}|{last if last is not None else ''}"

    @property
    def is_own(self) -> bool:
        """Whether it is the company's own factor."""
        return self.key == OWN


def factor_reference(text: str) -> FactorReference | None:
    """The reference that `EnergySaving.factor` holds; None for an empty one."""
    if not text:
        return None
    key, edition, last = text.split("|")
    if key == OWN:
        return FactorReference(key, value=Decimal(last))
    return FactorReference(key, edition, int(last) if last else None)


@dataclass(frozen=True, slots=True)
class EmissionFactor:
    """The kg CO2e for each kWh of a carrier by net calorific value, exactly, and where they come from."""

    kg_per_kwh: Fraction
    reference: FactorReference


def own_emission_factor(kg_per_kwh: Decimal) -> EmissionFactor:
    """The company's own factor of a carrier."""
    return EmissionFactor(Fraction(kg_per_kwh), FactorReference(OWN, value=kg_per_kwh))


def emission_factor(carrier: Carrier, factors: Factors, units: Units, year: int) -> EmissionFactor | None:
    """The published factor of a carrier for a year: that of the latest year up to it; None without one."""
    factor = factors.newest(carrier.factor, year)
    if factor is None:
        return None
    kwh = kwh_of(Quantity(Decimal(1), factor.unit), carrier, factors, units, year)
    reference = FactorReference(factor.key, factor.edition.key, factor.data_year)
    return EmissionFactor(Fraction(factor.value) / kwh, reference) if kwh else None


def kwh_of(stated: Quantity, carrier: Carrier, factors: Factors, units: Units, year: int) -> Fraction:
    """The energy of a stated amount by net calorific value, in kWh, exactly. Raises UnknownUnit.

    Units without an energy content of their own (kWh, MWh, also by net calorific value) are converted only.
    """
    known = carrier.unit(stated.unit)
    contents = [factors.newest(key, year) for key in known.energy] if known else []
    if not contents:
        return _plain_kwh(stated, units)
    return sum((_content_kwh(stated, factor, units) for factor in contents if factor), Fraction(0))


def _plain_kwh(stated: Quantity, units: Units) -> Fraction:
    base = in_base(stated, units[stated.unit].units)
    return base / JOULES_PER_KWH if units[stated.unit].base == "J" else base


def _content_kwh(stated: Quantity, factor: Factor, units: Units) -> Fraction:
    """What an energy content says of an amount: `factor.value` of its result for each of its unit."""
    family = units[stated.unit]
    amount = in_base(stated, family.units) / Fraction(family.units[factor.unit].factor)
    return amount * _plain_kwh(Quantity(factor.value, factor.result_unit), units)


def saving(
    stated: Quantity,
    carrier: Carrier,
    factors: Factors,
    units: Units,
    *,
    year: int,
    own: EmissionFactor | None = None,
) -> EnergySaving:
    """The saving of a carrier with its kWh and t CO2e by the factor of the year, or by the company's `own`.

    Raises UnknownUnit.
    """
    kwh = kwh_of(stated, carrier, factors, units, year)
    factor = own or emission_factor(carrier, factors, units, year)
    tonnes = _decimal(kwh * factor.kg_per_kwh / 1000) if factor else None
    is_kwh = stated.unit in {"kWh", "kWh-hi"}
    reference = str(factor.reference) if factor else ""
    return EnergySaving(carrier.key, _decimal(kwh), tonnes, reference, None if is_kwh else stated)


def with_sum_of_savings(effect: MeasureEffect) -> MeasureEffect:
    """The effect with the t CO2e of its savings, unless somebody typed other ones; None without savings."""
    if effect.is_t_co2e_typed:
        return effect
    tonnes = [each.t_co2e for each in effect.energy if each.t_co2e is not None]
    return replace(effect, t_co2e=sum(tonnes, Decimal(0)) if tonnes else None)


def _decimal(exact: Fraction) -> Decimal:
    """The number to the sixth decimal, as far as 28 digits reach."""
    return PRECISION.divide(Decimal(round(exact * 1_000_000)), Decimal(1_000_000)).normalize(PRECISION)


def stated_quantity(saving: EnergySaving, carrier: Carrier | None) -> Quantity:
    """The amount of a saving as somebody typed it."""
    if saving.stated:
        return saving.stated
    symbols = {unit.unit for unit in carrier.units} if carrier else set()
    return Quantity(saving.kwh, "kWh-hi" if "kWh-hi" in symbols else "kWh")


def shown_tonnes(effect: MeasureEffect) -> Decimal | None:
    """The t CO2e of a full year for reading: typed ones as they are, computed ones with their decimals."""
    if effect.t_co2e is None or effect.is_t_co2e_typed:
        return effect.t_co2e
    return precision.shown(Quantity(effect.t_co2e, "t-co2e")).value
