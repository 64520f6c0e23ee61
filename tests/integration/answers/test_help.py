"""What a beginner misses is explained at the field where it is needed, in both languages."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.store.tables.declarations import Declaration
from tests.support.app import World, database_session, form_fields, sign_in

TERMS = [
    ("13?hilfe=13.1", "Scope 3", "Scope 3"),
    ("13/kennzahlen?hilfe=GRI-SRS-305-2", "Standortbasiert", "Location-based"),
    (
        "12/kennzahlen/GRI-SRS-302-1?hilfe=GRI-SRS-302-1",
        "Brennwert (Hs) und Heizwert (Hi)",
        "Gross (Hs) and net calorific value (Hi)",
    ),
    ("12/kennzahlen/GRI-SRS-306-3?hilfe=GRI-SRS-306-3", "Gefährlicher Abfall", "Hazardous waste"),
    (
        "16/kennzahlen/GRI-SRS-405-1?hilfe=GRI-SRS-405-1",
        "Köpfe und Vollzeitäquivalente (VZÄ)",
        "Headcount and full-time equivalents (FTE)",
    ),
    ("2?hilfe=2.2", "Wesentlich", "Material"),
    (
        "general?hilfe=general.reporting-boundary",
        "Geschäftsjahr, das nicht im Januar beginnt",
        "Financial year that does not begin in January",
    ),
]


@pytest.fixture
def pages(client: FlaskClient, world: World) -> Any:
    sign_in(client, "editor@example.org")

    def load(section: str, language: str) -> str:
        path = f"/erklaerungen/{world.own_declaration}/kriterien/{section}"
        fields = form_fields(client.get("/konto").text)
        assert client.post("/konto", data={**fields, "language": language}).status_code == 303
        return client.get(path).text

    return load


@pytest.mark.parametrize(("section", "german", "english"), TERMS)
def test_c4_a_term_is_explained_where_it_is_needed(
    pages: Any, section: str, german: str, english: str
) -> None:
    assert f"<dt><strong>{german}</strong></dt>" in pages(section, "de")
    assert f"<dt><strong>{english}</strong></dt>" in pages(section, "en")


def test_c4_the_scopes_have_a_picture_that_is_read_aloud_and_needs_no_style_of_its_own(pages: Any) -> None:
    page = pages("13?hilfe=13.1", "de")
    picture = page[page.index('<svg class="dnk-picture"') : page.index("</svg>", page.index("dnk-picture"))]
    assert 'role="img" aria-labelledby="ref-13.1-scopes-title ref-13.1-scopes-desc"' in picture
    assert '<title id="ref-13.1-scopes-title">Scope 1, 2 und 3 auf einen Blick</title>' in picture
    assert 'id="ref-13.1-scopes-desc">Drei Kästen' in picture
    assert "currentColor" in picture
    assert "style=" not in picture
    assert "#" not in picture, "a colour of its own would vanish on dark pages and in forced colours"


def test_long_help_comes_when_somebody_opens_it(pages: Any) -> None:
    page = pages("13", "de")
    places = dict(re.findall(r'value="help:([^"]*)"\s+data-fetch="([^"]*)"', page))
    here = re.search(r'action="([^"]*/13)"', page)
    assert here
    for kind in ("hilfe", "begriffe", "fakten"):
        assert places[f"{kind}-13.1"] == f"{here[1]}?hilfe=13.1"
    assert places["hilfe-zeichen"] == f"{here[1]}?hilfe=zeichen"
    assert "dnk-voice" not in page
    opened = pages("13?hilfe=13.1", "de")
    assert re.search(r'<details class="govuk-details" id="hilfe-13.1" open>', opened)
    assert opened.count("dnk-voice") == 1, "of the point alone"
    assert "**Worte**" in pages("13?hilfe=zeichen", "de")
    assert pages("13?hilfe=<b>", "de").count("<b>") == 0


def test_an_example_speaks_of_the_declaration_s_year(pages: Any, world: World, app: Flask) -> None:
    assert "2025 hat unsere Wäscherei" in pages("11?hilfe=11.2", "de")
    assert "The goal now runs until 2027" in pages("12?hilfe=12.3", "en")
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).reporting_year = 2031
    assert "2031 hat unsere Wäscherei" in pages("11?hilfe=11.2", "de")
    assert "22 completed our questionnaire on environment and working conditions in 2031" in (
        pages("4?hilfe=4.2", "en")
    )
    assert "{year" not in pages("4?hilfe=4.2", "de") + pages("4?hilfe=4.4", "en")


def test_help_that_comes_without_a_script_loses_no_word(
    pages: Any, client: FlaskClient, world: World
) -> None:
    path = f"/erklaerungen/{world.own_declaration}/kriterien/13"
    fields = form_fields(pages("13", "de"))
    typed = {"ref-13.1-text": "Eben erst getippt.", "action": "help:hilfe-13.1"}
    answer = client.post(path, data={**fields, **typed})
    assert answer.location == f"{path}?hilfe=13.1#hilfe-13.1"
    shown = client.get(answer.location).text
    assert "Eben erst getippt." in shown
    assert '<details class="govuk-details" id="hilfe-13.1" open>' in shown
