"""The method behind figures: on one page, once for all that is the same, and saved by a press."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.store.tables.answers import AnswerRow
from tests.support.app import World, count_statements, database_session, form_fields, sign_in
from tests.support.browsers import send, signed_in

SCOPES = ("GRI-SRS-305-1", "GRI-SRS-305-2", "GRI-SRS-305-3")
METHOD = tuple(f"{ref}.g" for ref in SCOPES)


@pytest.fixture
def editor(client: FlaskClient, world: World) -> FlaskClient:
    """One who has entered a figure of each scope."""
    sign_in(client, "editor@example.org")
    for ref in SCOPES:
        send(client, method_path(world, f"kennzahlen/{ref}"), **{f"ref-{ref}.a-value": "12"})
    return client


def method_path(world: World, name: str = "rechenweg") -> str:
    return f"/erklaerungen/{world.own_declaration}/kriterien/13/{name}"


def stored_methods(app: Flask) -> list[str]:
    """What is stored of how each scope was calculated."""
    with database_session(app) as session:
        texts = {row.ref: row.text for row in session.scalars(select(AnswerRow))}
    return [texts.get(ref, "") for ref in METHOD]


def test_what_is_the_same_is_said_once(app: Flask, editor: FlaskClient, world: World) -> None:
    with count_statements(app) as statements:
        shown = editor.get(method_path(world)).text
    assert len(statements) <= 15
    assert f'name="ref-{METHOD[0]}-text"' in shown
    assert f'name="ref-{METHOD[1]}-text"' not in shown
    assert 'name="ref-GRI-SRS-305-5.e' not in shown, "no figure yet"
    send(editor, method_path(world), **{f"ref-{METHOD[0]}-text": "Mit Faktoren."}, autosave="1")
    assert stored_methods(app) == ["Mit Faktoren."] * 3
    assert "Mit Faktoren. ·" in editor.get(method_path(world, "kennzahlen")).text


def test_each_is_said_by_itself_on_demand_and_where_they_differ(
    app: Flask, editor: FlaskClient, world: World
) -> None:
    send(editor, method_path(world), **{f"ref-{METHOD[0]}-text": "Mit Faktoren."})
    apart = send(editor, method_path(world), action="split:calculation").location
    assert apart == f"{method_path(world)}?einzeln=calculation#method-calculation"
    sent = {**form_fields(editor.get(apart).text), f"ref-{METHOD[2]}-text": "Geschätzt."}
    editor.post(method_path(world), data=sent)
    assert stored_methods(app) == ["Mit Faktoren.", "Mit Faktoren.", "Geschätzt."]
    shown = editor.get(method_path(world)).text
    assert f'name="ref-{METHOD[1]}-as" value="{METHOD[0]}"' in shown
    assert f'name="ref-{METHOD[2]}-text"' in shown


def test_an_empty_one_joins_by_a_press_alone(app: Flask, editor: FlaskClient, world: World) -> None:
    apart = form_fields(editor.get(f"{method_path(world)}?einzeln=calculation").text)
    editor.post(method_path(world), data={**apart, f"ref-{METHOD[1]}-text": "Mit Faktoren."})
    assert stored_methods(app) == ["", "Mit Faktoren.", ""]
    assert "Bei 305-1, 305-3 steht noch nichts." in editor.get(method_path(world)).text
    send(editor, method_path(world), autosave="1")
    assert stored_methods(app) == ["", "Mit Faktoren.", ""]
    send(editor, method_path(world), action="stay")
    assert stored_methods(app) == ["Mit Faktoren."] * 3


def test_a_reader_and_a_refused_page_have_nobody_join(app: Flask, editor: FlaskClient, world: World) -> None:
    """A reader hears no answer that nobody gave; a mistake elsewhere leaves apart what was set apart."""
    apart = f"{method_path(world)}?einzeln=calculation"
    own = {f"ref-{METHOD[0]}-text": "Mit Faktoren."}
    editor.post(method_path(world), data={**form_fields(editor.get(apart).text), **own})
    reader = signed_in(app, "viewer")
    shown = reader.get(method_path(world)).text
    assert re.findall(r"\(305-1[^)]*\)", shown.partition('id="ref-' + METHOD[0])[2])[0] == "(305-1)"
    wrong = {"ref-GRI-SRS-305-1.d-value": "bald"}
    refused = editor.post(method_path(world), data={**form_fields(editor.get(apart).text), **wrong})
    assert refused.status_code == 422
    assert f'name="ref-{METHOD[1]}-text"' in refused.text
    editor.post(method_path(world), data={**form_fields(refused.text), "ref-GRI-SRS-305-1.d-value": "2020"})
    assert stored_methods(app) == ["Mit Faktoren.", "", ""]


def test_an_answer_that_was_put_back_is_saved(app: Flask, editor: FlaskClient, world: World) -> None:
    apart = form_fields(editor.get(f"{method_path(world)}?einzeln=calculation").text)
    editor.post(method_path(world), data={**apart, f"ref-{METHOD[0]}-text": "Mit Faktoren."})
    sent = {**form_fields(editor.get(method_path(world)).text), "autosave": "1"}
    changed = editor.post(method_path(world), data={**sent, f"ref-{METHOD[0]}-text": "Geraten."}).json
    newer = {f"ref-{ref}-version": str(changed["versions"][ref]) for ref in METHOD}
    editor.post(method_path(world), data={**sent, **newer})
    assert stored_methods(app) == ["Mit Faktoren."] * 3


def test_links_to_an_answer_lead_to_its_row(app: Flask, editor: FlaskClient, world: World) -> None:
    """Not to its indicator, which stands on the page of figures."""
    send(editor, method_path(world), **{f"ref-{METHOD[0]}-text": "Mit Faktoren."})
    with database_session(app) as session:
        for row in session.scalars(select(AnswerRow).where(AnswerRow.ref == METHOD[0])):
            row.taken_from = 2024
        session.commit()
    row = f"{method_path(world)}#ref-{METHOD[0]}"
    assert f'href="{row}"' in editor.get(f"/erklaerungen/{world.own_declaration}/pruefen").text
    assert send(editor, method_path(world), action=f"confirm:{METHOD[0]}").location == row


def test_a_wrong_year_keeps_what_was_typed_and_a_conflict_keeps_both(
    app: Flask, editor: FlaskClient, world: World
) -> None:
    before = form_fields(editor.get(method_path(world)).text)
    wrong = {"ref-GRI-SRS-305-1.d-value": "bald", f"ref-{METHOD[0]}-text": "Getippt."}
    answer = editor.post(method_path(world), data={**before, **wrong})
    assert (answer.status_code, stored_methods(app)) == (422, ["", "", ""])
    assert "Getippt." in answer.text
    assert "Basisjahr: Geben Sie ein Jahr" in answer.text
    editor.post(method_path(world), data={**before, f"ref-{METHOD[0]}-text": "Die eine."})
    clash = editor.post(method_path(world), data={**before, f"ref-{METHOD[0]}-text": "Die andere."})
    assert clash.status_code == 409
    assert clash.text.count("Die andere.") >= len(METHOD)
    assert stored_methods(app) == ["Die eine."] * 3


def test_a_reader_sees_the_answers_and_effas_has_no_such_page(
    app: Flask, editor: FlaskClient, world: World
) -> None:
    send(editor, method_path(world), **{f"ref-{METHOD[0]}-text": "Mit Faktoren."})
    reader = signed_in(app, "viewer")
    shown = reader.get(method_path(world)).text
    assert "(305-1, 305-2, 305-3)" in shown
    assert "<textarea" not in shown
    none = editor.get(method_path(world).replace("/13/", "/11/"))
    assert (none.status_code, none.location) == (303, method_path(world).replace("/13/rechenweg", "/11"))
