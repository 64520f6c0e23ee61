"""A company's goal is kept with versions, and its base year is taken anew on request only."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.measures.climate_goal import (
    BaseOrigin,
    ClimateGoal,
    GridAssumption,
    Neutrality,
    Scope2Method,
)
from dnk_tool.domain.measures.model import CompanyMeasure, MeasureEffect, MeasureState
from dnk_tool.domain.permissions import Actor, NotPermitted, Role
from dnk_tool.services.declarations.documents import live_document
from dnk_tool.services.measures import climate_goals as goals
from dnk_tool.services.measures.climate_goals import CompanyPath
from dnk_tool.services.work import Work
from dnk_tool.store.figures.queries import add_if_missing
from dnk_tool.store.measures import climate_goals, measures
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.figures import FigureRow

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
GOAL = ClimateGoal(2022, Decimal(142), 2030, percent=Decimal(45))
WHOLE_GOAL = replace(
    GOAL,
    percent=None,
    amount=Decimal("78.1"),
    scope2=Scope2Method.MARKET,
    scope3=frozenset({"ghg.scope3.waste"}),
    neutral_year=2040,
    neutrality=Neutrality.CALCULATED,
    grid=GridAssumption(Decimal("0.363"), Decimal("0.1"), 2035),
    is_in_declaration=True,
)


def save_climate_goal(
    session: Session, organisation_id: int, goal: ClimateGoal, actor: Actor, seen: int = 0
) -> None:
    goals.save_goal(Work(session, actor, NOW), organisation_id, goal, seen=seen)
    session.flush()


def add_emissions(session: Session, organisation_id: int, year: int, scope1: int, scope2: int) -> None:
    for key, value in (("ghg.scope1.gross", scope1), ("ghg.scope2.location", scope2)):
        figure = Figure(Decimal(value), "t-co2e")
        add_if_missing(session, organisation_id, year, key, figure, by=None, now=NOW)
    session.flush()


def known(session: Session, organisation_id: int) -> CompanyPath:
    found = goals.path_of_company(session, organisation_id)
    assert found is not None
    return found


def test_a_goal_is_read_as_it_was_saved(session: Session, organisation_id: int, actor: Actor) -> None:
    save_climate_goal(session, organisation_id, WHOLE_GOAL, actor)
    stored = climate_goals.stored_goal(climate_goals.goal_row(session, organisation_id))
    assert (stored.content, stored.version, stored.by) == (WHOLE_GOAL, 1, actor.user_id)
    event = session.scalars(select(Event).where(Event.kind == EventKind.CLIMATE_GOAL_SAVED)).one()
    assert event.detail["fields"]["climate_target"] == ["", "2030: 78.1 t"]


def test_an_older_page_changes_nothing(
    session: Session, organisation_id: int, actor: Actor, colleague: Actor
) -> None:
    save_climate_goal(session, organisation_id, GOAL, actor)
    save_climate_goal(session, organisation_id, GOAL, actor)  # the same again
    with pytest.raises(ConflictError) as raised:
        save_climate_goal(session, organisation_id, replace(GOAL, target_year=2035), colleague)
    assert raised.value.conflict.theirs == GOAL
    assert raised.value.conflict.version == 1
    with pytest.raises(ConflictError):
        goals.remove_goal(Work(session, colleague, NOW), organisation_id, seen=0)


def test_only_who_writes_for_the_company_may_set_a_goal(session: Session, organisation_id: int) -> None:
    viewer = Actor(2, {organisation_id: Role.VIEWER})
    with pytest.raises(NotPermitted):
        save_climate_goal(session, organisation_id, GOAL, viewer)
    with pytest.raises(NotPermitted):
        goals.remove_goal(Work(session, viewer, NOW), organisation_id, seen=0)


def test_the_path_has_figures_and_decided_measures(
    session: Session, organisation_id: int, actor: Actor
) -> None:
    save_climate_goal(session, organisation_id, GOAL, actor)
    add_emissions(session, organisation_id, 2025, 91, 30)
    for state, amount in ((MeasureState.PLANNED, 18), (MeasureState.IDEA, 14)):
        effect = MeasureEffect(t_co2e=Decimal(amount))
        measure = CompanyMeasure("PV-Anlage", state=state, effect=effect, from_year=2026)
        measures.add(session, organisation_id, measure, by=None, now=NOW)
    path = known(session, organisation_id).path
    assert (path.last_actual, path.outlook) == (2025, 103)
    assert [wedge.text for wedge in path.wedges] == ["PV-Anlage"]


def test_bought_green_power_is_no_wedge(session: Session, organisation_id: int, actor: Actor) -> None:
    save_climate_goal(session, organisation_id, GOAL, actor)
    bought = CompanyMeasure(
        "Ökostrom",
        kind="purchased-green-power",
        state=MeasureState.DONE,
        effect=MeasureEffect(t_co2e=Decimal(30)),
        from_year=2026,
    )
    measures.add(session, organisation_id, bought, by=None, now=NOW)
    assert known(session, organisation_id).path.outlook == 142


def test_a_changed_base_year_is_taken_on_request_with_its_reason(
    session: Session, organisation_id: int, actor: Actor
) -> None:
    add_emissions(session, organisation_id, 2022, 100, 42)
    save_climate_goal(session, organisation_id, GOAL, actor)
    assert known(session, organisation_id).base_today is None
    row = session.scalars(select(FigureRow).where(FigureRow.datapoint == "ghg.scope1.gross")).one()
    row.value = Decimal(120)
    session.flush()
    before = known(session, organisation_id)
    assert (before.base_today, before.goal.base) == (162, 142)
    assert goals.take_base_year(
        Work(session, actor, NOW), organisation_id, "Werk Süd kam dazu.", seen=before.version
    )
    after = known(session, organisation_id)
    assert (after.goal.base, after.goal.base_reason) == (162, "Werk Süd kam dazu.")
    assert after.goal.base_origin is BaseOrigin.FIGURES
    assert after.base_today is None


def test_a_base_year_below_the_goal_is_not_taken(
    session: Session, organisation_id: int, actor: Actor
) -> None:
    save_climate_goal(session, organisation_id, replace(GOAL, percent=None, amount=Decimal(78)), actor)
    add_emissions(session, organisation_id, 2022, 30, 10)
    assert not goals.take_base_year(Work(session, actor, NOW), organisation_id, "Neu.", seen=1)


def test_a_removed_goal_is_gone(session: Session, organisation_id: int, actor: Actor) -> None:
    save_climate_goal(session, organisation_id, GOAL, actor)
    goals.remove_goal(Work(session, actor, NOW), organisation_id, seen=1)
    session.flush()
    assert goals.path_of_company(session, organisation_id) is None
    goals.remove_goal(Work(session, actor, NOW), organisation_id, seen=1)  # nothing to remove


def test_the_path_enters_a_declaration_by_choice_with_figures_up_to_its_year(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    organisation_id = declaration.organisation_id
    save_climate_goal(session, organisation_id, GOAL, actor)
    for year, scope1 in ((2024, 99), (2025, 91), (2026, 70)):
        add_emissions(session, organisation_id, year, scope1, 30)
    assert live_document(session, declaration).climate_path is None
    save_climate_goal(session, organisation_id, replace(GOAL, is_in_declaration=True), actor, seen=1)
    declared = live_document(session, declaration).climate_path
    assert declared is not None
    assert declared.last_actual == declaration.reporting_year == 2025
    assert [each.actual for each in declared.years[:5]] == [142, None, 129, 121, None]
    later = replace(GOAL, base_year=2026, base=Decimal(100), is_in_declaration=True)
    save_climate_goal(session, organisation_id, later, actor, seen=2)
    assert live_document(session, declaration).climate_path is None
