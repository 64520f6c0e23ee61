"""The waste code of a line: found by words, right for its year and for the kind of line."""

import html
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from dnk_tool.services.declarations.annex import annex_of
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import LineRow
from dnk_tool.web.http.interrupted_forms import NEVER_CARRIED
from tests.support.app import World, database_session, form_fields


def send_waste(
    client: FlaskClient, world: World, code: str, *, kind: str = "recycling-paper", **changes: Any
) -> TestResponse:
    path = f"/erklaerungen/{world.own_declaration}/rechner/waste/zeilen/neu?art={kind}"
    fields = {**form_fields(client.get(path).text), "f-quantity": "120", "waste_code": code, **changes}
    return client.post(path, data=fields)


def in_year(app: Flask, world: World, year: int) -> None:
    with database_session(app) as session:
        session.execute(
            update(Declaration).where(Declaration.id == world.own_declaration).values(reporting_year=year)
        )


def stored_codes(app: Flask, world: World) -> list[str]:
    with database_session(app) as session:
        rows = session.scalars(select(LineRow).where(LineRow.organisation_id == world.own))
        return [row.content.get("code", "") for row in rows]


def choices(page: str) -> list[str]:
    return re.findall(r'name="waste_code_choice" type="radio" value="([^"]*)"', page)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("recycling-paper", "150101", "15 01 01"),
        ("recycling-paper", "15 01 01", "15 01 01"),
        ("recycling-paper", "", ""),
        ("hazardous-disposal", "150110", "15 01 10*"),
        ("hazardous-disposal", "15 01 10 *", "15 01 10*"),
    ],
)
def test_13_a_code_is_kept_as_the_list_writes_it(
    editor: FlaskClient, app: Flask, world: World, kind: str, typed: str, kept: str
) -> None:
    assert send_waste(editor, world, typed, kind=kind).status_code == 303
    assert [code or "" for code in stored_codes(app, world)] == [kept]


@pytest.mark.parametrize(
    ("year", "kind", "code", "said"),
    [
        (2026, "recycling-paper", "99 99 99", "gibt es im Abfallverzeichnis nicht"),
        (2026, "disposal", "15 01 10", "15 01 10* ist gefährlicher Abfall."),
        (2026, "disposal", "15 01 10*", "15 01 10* ist gefährlicher Abfall."),
        (2026, "hazardous-disposal", "15 01 01", "15 01 01 ist kein gefährlicher Abfall."),
        (2025, "hazardous-disposal", "16 06 07", "gibt es erst ab 9. Dezember 2026"),
        (2027, "disposal", "16 06 05", "gab es nur bis 8. Dezember 2026. Seitdem gelten: 16 06 07"),
        (2027, "disposal", "16 06 04", "16 06 04* ist gefährlicher Abfall."),
        (2025, "hazardous-disposal", "16 06 04", "16 06 04 ist kein gefährlicher Abfall."),
    ],
)
def test_13_a_wrong_code_is_refused_in_words(
    editor: FlaskClient, app: Flask, world: World, year: int, kind: str, code: str, said: str
) -> None:
    in_year(app, world, year)
    answer = send_waste(editor, world, code, kind=kind)
    assert (answer.status_code, stored_codes(app, world)) == (422, [])
    assert said in html.unescape(answer.text)
    assert 'value="120"' in answer.text, "what was typed stays"


@pytest.mark.parametrize("kind", ["disposal", "hazardous-disposal"])
@pytest.mark.parametrize("code", ["16 06 04"])
def test_13_a_report_for_2026_accepts_both_lists(
    editor: FlaskClient, app: Flask, world: World, kind: str, code: str
) -> None:
    in_year(app, world, 2026)
    assert send_waste(editor, world, code, kind=kind).status_code == 303
    for year_code, of_kind in (("16 06 05", "disposal"), ("16 06 07", "hazardous-disposal")):
        assert send_waste(editor, world, year_code, kind=of_kind).status_code == 303


def test_13_a_code_is_found_by_words_and_taken(editor: FlaskClient, app: Flask, world: World) -> None:
    found = send_waste(editor, world, "Altpapier", action="find-code")
    assert (found.status_code, stored_codes(app, world)) == (200, [])
    assert {"15 01 01", "20 01 01", ""} <= set(choices(found.text))
    assert 'value="120"' in found.text
    asked = send_waste(editor, world, "Altpapier")
    assert (asked.status_code, choices(asked.text)[-1]) == (422, "")
    assert "Wählen Sie unten den passenden Schlüssel" in asked.text
    assert send_waste(editor, world, "Altpapier", waste_code_choice="20 01 01").status_code == 303
    assert stored_codes(app, world) == ["20 01 01"]


def test_13_codes_of_the_lines_kind_come_first_and_the_others_say_so(
    editor: FlaskClient, world: World
) -> None:
    page = send_waste(editor, world, "Elektroschrott", action="find-code", kind="recycling-electrical").text
    codes = choices(page)
    assert codes.index("20 01 36") < codes.index("20 01 35")
    assert "gefährlich, passt nicht zu dieser Zeile" in page


def test_13_words_without_a_code_say_so(editor: FlaskClient, world: World) -> None:
    page = send_waste(editor, world, "Xyzqw", action="find-code").text
    assert "Dazu haben wir keinen Schlüssel gefunden." in page
    assert choices(page) == []


def test_a_line_has_no_field_that_is_lost_with_an_expired_sign_in(editor: FlaskClient, world: World) -> None:
    path = f"/erklaerungen/{world.own_declaration}/rechner/waste/zeilen/neu?art=recycling-paper"
    typed = set(form_fields(editor.get(path).text)) - {"csrf_token"}
    assert "waste_code" in typed
    assert not typed & NEVER_CARRIED


def test_the_annex_names_the_waste_behind_a_code(editor: FlaskClient, app: Flask, world: World) -> None:
    send_waste(editor, world, "15 01 01", label="Presse")
    with database_session(app) as session:
        (line,) = annex_of(session, session.get_one(Declaration, world.own_declaration)).calculations
    assert line.label == "Presse (15 01 01 Verpackungen aus Papier und Pappe)"
