"""The final check asks about words that may be banned claims, links to each field, and never blocks."""

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.app import World, form_fields, sign_in


@pytest.fixture
def company(client: FlaskClient, world: World) -> Any:
    """Writes a text into its field, and reads the final check."""
    sign_in(client, "editor@example.org")
    base = f"/erklaerungen/{world.own_declaration}"

    class Company:
        def write(self, ref: str, text: str, part: str = "text") -> None:
            path = f"{base}/kriterien/{ref.partition('.')[0]}"
            fields = form_fields(client.get(path).text)
            disclosure = {"text": "comply", "explanation": "explain"}[part]
            said = {f"ref-{ref}-{part}": text, f"ref-{ref}-disclosure": disclosure, "action": "save"}
            assert client.post(path, data={**fields, **said}).status_code == 303

        def asked(self, language: str = "de") -> str:
            fields = form_fields(client.get("/konto").text)
            client.post("/konto", data={**fields, "language": language})
            page = client.get(f"{base}/pruefen").text
            found = re.search(r'id="claims">.*?(?=<h2|<form)', page, re.DOTALL)
            return unescape(found[0]) if found else ""

    return Company()


def test_a_claim_is_named_in_its_sentence_with_its_field_the_law_and_advice(
    company: Any, world: World
) -> None:
    company.write(
        "10.1", "Wir backen Brot. Unsere Tüten sind CO₂-neutral und umweltfreundlich! Sie reißen nie."
    )
    asked = company.asked()
    href = f"/erklaerungen/{world.own_declaration}/kriterien/10#ref-10.1"
    assert asked.count(f'href="{href}">Kriterium 10: Wirkungen der Produkte</a>') == 2
    assert "„CO₂-neutral“ in: Unsere Tüten sind CO₂-neutral und umweltfreundlich!" in asked
    assert "„umweltfreundlich“ in: Unsere Tüten" in asked
    assert "Brot" not in asked, "the sentence alone"
    assert "seit 27. September 2026" in asked
    assert "(UWG)" in asked
    assert "im selben Satz" in asked
    assert "abschließen können Sie die Erklärung auch so" in asked
    english = company.asked("en")
    assert "Words that may be banned in advertising" in english
    assert "“umweltfreundlich” in: Unsere Tüten" in english


def test_it_is_quiet_once_the_text_is_narrower_denied_or_proved(company: Any) -> None:
    assert company.asked() == ""
    company.write("10.1", "Wir verkaufen nachhaltige Produkte.")
    assert "nachhaltige Produkte" in company.asked()
    for honest in (
        "Wir verkaufen Hefte aus Altpapier.",
        "Unsere Hefte nennen wir nicht nachhaltige Produkte.",
        "Wir verkaufen nachhaltige Produkte mit dem Blauen Engel.",
    ):
        company.write("10.1", honest)
        assert company.asked() == "", honest


def test_reasons_and_long_lists_of_claims_are_asked_about_as_well(company: Any) -> None:
    company.write("10.2", "Neue Ideen fehlen, weil wir schon klimaneutral sind.", part="explanation")
    company.write("10.1", "\n".join(f"Punkt {number}: umweltfreundlich." for number in range(30)))
    asked = company.asked()
    assert "„klimaneutral“ in: Neue Ideen fehlen" in asked
    assert asked.count("„umweltfreundlich“ in") == 5, "enough to know where to look"
