"""What a beginner misses is explained at the field where it is needed, in both languages."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.app import World, form_fields, sign_in

TERMS = [
    ("13", "Scope 3", "Scope 3"),
    ("13/kennzahlen/GRI-SRS-305-2", "Standortbasiert", "Location-based"),
    (
        "12/kennzahlen/GRI-SRS-302-1",
        "Brennwert (Hs) und Heizwert (Hi)",
        "Gross (Hs) and net calorific value (Hi)",
    ),
    ("12/kennzahlen/GRI-SRS-306-3", "Gefährlicher Abfall", "Hazardous waste"),
    (
        "16/kennzahlen/GRI-SRS-405-1",
        "Köpfe und Vollzeitäquivalente (VZÄ)",
        "Headcount and full-time equivalents (FTE)",
    ),
    ("2", "Wesentlich", "Material"),
    (
        "general",
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
    page = pages("13", "de")
    picture = page[page.index('<svg class="dnk-picture"') : page.index("</svg>", page.index("dnk-picture"))]
    assert 'role="img" aria-labelledby="ref-13.1-scopes-title ref-13.1-scopes-desc"' in picture
    assert '<title id="ref-13.1-scopes-title">Scope 1, 2 und 3 auf einen Blick</title>' in picture
    assert 'id="ref-13.1-scopes-desc">Drei Kästen' in picture
    assert "currentColor" in picture
    assert "style=" not in picture
    assert "#" not in picture, "a colour of its own would vanish on dark pages and in forced colours"
