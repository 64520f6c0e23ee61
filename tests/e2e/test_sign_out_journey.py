"""F10, A24: a sign-out takes along what the browser keeps, and asks about unsaved text before."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from dnk_tool.domain.permissions import Role
from tests.e2e.conftest import Visit
from tests.e2e.drafts import crash, expect_saved, stop_clock
from tests.e2e.driving import Server, Visitor, field, section_path, status_line
from tests.support.instance import COMPLETE

pytestmark = pytest.mark.e2e

TEXT = "ref-1.1-text"
HEADING = "Es gibt Text, der noch nicht gespeichert ist"
CHOICE = "ref-1.3-disclosure"
OFFLINE = "Keine Verbindung."
SIGNED_OUT = "Sie sind abgemeldet"


@pytest.fixture(scope="module")
def declaration(server: Server) -> int:
    made = server.seed(COMPLETE, petra=Role.OWNER, mehmet=Role.EDITOR, nina=Role.EDITOR)
    server.start()
    return made


@pytest.fixture
def path(declaration: int) -> str:
    return section_path(declaration, "1")


@pytest.fixture
def petra(visit: Visit, declaration: int) -> Visitor:
    visitor = visit()
    visitor.come_in("petra")
    return visitor


def sign_out(page: Page) -> None:
    page.get_by_role("banner").get_by_role("button", name="Abmelden").click()


def question(page: Page) -> Locator:
    return page.get_by_role("dialog", name=HEADING)


def expect_signed_out(page: Page) -> None:
    """The start page of visitors, and nothing in the browser's store."""
    expect(page.get_by_role("link", name="Anmelden").first).to_be_visible()
    assert page.evaluate("localStorage.length") == 0


def leave_unsent(petra: Visitor, path: str, text: str) -> None:
    """Text that only this browser has, of a page that is gone."""
    page = petra.page(path)
    chosen = field(page, CHOICE)
    if not (before := chosen.and_(page.locator("[value=comply]"))).is_checked():
        before.check()  # another test may have saved the choice that this one leaves unsent
        expect_saved(page)
    petra.context.set_offline(True)
    field(page, TEXT).fill(text)
    chosen.and_(page.locator("[value=explain]")).check()
    crash(page)
    petra.context.set_offline(False)


def saved_text(visitor: Visitor, path: str) -> str:
    page = visitor.page(path)
    value = field(page, TEXT).input_value()
    page.close()
    return value


def test_f10_a_sign_out_saves_and_leaves_nothing(petra: Visitor, path: str) -> None:
    """Even what was typed a moment before; Back shows none of it."""
    page = petra.page(path)
    stop_clock(page)  # however long the saving takes, the question does not come before it has ended
    field(page, TEXT).fill("Gerade noch getippt.")
    sign_out(page)
    expect_signed_out(page)
    page.go_back()
    expect(page.get_by_label("E-Mail-Adresse")).to_be_visible()
    assert "Gerade noch getippt" not in page.content()
    petra.come_in("petra")
    assert saved_text(petra, path) == "Gerade noch getippt."


def test_f10_without_a_network_the_person_decides(petra: Visitor, path: str) -> None:
    page = petra.page(path)
    stop_clock(page)
    petra.context.set_offline(True)
    field(page, TEXT).fill("Ohne Netz.")
    sign_out(page)
    text = question(page).get_by_role("textbox")
    expect(text).to_have_value("Ohne Netz.")
    assert text.evaluate("it => { it.style.height = '100vh'; return it.clientHeight <= innerHeight * 0.4 }")
    question(page).get_by_role("button", name="Speichern und fortfahren").click()
    expect(question(page).get_by_role("status")).to_contain_text("Ein Teil ist noch nicht gespeichert.")
    question(page).get_by_role("button", name="Text kopieren").click()
    expect(question(page).get_by_role("status")).to_have_text("Der Text ist kopiert.")
    question(page).get_by_role("button", name="Hier bleiben").click()
    expect(question(page)).to_have_count(0)
    expect(field(page, TEXT)).to_have_value("Ohne Netz.")
    sign_out(page)
    expect(question(page)).to_be_visible()
    petra.context.set_offline(False)
    question(page).get_by_role("button", name="Speichern und fortfahren").click()
    expect_signed_out(page)
    petra.come_in("petra")
    assert saved_text(petra, path) == "Ohne Netz."


