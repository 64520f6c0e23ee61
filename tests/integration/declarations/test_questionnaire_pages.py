"""Questions offline, through the pages: fetched, filled in, previewed, and saved as a whole or not at all."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.store.tables.answers import AnswerRevision, AnswerRow
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.figures import FigureRow
from tests.contract.test_routes import table_digests
from tests.integration.conftest import NOW
from tests.support.app import (
    World,
    count_statements,
    database_session,
    form_fields,
    post,
    sign_in,
)
from tests.support.files.evidence_files import filled_in, questionnaire_tags

WASTE = "GRI-SRS-306-3.a"
TWO = {"1.1/text": "Wir haben eine Strategie.", f"{WASTE}/value": "1.234,5", f"{WASTE}/unit": "t"}


@pytest.fixture
def path(world: World) -> str:
    return f"/erklaerungen/{world.own_declaration}/fragebogen"


def fetched_questionnaire(client: FlaskClient, path: str, **wanted: str) -> bytes:
    answer = client.get(f"{path}/datei", query_string={"format": "docx", **wanted})
    assert answer.status_code == 200
    return answer.data


def send_questionnaire(client: FlaskClient, path: str, content: bytes) -> TestResponse:
    return post(client, f"{path}/offline", {"file": (io.BytesIO(content), "fragebogen.docx")})


def taken(client: FlaskClient, path: str, preview: TestResponse, **changed: Any) -> TestResponse:
    fields = form_fields(preview.text) | changed
    return post(client, f"{path}/offline/uebernehmen", {key: value for key, value in fields.items() if value})


def answers_and_figures(app: Flask, world: World) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """The texts by ref, and the figures with their units."""
    with database_session(app) as session:
        answers = session.scalars(select(AnswerRow).where(AnswerRow.declaration_id == world.own_declaration))
        figures = session.scalars(select(FigureRow).where(FigureRow.organisation_id == world.own))
        return (
            {row.ref: row.text or row.explanation for row in answers},
            {row.datapoint: (str(row.value), row.unit) for row in figures},
        )


def save_answer(client: FlaskClient, world: World, ref: str, text: str, version: int) -> None:
    """Somebody writes the same answer on its page."""
    fields = {f"ref-{ref}-version": str(version), f"ref-{ref}-disclosure": "comply", f"ref-{ref}-text": text}
    address = f"/erklaerungen/{world.own_declaration}/kriterien/{ref.partition('.')[0]}"
    assert post(client, address, {**fields, "action": "stay"}).status_code == 303


def test_a_file_is_filled_in_previewed_and_saved(
    app: Flask, editor: FlaskClient, world: World, path: str
) -> None:
    file = filled_in(
        fetched_questionnaire(editor, path),
        TWO | {"2.1/kind": "Vielleicht"},
        beside="Das gehört nirgendwohin",
    )
    before = table_digests(app)
    preview = send_questionnaire(editor, path, file)
    assert preview.status_code == 200
    assert table_digests(app) == before, "a preview stores nothing"
    assert "2 Angaben würden sich ändern." in preview.text
    assert "1.234,5 t" in preview.text
    assert "„Vielleicht“ steht nicht zur Auswahl." in preview.text
    assert "„Das gehört nirgendwohin“" in preview.text
    assert taken(editor, path, preview).status_code == 303
    assert answers_and_figures(app, world) == ({"1.1": TWO["1.1/text"]}, {"waste.total": ("1234.5", "t")})
    with database_session(app) as session:
        events = session.scalars(select(Event).where(Event.kind == EventKind.SECTION_SAVED)).all()
        assert sorted(event.detail["section"] for event in events) == ["1", "12"]
        declaration = session.get_one(Declaration, world.own_declaration)
        assert (declaration.progress or {})["1"] == "in-progress"
    again = send_questionnaire(editor, path, file)
    assert "Diese Datei ändert nichts." in again.text
    assert 'name="rows"' not in again.text
    # The same form once more, after a double click, says what is stored.
    assert taken(editor, path, preview).status_code == 303
    with database_session(app) as session:
        assert len(session.scalars(select(AnswerRevision)).all()) == 1


def test_what_was_not_ticked_stays_out(app: Flask, editor: FlaskClient, world: World, path: str) -> None:
    file = filled_in(
        fetched_questionnaire(editor, path, inhalt="leer", teil="1"), {"1.1/text": "Eins", "1.2/text": "Zwei"}
    )
    assert taken(editor, path, send_questionnaire(editor, path, file), **{"wahl-1.1": []}).status_code == 303
    assert answers_and_figures(app, world) == ({"1.2": "Zwei"}, {})


def test_a_workbook_comes_back_unchanged_in_both_languages(
    editor: FlaskClient, world: World, path: str
) -> None:
    save_answer(editor, world, "1.1", "Eine\n\n- Strategie", 0)
    for language in ("de", "en"):
        workbook = editor.get(f"{path}/datei?format=xlsx&sprache={language}&teil=1")
        assert "1--Strategische-Analyse" in workbook.headers["Content-Disposition"]
        preview = send_questionnaire(editor, path, workbook.data)
        assert "Diese Datei ändert nichts." in preview.text
        assert "ausgelassen" not in preview.text


def test_where_somebody_else_wrote_the_person_chooses_and_both_stay(
    app: Flask, editor: FlaskClient, world: World, path: str
) -> None:
    save_answer(editor, world, "1.1", "Damals eins", 0)
    save_answer(editor, world, "1.2", "Damals zwei", 0)
    file = filled_in(
        fetched_questionnaire(editor, path, teil="1"), {"1.1/text": "Datei eins", "1.2/text": "Datei zwei"}
    )
    save_answer(editor, world, "1.1", "Hier eins", 1)
    save_answer(editor, world, "1.2", "Hier zwei", 1)
    save_answer(editor, world, "1.3", "Ein anderer Punkt", 0)
    with count_statements(app) as statements:
        preview = send_questionnaire(editor, path, file)
    assert len(statements) <= 15
    assert "Inzwischen auch hier geändert: Bitte wählen Sie" in preview.text
    assert all(text in preview.text for text in ("Datei eins", "Hier eins", "Datei zwei", "Hier zwei"))
    undecided = taken(editor, path, preview, **{"wahl-1.2": ["hier"]})
    assert undecided.status_code == 422
    assert 'href="#wahl-1.1"' in undecided.text
    assert re.search(r'value="hier" checked', undecided.text), "what was chosen stays chosen"
    done = taken(editor, path, preview, **{"wahl-1.1": ["datei"], "wahl-1.2": ["hier"]})
    assert done.status_code == 303
    texts, _figures = answers_and_figures(app, world)
    assert texts == {"1.1": "Datei eins", "1.2": "Hier zwei", "1.3": "Ein anderer Punkt"}
    with database_session(app) as session:
        aside = session.scalars(select(AnswerRevision).where(AnswerRevision.kept_aside)).all()
        assert [(row.ref, row.content["text"]) for row in aside] == [("1.2", "Datei zwei")]


def test_questions_about_rows_that_were_removed_meanwhile_are_no_texts_of_the_person(
    app: Flask, editor: FlaskClient, world: World, path: str
) -> None:
    goals = [{"goal": "Strom"}, {"goal": "Wasser"}]
    of = {"declaration_id": world.own_declaration, "ref": "3.1.goals", "changed_at": NOW}
    with database_session(app) as session:
        session.add(AnswerRow(**of, version=1, value=goals))
    workbook = editor.get(f"{path}/datei?format=xlsx&teil=3").data
    with database_session(app) as session:
        row = session.scalars(select(AnswerRow)).one()
        row.version, row.value = 2, goals[:1]
    assert "ausgelassen" not in send_questionnaire(editor, path, workbook).text


def test_a_goal_of_several_criteria_stays_one_goal(
    app: Flask, editor: FlaskClient, world: World, path: str
) -> None:
    tables, power = ("3.1.goals", "12.1.goals"), {"goal": "Weniger Strom"}
    with database_session(app) as session:
        for ref in tables:
            session.add(
                AnswerRow(
                    declaration_id=world.own_declaration, ref=ref, version=1, value=[power], changed_at=NOW
                )
            )
    file = filled_in(
        fetched_questionnaire(editor, path),
        {"3.1.goals/1.due": "2031", "12.1.goals/2.goal": "Weniger Wasser"},
    )
    assert taken(editor, path, send_questionnaire(editor, path, file)).status_code == 303
    with database_session(app) as session:
        goals = {row.ref: row.value for row in session.scalars(select(AnswerRow))}
    later = {**power, "due": 2031}
    assert [goals[ref] for ref in tables] == [[later], [later, {"goal": "Weniger Wasser"}]]


def test_a_change_between_preview_and_confirmation_saves_nothing(
    app: Flask, editor: FlaskClient, world: World, path: str
) -> None:
    texts = {"1.1/text": "Datei eins", "1.2/text": "Datei zwei"}
    preview = send_questionnaire(
        editor, path, filled_in(fetched_questionnaire(editor, path, teil="1"), texts)
    )
    save_answer(editor, world, "1.2", "Schneller", 0)
    before = table_digests(app)
    late = taken(editor, path, preview)
    assert late.status_code == 409
    assert table_digests(app) == before, "not even what nobody else changed"
    assert "Es ist nichts gespeichert" in late.text
    assert all(text in late.text for text in ("Datei eins", "Datei zwei", "Schneller"))
    assert taken(editor, path, late, **{"wahl-1.2": ["hier"]}).status_code == 303
    assert answers_and_figures(app, world)[0] == {"1.1": "Datei eins", "1.2": "Schneller"}


def test_contributors_have_their_part_and_viewers_look_only(
    app: Flask, client: FlaskClient, world: World, path: str
) -> None:
    sign_in(client, "editor@example.org")
    whole = filled_in(fetched_questionnaire(client, path), TWO)
    sign_in(client, "contributor@example.org")
    assert {place[0] for place in questionnaire_tags(fetched_questionnaire(client, path))} == {"1"}
    assert client.get(f"{path}/datei?format=docx&teil=2").status_code == 404
    preview = send_questionnaire(client, path, whole)
    assert "1 Angabe würde sich ändern." in preview.text
    assert "Diesen Teil dürfen Sie nicht ändern." in preview.text
    assert taken(client, path, preview).status_code == 303
    assert answers_and_figures(app, world) == ({"1.1": TWO["1.1/text"]}, {})
    sign_in(client, "viewer@example.org")
    assert 'type="file"' not in client.get(f"{path}/offline").text
    assert send_questionnaire(client, path, whole).status_code == 403
    assert taken(client, path, preview).status_code == 422


def test_a_frozen_declaration_is_left_as_it_is(
    app: Flask, editor: FlaskClient, world: World, path: str
) -> None:
    file = filled_in(fetched_questionnaire(editor, path, teil="1"), {"1.1/text": "Neu"})
    preview = send_questionnaire(editor, path, file)
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = State.FINISHED
    assert "Dieser Teil ist gesperrt." in send_questionnaire(editor, path, file).text
    late = taken(editor, path, preview)
    assert (late.status_code, "Das haben Sie geschrieben" in late.text) == (409, False)
    assert answers_and_figures(app, world) == ({}, {})


def test_files_of_others_and_forged_previews_are_refused(
    app: Flask, editor: FlaskClient, world: World, path: str
) -> None:
    file = fetched_questionnaire(editor, path, teil="1")
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        declaration.created_at = declaration.created_at.replace(year=2001)
    answer = send_questionnaire(editor, path, file)
    assert (answer.status_code, "gehört zu einer anderen Erklärung" in answer.text) == (422, True)
    for content, words in ((b"", "in der etwas steht"), (b"Text", "weder eine Word- noch eine Excel-Datei")):
        answer = send_questionnaire(editor, path, content)
        assert answer.status_code == 422
        assert words in answer.text
    forged = post(editor, f"{path}/offline/uebernehmen", {"rows": "x.y", "wahl-1.1": "datei"})
    assert (forged.status_code, "gilt nicht mehr" in forged.text) == (422, True)
    for wrong in ("format=pdf", "format=docx&teil=99", "format=docx&sprache=fr", ""):
        assert editor.get(f"{path}/datei?{wrong}").status_code == 404
