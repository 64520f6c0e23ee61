"""The editor of imprint, privacy and accessibility notices, and what visitors see of them."""

import errno
import io
import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.cli.logs import JsonLogFormatter
from dnk_tool.config import Settings
from dnk_tool.services.accounts import security_log
from dnk_tool.services.operation import legal_texts
from tests.support.app import database_session, form_fields, make_account, post, sign_in
from tests.support.browsers import signed_in

LIST, IMPRINT = "/betrieb/texte", "/betrieb/texte/imprint/de"
HOSTILE = '<script>alert(1)</script> {{ 7 * 7 }} \u202e<img src=x onerror="alert(1)"> https://a.example/"><b>'


@pytest.fixture
def operator(app: Flask) -> FlaskClient:
    with database_session(app) as session:
        make_account(session, "betrieb@example.org", name="Olga", is_operator=True)
        make_account(session, "anna@example.org", name="Anna")
    return signed_in(app, "betrieb")


@pytest.fixture
def pages(settings: Settings) -> Path:
    return settings.instance / "pages"


def send_legal_text(
    client: FlaskClient, text: str, action: str = "save", *, page: str = IMPRINT, **more: Any
) -> Any:
    """The editor's form as the page has it now, with this text."""
    fields = form_fields(client.get(page).text)
    return client.post(page, data=fields | {"text": text, "action": action} | more)


def own_text(html: str) -> str:
    """The operator's text in a page, with its markup but without what parts it from the page."""
    blocks = re.findall(
        r'(?:<h[23] class="govuk-heading-[ms]">|<p class="govuk-body dnk-text">).*?</(?:h\d|p)>', html, re.S
    )
    return re.sub(r"(</?h)\d", r"\1", "".join(blocks))


def test_the_list_is_red_until_the_texts_are_there(operator: FlaskClient, pages: Path) -> None:
    page = operator.get(LIST).text
    assert "Besucher können noch nicht alles lesen, was Pflicht ist: Impressum, Datenschutz" in page
    assert page.count("dnk-tag--alarm") == 2
    for name in ("imprint", "privacy"):
        assert send_legal_text(operator, "[Name]", page=f"{LIST}/{name}/de").location == f"{LIST}/{name}/de"
    assert "Es stehen noch Platzhalter im Text." in (page := operator.get(LIST).text)
    assert page.count("dnk-tag--alarm") == 2
    for name in ("imprint", "privacy"):
        assert send_legal_text(operator, "Beck GmbH", page=f"{LIST}/{name}/de").location == LIST
    page = operator.get(LIST).text
    assert "ist gespeichert und ab sofort zu sehen" in page
    assert "dnk-tag--alarm" not in page
    assert "Pflicht ist" not in page
    assert sorted(path.name for path in pages.iterdir()) == ["imprint.de.txt", "privacy.de.txt"]


def test_visitors_are_told_plainly_and_without_names_of_files(app: Flask, operator: FlaskClient) -> None:
    visitor, anna = app.test_client(), app.test_client()
    sign_in(anna, "anna@example.org")
    for path, name in (
        ("/impressum", "imprint"),
        ("/datenschutz", "privacy"),
        ("/barrierefreiheit", "accessibility"),
    ):
        for client in (visitor, anna):
            page = client.get(path).text
            assert ".txt" not in page
            assert "Text bearbeiten" not in page
        assert f'href="{LIST}/{name}/de">Text bearbeiten' in operator.get(path).text
    assert "Hier fehlt noch das Impressum." in visitor.get("/impressum").text
    assert "Hier fehlt noch die Datenschutzerklärung." in visitor.get("/datenschutz").text


def test_a_german_text_on_an_english_page_says_so(client: FlaskClient, operator: FlaskClient) -> None:
    send_legal_text(operator, "Kammer Musterland")
    assert "nur auf Deutsch" not in client.get("/impressum").text
    client.get("/sprache/en")
    page = client.get("/impressum").text
    assert "This text is only available in German." in page
    assert re.search(r'<div lang="de">\s*<p class="govuk-body dnk-text">Kammer Musterland', page)
    assert "Chamber" not in page
    send_legal_text(operator, "Chamber of Musterland", page=f"{LIST}/imprint/en")
    assert "only available" not in (page := client.get("/impressum").text)
    assert "Chamber of Musterland" in page


