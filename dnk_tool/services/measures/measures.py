"""Notes, changes, moves, removes and restores the measures of a company.

Finds the emission factors that a company's own bills state; published ones are used otherwise.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.catalogue.factors.loader import load_unit_families
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.catalogue.measure_kinds import MeasureKinds, load_measure_kinds
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import Version, is_change
from dnk_tool.domain.figures.calculators import CalculatorLine, FactorSnapshot, line_from_json
from dnk_tool.domain.measures.effects import (
    EmissionFactor,
    own_emission_factor,
    saving,
    stated_quantity,
    with_sum_of_savings,
)
from dnk_tool.domain.measures.model import (
    MAX_COMPANY_MEASURES,
    CompanyMeasure,
    EnergySaving,
    MeasureEffect,
    MeasureState,
)
from dnk_tool.domain.permissions import Deleted, Permission, restorable_since
from dnk_tool.domain.quantities import Quantity, from_base, in_base
from dnk_tool.language import local_day
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.measures.criterion_measures import RegisterFull, take_back_example
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.figures import calculator_lines
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.measures import MeasureRow

OwnFactors = Mapping[str, EmissionFactor]  # by carrier


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


@dataclass(frozen=True, slots=True)
class StatedSaving:
    """Energy of a carrier as somebody stated it."""

    carrier: str
    amount: Quantity


class MeasureGone(Deleted):
    """Somebody removed the measure meanwhile; nothing was written."""


def with_savings(
    session: Session,
    organisation_id: int,
    measure: CompanyMeasure,
    stated: tuple[StatedSaving, ...],
    *,
    before: MeasureEffect,
    factors: Factors,
    now: datetime,
) -> CompanyMeasure:
    """The measure with the savings as stated, as `with_savings_by` works them out. Raises UnknownUnit."""
    own = known_own_factors(session, organisation_id, now=now) if stated else {}
    return with_savings_by(own, measure, stated, before=before, factors=factors, now=now)


def known_own_factors(session: Session, organisation_id: int, *, now: datetime) -> OwnFactors:
    """The company's own factors by carrier, of its latest bills."""
    return own_factors(session, organisation_id, local_day(now).year, load_measure_kinds())


def with_savings_by(
    own: OwnFactors,
    measure: CompanyMeasure,
    stated: tuple[StatedSaving, ...],
    *,
    before: MeasureEffect,
    factors: Factors,
    now: datetime,
) -> CompanyMeasure:
    """The measure with the savings as stated, in kWh and t CO2e.

    A saving that `before` has keeps its t CO2e and factor; others get the company's own factor or that of the
    measure's first year, of the present year where it has none. Raises UnknownUnit.
    """
    kinds, year = load_measure_kinds(), measure.from_year or local_day(now).year
    known = {_key(each): each for each in before.energy}
    energy = []
    for each in stated:
        carrier = kinds.carriers[each.carrier]
        kept = known.get((each.carrier, each.amount))
        energy.append(
            kept
            or saving(
                each.amount, carrier, factors, load_unit_families(), year=year, own=own.get(each.carrier)
            )
        )
    return replace(measure, effect=with_sum_of_savings(replace(measure.effect, energy=tuple(energy))))


def recalculated(
    session: Session, organisation_id: int, measure: CompanyMeasure, *, factors: Factors, now: datetime
) -> CompanyMeasure:
    """The measure with t CO2e by the factors that are known today."""
    carriers = load_measure_kinds().carriers
    stated = tuple(
        StatedSaving(each.carrier, stated_quantity(each, carriers.get(each.carrier)))
        for each in measure.effect.energy
        if each.carrier in carriers
    )
    nothing = MeasureEffect()
    return with_savings(session, organisation_id, measure, stated, before=nothing, factors=factors, now=now)


def note_measure(work: Work, organisation_id: int, measure: CompanyMeasure) -> MeasureRow:
    """Add a measure to the register. Raises NotPermitted and RegisterFull."""
    (row,) = note_measures(work, organisation_id, [measure])
    return row


def note_measures(work: Work, organisation_id: int, noted: Sequence[CompanyMeasure]) -> list[MeasureRow]:
    """Add measures to the register: all, or none. Raises NotPermitted and RegisterFull."""
    lock_company(work.session, organisation_id, Permission.DECLARATION_EDIT, work.actor)
    _refuse_too_many(work.session, organisation_id, len(noted))
    allowed, rows = measures.clusters_allowed(work.session, organisation_id), []
    for each in noted:
        measure = _with_allowed_cluster(each, allowed)
        row = measures.add(work.session, organisation_id, measure, by=work.actor.user_id, now=work.now)
        _record(work, EventKind.MEASURE_SAVED, row, fields=_changed_fields(None, measure))
        rows.append(row)
    return rows


