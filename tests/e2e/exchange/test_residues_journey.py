"""A residue on a phone without JavaScript: offered, seen without a name, asked about, and agreed to."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dnk_tool.domain.permissions import ClusterRole
from tests.e2e.conftest import Shot, Visit
from tests.e2e.driving import Server
from tests.e2e.exchange.keyboard import press_at, tab_to, type_at
from tests.integration.exchange.residue_members import add_residue_firm
from tests.support.app import make_cluster

pytestmark = pytest.mark.e2e

OFFERS, ASKS = "Möbelwerk Eich GmbH", "Gartenbau Lind GmbH"


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    server = new_server()
    with server.stored() as session:
        cluster = make_cluster(session, "Reststoffnetz", gesine=ClusterRole.MANAGER)
        for name, owner in ((OFFERS, "erna"), (ASKS, "leo")):
            add_residue_firm(session, cluster.id, name, owner)
    server.start()
    return server


def open_board(page: Page) -> None:
    page.get_by_role("link", name="Reststoffe", exact=True).first.click()
    expect(page.get_by_role("heading", name="Reststoffe", level=1)).to_be_visible()
    fits(page)


def fits(page: Page) -> None:
    """The page needs no sideways scroll."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_from_an_offer_to_both_names(server: Server, visit: Visit, shot: Shot) -> None:
    owner = visit(javascript=False, width=320).sign_in("erna")
    open_board(owner)
    owner.get_by_role("link", name="Reststoff anbieten", exact=True).click()
    owner.get_by_label("Was bieten Sie an?").fill("Buchenspäne")
    owner.get_by_label("Abfallschlüssel (AVV)").fill("Sägemehl")
    owner.get_by_role("button", name="Schlüssel suchen").click()
    owner.get_by_label("03 01 05").check()
    owner.get_by_label("Wie viel im Jahr?").fill("12,5")
    fits(owner)
    owner.get_by_role("button", name="Den Mitgliedern zeigen").click()
    expect(owner.get_by_text("Die Mitglieder sehen den Eintrag jetzt, ohne Ihren Namen.")).to_be_visible()

    asker = visit(javascript=False, width=320).sign_in("leo")
    open_board(asker)
    expect(asker.get_by_role("heading", name="Buchenspäne")).to_be_visible()
    expect(asker.get_by_text(OFFERS)).to_have_count(0)
    asker.get_by_role("link", name=re.compile("Nachfragen.*Buchenspäne")).click()
    asker.get_by_label("Ihre Nachricht").fill("Wir legen Wege an. Geht ein Anhänger im Monat?")
    fits(asker)
    asker.get_by_role("button", name="Anfrage ohne Namen senden").click()
    expect(asker.get_by_text("Wir warten auf die andere Seite")).to_be_visible()
    expect(asker.get_by_text(OFFERS)).to_have_count(0)

    open_board(owner)
    owner.get_by_role("link", name="Anfragen zu Reststoffen", exact=True).click()
    expect(owner.get_by_text("Geht ein Anhänger im Monat?")).to_be_visible()
    expect(owner.get_by_text(ASKS)).to_have_count(0)
    owner.get_by_role("button", name="Zustimmen").click()
    expect(owner.get_by_text(f"{ASKS}, Leo")).to_be_visible()
    shot(owner, "residues-agreed")
    asker.reload()
    expect(asker.get_by_role("link", name="erna@example.org")).to_be_visible()
    fits(asker)


def test_an_offer_and_an_inquiry_by_keyboard_on_phones(visit: Visit) -> None:
    owner = visit(width=320).sign_in("erna")
    press_at(owner, text="Reststoffe")
    press_at(owner, text="Reststoff anbieten")
    type_at(owner, "title", "Rinde")
    type_at(owner, "codes", "Rinden")
    press_at(owner, text="Schlüssel suchen")
    tab_to(owner, name="code_choice")
    owner.keyboard.press("ArrowDown")  # from "none of them" to the first
    type_at(owner, "tonnes", "3")
    press_at(owner, text="Den Mitgliedern zeigen")
    expect(owner.get_by_text("Die Mitglieder sehen den Eintrag jetzt, ohne Ihren Namen.")).to_be_visible()
    asker = visit(width=320).sign_in("leo")
    press_at(asker, text="Reststoffe")
    press_at(asker, text="Nachfragen")
    type_at(asker, "message", "Passt sie auf einen Anhänger?")
    press_at(asker, text="Anfrage ohne Namen senden")
    expect(asker.get_by_text("Wir warten auf die andere Seite")).to_be_visible()
    fits(asker)