@pytest.mark.parametrize("name", ["imprint", "privacy", "accessibility"])
def test_the_preview_shows_what_visitors_will_see_and_saves_nothing(
    client: FlaskClient, operator: FlaskClient, pages: Path, name: str
) -> None:
    text = f"Beck GmbH\nMarkt 1\n\n## Kontakt\ninfo@beck.example, https://beck.example/\n\n{HOSTILE}"
    answer = send_legal_text(operator, text, "preview", page=f"{LIST}/{name}/de")
    assert not pages.exists()
    assert 'data-keep="unsaved"' in answer.text, "the browser asks before the text is left behind"
    assert "onerror" in form_fields(answer.text)["text"][0]
    preview = answer.text.partition("preview-heading")[2].partition("</section>")[0]
    assert '<a class="govuk-link" href="mailto:info@beck.example">info@beck.example</a>' in preview
    assert '<a class="govuk-link" href="https://beck.example/">https://beck.example/</a>' in preview
    assert send_legal_text(operator, text, page=f"{LIST}/{name}/de").status_code == 303
    address = {"imprint": "/impressum", "privacy": "/datenschutz", "accessibility": "/barrierefreiheit"}[name]
    public = client.get(address).text
    assert own_text(preview)
    assert own_text(preview) in own_text(public)


def test_hostile_text_stays_text(client: FlaskClient, operator: FlaskClient) -> None:
    send_legal_text(operator, HOSTILE)
    for page in (client.get("/impressum").text, operator.get(IMPRINT).text):
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }}" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "\u202e" not in page


def test_nul_is_refused_and_the_text_stays(operator: FlaskClient, pages: Path) -> None:
    answer = send_legal_text(operator, "Beck\0 GmbH")
    assert answer.status_code == 422
    assert "Beck GmbH" in form_fields(answer.text)["text"]
    assert not pages.exists()


def test_a_text_that_is_too_long_stays_in_the_form(operator: FlaskClient, pages: Path) -> None:
    answer = send_legal_text(operator, "ä" * 100_001)
    assert answer.status_code == 422
    assert "Bitte kürzen Sie ihn auf höchstens 100.000 Zeichen." in answer.text
    assert "ä" * 100_001 in answer.text
    assert not pages.exists()
    assert send_legal_text(operator, "ä\r\n" * 30_000).status_code == 303


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("name", ["imprint", "privacy", "accessibility"])
def test_the_skeleton_fills_only_an_empty_field(
    operator: FlaskClient, pages: Path, name: str, language: str
) -> None:
    page = f"{LIST}/{name}/{language}"
    assert "Gerüst einfügen" in operator.get(page).text
    filled = send_legal_text(operator, "", "skeleton", page=page)
    [text] = form_fields(filled.text)["text"]
    assert ("[Name oder" if language == "de" else "[Name or") in text or name == "accessibility"
    assert text.count("\n## ") >= 1
    assert "Noch auszufüllen:" in filled.text, "the page keeps its own language"
    assert "Gerüst einfügen" not in filled.text
    assert legal_texts.state_of(text) is legal_texts.TextState.UNFINISHED
    assert not pages.exists()
    refused = send_legal_text(operator, "Mein Text", "skeleton", page=page)
    assert refused.status_code == 422
    assert form_fields(refused.text)["text"] == ["Mein Text"]


def test_two_operators_lose_nothing(operator: FlaskClient, pages: Path) -> None:
    send_legal_text(operator, "Erste Fassung")
    opened = form_fields(operator.get(IMPRINT).text)
    send_legal_text(operator, "Zweite Fassung")
    answer = operator.post(IMPRINT, data=opened | {"text": "Dritte Fassung", "action": "save"})
    assert answer.status_code == 409
    assert "Fassung auf dem Server" in answer.text
    assert '<p class="govuk-body dnk-text">Zweite Fassung</p>' in answer.text
    assert '<p class="govuk-body dnk-text">Dritte Fassung</p>' in answer.text
    assert (pages / "imprint.de.txt").read_text("utf-8") == "Zweite Fassung\n"
    fields = form_fields(answer.text)
    assert fields["text"] == ["Dritte Fassung"]
    assert operator.post(IMPRINT, data=fields | {"action": "save"}).status_code == 303
    assert (pages / "imprint.de.txt").read_text("utf-8") == "Dritte Fassung\n"