def change_measure(
    work: Work, organisation_id: int, measure_id: int, measure: CompanyMeasure, *, seen: Version
) -> bool:
    """Write a measure; returns whether its good example is taken back, as it is done no longer.

    Raises NotPermitted, MeasureGone, and ConflictError without writing anything.
    """
    lock_company(work.session, organisation_id, Permission.DECLARATION_EDIT, work.actor)
    row = _present_row(work.session, organisation_id, measure_id)
    measure = _with_allowed_cluster(measure, measures.clusters_allowed(work.session, organisation_id))
    stored = measures.stored_measure(row)
    if not is_change(stored, seen, measure):
        return False
    measures.write(work.session, row, measure, by=work.actor.user_id, now=work.now)
    fields = _changed_fields(stored.content, measure)
    _record(work, EventKind.MEASURE_SAVED, row, fields=fields)
    is_moved = stored.content.state is not measure.state
    return is_moved and take_back_example(work, row)


def move_measure(
    work: Work, organisation_id: int, measure_id: int, state: MeasureState, *, seen: Version
) -> bool:
    """Set the state of a measure; returns and raises as `change_measure` does."""
    lock_company(work.session, organisation_id, Permission.DECLARATION_EDIT, work.actor)
    row = _present_row(work.session, organisation_id, measure_id)
    measure = replace(measures.measure_of(row), state=state)
    return change_measure(work, organisation_id, measure_id, measure, seen=seen)


def remove_measure(work: Work, organisation_id: int, measure_id: int) -> None:
    """Take a measure and its good example out at once; it can be restored for some days (`RESTORABLE`).

    Raises NotPermitted and MeasureGone.
    """
    lock_company(work.session, organisation_id, Permission.DECLARATION_EDIT, work.actor)
    row = _present_row(work.session, organisation_id, measure_id)
    row.removed_at, row.version, row.changed_by = work.now, row.version + 1, work.actor.user_id
    take_back_example(work, row)
    _record(work, EventKind.MEASURE_REMOVED, row)


def restore_measure(work: Work, organisation_id: int, measure_id: int) -> None:
    """Put a removed measure back as it was. Raises NotPermitted, MeasureGone and RegisterFull."""
    lock_company(work.session, organisation_id, Permission.DECLARATION_EDIT, work.actor)
    row = measures.find_row(work.session, organisation_id, measure_id)
    if row is None or (row.removed_at and row.removed_at < restorable_since(work.now)):
        raise MeasureGone(measure_id)
    if row.removed_at is None:
        return
    _refuse_too_many(work.session, organisation_id, 1)
    row.removed_at, row.version = None, row.version + 1
    row.changed_at, row.changed_by = work.now, work.actor.user_id
    _record(work, EventKind.MEASURE_RESTORED, row)


def _present_row(session: Session, organisation_id: int, measure_id: int) -> MeasureRow:
    row = measures.find_row(session, organisation_id, measure_id)
    if row is None or row.removed_at is not None:
        raise MeasureGone(measure_id)
    return row


def _refuse_too_many(session: Session, organisation_id: int, added: int) -> None:
    if len(measures.rows_of_company(session, organisation_id)) + added > MAX_COMPANY_MEASURES:
        raise RegisterFull


def _with_allowed_cluster(measure: CompanyMeasure, allowed: Collection[int]) -> CompanyMeasure:
    """The measure without a cluster that may not use the company's measures."""
    return measure if measure.counts_for in allowed else replace(measure, counts_for=None)


def _key(kept: EnergySaving) -> tuple[str, Quantity]:
    return kept.carrier, stated_quantity(kept, load_measure_kinds().carriers.get(kept.carrier))


def _changed_fields(before: CompanyMeasure | None, after: CompanyMeasure) -> dict[str, list[Any]]:
    """What an event says of a change: state and date, and that the effect changed; never who takes care."""
    old = before or CompanyMeasure("")
    fields: dict[str, list[Any]] = {}
    if before and before.text != after.text:
        fields["measure_text"] = [before.text, after.text]
    if not before or before.state is not after.state:
        fields["measure_state"] = [before.state.value if before else "", after.state.value]
    if old.due != after.due:
        fields["measure_due"] = [each.due.isoformat() if each.due else "" for each in (old, after)]
    if old.owner != after.owner:
        fields["measure_owners"] = []
    if (old.effect, old.from_year, old.lifetime) != (after.effect, after.from_year, after.lifetime):
        fields["measure_effect"] = []
    return fields


def _record(work: Work, kind: EventKind, row: MeasureRow, **detail: Any) -> None:
    work.session.flush()
    history.record_event(
        work.session,
        kind,
        organisation_id=row.organisation_id,
        actor_id=work.actor.user_id,
        now=work.now,
        measure=row.text,
        **detail,
    )
