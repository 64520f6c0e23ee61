"""Imprint, privacy, accessibility: the operator's words, or what to do about them."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.config import Settings
from dnk_tool.report.process import engine_choice


@pytest.mark.parametrize("path", ["/impressum", "/datenschutz", "/barrierefreiheit", "/hilfe"])
def test_everybody_reads_them_in_both_languages(client: FlaskClient, path: str) -> None:
    german = client.get(path)
    client.get("/sprache/en")
    english = client.get(path)
    assert german.status_code == english.status_code == 200
    assert german.text != english.text


def test_accessibility_claims_nothing_of_prints_that_nobody_has_checked(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "entspricht dem Standard PDF/UA-1" in client.get("/barrierefreiheit").text
    monkeypatch.setattr(engine_choice, "_chosen", "unchecked")
    page = client.get("/barrierefreiheit").text
    assert "PDF/UA" not in page
    assert "sind nicht barrierefrei geprüft" in page


def test_the_operators_words_stand_there_as_text(app: Flask, client: FlaskClient, settings: Settings) -> None:
    assert "Hier fehlt noch das Impressum." in client.get("/impressum").text
    (settings.instance / "pages").mkdir()
    (settings.instance / "pages/imprint.de.txt").write_text(
        "Kammer Musterland\nMarkt 1\n\n<script>alert(1)</script> {{ 7 * 7 }}", encoding="utf-8"
    )
    page = client.get("/impressum").text
    assert "Kammer Musterland\nMarkt 1" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }}" in page
    client.get("/sprache/en")
    german = client.get("/impressum").text.partition('<div lang="de">')[2]
    assert "Kammer" in german, "German words on an English page say so"
