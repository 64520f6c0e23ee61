"""Last year's declaration handed in as its own PDF: looked at, taken in, and offered for the year after."""

import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from dnk_tool.domain.answers.answer import Figure, Origin, Quality
from dnk_tool.domain.declarations.document import canonical_json
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.declarations import declaration_import
from dnk_tool.services.declarations.documents import live_document
from dnk_tool.services.uploads.declarations import DeclarationFileFault
from dnk_tool.services.work import Work
from dnk_tool.store.figures import queries as figures
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.declarations.import_file import fault_text
from tests.integration.conftest import NOW
from tests.integration.exports.test_attached_data import CRAFT, carrier, changed_pdf, with_annex
from tests.support.app import World, database_session, form_fields, number_of_rows, token_of

KEY = (2024, "energy.electricity.consumption")


def earlier() -> Any:
    """A declaration for the year before the company's own."""
    document = with_annex()
    kept = {(year - 1, key): figure for (year, key), figure in document.figures.items()}
    return replace(document, reporting_year=document.reporting_year - 1, figures=kept)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return carrier(earlier())


def hand_in(client: FlaskClient, world: World, content: bytes, name: str = "x.pdf") -> TestResponse:
    path = f"/unternehmen/{world.own}/erklaerungen/aus-datei"
    fields = {"csrf_token": token_of(client), "file": (io.BytesIO(content), name)}
    return client.post(path, data=fields, content_type="multipart/form-data")


def take_declaration(client: FlaskClient, world: World, page: str) -> TestResponse:
    path = f"/unternehmen/{world.own}/erklaerungen/aus-datei/uebernehmen"
    return client.post(path, data=dict(form_fields(page)))


def test_the_way_leads_from_the_company_to_the_year_after(
    app: Flask, editor: FlaskClient, world: World, pdf: bytes
) -> None:
    before, path = number_of_rows(app, Declaration), f"/unternehmen/{world.own}/erklaerungen/aus-datei"
    assert path in editor.get(f"/unternehmen/{world.own}").text
    assert path in editor.get(f"/unternehmen/{world.own}/erklaerungen/neu").text
    page = hand_in(editor, world, pdf)
    assert page.status_code == 200
    assert "Noch ist nichts gespeichert" in page.text
    assert "heißt das Unternehmen „" in page.text, "the file is another company's"
    assert number_of_rows(app, Declaration) == before
    done = take_declaration(editor, world, page.text)
    assert done.status_code == 303
    assert "Die Erklärung für 2024 ist übernommen." in editor.get(done.headers["Location"]).text
    with database_session(app) as session:
        taken = session.scalars(select(Declaration).order_by(Declaration.id.desc())).first()
        assert taken is not None
        assert (taken.organisation_id, taken.reporting_year) == (world.own, 2024)
        said = replace(live_document(session, taken), organisation=earlier().organisation)
        assert canonical_json(said) == canonical_json(replace(earlier(), annex=said.annex))
        kinds = session.scalars(select(Event.kind).where(Event.declaration_id == taken.id)).all()
        assert "imported" in [kind.value for kind in kinds]
    offered = editor.get(f"/erklaerungen/{world.own_declaration}/kriterien/1").text
    assert "2024 stand hier:" in offered
    again = hand_in(editor, world, pdf)
    assert "gibt es hier schon eine Erklärung" in again.text
    assert "heißt das Unternehmen „" not in again.text, "nothing is taken, whatever the name"
    assert take_declaration(editor, world, page.text).location == done.location, (
        "a second click takes nothing twice"
    )
    assert number_of_rows(app, Declaration) == before + 1


def test_what_the_company_says_already_stays(
    app: Flask, editor: FlaskClient, world: World, pdf: bytes
) -> None:
    own = Figure(Decimal("77.5"), "kWh", Quality.MEASURED, responsible="Anna", origin=Origin.ENTERED)
    with database_session(app) as session:
        figures.add_if_missing(session, world.own, *KEY, own, by=None, now=NOW)
    page = hand_in(editor, world, pdf)
    assert "Ihre Werte bleiben" in page.text
    assert "77,5 kWh" in page.text.replace("\u00a0", " ")
    assert take_declaration(editor, world, page.text).status_code == 303
    with database_session(app) as session:
        assert figures.of_organisation(session, world.own)[KEY] == own


def test_the_data_alone_are_taken_too(app: Flask, editor: FlaskClient, world: World) -> None:
    page = hand_in(editor, world, canonical_json(earlier()), "erklaerung.json")
    assert take_declaration(editor, world, page.text).status_code == 303


def test_a_wrong_file_is_told_in_words_and_keeps_nothing(
    app: Flask, editor: FlaskClient, world: World, pdf: bytes
) -> None:
    before = number_of_rows(app, Declaration)

    def bare(document: pikepdf.Pdf) -> None:
        del document.Root.Names.EmbeddedFiles

    newer = json.dumps(json.loads(CRAFT.read_bytes()) | {"version": 3}).encode()
    wrong = json.dumps(json.loads(CRAFT.read_bytes()) | {"answers": {"99.9": {"text": "x"}}}).encode()
    for content, words in (
        (b"", "in der etwas steht"),
        (b"PK\x03\x04", "weder ein PDF noch"),
        (b"%PDF-1.7", "beschädigt oder unvollständig"),
        (changed_pdf(pdf, bare), "stecken keine Daten"),
        (newer, "aus einer neueren Version"),
        (wrong, "answers.99.9"),
    ):
        page = hand_in(editor, world, content)
        assert page.status_code == 422
        assert words in page.text
    assert number_of_rows(app, Declaration) == before


def test_every_fault_has_words(app: Flask) -> None:
    with app.test_request_context("/"):
        assert all(len(fault_text(fault)) > 30 for fault in DeclarationFileFault)


def test_only_what_was_looked_at_is_taken(app: Flask, editor: FlaskClient, world: World, pdf: bytes) -> None:
    fields = dict(form_fields(hand_in(editor, world, pdf).text))
    packed = fields["declaration"][0]
    before = number_of_rows(app, Declaration)
    path = f"/unternehmen/{world.own}/erklaerungen/aus-datei/uebernehmen"
    for forged in ("", packed[:-3], packed[::-1]):
        assert editor.post(path, data=fields | {"declaration": forged}).status_code == 422
    assert number_of_rows(app, Declaration) == before


def test_a_year_too_far_ahead_is_refused_kindly(app: Flask, editor: FlaskClient, world: World) -> None:
    far = replace(read_document(CRAFT.read_bytes()), reporting_year=2049, figures={})
    page = hand_in(editor, world, canonical_json(far), "x.json")
    assert "So weit voraus kann noch niemand berichten" in page.text
    assert "uebernehmen" not in page.text


def test_looking_writes_nothing(app: Flask, world: World) -> None:
    with database_session(app) as session:
        organisation = session.get_one(Organisation, world.own)
        rows = session.scalar(select(func.count()).select_from(FigureRow))
        looked = declaration_import.preview_declaration_import(
            Work(session, SHELL, NOW), organisation, earlier()
        )
        assert looked.is_possible
        assert session.scalar(select(func.count()).select_from(FigureRow)) == rows
        assert not session.new
        assert not session.dirty
