"""A room answers a poll with phones of 320 pixels, with and without JavaScript, and sees it on the wall."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from dnk_tool.domain.permissions import ClusterRole
from tests.e2e.conftest import Shot, Visit
from tests.e2e.driving import Server
from tests.e2e.exchange.keyboard import press_at, press_enter, tab_to, type_at
from tests.support.app import make_cluster

pytestmark = pytest.mark.e2e

PHONE = 320


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    server = new_server()
    with server.stored() as session:
        make_cluster(session, "Netz", mara=ClusterRole.MANAGER)
    server.start()
    return server


def test_a_poll_from_the_question_to_the_wall(server: Server, visit: Visit, shot: Shot) -> None:
    desk = visit().sign_in("mara")
    desk.goto("/cluster/1/")
    desk.get_by_role("link", name="Austausch").click()
    desk.get_by_role("link", name="Wie war das Tempo?").click()
    desk.get_by_role("button", name="Speichern", exact=True).click()
    desk.get_by_role("button", name="Umfrage öffnen").click()
    link = desk.get_by_role("link", name="/u/").inner_text()
    code = link.rsplit("/", 1)[1]
    desk.get_by_role("link", name="An die Wand werfen").click()
    expect(desk.get_by_role("img", name=code)).to_be_visible()
    for number in range(5):
        phone = visit(javascript=number % 2 == 0, width=PHONE).page("/u")
        phone.get_by_label("Code").fill(code.lower())
        phone.get_by_role("button", name="Weiter").click()
        phone.get_by_label("Genau richtig").check()
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE
        phone.get_by_role("button", name="Antwort senden").click()
        expect(phone.get_by_role("heading", name="Danke, Ihre Antwort ist gezählt")).to_be_visible()
        phone.goto(f"/u/{code}")
        expect(phone.get_by_role("heading", name="Von diesem Gerät ist schon geantwortet")).to_be_visible()
    expect(desk.get_by_role("listitem").filter(has_text="Genau richtig")).to_contain_text("5")  # by itself
    expect(desk.get_by_text("5 Antworten · anonym")).to_be_visible()
    shot(desk, "poll-wall-grown")


def test_a_poll_by_keyboard_on_phones_without_javascript(visit: Visit) -> None:
    asks = visit(javascript=False, width=PHONE).sign_in("mara")
    asks.goto("/cluster/1/umfragen")
    press_at(asks, text="Eigene Frage schreiben")
    type_at(asks, "question", "Kommen Sie wieder?")
    type_at(asks, "choices", "Ja\nNein")
    press_at(asks, text="Speichern")
    press_at(asks, text="Umfrage öffnen")
    code = asks.get_by_role("link", name="/u/").inner_text().rsplit("/", 1)[1]
    answers = visit(javascript=False, width=PHONE).page("/u")
    type_at(answers, "code", code.lower())
    press_enter(answers)
    tab_to(answers, name="chosen")
    answers.keyboard.press("ArrowDown")  # the second answer
    press_at(answers, text="Antwort senden")
    expect(answers.get_by_role("heading", name="Danke, Ihre Antwort ist gezählt")).to_be_visible()
    press_at(asks, text="Umfrage schließen")
    expect(asks.get_by_text("geschlossen").first).to_be_visible()
    answers.context.clear_cookies()
    answers.goto(f"/u/{code}")
    expect(answers.get_by_role("heading", name="Diese Umfrage ist geschlossen")).to_be_visible()
