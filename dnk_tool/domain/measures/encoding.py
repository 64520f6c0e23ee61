"""The JSON form of a measure's effect, as its row keeps it: numbers as exact texts, without empty fields."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dnk_tool.domain import numbers
from dnk_tool.domain.measures.model import EffectBasis, EnergySaving, MeasureEffect
from dnk_tool.domain.quantities import Quantity

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
