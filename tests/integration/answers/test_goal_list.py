"""The page of all goals: each once, with progress, put into criteria by ticks."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.store.tables.answers import AnswerRow
from tests.support.app import World, database_session, form_fields, sign_in
from tests.support.browsers import send


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One engine is enough: the services are tested on both."""
    return sqlite_url


@pytest.fixture
def start(world: World) -> str:
    return f"/erklaerungen/{world.own_declaration}"


def goals_of(app: Flask, world: World) -> dict[str, Any]:
    with database_session(app) as session:
        rows = session.scalars(select(AnswerRow).where(AnswerRow.declaration_id == world.own_declaration))
        return {row.ref: row.value for row in rows if row.value}


def typed_goal(ref: str, **cells: str) -> dict[str, str]:
    return {f"ref-{ref}.goals-rows-0-{key}": cell for key, cell in cells.items()}


NUMBERS = {"unit": "t-co2e", "start": "1.200,5", "today": "900", "target": "600"}


def test_a_goal_in_numbers_shows_its_progress(
    editor: FlaskClient, app: Flask, world: World, start: str
) -> None:
    assert "Noch ist kein Ziel" in editor.get(f"{start}/zielliste").text
    saved = send(
        editor, f"{start}/kriterien/13", **typed_goal("13.2", goal="Halb so viel", due="2030", **NUMBERS)
    )
    assert saved.status_code == 303
    assert goals_of(app, world)["13.2.goals"] == [
        {
            "goal": "Halb so viel",
            "due": 2030,
            "start": {"value": "1200.5", "unit": "t-co2e"},
            "today": {"value": "900", "unit": "t-co2e"},
            "target": {"value": "600", "unit": "t-co2e"},
        }
    ]
    page = editor.get(f"{start}/zielliste").text
    assert "Halb so viel" in page
    assert "Startwert 1.200,5 t CO₂e, heute 900 t CO₂e, Zielwert 600 t CO₂e" in page
    assert "50 % des Wegs geschafft" in page
    again = form_fields(editor.get(f"{start}/kriterien/13").text)
    assert again["ref-13.2.goals-rows-0-unit"] == ["t-co2e"]
    assert again["ref-13.2.goals-rows-0-start"] == ["1.200,5"]


def test_a_number_that_is_none_stays_with_a_message(
    editor: FlaskClient, app: Flask, world: World, start: str
) -> None:
    refused = send(editor, f"{start}/kriterien/13", **typed_goal("13.2", goal="x", due="2030", start="viel"))
    assert refused.status_code == 422
    assert "viel" in refused.text
    assert goals_of(app, world) == {}


def test_a_goal_is_ticked_into_another_criterion_and_edited_once(
    editor: FlaskClient, app: Flask, world: World, start: str
) -> None:
    send(editor, f"{start}/kriterien/3", **typed_goal("3.1", goal="Weniger Strom", due="2030"))
    ticked = send(editor, f"{start}/zielliste", **{"goal-0-tables": ["3.1.goals", "12.1.goals"]})
    assert ticked.status_code == 303
    assert goals_of(app, world)["12.1.goals"] == [{"goal": "Weniger Strom", "due": 2030}]
    send(editor, f"{start}/kriterien/12", **typed_goal("12.1", due="2032"))
    assert "Das geänderte Ziel steht auch bei Kriterium 3." in editor.get(f"{start}/").text
    assert goals_of(app, world)["3.1.goals"] == [{"goal": "Weniger Strom", "due": 2032}]
    send(editor, f"{start}/kriterien/14", **typed_goal("14.1", goal="Anderes", due="2030"))
    changes = {"goal-0-tables": [], "goal-1-tables": ["14.1.goals", "15.1.goals"]}
    refused = send(editor, f"{start}/zielliste", **changes)
    assert refused.status_code == 422
    assert form_fields(refused.text)["goal-1-tables"] == ["14.1.goals", "15.1.goals"], "ticks stay as set"
    assert "Ein Ziel gehört zu mindestens einem Kriterium." in refused.text


def test_a_goal_changed_by_a_page_that_saves_by_itself_is_told_once(
    editor: FlaskClient, app: Flask, world: World, start: str
) -> None:
    for section, ref in (("3", "3.1"), ("13", "13.2")):
        send(editor, f"{start}/kriterien/{section}", **typed_goal(ref, goal="Weniger Strom", due="2030"))
    editor.get(f"{start}/")
    for words in ("Weniger Strom im Büro", "Weniger Strom im Büro und Lager"):
        saved = send(editor, f"{start}/kriterien/13", **typed_goal("13.2", goal=words), autosave="1")
        assert saved.get_json()["status"] == "saved"
        assert goals_of(app, world)["3.1.goals"][0]["goal"] == words
    said = "Das geänderte Ziel steht auch bei Kriterium 3."
    assert editor.get(f"{start}/").text.count(said) == 1
    assert said not in editor.get(f"{start}/").text


def test_a_goal_brought_back_from_the_history_is_told_where_it_changes_too(
    editor: FlaskClient, app: Flask, world: World, start: str
) -> None:
    for section, ref in (("3", "3.1"), ("13", "13.2")):
        send(editor, f"{start}/kriterien/{section}", **typed_goal(ref, goal="Weniger Strom", due="2030"))
    send(editor, f"{start}/kriterien/13", **typed_goal("13.2", goal="Weniger Strom im Büro"))
    editor.get(f"{start}/")
    history = editor.get(f"{start}/verlauf/13.2").text
    (action,) = re.findall(r'action="([^"]*/verlauf/13\.2/[^"]*)"', history)
    assert editor.post(action, data=form_fields(history)).status_code == 303
    assert goals_of(app, world)["3.1.goals"] == [{"goal": "Weniger Strom", "due": 2030}]
    assert "Das geänderte Ziel steht auch bei Kriterium 3." in editor.get(f"{start}/").text


def test_whoever_only_reads_sees_the_goals_and_cannot_place_them(
    client: FlaskClient, world: World, start: str
) -> None:
    sign_in(client, "viewer@example.org")
    page = client.get(f"{start}/zielliste")
    assert page.status_code == 200
    assert "Gehört zu diesen Kriterien" not in page.text
