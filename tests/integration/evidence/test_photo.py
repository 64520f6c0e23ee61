"""A photo of a bill becomes evidence in two taps: upright and without where it was taken."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from dnk_tool.services.uploads import inspection
from dnk_tool.services.uploads.decoding import sanitised
from dnk_tool.store.tables.evidence import EvidenceFile, EvidenceUse
from dnk_tool.store.tables.figures import LineRow
from tests.support.app import World, database_session, form_fields, post
from tests.support.browsers import signed_in
from tests.support.files import evidence_files

GAS, DIESEL = "energy-natural-gas-f-quantity", "energy-diesel-f-quantity"


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decode in this process: the child has tests of its own."""
    monkeypatch.setattr(inspection, "_run", sanitised)


@pytest.fixture
def bills(editor: FlaskClient, world: World) -> str:
    """The page of bills, with a bill for gas."""
    address = f"/erklaerungen/{world.own_declaration}/rechnungen/"
    fields = {**form_fields(editor.get(address).text), GAS: "38.500"}
    assert editor.post(address, data=fields, content_type="multipart/form-data").status_code == 303
    return address


def send_photo(client: FlaskClient, address: str, line: int, content: bytes, **typed: str) -> TestResponse:
    """The form of all bills as the page has it, with a photo of the line and what else was typed."""
    fields = {**form_fields(client.get(address).text), **typed, "action": f"photo:{line}"}
    sent = {**fields, f"photo-{line}-file": (io.BytesIO(content), "image.jpg")}
    return client.post(address, data=sent, content_type="multipart/form-data")


def line_of(app: Flask) -> int:
    with database_session(app) as session:
        return session.scalars(select(LineRow.id)).one()


def test_two_taps_keep_the_photo_and_lead_back_to_the_bill(
    app: Flask, editor: FlaskClient, world: World, bills: str
) -> None:
    line = line_of(app)
    page = editor.get(bills).text
    assert re.search(rf'<input [^>]*id="photo-{line}-file"[^>]*capture="environment"', page)
    assert re.search(rf'<button [^>]*name="action" value="photo:{line}"', page)
    answer = send_photo(editor, bills, line, evidence_files.photo(), **{DIESEL: "1.200"})
    assert (answer.status_code, answer.location) == (303, f"{bills}#photo-of-{line}")
    after = editor.get(bills).text
    assert "1 Beleg ist gespeichert." in after
    assert "Belege (1)" in after
    assert "1.200 l" in after, "what was typed at another bill is saved with it"
    with database_session(app) as session:
        file = session.scalars(select(EvidenceFile)).one()
        assert (file.title, file.kind) == ("Erdgas (Foto)", "jpg")
        assert session.scalars(select(EvidenceUse.line_id)).all() == [line]
        number = file.id
    served = editor.get(f"/erklaerungen/{world.own_declaration}/belege/{number}/datei")
    with Image.open(io.BytesIO(served.data)) as image:
        assert image.size == (30, 40), "the photo lay on its side"
        assert not image.getexif()


def test_a_number_that_cannot_be_read_keeps_no_photo_back(
    app: Flask, editor: FlaskClient, bills: str
) -> None:
    answer = send_photo(editor, bills, line_of(app), evidence_files.photo(), **{DIESEL: "etwa tausend"})
    assert answer.status_code == 200
    assert "Belege (1)" in answer.text
    assert 'value="etwa tausend"' in answer.text


def test_a_photo_that_cannot_be_read_says_what_helps(app: Flask, editor: FlaskClient, bills: str) -> None:
    line = line_of(app)
    for content, words in (
        (
            b"\0\0\0\x24ftypheic" + bytes(40),
            "Einstellungen, Kamera, Formate, „Maximale Kompatibilität“",
        ),
        (evidence_files.photo()[:100], "beschädigt oder unvollständig"),
    ):
        answer = send_photo(editor, bills, line, content, **{DIESEL: "etwa tausend"})
        assert answer.status_code == 422
        assert words in answer.text
        assert f'href="#photo-{line}-file"' in answer.text
        assert 'value="etwa tausend"' in answer.text, "what came along stays"
    with database_session(app) as session:
        assert session.scalars(select(EvidenceFile)).all() == []


def test_the_page_of_evidence_takes_a_photo_of_the_whole_year(
    app: Flask, editor: FlaskClient, world: World
) -> None:
    address = f"/erklaerungen/{world.own_declaration}/belege/"
    page = editor.get(address).text
    assert 'capture="environment"' in page
    sent = {"target": "erklaerung", "files": (io.BytesIO(evidence_files.photo()), "image.jpg")}
    assert f'name="target" value="{sent["target"]}"' in page
    assert post(editor, f"{address}neu", sent).status_code == 303
    with database_session(app) as session:
        assert session.scalars(select(EvidenceFile)).one()


def test_who_may_not_write_sees_no_camera(app: Flask, world: World, bills: str) -> None:
    client = signed_in(app, "viewer")
    for address in (bills, f"/erklaerungen/{world.own_declaration}/belege/"):
        assert "capture=" not in client.get(address).text
