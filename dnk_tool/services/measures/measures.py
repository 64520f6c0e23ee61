"""Notes, changes, moves, removes and restores the measures of a company."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.catalogue.factors.loader import load_unit_families
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing.conflicts import is_change
from dnk_tool.domain.editing.versions import Version
from dnk_tool.domain.measures.effects import EmissionFactor, saving, stated_quantity, with_sum_of_savings
from dnk_tool.domain.measures.model import (
    MAX_COMPANY_MEASURES,
    CompanyMeasure,
    EnergySaving,
    MeasureEffect,
    MeasureState,
)
from dnk_tool.domain.permissions import Actor, Deleted, Permission
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import local_day
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.measures.criterion_measures import RegisterFull
from dnk_tool.services.measures.emission_factors import own_factors
from dnk_tool.services.measures.told_example import take_back_example
from dnk_tool.store.answers import history
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.measures import MeasureRow

OwnFactors = Mapping[str, EmissionFactor]  # by carrier


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


def note_measure(
    session: Session, organisation_id: int, measure: CompanyMeasure, *, actor: Actor, now: datetime
) -> MeasureRow:
    """Add a measure to the register. Raises NotPermitted and RegisterFull."""
    (row,) = note_measures(session, organisation_id, [measure], actor=actor, now=now)
    return row


def note_measures(
    session: Session, organisation_id: int, noted: Sequence[CompanyMeasure], *, actor: Actor, now: datetime
) -> list[MeasureRow]:
    """Add measures to the register: all, or none. Raises NotPermitted and RegisterFull."""
    lock_company(session, organisation_id, Permission.DECLARATION_EDIT, actor)
    _refuse_too_many(session, organisation_id, len(noted))
    allowed, rows = measures.clusters_allowed(session, organisation_id), []
    for each in noted:
        measure = _with_allowed_cluster(each, allowed)
        row = measures.add(session, organisation_id, measure, by=actor.user_id, now=now)
        _record(session, EventKind.MEASURE_SAVED, row, actor, now, fields=_changed_fields(None, measure))
        rows.append(row)
    return rows


def change_measure(
    session: Session,
    organisation_id: int,
    measure_id: int,
    measure: CompanyMeasure,
    *,
    seen: Version,
    actor: Actor,
    now: datetime,
) -> bool:
    """Write a measure; returns whether its good example is taken back, as it is done no longer.

    Raises NotPermitted, MeasureGone, and ConflictError without writing anything.
    """
    lock_company(session, organisation_id, Permission.DECLARATION_EDIT, actor)
    row = _present_row(session, organisation_id, measure_id)
    measure = _with_allowed_cluster(measure, measures.clusters_allowed(session, organisation_id))
    stored = measures.stored_measure(row)
    if not is_change(stored, seen, measure):
        return False
    measures.write(session, row, measure, by=actor.user_id, now=now)
    fields = _changed_fields(stored.content, measure)
    _record(session, EventKind.MEASURE_SAVED, row, actor, now, fields=fields)
    is_moved = stored.content.state is not measure.state
    return is_moved and take_back_example(session, row, actor=actor, now=now)


def move_measure(
    session: Session,
    organisation_id: int,
    measure_id: int,
    state: MeasureState,
    *,
    seen: Version,
    actor: Actor,
    now: datetime,
) -> bool:
    """Set the state of a measure; returns and raises as `change_measure` does."""
    lock_company(session, organisation_id, Permission.DECLARATION_EDIT, actor)
    row = _present_row(session, organisation_id, measure_id)
    measure = replace(measures.measure_of(row), state=state)
    return change_measure(session, organisation_id, measure_id, measure, seen=seen, actor=actor, now=now)


def remove_measure(
    session: Session, organisation_id: int, measure_id: int, *, actor: Actor, now: datetime
) -> None:
    """Take a measure and its good example out at once; the measure can be restored for `RESTORABLE`.

    Raises NotPermitted and MeasureGone.
    """
    lock_company(session, organisation_id, Permission.DECLARATION_EDIT, actor)
    row = _present_row(session, organisation_id, measure_id)
    row.removed_at, row.version, row.changed_by = now, row.version + 1, actor.user_id
    take_back_example(session, row, actor=actor, now=now)
    _record(session, EventKind.MEASURE_REMOVED, row, actor, now)


def restore_measure(
    session: Session, organisation_id: int, measure_id: int, *, actor: Actor, now: datetime
) -> None:
    """Put a removed measure back as it was. Raises NotPermitted, MeasureGone and RegisterFull."""
    lock_company(session, organisation_id, Permission.DECLARATION_EDIT, actor)
    row = measures.find_row(session, organisation_id, measure_id)
    if row is None:
        raise MeasureGone(measure_id)
    if row.removed_at is None:
        return
    _refuse_too_many(session, organisation_id, 1)
    row.removed_at, row.version = None, row.version + 1
    row.changed_at, row.changed_by = now, actor.user_id
    _record(session, EventKind.MEASURE_RESTORED, row, actor, now)


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


def _record(
    session: Session, kind: EventKind, row: MeasureRow, actor: Actor, now: datetime, **detail: Any
) -> None:
    session.flush()
    history.record_event(
        session,
        kind,
        organisation_id=row.organisation_id,
        actor_id=actor.user_id,
        now=now,
        measure=row.text,
        **detail,
    )
