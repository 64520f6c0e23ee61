"""A sector is found by words without JavaScript, and a code of WZ 2008 is taken over only by a click."""

import html
import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from dnk_tool.store.tables.organisations import Organisation
from tests.support.app import World, database_session, form_fields


def send_sector(client: FlaskClient, world: World, action: str, **changes: Any) -> TestResponse:
    path = f"/unternehmen/{world.own}/profil"
    fields = {**form_fields(client.get(path).text), "action": action, **changes}
    return client.post(path, data=fields)


def radios(page: str) -> dict[str, str]:
    """The labels of the sectors to choose from, by their values."""
    found = re.findall(
        r'name="sector" type="radio" value="([^"]*)".*?<label[^>]*>(.*?)</label>', page, re.DOTALL
    )
    return {html.unescape(value): html.unescape(label) for value, label in found}


def stored_sector(app: Flask, world: World) -> str:
    with database_session(app) as session:
        return session.get_one(Organisation, world.own).sector


def store(app: Flask, world: World, sector: str) -> None:
    with database_session(app) as session:
        session.execute(update(Organisation).where(Organisation.id == world.own).values(sector=sector))


def test_13_a_sector_is_found_by_words_and_nothing_typed_is_lost(
    editor: FlaskClient, app: Flask, world: World
) -> None:
    store(app, world, "")
    answer = send_sector(editor, world, "find-sector", name="Neuer Name", sector_words="Elektriker")
    assert answer.status_code == 200
    assert radios(answer.text) == {"WZ 2025: 43.21": "43.21 Elektroinstallation", "": "Keine davon"}
    assert 'value="Neuer Name"' in answer.text
    assert stored_sector(app, world) == "", "a search saves nothing"
    assert send_sector(editor, world, "save", sector="WZ 2025: 43.21").status_code == 303
    assert stored_sector(app, world) == "WZ 2025: 43.21"
    page = editor.get(f"/unternehmen/{world.own}/profil").text
    assert '<option value="WZ 2025: 43.21" selected>Elektroinstallation (WZ 2025: 43.21)</option>' in page
    assert 'id="sector-note"' not in page


def test_13_a_search_without_result_says_so(editor: FlaskClient, world: World) -> None:
    page = send_sector(editor, world, "find-sector", sector_words="Xyzqw").text
    assert "Dazu haben wir nichts gefunden." in page
    assert radios(page) == {}
    assert 'value="Xyzqw"' in page


def test_13_a_new_company_searches_too_and_is_created_once(editor: FlaskClient, app: Flask) -> None:
    fields = {
        **form_fields(editor.get("/unternehmen/neu").text),
        "name": "Holz Neu",
        "sector_words": "Schreiner",
    }
    page = editor.post("/unternehmen/neu", data={**fields, "action": "find-sector"})
    assert list(radios(page.text)) == ["WZ 2025: 31.00", "WZ 2025: 43.32", ""]
    chosen = {**form_fields(page.text), "sector": "WZ 2025: 31.00", "action": "save"}
    assert editor.post("/unternehmen/neu", data=chosen).status_code == 303


def test_13_a_former_code_that_went_over_whole_is_taken_over_by_a_click(
    editor: FlaskClient, app: Flask, world: World
) -> None:
    store(app, world, "62")
    page = editor.get(f"/unternehmen/{world.own}/profil").text
    note = html.unescape(page).partition('id="sector-note"')[2]
    assert "Erbringung von Dienstleistungen der Informationstechnologie (WZ 2008: 62)" in note
    assert send_sector(editor, world, "save", name="Anders").status_code == 303
    assert stored_sector(app, world) == "62", "nothing changes by itself"
    assert send_sector(editor, world, "take-sector").status_code == 303
    assert stored_sector(app, world) == "WZ 2025: 62"


def test_13_a_former_code_that_was_split_asks(editor: FlaskClient, app: Flask, world: World) -> None:
    store(app, world, "45")
    page = editor.get(f"/unternehmen/{world.own}/profil").text
    assert "Die WZ 2025 hat sie aufgeteilt." in page
    assert list(radios(page)) == ["WZ 2025: 46", "WZ 2025: 47", "WZ 2025: 95", "45"]
    assert 'value="take-sector"' not in page
    send_sector(editor, world, "take-sector")
    assert stored_sector(app, world) == "45"
    send_sector(editor, world, "save", sector="WZ 2025: 95")
    assert stored_sector(app, world) == "WZ 2025: 95"
