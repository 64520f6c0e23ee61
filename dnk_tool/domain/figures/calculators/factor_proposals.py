"""The factors that fit a slot: the proposed one, the alternatives, and newer values."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from dnk_tool.catalogue.calculators.model import QUANTITY_FIELD, Activity, Slot
from dnk_tool.catalogue.factors.model import Factor, Factors, FactorUse
from dnk_tool.catalogue.values import Verification
from dnk_tool.domain.figures.calculators.activity_quantity import leading_quantity
from dnk_tool.domain.figures.calculators.lines import CalculatorLine, FactorSnapshot, factor_snapshot
from dnk_tool.domain.figures.calculators.units import equivalent_unit, slot_family


@dataclass(frozen=True, slots=True)
class FactorUpdate:
    """A newer value for a slot; `stored` is None where the line has no factor yet.

    `difference_percent` has one decimal; None without a stored value or if that is zero.
    """

    slot: str
    stored: FactorSnapshot | None
    new: Factor
    difference_percent: Decimal | None


def factor_alternatives(
    activity: Activity, slot: Slot, unit: str, factors: Factors, year: int, gwp_set: str = ""
) -> tuple[Factor, ...]:
    """The factors that a line in this unit may use in a slot, the proposed one first.

    For each key the value for the year, default factors before optional ones; then the same keys in other
    editions, such as another assessment report. Those of `gwp_set` go before all. Cross-checks are left out.
    """
    best = [factor for key in slot.factors if (factor := factors.newest(key, year))]
    best.sort(key=lambda factor: factor.use is not FactorUse.DEFAULT)
    others = [
        factor
        for first in best
        for factor in factors.by_key[first.key]
        if factor.use is not FactorUse.CROSS_CHECK
        and factor.edition.key != first.edition.key
        and factor.data_year == first.data_year
    ]
    fitting = dict.fromkeys(other for other in (*best, *others) if factor_fits(activity, slot, unit, other))
    return tuple(sorted(fitting, key=lambda factor: not gwp_set or factor.edition.gwp_set != gwp_set))


def factor_fits(activity: Activity, slot: Slot, unit: str, factor: Factor | FactorSnapshot) -> bool:
    """Whether the factor converts the quantity of the slot into a unit of its datapoint."""
    family = slot_family(activity, slot, unit)
    is_known = family is not None and factor.unit in family.units
    return is_known and equivalent_unit(factor.result_unit, slot.datapoint.family) is not None


def needs_factor(activity: Activity, slot: Slot, unit: str) -> bool:
    """Whether a line in this unit counts for the slot's datapoint only with a factor."""
    family = slot_family(activity, slot, unit)
    return family is None or equivalent_unit(family.base, slot.datapoint.family) is None


def with_proposed_factors(
    line: CalculatorLine, activity: Activity, factors: Factors, year: int, gwp_set: str = ""
) -> CalculatorLine:
    """The line with the proposed factor in each slot that needs one and has no choice yet.

    A slot set to None stays without, and a factor stated on the bill takes precedence. An unconfirmed factor
    is not proposed: it can be chosen. `gwp_set` is that of the inventory, "" for none.
    """
    proposed = _missing_factors(line, activity, factors, year, gwp_set)
    return replace(
        line, factors={**line.factors, **{slot: factor_snapshot(new) for slot, new in proposed.items()}}
    )


def _missing_factors(
    line: CalculatorLine, activity: Activity, factors: Factors, year: int, gwp_set: str
) -> dict[str, Factor]:
    """The proposed factors of the slots that have no choice yet."""
    missing: dict[str, Factor] = {}
    for slot in activity.slots:
        unit = slot_unit(line, activity, slot)
        if slot.key in line.factors or unit is None or slot.value_field in line.quantities:
            continue
        alternatives = factor_alternatives(activity, slot, unit, factors, year, gwp_set)
        proposed = proposed_factor(alternatives)
        if proposed and needs_factor(activity, slot, unit):
            missing[slot.key] = proposed
    return missing


def proposed_factor(factors: Iterable[Factor]) -> Factor | None:
    """The first factor whose source is confirmed; others are chosen by a person."""
    return next((factor for factor in factors if factor.verification is not Verification.UNCONFIRMED), None)


