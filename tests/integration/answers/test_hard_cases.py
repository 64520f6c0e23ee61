"""What real people and old data do to the wizard: longest numbers, full lists, values that no longer fit."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from dnk_tool.domain.answers.self_assessment import MAX_MEASURES
from dnk_tool.domain.answers.values import MAX_ROWS
from dnk_tool.domain.organisation import MAX_SITES
from dnk_tool.store.tables.answers import AnswerRevision, AnswerRow
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.organisations import Organisation
from tests.support.app import World, database_session, form_fields
from tests.support.browsers import send, signed_in

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_the_longest_number_can_be_shown_again(editor: FlaskClient, world: World) -> None:
    path = f"/erklaerungen/{world.own_declaration}/kriterien/13/kennzahlen"
    longest = "12345678901234567890,1234567890"
    assert send(editor, path, **{"ref-GRI-SRS-305-1.a-value": longest}).status_code == 303
    shown = form_fields(editor.get(path).text)["ref-GRI-SRS-305-1.a-value"]
    assert shown == ["12.345.678.901.234.567.890,1234567890"]
    history = f"/erklaerungen/{world.own_declaration}/verlauf/GRI-SRS-305-1"
    assert shown[0] in editor.get(history).text


def test_a_value_and_not_available_exclude_each_other(editor: FlaskClient, app: Flask, world: World) -> None:
    path = f"/erklaerungen/{world.own_declaration}/kriterien/13/kennzahlen"
    both = {"ref-GRI-SRS-305-1.a-value": "5", "ref-GRI-SRS-305-1.a-quality": "not-available"}
    answer = send(editor, path, **both)
    assert answer.status_code == 422
    assert form_fields(answer.text)["ref-GRI-SRS-305-1.a-value"] == ["5"]
    with database_session(app) as session:
        assert session.scalars(select(FigureRow)).all() == []


def test_a_note_on_a_figure_survives_other_changes(editor: FlaskClient, app: Flask, world: World) -> None:
    path = f"/erklaerungen/{world.own_declaration}/kriterien/13/kennzahlen"
    send(editor, path, **{"ref-GRI-SRS-305-1.a-value": "5", "ref-GRI-SRS-305-1.a-note": "ohne Lager"})
    send(editor, path, **{"ref-GRI-SRS-305-1.e-text": "Etwas anderes"})
    with database_session(app) as session:
        assert session.scalars(select(FigureRow.note)).one() == "ohne Lager"


@pytest.mark.parametrize(
    ("path", "prefix", "most", "cell"),
    [
        ("/erklaerungen/{declaration}/kriterien/13", "ref-13.2.goals-rows", MAX_ROWS, "goal"),
        ("/unternehmen/{organisation}/profil", "sites", MAX_SITES, "name"),
        ("/erklaerungen/{declaration}/selbsteinschaetzung/3", "measures", MAX_MEASURES, "text"),
    ],
)
def test_full_lists_are_kept_and_overfull_ones_refused_with_a_message(
    editor: FlaskClient, world: World, path: str, prefix: str, most: int, cell: str
) -> None:
    path = path.format(declaration=world.own_declaration, organisation=world.own)
    full = {f"{prefix}-{index}-{cell}": f"Nummer {index}" for index in range(most)}
    assert send(editor, path, **full).status_code == 303
    again = form_fields(editor.get(path).text)
    assert again[f"{prefix}-{most - 1}-{cell}"] == [f"Nummer {most - 1}"]
    assert f"{prefix}-{most}-{cell}" not in again, "no empty row beyond what can be saved"
    over = send(editor, path, **{**full, f"{prefix}-{most}-{cell}": "Eine zu viel"})
    assert over.status_code == 422
    assert "zu viele Zeilen" in over.text
    assert form_fields(over.text)[f"{prefix}-{most}-{cell}"] == ["Eine zu viel"]


def test_a_stored_value_that_no_longer_fits_breaks_no_page(
    editor: FlaskClient, app: Flask, world: World
) -> None:
    with database_session(app) as session:
        row = {"declaration_id": world.own_declaration, "ref": "GRI-SRS-305-1.b"}
        session.add(AnswerRow(**row, value=["helium"], changed_at=NOW))
        session.add(AnswerRevision(**row, version=1, content={"value": ["helium"]}, saved_at=NOW))
        figure = {"organisation_id": world.own, "year": 2025, "changed_at": NOW}
        session.add(FigureRow(**figure, datapoint="ghg.scope1.gross", value=1, unit="barrel", note="一 ✔"))
    base = f"/erklaerungen/{world.own_declaration}"
    for path in (
        "/",
        f"{base}/",
        f"{base}/kriterien/13/kennzahlen",
        f"{base}/pruefen",
        f"{base}/verlauf/GRI-SRS-305-1",
    ):
        assert editor.get(path).status_code == 200, path
    # What the print has no sign for is told with its place.
    check = editor.get(f"{base}/pruefen").text
    place = r"<a [^>]*kriterien/13/kennzahlen#[^>]*>[^<]*305-1[^<]*</a>"
    assert re.search(rf"{place} – für „一“ steht „\[chinesische Schrift\]“", check)
    assert "✔" not in check
    history = editor.get(f"{base}/verlauf/GRI-SRS-305-1").text
    assert "diese Auswahl gibt es nicht mehr" in history
    token = form_fields(editor.get("/konto").text)["csrf_token"]
    with database_session(app) as session:
        unfit = session.scalars(select(AnswerRevision.id)).one()
    refused = editor.post(f"{base}/verlauf/GRI-SRS-305-1/answer/{unfit}", data={"csrf_token": token})
    assert refused.status_code == 404
    assert editor.get(f"{base}/entwurf.pdf").status_code == 200


def test_free_words_for_legal_form_and_sector_stay(editor: FlaskClient, app: Flask, world: World) -> None:
    with database_session(app) as session:
        session.execute(update(Organisation).values(legal_form="GmbH & Still", sector="25.11"))
    send(editor, f"/unternehmen/{world.own}/profil", name="Anders")
    with database_session(app) as session:
        kept = session.get_one(Organisation, world.own)
        assert (kept.name, kept.legal_form, kept.sector) == ("Anders", "GmbH & Still", "25.11")


def test_two_people_in_the_settings(editor: FlaskClient, app: Flask, world: World) -> None:
    path = f"/erklaerungen/{world.own_declaration}/einstellungen"
    old = form_fields(editor.get(path).text)
    colleague = signed_in(app, "owner")
    send(colleague, path, options=["csr-rug"])
    late = editor.post(path, data={**old, "language": "en"})
    assert late.status_code == 409
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        assert (declaration.options, declaration.language) == (["csr-rug"], "de")
    again = editor.post(path, data={**form_fields(late.text), "options": ["csr-rug"]})
    assert again.status_code == 303


def test_emptied_ready_made_words_stay_empty(editor: FlaskClient, app: Flask, world: World) -> None:
    path = f"/erklaerungen/{world.own_declaration}/kriterien/1"
    send(editor, path, **{"ref-1.3-disclosure": "explain", "ref-1.3-reason": "not-collected"})
    send(editor, path, **{"ref-1.3-explanation": ""})
    with database_session(app) as session:
        assert session.scalars(select(AnswerRow.explanation).where(AnswerRow.ref == "1.3")).one() == ""
