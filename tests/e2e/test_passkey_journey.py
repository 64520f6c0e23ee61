"""Passkeys in a real Chromium with a device in software: made, used in both ways, declined, removed."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.e2e.conftest import Shot, Visit
from tests.e2e.driving import Server, Visitor
from tests.support.app import PASSWORD, make_account

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    server = new_server()
    with server.stored() as session:
        make_account(session, "petra@example.org", name="Petra Probst")
    server.start()
    return server


def with_device(page: Page) -> tuple[CDPSession, str]:
    """Give the browser a device that recognises its owner and needs no touch."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return cdp, made["authenticatorId"]


def sign_out_and_return(visitor: Visitor, page: Page) -> None:
    visitor.sign_out(page)
    page.goto("/anmelden")


def is_signed_in(page: Page) -> None:
    expect(page.get_by_role("button", name="Abmelden", exact=True).first).to_be_visible()


def test_defect_31_a_password_can_be_shown(visit: Visit) -> None:
    page = visit().page("/anmelden")
    password = page.get_by_label("Passwort", exact=True)
    toggle = page.get_by_role("button", name="Passwort anzeigen")
    password.fill("falsch geschrieben")
    for is_shown in (True, False):
        toggle.click()
        expect(toggle).to_have_attribute("aria-pressed", str(is_shown).lower())
        expect(password).to_have_attribute("type", "text" if is_shown else "password")
    toggle.click()
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(password).to_have_attribute("type", "password")
    without = visit(javascript=False).page("/anmelden")
    expect(without.get_by_role("button", name="Passwort anzeigen")).to_have_count(0)


def test_a_passkey_from_its_making_to_its_end(visit: Visit, server: Server, shot: Shot) -> None:
    visitor = visit()
    page = visitor.sign_in("petra")
    cdp, device = with_device(page)
    page.goto("/konto")
    page.get_by_role("link", name=re.compile("Einrichten")).click()
    page.get_by_role("link", name="Passkey hinzufügen").click()
    page.get_by_label("Name, an dem Sie ihn wiedererkennen").fill("Petras Rechner")
    page.get_by_role("button", name="Passkey anlegen").click()
    expect(page.get_by_role("heading", name=re.compile("Wiederherstellungs"))).to_be_visible()
    shot(page, "passkeys-codes")
    expect(page.locator("code")).to_have_count(10)

    sign_out_and_return(visitor, page)
    page.get_by_role("button", name="Mit einem Passkey anmelden").click()
    is_signed_in(page)

    sign_out_and_return(visitor, page)
    page.get_by_label("E-Mail-Adresse").fill("petra@example.org")
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page.get_by_role("heading", name="Zweiter Schritt")).to_be_visible()
    shot(page, "passkeys-second-step")
    page.get_by_role("button", name="Passkey verwenden").click()
    is_signed_in(page)

    sign_out_and_return(visitor, page)
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Mit einem Passkey anmelden").click()
    expect(page.get_by_role("status")).to_contain_text("Das hat nicht geklappt.")
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    page.get_by_role("button", name="Mit einem Passkey anmelden").click()
    is_signed_in(page)

    page.goto("/konto/zweiter-faktor")
    page.get_by_role("button", name="Entfernen Petras Rechner").click()
    expect(page.get_by_role("alert")).to_contain_text("Der Passkey ist entfernt.")
    sign_out_and_return(visitor, page)
    page.get_by_role("button", name="Mit einem Passkey anmelden").click()
    expect(page.get_by_role("alert")).to_contain_text("gehört zu keinem Konto hier")


def test_without_script_the_app_is_all_there_is(visit: Visit, server: Server) -> None:
    page = visit(javascript=False).sign_in("petra")
    page.goto("/konto/passkeys/neu")
    expect(page.get_by_text("Passkeys brauchen JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Passkey anlegen")).to_be_hidden()
    page.goto("/konto/zweiter-faktor/app")
    expect(page.get_by_role("img", name=re.compile("QR-Code"))).to_be_visible()