def test_what_an_editor_on_the_server_wrote_is_offered(operator: FlaskClient, pages: Path) -> None:
    pages.mkdir()
    (pages / "imprint.de.txt").write_bytes("\ufeffMüller\r\nMarkt 1\r\n".encode())
    assert form_fields(operator.get(IMPRINT).text)["text"] == ["Müller\nMarkt 1"]
    assert send_legal_text(operator, "Müller\r\nMarkt 2").status_code == 303
    assert (pages / "imprint.de.txt").read_bytes() == "Müller\nMarkt 2\n".encode()
    assert send_legal_text(operator, "").status_code == 303
    assert not (pages / "imprint.de.txt").exists()


def test_a_folder_in_the_way_is_told_and_the_text_stays(
    client: FlaskClient, operator: FlaskClient, settings: Settings
) -> None:
    (settings.instance / "pages").write_text("in the way")
    answer = send_legal_text(operator, "Beck GmbH")
    assert answer.status_code == 503
    assert "Der Server darf seine Datei nicht schreiben." in answer.text
    assert form_fields(answer.text)["text"] == ["Beck GmbH"]
    assert client.get("/impressum").status_code == 200


def test_a_full_disk_is_told_and_the_text_stays(
    operator: FlaskClient, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_legal_text(operator, "Beck GmbH")

    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("dnk_tool.paths.os.fsync", full)
        answer = send_legal_text(operator, "Beck GmbH, Markt 1")
    assert answer.status_code == 503
    assert "Die Festplatte des Servers ist voll." in answer.text
    assert form_fields(answer.text)["text"] == ["Beck GmbH, Markt 1"]
    assert [path.name for path in pages.iterdir()] == ["imprint.de.txt"]
    assert (pages / "imprint.de.txt").read_text("utf-8") == "Beck GmbH\n"


@pytest.mark.parametrize("kind", ["folder", "too long"])
def test_a_file_that_cannot_be_edited_here_says_why(operator: FlaskClient, pages: Path, kind: str) -> None:
    pages.mkdir()
    file = pages / "imprint.de.txt"
    file.mkdir() if kind == "folder" else file.write_text("x" * 100_001)
    page = operator.get(IMPRINT).text
    assert ("kann die Datei nicht lesen" if kind == "folder" else "mehr als 100.000 Zeichen") in page
    assert "<textarea" not in page
    answer = post(operator, IMPRINT, {"text": "Neu", "action": "save"})
    assert answer.status_code == 409
    assert form_fields(answer.text)["text"] == ["Neu"]
    assert operator.get(LIST).text.count("dnk-tag--alarm") == 2


def test_each_change_is_a_security_event_without_the_text(operator: FlaskClient) -> None:
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(JsonLogFormatter())
    level = security_log.log.level
    security_log.log.addHandler(handler)
    security_log.log.setLevel(logging.INFO)
    try:
        send_legal_text(operator, "Kanarie GmbH")
        send_legal_text(operator, "Kanarie GmbH")
        send_legal_text(operator, "Kanarie AG", "preview")
    finally:
        security_log.log.removeHandler(handler)
        security_log.log.setLevel(level)
    [line] = map(json.loads, handler.stream.getvalue().splitlines())
    assert (line["event"], line["text"], line["language"]) == ("legal-text-changed", "imprint", "de")
    assert line["account"]
    assert "Kanarie" not in json.dumps(line)


@pytest.mark.parametrize("path", ["imprint/fr", "secret-key/de", "..%2fsecret-key/de", "imprint.de.txt/de"])
def test_there_are_no_other_texts(operator: FlaskClient, path: str) -> None:
    assert operator.get(f"{LIST}/{path}").status_code == 404
    assert post(operator, f"{LIST}/{path}", {"text": "x"}).status_code == 404
