"""Adds up what measures save in a year: only decided ones, in the years of their effect, each once."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from dnk_tool.catalogue.measure_kinds import MeasureKinds
from dnk_tool.domain.measures.model import CompanyMeasure, EnergySaving, MeasureEffect, Measures


class MissingPart(StrEnum):
    """What a decided measure lacks, so that it does not count yet."""

    EFFECT = "effect"
    BASIS = "basis"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class MeasureSum:
    """What measures save together in a year, each amount None where none of them states it.

    `with_effect` of `decided` measures count; the others lack something. kWh, t CO2e, m3, kg, EUR.
    """

    decided: int = 0
    with_effect: int = 0
    kwh: Decimal | None = None
    t_co2e: Decimal | None = None
    water_m3: Decimal | None = None
    material_kg: Decimal | None = None
    waste_kg: Decimal | None = None
    cost_eur: Decimal | None = None


def has_effect(effect: MeasureEffect) -> bool:
    """Whether the effect states any amount."""
    amounts = (effect.t_co2e, effect.water_m3, effect.material_kg, effect.waste_kg, effect.cost_eur)
    return bool(effect.energy) or any(amount is not None for amount in amounts)


def missing_parts(measure: CompanyMeasure) -> tuple[MissingPart, ...]:
    """What the measure lacks for its effect to count: an amount, how it was found, its first year."""
    missing = []
    if not has_effect(measure.effect):
        missing.append(MissingPart.EFFECT)
    if measure.effect.basis is None:
        missing.append(MissingPart.BASIS)
    if measure.from_year is None:
        missing.append(MissingPart.YEAR)
    return tuple(missing)


def can_count(measure: CompanyMeasure, kinds: MeasureKinds) -> bool:
    """Whether the measure enters sums of the years of its effect: decided, complete, of a kind that counts.

    Green power that is bought and payments for offsets never do.
    """
    return measure.is_decided and kinds.counts(measure.kind) and not missing_parts(measure)


def counts_in(measure: CompanyMeasure, year: int, kinds: MeasureKinds) -> bool:
    """Whether the measure enters the sum of this year."""
    return can_count(measure, kinds) and measure.is_effective_in(year)


def sum_in_year(measures: Iterable[CompanyMeasure], year: int, kinds: MeasureKinds) -> MeasureSum:
    """What the decided measures save together in a year; those without effect in it add nothing."""
    decided = [each for each in measures if each.is_decided and kinds.counts(each.kind)]
    counted = [each.effect for each in decided if counts_in(each, year, kinds)]
    return _sum(decided, counted, kinds)


def sum_in_full_years(measures: Iterable[CompanyMeasure], kinds: MeasureKinds) -> MeasureSum:
    """What the decided measures save together in a full year, once all of them have begun."""
    decided = [each for each in measures if each.is_decided and kinds.counts(each.kind)]
    return _sum(decided, [each.effect for each in decided if can_count(each, kinds)], kinds)


def repeated(measures: Measures) -> dict[int, int]:
    """Measures that an earlier one of the same kind with the same energy may say already: id by id.

    Only decided ones that state energy; whether it is the same saving is for people to say.
    """
    first: dict[tuple[str, tuple[EnergySaving, ...]], int] = {}
    found = {}
    for number, measure in measures.items():
        if measure.is_decided and measure.effect.energy:
            known = first.setdefault((measure.kind, measure.effect.energy), number)
            if known != number:
                found[number] = known
    return found


def _sum(decided: list[CompanyMeasure], effects: list[MeasureEffect], kinds: MeasureKinds) -> MeasureSum:
    return MeasureSum(
        decided=len(decided),
        with_effect=sum(can_count(each, kinds) for each in decided),
        kwh=_total(effect.kwh for effect in effects),
        t_co2e=_total(effect.t_co2e for effect in effects),
        water_m3=_total(effect.water_m3 for effect in effects),
        material_kg=_total(effect.material_kg for effect in effects),
        waste_kg=_total(effect.waste_kg for effect in effects),
        cost_eur=_total(effect.cost_eur for effect in effects),
    )


def _total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    stated = [amount for amount in amounts if amount is not None]
    return sum(stated, Decimal(0)) if stated else None
