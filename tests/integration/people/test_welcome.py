"""The start page of visitors: what it is, the sample, how to get access in the operator's words."""

import gzip

from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.app import create_app
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.exports.sample import sample_document
from dnk_tool.services.operation.legal_texts import LegalText, save_text
from dnk_tool.web.people.start import sample_pages
from tests.support.app import World, count_statements
from tests.support.browsers import words_of


def test_a_visitor_learns_what_it_is_and_what_it_takes(visitor: FlaskClient) -> None:
    page = visitor.get("/").text
    said = words_of(page)
    assert "(93 Fragen, 86 Kennzahlen)" in said
    assert "in etwa 8 bis 9 Stunden" in said, "the times are those of the longer way"
    for heading in ("Drei Schritte", "Für Betriebe", "Für Cluster, Kammern und Verbände"):
        assert heading in said
    assert 'href="/anmelden"' in page
    assert 'href="/beispiel.pdf"' in page
    assert len(gzip.compress(page.encode())) <= 10_000


def test_what_is_drawn_is_what_the_sample_says(visitor: FlaskClient) -> None:
    drawn = sample_pages("de")
    assert drawn.company == "Tischlerei Sommer GmbH (Beispiel)"
    assert len(drawn.figures) == 3
    document = sample_document("de")
    for figure in drawn.figures:
        assert [each.year for each in figure.years] == [2023, 2024, document.reporting_year]
        assert max(each.share for each in figure.years) == 1
    assert drawn.reported + drawn.explained == 93
    assert drawn.summary in visitor.get("/").text
    assert "(example)" in sample_pages("en").company


def test_the_page_asks_the_database_little(app: Flask, visitor: FlaskClient) -> None:
    with count_statements(app) as statements:
        visitor.get("/")
    assert len(statements) <= 15


def test_how_to_get_access_is_the_operators_to_say(app: Flask, visitor: FlaskClient) -> None:
    assert "Zugänge vergibt, wer diese Seite betreibt" in words_of(visitor.get("/").text)
    text = "Schreiben Sie an zugang@mittelstand.example, und nennen Sie Ihren Betrieb."
    instance = app.extensions["dnk_settings"].instance
    save_text(instance, LegalText.ACCESS, "de", text, version="", actor=Actor(1, is_operator=True))
    page = visitor.get("/").text
    assert "nennen Sie Ihren Betrieb." in page
    assert 'href="mailto:zugang@mittelstand.example"' in page
    assert "wer diese Seite betreibt" not in page
    assert "Konto anlegen" not in page
    settings = app.extensions["dnk_settings"].model_copy(update={"self_registration": True})
    registering = create_app(settings)
    page = registering.test_client().get("/").text
    registering.extensions["dnk_engine"].dispose()
    assert "nennen Sie Ihren Betrieb." in page
    assert "Konto anlegen" in page, "the operator's words do not hide the way in"


def test_the_sample_is_made_once_and_kept(visitor: FlaskClient, world: World) -> None:
    made = visitor.get("/beispiel.pdf")
    assert (made.status_code, made.mimetype) == (200, "application/pdf")
    assert "Tischlerei-Sommer-GmbH-Beispiel" in made.headers["Content-Disposition"]
    assert visitor.get("/beispiel.pdf").data == made.data
