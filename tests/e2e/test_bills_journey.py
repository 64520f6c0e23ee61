"""A craft firm turns four bills into energy and greenhouse gases, with and without JavaScript."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from dnk_tool.domain.numbers import plain
from dnk_tool.domain.permissions import Role
from dnk_tool.domain.precision import shown
from dnk_tool.domain.quantities import Quantity
from tests.e2e.conftest import Shot, Visit
from tests.e2e.driving import Server
from tests.support.app import make_organisation
from tests.support.files import evidence_files

pytestmark = pytest.mark.e2e

# The bill, what it says, and the unit where it is not the preset one.
BILLS = (
    ("Erdgas", "86.400", ""),
    ("Heizöl", "1000", ""),
    ("Diesel", "3.120,5", ""),
    ("Strom", "41,25", "MWh"),
)


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    server = new_server()
    with server.stored() as session:
        make_organisation(session, "Zimmerei Holm", mit=Role.OWNER)
        make_organisation(session, "Zimmerei Ohm", ohne=Role.OWNER)
        make_organisation(session, "Zimmerei Foth", kamera=Role.OWNER)
        make_organisation(session, "Zimmerei Toth", blende=Role.OWNER)
    server.start()
    return server


def open_declaration(page: Page) -> None:
    """From the start page to the declaration, whose address is that of the page only once it is there."""
    page.goto("/")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("Nachhaltigkeits\u00ad?erklärung für 2025")).first.click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_four_bills_become_energy_and_greenhouse_gases(
    server: Server, visit: Visit, shot: Shot, javascript: bool
) -> None:
    page = visit(javascript=javascript).sign_in(f"{'mit' if javascript else 'ohne'}@example.org")
    open_declaration(page)
    overview, pages = page.url, []
    page.on("framenavigated", lambda frame: pages.append(frame.url))
    page.get_by_role("link", name="Aus Rechnungen berechnen").first.click()
    for name, amount, unit in BILLS:
        bill = page.get_by_role("group", name=name, exact=True)
        bill.get_by_label("Menge", exact=True).fill(amount)
        if unit:
            bill.get_by_label("Einheit").select_option(label=unit)
    shot(page, f"bills-typed-{javascript}")
    page.get_by_role("button", name="Speichern und rechnen").click()
    expect(page.locator("main")).to_contain_text("4 Rechnungen sind gespeichert.")
    expect(page.get_by_role("group", name="Diesel", exact=True)).to_contain_text("3.120,5 l")
    assert len(pages) == 2, pages
    shot(page, f"bills-{javascript}")
    page.get_by_role("link", name="Ergebnisse: Energie und Fahrzeuge").click()

    # 86,400 kWh (Hs) x 0.18139464 kg, and 4,120.5 litres x 2.676284 kg.
    scope1 = Decimal("86400") * Decimal("0.18139464") + Decimal("4120.5") * Decimal("2.676284")
    tonnes = plain(shown(Quantity(scope1 / 1000, "t-co2e")).value).replace(".", ",")
    results = page.locator(".govuk-summary-list")
    expect(results).to_contain_text(f"{tonnes} t CO₂e")
    expect(results).to_contain_text("14,5 t CO₂e")
    page.get_by_role("link", name=re.compile(r"So gerechnet\W+Direkte Treibhausgase")).click()
    expect(page.locator("main")).to_contain_text("× 0,18139464 kg CO₂ je kWh (Hs)")
    expect(page.locator("main")).to_contain_text("EBeV")
    shot(page, f"trace-{javascript}")

    # The indicators have the figures, marked as calculated, with the way back to the lines.
    page.goto(f"{overview}kriterien/13/kennzahlen")
    expect(page.locator("[name='ref-GRI-SRS-305-1.a-value']")).to_have_value(re.compile(f"^{tonnes}"))
    expect(page.locator("[name='ref-GRI-SRS-305-1.a-quality']")).to_have_value("calculated")
    shot(page, f"criterion-13-{javascript}")
    page.goto(f"{overview}kriterien/12/kennzahlen/GRI-SRS-302-1.c-i")
    expect(page.locator("[name='ref-GRI-SRS-302-1.c-i-value']")).to_have_value("41.250")


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_photo_of_a_bill_is_kept_in_two_taps(
    server: Server, visit: Visit, shot: Shot, javascript: bool
) -> None:
    """On a phone; a wide screen has the file field and no camera."""
    name = "kamera" if javascript else "blende"
    page = visit(javascript=javascript, width=360).sign_in(f"{name}@example.org")
    open_declaration(page)
    page.goto(f"{page.url}rechnungen/")
    gas = page.get_by_role("group", name="Erdgas", exact=True)
    gas.get_by_label("Menge", exact=True).fill("86.400")
    page.get_by_role("button", name="Speichern und rechnen").click()
    expect(page.locator("main")).to_contain_text("1 Rechnung ist gespeichert.")
    keep = gas.get_by_role("button", name=re.compile("^Sichern"), include_hidden=True)
    expect(keep).to_have_count(1)
    expect(keep).to_be_hidden()
    photo = {"name": "image.jpg", "mimeType": "image/jpeg", "buffer": evidence_files.photo()}
    gas.get_by_label("Foto aufnehmen").set_input_files([photo])  # type: ignore[list-item]
    expect(gas.get_by_text("Foto gewählt")).to_be_visible()
    shot(page, f"bill-photo-{javascript}")
    keep.click()
    expect(page.locator("main")).to_contain_text("1 Beleg ist gespeichert.")
    expect(gas.get_by_role("link", name="Belege (1)")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(gas.get_by_text("Foto aufnehmen")).to_be_hidden()