def slot_unit(line: CalculatorLine, activity: Activity, slot: Slot) -> str | None:
    """The unit of the entry that a slot counts; None where nothing was entered, or no part that counts."""
    if slot.share_field and slot.share_field not in line.quantities:
        return None
    quantity = (
        leading_quantity(activity, line.quantities)
        if slot.field == QUANTITY_FIELD
        else line.quantities.get(slot.field)
    )
    return quantity.unit if quantity else None


def newer_factors(
    line: CalculatorLine, factors: Factors, year: int, gwp_set: str = "", *, activity: Activity | None = None
) -> tuple[FactorUpdate, ...]:
    """Newer values for the factors kept with the line, where they differ; own factors stay.

    A factor chosen from an optional edition, such as another assessment report, is compared with that edition
    alone, or with the inventory's `gwp_set`. One that another key succeeded is compared with that. With an
    `activity`, what is proposed today follows for slots without a choice, and for those whose factor has no
    successor and is not there any more, or not for this slot.
    """
    lost = _lost_factors(line, activity, factors) if activity else {}
    comparisons = (
        (slot, stored, _newer_factor(stored, factors, year, gwp_set))
        for slot, stored in line.factors.items()
        if stored is not None and not stored.is_own and slot not in lost
    )
    open_slots = replace(
        line, factors={slot: used for slot, used in line.factors.items() if slot not in lost}
    )
    missing = _missing_factors(open_slots, activity, factors, year, gwp_set) if activity else {}
    return (
        *(
            FactorUpdate(slot, stored, new, _difference_percent(stored.value, new.value))
            for slot, stored, new in comparisons
            if new is not None and _has_changed(stored, new)
        ),
        *(
            FactorUpdate(
                slot,
                lost.get(slot),
                new,
                _difference_percent(lost[slot].value, new.value) if slot in lost else None,
            )
            for slot, new in missing.items()
        ),
    )


def _lost_factors(line: CalculatorLine, activity: Activity, factors: Factors) -> dict[str, FactorSnapshot]:
    """The factors of the line that the slot does not know any more and that none succeeded, by slot."""
    return {
        slot.key: stored
        for slot in activity.slots
        if (stored := line.factors.get(slot.key))
        and not stored.is_own
        and stored.key not in slot.factors
        and not any(known.succeeded_by for known in factors.by_key.get(stored.key, ()))
    }


def _newer_factor(stored: FactorSnapshot, factors: Factors, year: int, gwp_set: str) -> Factor | None:
    known = factors.by_key.get(stored.key, ())
    successor = next((factor.succeeded_by for factor in known if factor.succeeded_by), "")
    if successor:
        return factors.newest(successor, year)
    if gwp_set and any(factor.edition.gwp_set == gwp_set for factor in known):
        return next(factor for factor in known if factor.edition.gwp_set == gwp_set)
    kept = factors.exact(stored.key, stored.edition, stored.data_year)
    newest = factors.newest(stored.key, year)
    was_chosen = (
        kept is not None
        and newest is not None
        and (kept.use is not newest.use or kept.edition.published >= newest.edition.published)
    )
    return kept if was_chosen and kept and newest and kept.data_year == newest.data_year else newest


def _has_changed(stored: FactorSnapshot, new: Factor) -> bool:
    before = (stored.edition, stored.data_year, stored.value, stored.unit, stored.result_unit)
    return before != (new.edition.key, new.data_year, new.value, new.unit, new.result_unit)


def _difference_percent(before: Decimal, after: Decimal) -> Decimal | None:
    if before == 0:
        return None
    return Decimal(round((after - before) / abs(before) * 1000)) / 10


def with_gwp_set(line: CalculatorLine, factors: Factors, gwp_set: str) -> CalculatorLine:
    """The line with its global warming potentials taken from the set; those that it lacks stay."""
    changed = {
        slot: factor_snapshot(other)
        for slot, stored in line.factors.items()
        if stored is not None and not stored.is_own
        for other in factors.by_key.get(stored.key, ())
        if other.edition.gwp_set == gwp_set
    }
    return replace(line, factors={**line.factors, **changed})