def test_f10_text_of_a_page_that_is_gone_is_saved_from_anywhere(petra: Visitor, path: str) -> None:
    leave_unsent(petra, path, "Aus dem Absturz gerettet.")
    page = petra.page("/konto")
    page.get_by_role("button", name="Überall abmelden").click()
    text = question(page).get_by_role("textbox")
    expect(text).to_have_value("Aus dem Absturz gerettet.\n\nWir berichten nicht und erklären, warum")
    expect(question(page).get_by_role("link")).to_have_attribute("href", path)
    question(page).get_by_role("button", name="Speichern und fortfahren").click()
    expect(page.get_by_text("Sie sind in allen Browsern abgemeldet.")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    petra.come_in("petra")
    assert saved_text(petra, path) == "Aus dem Absturz gerettet."


def test_f10_a_colleagues_newer_text_is_not_written_over(petra: Visitor, visit: Visit, path: str) -> None:
    leave_unsent(petra, path, "Petras Fassung.")
    mehmet = visit()
    mehmet.come_in("mehmet")
    theirs = mehmet.page(path)
    stop_clock(theirs)
    field(theirs, TEXT).fill("Mehmets Fassung.")
    sign_out(theirs)
    expect_signed_out(theirs)
    page = petra.page("/konto")
    sign_out(page)
    question(page).get_by_role("button", name="Speichern und fortfahren").click()
    expect(question(page).get_by_role("status")).to_contain_text("Öffnen Sie die Seite")
    expect(question(page).get_by_role("textbox")).to_have_value("Petras Fassung.")
    assert saved_text(petra, path) == "Mehmets Fassung."
    question(page).get_by_role("button", name="Verwerfen und fortfahren").click()
    expect_signed_out(page)


def test_f10_another_tab_keeps_its_text_until_the_person_decides(petra: Visitor, path: str) -> None:
    page, other = petra.page(path), petra.page("/konto")
    petra.context.set_offline(True)
    field(page, TEXT).fill("Noch nicht entschieden.")
    expect(status_line(page)).to_contain_text(OFFLINE)
    # This tab would save as soon as the network is back.
    page.route("**/kriterien/1", lambda route: route.abort())
    petra.context.set_offline(False)
    sign_out(other)
    question(other).get_by_role("button", name="Verwerfen und fortfahren").click()
    expect_signed_out(other)
    page.unroute("**/kriterien/1")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(status_line(page)).to_contain_text(SIGNED_OUT)
    expect(field(page, TEXT)).to_have_value("Noch nicht entschieden.")


def test_f10_an_erasure_asks_and_leaves_other_peoples_text_alone(petra: Visitor, path: str) -> None:
    """On a computer that several people share."""
    leave_unsent(petra, path, "Petras Text.")
    petra.context.clear_cookies()
    petra.sign_in("nina").close()
    leave_unsent(petra, path, "Ninas Text.")
    page = petra.page("/konto/loeschen")
    page.get_by_role("button", name="Konto löschen").click()
    expect(page.get_by_role("link", name="Bestätigen Sie bitte")).to_be_visible()
    assert "Ninas Text." in page.evaluate("JSON.stringify(localStorage)"), (
        "nothing is erased without the tick"
    )
    page.get_by_label("Ja, ich will mein Konto löschen").check()
    page.get_by_role("button", name="Konto löschen").click()
    expect(question(page).get_by_role("textbox")).to_have_value(re.compile("Ninas Text."))
    question(page).get_by_role("button", name="Verwerfen und fortfahren").click()
    expect(page.get_by_text("Ihr Konto ist gelöscht.")).to_be_visible()
    assert "Ninas Text." not in page.evaluate("JSON.stringify(localStorage)")
    petra.sign_in("petra", page=page)
    page.goto(path)
    page.get_by_role("button", name="Text wiederherstellen").click()
    expect(field(page, TEXT)).to_have_value("Petras Text.")


def test_f10_expiry_keeps_the_text_for_the_same_person(petra: Visitor, path: str) -> None:
    leave_unsent(petra, path, "Über die Zeit gekommen.")
    petra.context.clear_cookies()
    page = petra.sign_in("petra")
    page.goto(path)
    page.get_by_role("button", name="Text wiederherstellen").click()
    expect(field(page, TEXT)).to_have_value("Über die Zeit gekommen.")


def test_f10_without_javascript_it_is_one_press(visit: Visit, path: str) -> None:
    visitor = visit(javascript=False)
    visitor.come_in("petra")
    page = visitor.page(path)
    sign_out(page)
    expect(page.get_by_role("link", name="Anmelden").first).to_be_visible()
    page.go_back()
    expect(page.get_by_label("E-Mail-Adresse")).to_be_visible()
