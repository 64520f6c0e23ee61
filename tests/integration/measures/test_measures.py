"""The register of measures: one for a company over its years, with effects, conflicts, undo and history."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.domain.answers.self_assessment import Assessment, Measure, Rating
from dnk_tool.domain.clusters.consent_editions import NEWEST_EDITION, ConsentChoice
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.measures.model import (
    MAX_COMPANY_MEASURES,
    CompanyMeasure,
    EffectBasis,
    MeasureEffect,
    MeasureState,
)
from dnk_tool.domain.permissions import Actor, NotPermitted
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.answers.self_assessment import assessment_of, assessments_of, save_assessment
from dnk_tool.services.declarations.next_year import begin_next_year
from dnk_tool.services.measures import measures as verbs
from dnk_tool.services.measures.criterion_measures import RegisterFull
from dnk_tool.services.measures.measures import MeasureGone, StatedSaving
from dnk_tool.services.work import Work
from dnk_tool.store.clusters.choices import replace_choices
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.declarations import Declaration, Event
from tests.integration.conftest import NOW
from tests.support.app import record_statements

LED = CompanyMeasure(
    "LED in der Halle",
    owner="Anna",
    due=date(2026, 6, 30),
    criterion=12,
    kind="lighting",
    state=MeasureState.RUNNING,
    effect=MeasureEffect(basis=EffectBasis.MEASURED, cost_eur=Decimal("2400.50")),
    investment_eur=Decimal(9800),
    from_year=2025,
    lifetime=15,
)
SAVED = (StatedSaving("natural-gas", Quantity(Decimal(10_000), "kWh-hs")),)


def note_led(session: Session, organisation_id: int, editor: Actor, measure: CompanyMeasure = LED) -> int:
    row = verbs.note_measure(Work(session, editor, NOW), organisation_id, measure)
    return row.id


def with_gas(session: Session, organisation_id: int, measure: CompanyMeasure) -> CompanyMeasure:
    return verbs.with_savings(
        session,
        organisation_id,
        measure,
        SAVED,
        before=MeasureEffect(),
        factors=load_factors(),
        now=NOW,
    )


def test_a_measure_comes_back_as_it_was_written(session: Session, organisation_id: int, actor: Actor) -> None:
    measure = with_gas(session, organisation_id, LED)
    number = note_led(session, organisation_id, actor, measure)
    session.expire_all()
    assert measures.of_company(session, organisation_id) == {number: measure}
    assert measures.of_companies(session, [organisation_id]) == {organisation_id: {number: measure}}
    assert (measure.effect.kwh, measure.effect.t_co2e) == (Decimal(9030), Decimal("1.813946"))


def test_greenhouse_gases_change_on_request_or_with_the_amount_alone(
    session: Session, organisation_id: int, actor: Actor
) -> None:
    old = with_gas(session, organisation_id, LED)
    kept = replace(old.effect.energy[0], t_co2e=Decimal(5), factor="natural-gas.hi|older|")
    old = replace(old, effect=replace(old.effect, energy=(kept,)))
    again = verbs.with_savings(
        session, organisation_id, old, SAVED, before=old.effect, factors=load_factors(), now=NOW
    )
    assert again.effect.energy == (kept,)
    assert again.effect.t_co2e == 5
    fresh = verbs.recalculated(session, organisation_id, old, factors=load_factors(), now=NOW)
    assert fresh.effect.t_co2e == Decimal("1.813946")


def test_two_people_at_once_lose_nothing_and_states_move_by_a_click(
    session: Session, organisation_id: int, actor: Actor, colleague: Actor
) -> None:
    number = note_led(session, organisation_id, actor)
    work = Work(session, colleague, NOW)
    verbs.move_measure(work, organisation_id, number, MeasureState.DONE, seen=1)
    with pytest.raises(ConflictError):
        verbs.change_measure(
            Work(session, actor, NOW), organisation_id, number, replace(LED, text="Anders"), seen=1
        )
    verbs.move_measure(work, organisation_id, number, MeasureState.DONE, seen=1)  # said already
    assert measures.of_company(session, organisation_id)[number] == replace(LED, state=MeasureState.DONE)
    kinds = session.scalars(select(Event.kind).where(Event.detail["measure"].as_string() == LED.text))
    assert list(kinds) == [EventKind.MEASURE_SAVED] * 2


def test_what_is_deleted_is_gone_and_can_be_restored(
    session: Session, organisation_id: int, actor: Actor
) -> None:
    number = note_led(session, organisation_id, actor)
    verbs.remove_measure(Work(session, actor, NOW), organisation_id, number)
    assert measures.of_company(session, organisation_id) == {}
    with pytest.raises(MeasureGone):
        verbs.remove_measure(Work(session, actor, NOW), organisation_id, number)
    verbs.restore_measure(Work(session, actor, NOW), organisation_id, number)
    assert measures.of_company(session, organisation_id) == {number: LED}
    verbs.remove_measure(Work(session, actor, NOW), organisation_id, number)
    measures.erase_removed(session, before=NOW)
    verbs.restore_measure(Work(session, actor, NOW), organisation_id, number)
    verbs.remove_measure(Work(session, actor, NOW), organisation_id, number)
    measures.erase_removed(session, before=NOW + timedelta(microseconds=1))
    with pytest.raises(MeasureGone):
        verbs.restore_measure(Work(session, actor, NOW), organisation_id, number)


def test_strangers_may_neither_write_nor_reach_a_measure(
    session: Session, organisation_id: int, actor: Actor
) -> None:
    number = note_led(session, organisation_id, actor)
    for doer in (Actor(), Actor(2, {organisation_id + 1: "owner"})):  # type: ignore[dict-item]
        with pytest.raises(NotPermitted):
            verbs.remove_measure(Work(session, doer, NOW), organisation_id, number)
    assert measures.find_row(session, organisation_id + 1, number) is None


def test_the_self_assessment_writes_the_companys_measures(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    number = note_led(session, declaration.organisation_id, actor)
    dropped = replace(LED, text="Verworfen", state=MeasureState.DROPPED)
    note_led(session, declaration.organisation_id, actor, dropped)
    current = assessment_of(session, declaration, 12)
    assert current.stored.content == Assessment(None, (Measure(LED.text, "Anna", LED.due),))
    said = Assessment(Rating.PARTIAL, (Measure("Neu"), Measure("LED überall", "Anna", LED.due)))
    seen, ids = current.stored.version, [None, *current.ids]
    save_assessment(Work(session, actor, NOW), declaration, 12, said, seen=seen, ids=ids)
    assert assessments_of(session, declaration)[12].rating is Rating.PARTIAL
    register = measures.of_company(session, declaration.organisation_id)
    assert register[number] == replace(LED, text="LED überall")  # its effect stays
    assert sorted(each.text for each in register.values()) == ["LED überall", "Neu", "Verworfen"]
    with pytest.raises(ConflictError):
        save_assessment(Work(session, actor, NOW), declaration, 12, Assessment(), seen=seen)


def test_a_change_in_the_register_is_a_conflict_for_an_open_self_assessment(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    number = note_led(session, declaration.organisation_id, actor)
    seen = assessment_of(session, declaration, 12).stored.version
    verbs.move_measure(
        Work(session, colleague, NOW), declaration.organisation_id, number, MeasureState.DONE, seen=1
    )
    with pytest.raises(ConflictError):
        save_assessment(Work(session, actor, NOW), declaration, 12, Assessment(), seen=seen)


def test_the_next_year_has_the_same_measures_without_a_copy(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    note_led(session, declaration.organisation_id, actor)
    after = begin_next_year(Work(session, actor, NOW), declaration)
    assert assessments_of(session, after) == assessments_of(session, declaration)
    assert len(measures.of_company(session, declaration.organisation_id)) == 1


def test_a_measure_counts_for_a_cluster_only_as_long_as_that_is_allowed(
    session: Session, organisation_id: int, actor: Actor
) -> None:
    cluster = Cluster(name="Cluster", created_at=NOW)
    session.add(cluster)
    session.flush()
    number = note_led(session, organisation_id, actor, replace(LED, counts_for=cluster.id))
    assert measures.of_company(session, organisation_id)[number].counts_for is None, "not allowed yet"
    consent = Consent(
        cluster_id=cluster.id, organisation_id=organisation_id, edition=NEWEST_EDITION, granted_at=NOW
    )
    session.add(consent)
    session.flush()
    replace_choices(session, consent.id, {ConsentChoice.MEASURES})
    chosen = replace(LED, counts_for=cluster.id)
    verbs.change_measure(Work(session, actor, NOW), organisation_id, number, chosen, seen=1)
    assert measures.of_cluster(session, cluster.id) == {organisation_id: {number: chosen}}
    assert measures.clusters_allowed(session, organisation_id) == {cluster.id: "Cluster"}
    replace_choices(session, consent.id, set())
    assert measures.of_cluster(session, cluster.id) == {}


def test_measures_are_noted_all_or_none_with_the_register_read_once(
    session: Session, store: sessionmaker[Session], organisation_id: int, actor: Actor
) -> None:
    def asked(count: int) -> int:
        noted = [replace(LED, text=f"Leuchte {number}") for number in range(count)]
        with record_statements(store.kw["bind"]) as statements:
            verbs.note_measures(Work(session, actor, NOW), organisation_id, noted)
        return sum(statement.startswith("SELECT") for statement in statements)

    assert asked(2) == asked(6)
    with pytest.raises(RegisterFull):
        verbs.note_measures(Work(session, actor, NOW), organisation_id, [LED] * MAX_COMPANY_MEASURES)
    assert len(measures.of_company(session, organisation_id)) == 8
