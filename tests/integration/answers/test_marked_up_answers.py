"""Marked-up answers: where signs mean something, what is stored, and how pages and files say it."""

import json
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.domain.declarations.document import canonical_json
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.declarations.documents import import_document, live_document
from dnk_tool.services.work import Work
from dnk_tool.store.tables.answers import AnswerRevision, AnswerRow
from dnk_tool.store.tables.declarations import Declaration
from tests.support.app import World, database_session, form_fields
from tests.support.browsers import send

PLAIN = "Ein Satz.\n- eins\n- zwei"
MARKED = "Wir **sparen**.\n\nJahr\tkWh\n2024\t12\n2025\t9"
TOO_LARGE = "\n".join("\t".join("abcdefg") for _row in range(3))


@pytest.fixture
def page(world: World) -> str:
    return f"/erklaerungen/{world.own_declaration}/kriterien/1"


def marks(app: Flask) -> dict[str, bool]:
    with database_session(app) as session:
        return {row.ref: row.is_marked_up for row in session.scalars(select(AnswerRow)) if not row.value}


def set_plain(app: Flask, world: World, ref: str, text: str) -> None:
    """Store a text whose signs mean nothing, as earlier versions did."""
    with database_session(app) as session:
        row = session.scalar(select(AnswerRow).where(AnswerRow.ref == ref))
        assert row is not None
        row.text, row.is_marked_up = text, False


def test_only_signs_that_matter_mark_an_answer(app: Flask, editor: FlaskClient, page: str) -> None:
    send(editor, page, **{"ref-1.1-text": PLAIN, "ref-1.2-text": MARKED})
    assert (marks(app)["1.1"], marks(app)["1.2"]) == (False, True)
    send(editor, page, **{"ref-1.2-text": PLAIN})
    assert marks(app)["1.2"] is False, "without signs no file of it needs version 2"


def test_long_texts_of_the_general_information_take_signs_and_lines_do_not(
    app: Flask, editor: FlaskClient, page: str
) -> None:
    general, table = page.replace("kriterien/1", "kriterien/general"), "Jahr\tkWh\n2024\t12\n2025\t9"
    send(
        editor,
        general,
        **{
            "ref-general.business-model-text": f"# Wer wir sind\n- **Dächer**\n- Pumpen\n\n{table}",
            "ref-general.foreword-text": "Liebe Leute,\n\n1. **danke**\n2. bis bald",
            "ref-general.lead-text": "**Weniger** heizen.",
        },
    )
    found = marks(app)
    assert (found["general.business-model"], found["general.foreword"]) == (True, True)
    assert found["general.lead"] is False
    shown = editor.get(general).text
    assert "<strong>Dächer</strong>" in shown
    assert "Listen, Fettdruck, Links und Tabellen im Text" in shown


def test_a_page_that_offered_no_signs_stores_them_as_words(
    app: Flask, editor: FlaskClient, page: str
) -> None:
    fields = form_fields(editor.get(page).text)
    del fields["ref-1.1-markup"]
    editor.post(page, data={**fields, "ref-1.1-text": MARKED})
    assert marks(app)["1.1"] is False


def test_an_earlier_answer_keeps_its_rules_until_somebody_ticks(
    app: Flask, editor: FlaskClient, page: str, world: World
) -> None:
    send(editor, page, **{"ref-1.1-text": PLAIN})
    set_plain(app, world, "1.1", MARKED)
    shown = editor.get(page).text
    assert "Formatierung verwenden" in shown
    assert "<strong>sparen" not in editor.get(f"{page}/vorschau").text
    send(editor, page, **{"ref-1.1-text": f"{MARKED}\nMehr"})
    assert marks(app)["1.1"] is False
    send(editor, page, **{"ref-1.1-markup": ["1", "plain"]})
    assert marks(app)["1.1"] is True
    assert "Formatierung verwenden" not in editor.get(page).text
    assert "<strong>sparen</strong>" in editor.get(f"{page}/vorschau").text


def test_a_table_that_is_too_large_is_refused_with_its_text(
    app: Flask, editor: FlaskClient, page: str
) -> None:
    refused = send(editor, page, **{"ref-1.1-text": TOO_LARGE, "ref-1.2-text": "Satz."})
    assert refused.status_code == 422
    assert "Diese Tabelle ist zu groß: Sie hat 7 Spalten und 2 Zeilen" in refused.text
    assert form_fields(refused.text)["ref-1.1-text"] == [TOO_LARGE]
    answer = send(editor, page, **{"ref-1.1-text": TOO_LARGE, "ref-1.2-text": "Satz.", "autosave": "1"})
    assert answer.get_json()["status"] == "invalid"
    assert "1.1" not in marks(app)
    assert marks(app)["1.2"] is False


def test_saving_by_itself_shows_how_the_text_reads(editor: FlaskClient, page: str) -> None:
    answer = send(editor, page, **{"ref-1.1-text": MARKED, "ref-1.2-text": PLAIN, "autosave": "1"}).get_json()
    reads = answer["fields"]
    assert "<strong>sparen</strong>" in reads["ref-1.1-text-formatted"]
    assert '<th scope="col" class="govuk-table__header">Jahr</th>' in reads["ref-1.1-text-formatted"]
    assert reads["ref-1.2-text-formatted"] == ""
    assert "<strong>sparen</strong>" in editor.get(page).text


def test_files_say_it_in_version_2_and_come_back_the_same(
    app: Flask, editor: FlaskClient, page: str, world: World
) -> None:
    send(editor, page, **{"ref-1.1-text": PLAIN, "ref-1.2-text": MARKED})
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        content = canonical_json(live_document(session, declaration))
        kept = [row.content for row in session.scalars(select(AnswerRevision)) if row.ref in ("1.1", "1.2")]
    data = json.loads(content)
    assert data["version"] == 2
    assert data["answers"]["1.2"]["markup"] is True
    assert data["answers"]["1.2"]["text"] == MARKED
    assert "markup" not in data["answers"]["1.1"]
    assert [("markup" in each) for each in kept] == [False, True]
    with database_session(app) as session:
        again = import_document(Work(session, SHELL, datetime.now(UTC)), read_document(content))
        assert canonical_json(live_document(session, again)) == content
    set_plain(app, world, "1.2", "Ein Satz.")
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        assert json.loads(canonical_json(live_document(session, declaration)))["version"] == 1


def test_the_final_check_shows_and_counts_words_without_signs(
    editor: FlaskClient, page: str, world: World
) -> None:
    send(
        editor, page, **{"ref-1.1-text": "# Ziele\n- **Strom** sparen, siehe [Kodex](https://firma.de/kodex)"}
    )
    shown = editor.get(f"/erklaerungen/{world.own_declaration}/pruefen?nur=kurz").text
    assert "<p>Ziele - Strom sparen, siehe Kodex (firma.de)</p>" in shown
    assert "kurz: 45 von" in shown


def test_a_conflict_keeps_the_signs_of_both(app: Flask, editor: FlaskClient, page: str) -> None:
    before = form_fields(editor.get(page).text)
    send(editor, page, **{"ref-1.1-text": "Ein **anderer** Satz."})
    clash = editor.post(page, data={**before, "ref-1.1-text": MARKED})
    assert clash.status_code == 409
    assert "Ein **anderer** Satz." in clash.text
    both = {name: values[-1] for name, values in form_fields(clash.text).items() if name != "action"}
    assert both["ref-1.1-markup"] == "1"
    assert editor.post(page, data={**both, "action": "stay"}).status_code == 303
    assert marks(app)["1.1"] is True
