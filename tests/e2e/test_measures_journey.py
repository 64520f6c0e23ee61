"""A measure in the browser, with and without JavaScript: noted, given an effect, done, deleted, restored."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from dnk_tool.domain.permissions import Role
from tests.e2e.conftest import Shot, Visit
from tests.e2e.driving import Server
from tests.support.instance import COMPLETE

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    server = new_server()
    server.seed(COMPLETE, petra=Role.OWNER)
    server.start()
    return server


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_a_measure_from_the_first_note_to_done(
    server: Server, visit: Visit, shot: Shot, javascript: bool
) -> None:
    page = visit(javascript=javascript).sign_in("petra")
    page.get_by_role("link", name="Maßnahmen", exact=True).first.click()
    page.get_by_role("link", name="Maßnahme eintragen").click()
    words = f"LED in der Halle {javascript}"
    page.get_by_label("Maßnahme", exact=True).fill(words)
    page.get_by_label("Stand").select_option("running")
    page.get_by_role("button", name="Speichern", exact=True).last.click()
    row = page.get_by_role("listitem").filter(has_text=words)
    expect(row).to_contain_text("Zählt noch nicht. Es fehlt: die Wirkung")
    row.get_by_role("link", name=words).click()
    page.get_by_label("Art", exact=True).select_option("lighting")
    page.get_by_label("Energieträger").first.select_option(label="Strom in MWh")
    page.get_by_label("Menge im Jahr").first.fill("12")
    page.get_by_label("Wie haben Sie das ermittelt?").select_option("measured")
    page.get_by_label("Erstes volles Jahr").fill("2025")
    page.get_by_role("button", name="Speichern", exact=True).last.click()
    row = page.get_by_role("listitem").filter(has_text=words)
    expect(row).to_contain_text(re.compile(r"12 MWh Strom · 4,2 t CO₂e im Jahr, ab 2025"))
    row.get_by_role("button", name=re.compile("^Ist umgesetzt")).click()
    expect(page.get_by_role("region", name="Umgesetzt")).to_contain_text(words)
    shot(page, f"measures-{'script' if javascript else 'no-script'}")
    page.get_by_role("link", name=words).click()
    page.get_by_role("button", name="Maßnahme löschen").click()
    expect(page.get_by_text(f"Gelöscht: {words}")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Wiederherstellen")).first.click()
    expect(page.get_by_role("region", name="Umgesetzt")).to_contain_text(words)
