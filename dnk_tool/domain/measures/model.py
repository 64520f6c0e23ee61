"""A measure of a company: what is done, from which year, with which effect and how that was found.

The JSON form of a measure's effect, as its row keeps it: numbers as exact texts, without empty fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from dnk_tool.domain import numbers
from dnk_tool.domain.quantities import Quantity

MAX_COMPANY_MEASURES = 500


class MeasureState(StrEnum):
    """How far a measure is, in the order in which it moves on; DROPPED: it will not be done."""

    IDEA = "idea"
    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"


# Only what is decided counts in a sum or in a path; ideas are named.
DECIDED_STATES = frozenset({MeasureState.PLANNED, MeasureState.RUNNING, MeasureState.DONE})


class EffectBasis(StrEnum):
    """How an effect was found, from the surest to the roughest."""

    MEASURED = "measured"
    CALCULATED = "calculated"
    SUPPLIER = "supplier"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class EnergySaving:
    """Energy saved in a full year, of one carrier (a key of `criteria/measure-kinds.yaml`).

    `kwh` by net calorific value; below zero for energy that is used in its place. `stated`: the amount and
    unit that somebody typed, such as litres, None for kWh. `factor` says which factor of which edition turned
    it into `t_co2e` (`domain/measures/effects.FactorReference`); empty: none did.
    """

    carrier: str
    kwh: Decimal
    t_co2e: Decimal | None = None
    factor: str = ""
    stated: Quantity | None = None


@dataclass(frozen=True, slots=True)
class MeasureEffect:
    """What a measure saves in a full year; each amount is None where nothing is said about it.

    `energy` in kWh by carrier; `t_co2e` in tonnes, which follow from `energy` unless `is_t_co2e_typed`; water
    in m3, material and waste in kg, money in EUR.
    """

    energy: tuple[EnergySaving, ...] = ()
    t_co2e: Decimal | None = None
    is_t_co2e_typed: bool = False
    water_m3: Decimal | None = None
    material_kg: Decimal | None = None
    waste_kg: Decimal | None = None
    cost_eur: Decimal | None = None
    basis: EffectBasis | None = None

    @property
    def kwh(self) -> Decimal | None:
        """The energy saved over all carriers, in kWh; None where none is stated."""
        return sum((each.kwh for each in self.energy), Decimal(0)) if self.energy else None


@dataclass(frozen=True, slots=True)
class CompanyMeasure:
    """A measure of a company, which lasts over the years.

    `criterion` is the number of the criterion it was noted at, None for none; `kind` a key of
    `criteria/measure-kinds.yaml`, empty for none. `from_year`: the first full year of its effect; `lifetime`
    in years. `counts_for`: id of the cluster in whose sums it counts, None for none.
    """

    text: str
    owner: str = ""
    due: date | None = None
    criterion: int | None = None
    kind: str = ""
    state: MeasureState = MeasureState.IDEA
    effect: MeasureEffect = field(default_factory=MeasureEffect)
    investment_eur: Decimal | None = None
    from_year: int | None = None
    lifetime: int | None = None
    counts_for: int | None = None

    @property
    def is_decided(self) -> bool:
        """Whether it is planned, running or done."""
        return self.state in DECIDED_STATES

    def is_effective_in(self, year: int) -> bool:
        """Whether it has its effect in this year: from its first full year until its lifetime ends."""
        if self.from_year is None or year < self.from_year:
            return False
        return self.lifetime is None or year < self.from_year + self.lifetime


Measures = Mapping[int, CompanyMeasure]  # by id


AMOUNTS = ("t_co2e", "water_m3", "material_kg", "waste_kg", "cost_eur")


def effect_to_json(effect: MeasureEffect) -> dict[str, Any]:
    """The effect as a JSON object; empty where it says nothing."""
    amounts = {name: getattr(effect, name) for name in AMOUNTS}
    content: dict[str, Any] = {
        name: numbers.plain(value) for name, value in amounts.items() if value is not None
    }
    if effect.energy:
        content["energy"] = [_saving_to_json(each) for each in effect.energy]
    if effect.is_t_co2e_typed:
        content["is_t_co2e_typed"] = True
    if effect.basis:
        content["basis"] = effect.basis.value
    return content


def effect_from_json(content: Mapping[str, Any]) -> MeasureEffect:
    """The effect from the JSON of `effect_to_json`."""
    amounts = {name: Decimal(content[name]) for name in AMOUNTS if name in content}
    basis = content.get("basis")
    return MeasureEffect(
        energy=tuple(_saving_from_json(each) for each in content.get("energy", ())),
        is_t_co2e_typed=content.get("is_t_co2e_typed", False),
        basis=EffectBasis(basis) if basis else None,
        **amounts,
    )


def _saving_to_json(saving: EnergySaving) -> dict[str, Any]:
    content: dict[str, Any] = {"carrier": saving.carrier, "kwh": numbers.plain(saving.kwh)}
    if saving.t_co2e is not None:
        content |= {"t_co2e": numbers.plain(saving.t_co2e), "factor": saving.factor}
    if saving.stated:
        content["stated"] = {"value": numbers.plain(saving.stated.value), "unit": saving.stated.unit}
    return content


def _saving_from_json(content: Mapping[str, Any]) -> EnergySaving:
    stated, tonnes = content.get("stated"), content.get("t_co2e")
    return EnergySaving(
        content["carrier"],
        Decimal(content["kwh"]),
        Decimal(tonnes) if tonnes is not None else None,
        content.get("factor", ""),
        Quantity(Decimal(stated["value"]), stated["unit"]) if stated else None,
    )
