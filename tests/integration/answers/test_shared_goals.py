"""A goal is edited once: what one criterion's table changes reaches the others that hold the goal."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Answer
from dnk_tool.domain.answers.values import Row, Rows
from dnk_tool.domain.declarations.document import canonical_json
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.permissions import Actor, NotPermitted, Role
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.answers.goal_records import (
    GoalPlacement,
    GoalWithoutCriterion,
    place_goals,
    records_of,
)
from dnk_tool.services.answers.save import SectionEdit, SectionSaveOutcome, save_section
from dnk_tool.services.declarations.documents import live_document
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.declarations import Declaration, Event
from tests.integration.conftest import NOW

GOAL: Row = {"goal": "Weniger Strom", "due": 2030}


def save_goals(
    session: Session, declaration: Declaration, actor: Actor, ref: str, *rows: Row, seen: int = 0
) -> SectionSaveOutcome:
    selection = declarations.selection_of(declaration)
    section = selection.section_by_ref[ref.split(".", maxsplit=1)[0]]
    edit = SectionEdit({f"{ref}.goals": VersionedEdit(Answer(value=Rows(rows)), seen)})
    outcome = save_section(Work(session, actor, NOW), declaration, section, edit)
    session.flush()
    return outcome


def rows_by_item(session: Session, declaration: Declaration) -> dict[str, list[dict[str, Any]]]:
    rows = session.scalars(select(AnswerRow).where(AnswerRow.declaration_id == declaration.id))
    return {row.ref: row.value for row in rows}


@pytest.fixture
def shared(session: Session, declaration: Declaration, actor: Actor) -> Declaration:
    """A goal in criteria 3 and 13, with another one in criterion 3."""
    save_goals(session, declaration, actor, "3.1", GOAL, {"goal": "Anderes", "due": 2027})
    save_goals(session, declaration, actor, "13.2", GOAL)
    return declaration


def test_a_goal_changed_in_one_criterion_changes_in_all(
    session: Session, shared: Declaration, actor: Actor
) -> None:
    outcome = save_goals(
        session,
        shared,
        actor,
        "13.2",
        {"goal": "Weniger Strom kaufen", "due": 2031, "target": Quantity(Decimal("60"), "MWh")},
        seen=1,
    )
    changed = {"goal": "Weniger Strom kaufen", "due": 2031, "target": {"value": "60", "unit": "MWh"}}
    assert rows_by_item(session, shared) == {
        "3.1.goals": [changed, {"goal": "Anderes", "due": 2027}],
        "13.2.goals": [changed],
    }
    assert outcome.goals.sections == ("3",)
    assert [record.tables for record in records_of(session, shared)] == [
        ("3.1.goals", "13.2.goals"),
        ("3.1.goals",),
    ]
    events = session.scalars(select(Event).where(Event.declaration_id == shared.id).order_by(Event.id)).all()
    assert [event.detail.get("section") for event in events[-2:]] == ["3", "13"]
    assert events[-2].detail["versions"] == {"3.1.goals": 2}


def test_a_goal_that_only_one_criterion_holds_stays_there(
    session: Session, shared: Declaration, actor: Actor
) -> None:
    outcome = save_goals(session, shared, actor, "3.1", GOAL, {"goal": "Anderes", "due": 2028}, seen=1)
    assert outcome.goals.sections == outcome.goals.left == ()
    save_goals(session, shared, actor, "13.2", seen=1)
    assert (
        "13.2.goals" not in rows_by_item(session, shared) or not rows_by_item(session, shared)["13.2.goals"]
    )
    assert rows_by_item(session, shared)["3.1.goals"][0] == GOAL, (
        "removing a row elsewhere removes nothing here"
    )


def test_a_section_that_somebody_may_not_edit_keeps_its_row(
    session: Session, shared: Declaration, colleague: Actor
) -> None:
    organisation = shared.organisation_id
    limited = Actor(colleague.user_id, {organisation: Role.CONTRIBUTOR}, {organisation: frozenset({"13"})})
    outcome = save_goals(session, shared, limited, "13.2", {"goal": "Weniger Strom", "due": 2035}, seen=1)
    assert outcome.goals.left == ("3",)
    assert rows_by_item(session, shared)["3.1.goals"][0]["due"] == 2030
    assert rows_by_item(session, shared)["13.2.goals"][0]["due"] == 2035


def test_goals_are_placed_in_criteria(session: Session, shared: Declaration, actor: Actor) -> None:
    put = {
        "weniger strom": GoalPlacement(frozenset({"12.1.goals"}), frozenset({"3.1.goals"})),
        "x": GoalPlacement(),
    }
    changed = place_goals(Work(session, actor, NOW), shared, put)
    assert [section.ref for section in changed] == ["3", "12"]
    assert rows_by_item(session, shared) == {
        "3.1.goals": [{"goal": "Anderes", "due": 2027}],
        "12.1.goals": [GOAL],
        "13.2.goals": [GOAL],
    }
    assert place_goals(Work(session, actor, NOW), shared, put) == (), "the same again changes nothing"


def test_a_row_that_is_removed_leaves_what_only_it_says_to_the_others(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save_goals(session, declaration, actor, "3.1", {**GOAL, "status": "zur Hälfte"})
    save_goals(session, declaration, actor, "13.2", GOAL)
    put = {"weniger strom": GoalPlacement(removed=frozenset({"3.1.goals"}))}
    changed = place_goals(Work(session, actor, NOW), declaration, put)
    assert [section.ref for section in changed] == ["3", "13"]
    assert rows_by_item(session, declaration)["13.2.goals"] == [{**GOAL, "status": "zur Hälfte"}]


def test_a_goal_never_loses_its_last_criterion_here(
    session: Session, shared: Declaration, actor: Actor
) -> None:
    before = rows_by_item(session, shared)
    with pytest.raises(GoalWithoutCriterion):
        place_goals(
            Work(session, actor, NOW), shared, {"anderes": GoalPlacement(removed=frozenset({"3.1.goals"}))}
        )
    with pytest.raises(NotPermitted):
        place_goals(Work(session, Actor(), NOW), shared, {})
    assert rows_by_item(session, shared) == before


def test_the_file_keeps_the_refs_and_its_version(session: Session, shared: Declaration, actor: Actor) -> None:
    words = canonical_json(live_document(session, shared))
    assert b'"version":1}' in words, "goals in words need no new version"
    save_goals(session, shared, actor, "13.2", {**GOAL, "start": Quantity(Decimal("120"), "MWh")}, seen=1)
    document = live_document(session, shared)
    written = canonical_json(document)
    assert b'"version":2}' in written
    assert read_document(written).answers == document.answers
    assert document.answers["3.1.goals"].value.rows[0]["start"] == Quantity(Decimal("120"), "MWh")  # type: ignore[union-attr]
