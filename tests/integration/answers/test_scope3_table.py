"""The table of Scope 3's categories is proposed from lines by a button, edited, and handed out everywhere."""

import html
import io
import json
import re
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.domain.declarations.document import canonical_json
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.figures.scope3 import CATEGORIES
from dnk_tool.report.formats import FORMATS
from dnk_tool.report.view.branding import DEFAULT_BRANDING
from dnk_tool.report.view.edition import FULL_EXPORT
from dnk_tool.services.exports.rendering import draft_document
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.declarations import Declaration
from tests.integration.conftest import NOW
from tests.support.app import World, database_session, sign_in
from tests.support.browsers import send, words_of

REF = "GRI-SRS-305-3.categories"
ROWS = f"ref-{REF}-rows"


@pytest.fixture
def editor(app: Flask, client: FlaskClient, world: World) -> FlaskClient:
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = State.DRAFT
    sign_in(client, "editor@example.org")
    return client


def kept_rows(app: Flask) -> list[dict[str, str]]:
    with database_session(app) as session:
        row = session.scalar(select(AnswerRow).where(AnswerRow.ref == REF))
        return list(row.value) if row and row.value else []


def test_scope3_states_are_proposed_and_edited(editor: FlaskClient, app: Flask, world: World) -> None:
    here = f"/erklaerungen/{world.own_declaration}"
    line = f"{here}/rechner/freight/zeilen/neu?art=lorry"
    sent = {"f-quantity": "10", "f-quantity-unit": "t", "f-distance": "300", "basis": "estimate"}
    answer = send(editor, line, **sent)
    assert answer.status_code == 303, answer.text
    page = f"{here}/kriterien/13/kennzahlen/GRI-SRS-305-3"
    kept = {f"{ROWS}-0-category": "3-15", f"{ROWS}-0-state": "not-relevant", f"{ROWS}-0-reason": "Keine."}
    answer = send(editor, page, **kept, action="propose-scope3")
    assert answer.location == f"{page}#{ROWS}"
    rows = kept_rows(app)
    assert len(rows) == 15
    assert rows[0] == {"category": "3-15", "state": "not-relevant", "reason": "Keine."}
    states = {row["category"]: row["state"] for row in rows}
    assert states["3-4"] == "estimated"
    assert states["3-8"] == "missing"
    # A second press changes nothing that stands there.
    send(editor, page, action="propose-scope3")
    assert kept_rows(app) == rows
    number = next(place for place, row in enumerate(rows) if row["category"] == "3-8")
    send(
        editor,
        page,
        **{f"{ROWS}-{number}-state": "not-relevant", f"{ROWS}-{number}-reason": "Alles ist eigen."},
    )
    assert kept_rows(app)[number] == {
        "category": "3-8",
        "state": "not-relevant",
        "reason": "Alles ist eigen.",
    }


def test_a_sentence_says_which_categories_are_missing_until_none_is(
    editor: FlaskClient, world: World
) -> None:
    here = f"/erklaerungen/{world.own_declaration}"
    line = {"f-quantity": "10", "f-quantity-unit": "t", "f-distance": "300", "basis": "estimate"}
    send(editor, f"{here}/rechner/freight/zeilen/neu?art=lorry", **line)
    begun = re.compile(r"haben wir [\d,]+ t CO₂e erfasst \(Scope 3\): eingekaufte Transporte(.*?)\.")
    part = begun.search(words_of(editor.get(f"{here}/kriterien/13").text))
    assert part
    assert part[1] == "; die übrigen Kategorien fehlen noch"
    table = f"{here}/kriterien/13/kennzahlen/GRI-SRS-305-3"
    others = [category for category in CATEGORIES if category != "3-4"]
    send(editor, table, action="propose-scope3")
    rows = {f"{ROWS}-{place}-state": "not-relevant" for place in map(CATEGORIES.index, others)}
    send(editor, table, **rows)
    whole = begun.search(words_of(editor.get(f"{here}/kriterien/13").text))
    assert whole
    assert whole[1] == "", "the table says that the others are not relevant"


def test_scope3_table_stands_in_the_files(editor: FlaskClient, app: Flask, world: World) -> None:
    here = f"/erklaerungen/{world.own_declaration}"
    row = {
        f"{ROWS}-0-category": "3-14",
        f"{ROWS}-0-state": "not-relevant",
        f"{ROWS}-0-reason": "Kein Franchise.",
    }
    assert send(editor, f"{here}/kriterien/13/kennzahlen/GRI-SRS-305-3", **row).status_code == 303
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        document, issue = draft_document(session, declaration, now=NOW)
        files = {
            kind: FORMATS[kind].write(document, issue, FULL_EXPORT, DEFAULT_BRANDING)
            for kind in ("docx", "xlsx", "csv", "html")
        }
        draft = canonical_json(document)
    for kind, content in files.items():
        texts = [content.decode("utf-8", "replace")]
        if kind in ("docx", "xlsx"):
            parts = ZipFile(io.BytesIO(content))
            texts = [parts.read(name).decode("utf-8", "replace") for name in parts.namelist()]
        assert any("Kein Franchise." in html.unescape(text).replace("\u00a0", " ") for text in texts), kind
    answers = json.loads(draft)["answers"]
    assert answers[REF]["value"] == [
        {"category": "3-14", "state": "not-relevant", "reason": "Kein Franchise."}
    ]
