"""Nothing typed is ever lost: outage, restart, crash, two tabs, two people, an expired sign-in."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import APIResponse, Locator, Page, Route, expect

from dnk_tool.domain.permissions import Role
from tests.e2e.conftest import Visit
from tests.e2e.drafts import SAVED, crash, drafts, expect_saved, stop_clock
from tests.e2e.driving import Server, Visitor, field, section_path, status_line, wait_for
from tests.support.instance import COMPLETE

pytestmark = pytest.mark.e2e

TEXT = "ref-1.1-text"
OTHER = "ref-1.2-text"
OFFLINE = "Keine Verbindung. Ihr Text ist auf diesem Gerät sicher"
SIGNED_OUT = "Sie sind abgemeldet. Ihr Text ist auf diesem Gerät sicher"


@dataclass(frozen=True)
class Desk:
    """A complete declaration of Petra's and Mehmet's company, and its first criterion."""

    declaration: int

    @property
    def path(self) -> str:
        return section_path(self.declaration, "1")

    @property
    def overview(self) -> str:
        return f"/erklaerungen/{self.declaration}/"


@pytest.fixture(scope="module")
def desk(server: Server) -> Desk:
    desk = Desk(server.seed(COMPLETE, petra=Role.OWNER, mehmet=Role.EDITOR))
    server.start()
    return desk


@pytest.fixture
def petra(visit: Visit, desk: Desk) -> Visitor:
    visitor = visit()
    visitor.come_in("petra")
    return visitor


@pytest.fixture
def page(petra: Visitor, desk: Desk) -> Page:
    """Petra at the first criterion."""
    return petra.page(desk.path)


def words_on_server(visitor: Visitor, desk: Desk, name: str = TEXT) -> str:
    """What a page that is opened now shows: what the server knows."""
    page = visitor.page(desk.path)
    try:
        return field(page, name).input_value()
    finally:
        page.close()


def test_a_page_saves_by_itself(page: Page) -> None:
    stop_clock(page)
    field(page, TEXT).fill("Von selbst gespeichert.\n\nMit Absatz, „Anführung“ & <b>.")
    page.clock.run_for(1400)
    expect(status_line(page)).not_to_have_text(SAVED)
    page.clock.run_for(200)
    expect_saved(page)
    page.reload()
    expect(field(page, TEXT)).to_have_value("Von selbst gespeichert.\n\nMit Absatz, „Anführung“ & <b>.")
    expect(page.locator(".dnk-restore")).to_have_count(0)


def test_leaving_a_field_saves_at_once(page: Page, petra: Visitor, desk: Desk) -> None:
    stop_clock(page)
    field(page, TEXT).fill("Und gleich weiter.")
    field(page, OTHER).focus()
    expect_saved(page)
    assert words_on_server(petra, desk) == "Und gleich weiter."


def test_half_a_number_keeps_nothing_else_from_being_saved(petra: Visitor, desk: Desk) -> None:
    page = petra.page(section_path(desk.declaration, "13/kennzahlen"))
    amount = field(page, "ref-GRI-SRS-305-1.a-value")
    field(page, "ref-GRI-SRS-305-1.c-value").fill("0")
    amount.fill("ungefähr zwölf")
    expect(status_line(page)).to_contain_text("bis auf eine Angabe")
    page.get_by_role("button", name="Fertig, weiter").click()
    expect(page.get_by_role("alert")).to_contain_text("Geben Sie hier nur eine Zahl ein")
    expect(amount).to_have_value("ungefähr zwölf")
    expect(amount).to_be_visible()
    expect(page.locator(".dnk-restore")).to_have_count(0)


def test_an_outage_is_outlived(page: Page, petra: Visitor, desk: Desk) -> None:
    petra.context.set_offline(True)
    field(page, TEXT).fill("Geschrieben, als das Netz weg war.")
    expect(status_line(page)).to_contain_text(OFFLINE)
    field(page, OTHER).fill("Und noch etwas.")
    petra.context.set_offline(False)
    # Two saves may follow each other: the first one was under way when the second text came.
    wait_for(lambda: words_on_server(petra, desk, OTHER) == "Und noch etwas.", what="the saving")
    assert words_on_server(petra, desk) == "Geschrieben, als das Netz weg war."
    expect_saved(page)
    assert drafts(page) == [], "what is saved is kept in the browser no longer"


@pytest.mark.parametrize("how", ["by itself", "with the button"])
def test_a_lost_reply_is_no_collision(page: Page, petra: Visitor, desk: Desk, how: str) -> None:
    """The text arrived, the answer did not: what is typed then must not collide with oneself."""
    lost: list[APIResponse] = []

    def lose_the_first(route: Route) -> None:
        if lost or route.request.method != "POST":
            route.continue_()
        else:
            lost.append(route.fetch())
            route.abort()

    page.route("**/kriterien/1", lose_the_first)
    field(page, TEXT).fill(f"Nur die Antwort ging verloren, {how}.")
    expect(status_line(page)).to_contain_text(OFFLINE)
    assert lost[0].json()["status"] == "saved"
    field(page, TEXT).fill(f"Und dann ging es weiter, {how}.")
    if how == "by itself":
        expect_saved(page)
        field(page, TEXT).fill(f"Und weiter, {how}.")
        field(page, OTHER).focus()
        wait_for(lambda: words_on_server(petra, desk).startswith("Und weiter"), what="the saving")
    else:
        page.get_by_role("button", name="Fertig, weiter").click()
        expect(page.get_by_role("alert")).to_contain_text("Gespeichert.")
    assert words_on_server(petra, desk).endswith(f"weiter, {how}.")


def test_a_restart_of_the_server_is_outlived(server: Server, page: Page, petra: Visitor, desk: Desk) -> None:
    field(page, TEXT).fill("Vor dem Neustart")
    expect_saved(page)
    remark = petra.page(f"{desk.overview}anmerkungen/3")
    server.stop()
    field(page, TEXT).fill("Während des Neustarts")
    remark.get_by_role("textbox").last.fill("Eine Anmerkung während des Neustarts")
    expect(status_line(page)).to_contain_text(OFFLINE)
    remark.get_by_role("button", name="Anmerkung speichern").click()
    expect(remark.get_by_text(HELD)).to_be_focused()
    server.start()
    remark.reload()
    remark.get_by_role("button", name="Text wiederherstellen").click()
    expect(remark.get_by_role("textbox").last).to_have_value("Eine Anmerkung während des Neustarts")
    field(page, TEXT).press_sequentially(", und danach.")
    # The longer the server was away, the longer a page waits with its next try: at most a minute.
    wait_for(
        lambda: words_on_server(petra, desk) == "Während des Neustarts, und danach.",
        seconds=120,
        what="the saving",
    )


def test_after_a_crash_the_text_is_offered_back(page: Page, petra: Visitor, desk: Desk) -> None:
    before = field(page, TEXT).input_value()
    petra.context.set_offline(True)
    field(page, TEXT).fill("Kurz vor dem Absturz.")
    crash(page)
    petra.context.set_offline(False)
    again = petra.page(desk.path)
    offer = again.locator(".dnk-restore")
    expect(offer.get_by_role("alert")).to_contain_text("ein Text, der noch nicht gespeichert wurde")
    expect(field(again, TEXT)).to_have_value(before)
    field(again, TEXT).fill("Seitdem getippt.")
    expect_saved(again)
    offer.get_by_role("button", name="Text wiederherstellen").click()
    both = "Seitdem getippt.\n\nKurz vor dem Absturz."
    expect(field(again, TEXT)).to_have_value(both)
    expect(offer).to_have_count(0)
    wait_for(lambda: words_on_server(petra, desk) == both, what="the saving")


def test_an_offered_text_may_be_discarded(page: Page, petra: Visitor, desk: Desk) -> None:
    petra.context.set_offline(True)
    field(page, TEXT).fill("Das war nichts.")
    crash(page)
    petra.context.set_offline(False)
    again = petra.page(desk.path)
    again.get_by_role("button", name="Verwerfen").click()
    again.reload()
    expect(again.locator(".dnk-restore")).to_have_count(0)


def test_choices_survive_a_crash_too(page: Page, petra: Visitor, desk: Desk) -> None:
    petra.context.set_offline(True)
    field(page, "ref-1.3-disclosure").and_(page.locator("[value=explain]")).check()
    field(page, "ref-1.3-explanation").fill("Das erheben wir 2027 zum ersten Mal.")
    crash(page)
    petra.context.set_offline(False)
    again = petra.page(desk.path)
    again.get_by_role("button", name="Text wiederherstellen").click()
    expect(field(again, "ref-1.3-explanation")).to_be_visible()
    expect(field(again, "ref-1.3-explanation")).to_have_value("Das erheben wir 2027 zum ersten Mal.")
    field(again, "ref-1.3-disclosure").and_(again.locator("[value=comply]")).check()
    expect_saved(again)


def test_another_person_is_not_offered_the_text(
    page: Page, petra: Visitor, server: Server, desk: Desk
) -> None:
    """On a shared computer, after her sign-in expired; his sign-out leaves her text alone."""
    petra.context.set_offline(True)
    field(page, TEXT).fill("Nur für Petra.")
    crash(page)
    petra.context.set_offline(False)
    petra.context.clear_cookies()
    other = petra.sign_in("mehmet")
    other.goto(desk.path)
    expect(field(other, TEXT)).to_be_visible()
    expect(other.locator(".dnk-restore")).to_have_count(0)
    petra.sign_out(other)
    petra.sign_in("petra", page=other)
    other.goto(desk.path)
    other.get_by_role("button", name="Verwerfen").click()


def test_defect_24_the_button_waits_for_the_network(page: Page, petra: Visitor, desk: Desk) -> None:
    petra.context.set_offline(True)
    field(page, TEXT).fill("Der Knopf, als das Netz weg war.")
    page.get_by_role("button", name="Fertig, weiter").click()
    expect(status_line(page)).to_contain_text(HELD)
    expect(field(page, TEXT)).to_have_value("Der Knopf, als das Netz weg war.")
    petra.context.set_offline(False)
    expect_saved(page)
    assert words_on_server(petra, desk) == "Der Knopf, als das Netz weg war."


def test_defect_10_a_ready_made_reason_stands_in_its_box_at_once(petra: Visitor, desk: Desk) -> None:
    page = petra.page(section_path(desk.declaration, "2"))
    name = page.locator("[name$='-disclosure'][value=explain]").first.get_attribute("name") or ""
    box, reasons = (field(page, name.replace("disclosure", part)) for part in ("explanation", "reason"))
    page.locator(f"[name='{name}'][value=explain]").check()
    box.fill("")
    texts = []
    for chosen in (0, 1):
        reasons.nth(chosen).check()
        expect(box).not_to_have_value(texts[-1] if texts else "")
        texts.append(box.input_value())
    wait_for(lambda: not drafts(page), what="the server to have the same words")
    page.reload()
    expect(box).to_have_value(texts[1])


def test_a_reason_chosen_with_one_click_is_offered_back_whole(petra: Visitor, desk: Desk) -> None:
    path = section_path(desk.declaration, "19")
    page = petra.page(path)
    page.locator("textarea[name$='-text']").first.fill("")  # nothing is answered: reasons are offered
    expect_saved(page)
    page = petra.page(path)
    petra.context.set_offline(True)
    quick = page.locator("[data-reason]").first
    name = f"ref-{(quick.get_attribute('value') or '').split(':')[1]}"
    quick.click()
    expect(field(page, f"{name}-explanation")).not_to_have_value("")
    crash(page)
    petra.context.set_offline(False)
    page = petra.page(path)
    page.get_by_role("button", name="Text wiederherstellen").click()
    expect(page.locator(f"[name='{name}-disclosure'][value=explain]")).to_be_checked()
    expect(field(page, f"{name}-explanation")).not_to_have_value("")


def test_a_link_to_how_a_figure_was_calculated_stays_on_its_page(petra: Visitor, desk: Desk) -> None:
    """Its indicator stands on another page, and a link of before to that one still goes there."""
    page = petra.page(section_path(desk.declaration, "13/kennzahlen"))
    field(page, "ref-GRI-SRS-305-1.a-value").fill("12")
    expect_saved(page)
    for row, name in (("ref-GRI-SRS-305-1.g", "rechenweg"), ("ref-GRI-SRS-305-1", "kennzahlen")):
        page = petra.page(f"{section_path(desk.declaration, '13/rechenweg')}#{row}")
        page.wait_for_load_state("networkidle")
        expect(page).to_have_url(re.compile(rf"/13/{name}#{row}$"))


# ---- Forms that do not save by themselves: quick check, line of a calculator, profile of the company

FORMS = {
    "radios": ("schnellchecks/circular", "[name^=reply-][value=no]", "Speichern und Ergebnis ansehen"),
    "number": ("rechner/energy/zeilen/neu?art=natural-gas", "[name=f-quantity]", "Speichern"),
    "text": ("/unternehmen/1/profil", "[name=boundary]", "Speichern"),
}
HELD = "Keine Verbindung, deshalb ist noch nichts gesendet."


def fill_or_check(field: Locator, value: str) -> None:
    field.check() if field.get_attribute("type") == "radio" else field.fill(value)


def expect_put(field: Locator, value: str) -> None:
    if field.get_attribute("type") == "radio":
        expect(field).to_be_checked()
    else:
        expect(field).to_have_value(value)


@pytest.mark.parametrize("kind", FORMS)
def test_defect_3_and_24_what_is_typed_survives_on_every_kind_of_form(
    petra: Visitor, desk: Desk, kind: str
) -> None:
    """A link away, the end of the tab, a press without a network; then it is saved, and kept no longer."""
    path, selector, save = FORMS[kind]
    path = path if path.startswith("/") else desk.overview + path
    page = petra.page(path)
    fill_or_check(page.locator(selector).first, "4711")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Impressum").click(no_wait_after=True)
    wait_for(lambda: asked == ["beforeunload"], what="the question")
    crash(page)

    page = petra.page(path)
    page.get_by_role("button", name="Text wiederherstellen").click()
    expect_put(page.locator(selector).first, "4711")
    petra.context.set_offline(True)
    button = page.get_by_role("button", name=save, exact=True).last
    button.click()
    expect(page.get_by_text(HELD)).to_be_focused()
    petra.context.set_offline(False)
    with page.expect_navigation():
        button.click()
    expect(page.get_by_text(HELD)).to_have_count(0)
    wait_for(lambda: drafts(page) == [], what="the end of the draft")
    page.goto(path)
    expect(page.locator(".dnk-restore")).to_have_count(0)


def test_defect_3_after_a_sign_in_anew_what_was_typed_is_sent_and_kept_no_more(
    petra: Visitor, desk: Desk
) -> None:
    page = petra.page(f"{desk.overview}anmerkungen/2")
    page.get_by_role("textbox").last.fill("Vor dem Ablauf geschrieben.")
    petra.context.clear_cookies()
    page.get_by_role("button", name="Anmerkung speichern").click()
    page.get_by_label("E-Mail-Adresse").fill("petra@example.org")
    page.get_by_label("Passwort", exact=True).fill("wiese kahn sieben lampe")
    page.get_by_role("button", name="Anmelden", exact=True).click()
    send = page.get_by_role("button", name="Eingaben absenden")
    expect(send).to_be_visible()
    assert drafts(page), "it lies in the browser until the server has it"
    send.click()
    expect(page.locator(".dnk-notes").get_by_text("Vor dem Ablauf geschrieben.")).to_be_visible()
    page.wait_for_load_state()  # the words are there before the script that knows that they are sent
    expect(page.locator(".dnk-restore")).to_have_count(0)
    assert drafts(page) == []


def test_defect_3_two_tabs_of_a_form_lose_neither_text(petra: Visitor) -> None:
    first, second = petra.page("/unternehmen/1/profil"), petra.page("/unternehmen/1/profil")
    for page, text in ((first, "Alle Standorte."), (second, "Nur die Werkstatt.")):
        page.locator("[name=boundary]").fill(text)
    first.get_by_role("button", name="Speichern", exact=True).last.click()
    expect(first.get_by_role("alert")).to_contain_text("Gespeichert.")
    second.get_by_role("button", name="Speichern", exact=True).last.click()
    expect(second.get_by_text("hat das Profil gerade geändert")).to_be_visible()
    expect(second.locator("[name=boundary]")).to_have_value("Nur die Werkstatt.")
    second.close()
    again = petra.page("/unternehmen/1/profil")
    expect(again.locator("[name=boundary]")).to_have_value("Alle Standorte.")
    again.get_by_role("button", name="Text wiederherstellen").click()
    expect(again.locator("[name=boundary]")).to_have_value("Nur die Werkstatt.")


def test_two_tabs_show_both_texts(page: Page, petra: Visitor, desk: Desk) -> None:
    second = petra.page(desk.path)
    field(page, TEXT).fill("Fassung aus dem ersten Fenster.")
    expect_saved(page)
    field(second, TEXT).fill("Fassung aus dem zweiten Fenster.")
    field(second, OTHER).fill("Daneben gibt es keinen Streit.")
    expect(status_line(second)).to_contain_text("Zwei Fassungen")
    status_line(second).get_by_role("button", name="Beide ansehen").click()
    expect(second.get_by_role("heading", name="Zwei Fassungen: Bitte wählen Sie")).to_be_visible()
    sides = second.locator(".dnk-sides")
    expect(sides).to_contain_text("Fassung aus dem ersten Fenster.")
    expect(sides).to_contain_text("Fassung aus dem zweiten Fenster.")
    own = second.get_by_role("textbox", name="Diese Fassung speichern")
    expect(own).to_have_value("Fassung aus dem zweiten Fenster.")
    assert words_on_server(petra, desk) == "Fassung aus dem ersten Fenster."
    assert words_on_server(petra, desk, OTHER) == "Daneben gibt es keinen Streit."
    own.fill("Das Beste aus beiden Fenstern.")
    second.get_by_role("button", name="Diese Fassung speichern").click()
    expect(second.get_by_role("alert")).to_contain_text("Gespeichert.")
    expect(field(second, TEXT)).to_have_value("Das Beste aus beiden Fenstern.")
    expect(second.locator(".dnk-restore")).to_have_count(0)
    second.locator("[id='ref-1.1'] .dnk-more summary").click()
    second.get_by_role("link", name="Frühere Fassungen").click()
    for text in ("ersten Fenster.", "zweiten Fenster.", "beiden Fenstern."):
        expect(second.get_by_text(text)).to_have_count(1)


def test_two_people_on_different_fields_never_collide(page: Page, visit: Visit, desk: Desk) -> None:
    mehmet = visit()
    mehmet.come_in("mehmet")
    other = mehmet.page(desk.path)
    field(other, OTHER).fill("Von Mehmet.")
    field(page, TEXT).fill("Von Petra.")
    expect_saved(other)
    expect_saved(page)
    field(page, TEXT).fill("Von Petra, noch einmal.")
    page.get_by_role("button", name="Fertig, weiter").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wesentlichkeit")
    assert words_on_server(mehmet, desk) == "Von Petra, noch einmal."
    assert words_on_server(mehmet, desk, OTHER) == "Von Mehmet."


def test_a_sign_out_elsewhere_loses_nothing(page: Page, petra: Visitor, desk: Desk) -> None:
    """The page goes on by itself once the person is back from signing in in the other tab."""
    other = petra.page("/")
    petra.sign_out(other)
    field(page, TEXT).fill("Geschrieben, als ich schon abgemeldet war.")
    expect(status_line(page)).to_contain_text(SIGNED_OUT)
    petra.sign_in("petra", page=other)
    show_tab_again(page)
    expect_saved(page)
    assert words_on_server(petra, desk) == "Geschrieben, als ich schon abgemeldet war."


def show_tab_again(page: Page) -> None:
    """From another tab; a browser without windows tells its pages nothing of that."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_f10_a_page_never_goes_on_as_somebody_else(page: Page, petra: Visitor, desk: Desk) -> None:
    """The tab keeps the text, and saves it once its own person is back."""
    other = petra.page("/")
    petra.sign_out(other)
    petra.sign_in("mehmet", page=other)
    field(page, TEXT).fill("Das schreibt Petra.")
    expect(status_line(page)).to_contain_text(SIGNED_OUT)
    assert words_on_server(petra, desk) != "Das schreibt Petra."
    petra.sign_out(other)
    petra.sign_in("petra", page=other)
    show_tab_again(page)
    expect_saved(page)
    assert words_on_server(petra, desk) == "Das schreibt Petra."


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_signed_out_person_saves_with_the_button(visit: Visit, desk: Desk, javascript: bool) -> None:
    """The sign-in page carries the text along and sends it afterwards."""
    petra = visit(javascript=javascript)
    petra.come_in("petra")
    page = petra.page(desk.path)
    petra.context.clear_cookies()
    text = f"Mit dem Knopf gesendet, JavaScript: {javascript}.\n\nNoch ein Absatz."
    field(page, TEXT).fill(text)
    page.get_by_role("button", name="Fertig, weiter").click()
    expect(page.get_by_text("Ihre Eingaben sind noch da")).to_be_visible()
    page.get_by_label("E-Mail-Adresse").fill("petra@example.org")
    page.get_by_label("Passwort", exact=True).fill("falsches passwort")
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Passwort", exact=True).fill("wiese kahn sieben lampe")
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page.get_by_role("heading", name="Ihre Eingaben sind noch da")).to_be_visible()
    page.get_by_role("button", name="Eingaben absenden").click()
    expect(page.get_by_role("alert")).to_contain_text("Gespeichert.")
    assert words_on_server(petra, desk) == text


def test_an_old_form_is_sent_again(visit: Visit, desk: Desk) -> None:
    """Signed out and in again elsewhere, without JavaScript: the form's token is of yesterday."""
    petra = visit(javascript=False)
    other = petra.sign_in("petra")
    page = petra.page(desk.path)
    field(page, TEXT).fill("Mit dem Token von gestern.")
    petra.sign_out(other)
    petra.sign_in("petra", page=other)
    page.get_by_role("button", name="Fertig, weiter").click()
    expect(page.get_by_text("deshalb ist noch nichts gespeichert")).to_be_visible()
    page.get_by_role("button", name="Eingaben absenden").click()
    expect(page.get_by_role("alert")).to_contain_text("Gespeichert.")
    assert words_on_server(petra, desk) == "Mit dem Token von gestern."


def test_what_is_typed_while_a_colleague_finishes(
    page: Page, petra: Visitor, visit: Visit, desk: Desk
) -> None:
    mehmet = visit()
    mehmet.come_in("mehmet")
    other = mehmet.page(f"{desk.overview}pruefen")
    other.get_by_role("button", name="Erklärung abschließen").click()
    other.get_by_role("link", name="Zur Übersicht").click()
    expect(other.get_by_text("Diese Erklärung ist abgeschlossen")).to_be_visible()
    field(page, TEXT).fill("Zu spät, aber nicht verloren.")
    line = status_line(page)
    expect(line).to_contain_text("Dieser Teil ist inzwischen gesperrt.")
    page.get_by_role("button", name="Fertig, weiter").click()
    expect(page.get_by_text("Dieser Teil wurde inzwischen gesperrt")).to_be_visible()
    open_again(other)
    page.get_by_role("button", name="Eingaben absenden").click()
    expect(page.get_by_role("alert")).to_contain_text("Gespeichert.")
    assert words_on_server(petra, desk) == "Zu spät, aber nicht verloren."


def open_again(overview: Page) -> None:
    """A closed declaration, and wait until it is open."""
    overview.get_by_role("button", name="Wieder öffnen").click()
    expect(overview.get_by_text("Diese Erklärung ist abgeschlossen")).to_have_count(0)
    expect(overview.get_by_role("heading", level=1)).to_be_visible()


def test_a_closed_page_keeps_its_text_until_the_declaration_is_open_again(
    page: Page, petra: Visitor, visit: Visit, desk: Desk
) -> None:
    mehmet = visit()
    mehmet.come_in("mehmet")
    other = mehmet.page(f"{desk.overview}pruefen")
    other.get_by_role("button", name="Erklärung abschließen").click()
    other.get_by_role("link", name="Zur Übersicht").click()
    expect(other.get_by_text("Diese Erklärung ist abgeschlossen")).to_be_visible()
    field(page, TEXT).fill("Auch nach dem Schließen noch da.")
    expect(status_line(page)).to_contain_text("bleibt in diesem Browser gesichert")
    page.close()
    open_again(other)
    again = petra.page(desk.path)
    again.get_by_role("button", name="Text wiederherstellen").click()
    expect_saved(again)
    assert words_on_server(petra, desk) == "Auch nach dem Schließen noch da."


def test_the_button_waits_for_the_saving_under_way(page: Page, petra: Visitor, desk: Desk) -> None:
    """Pressing save while the page saves by itself must not collide with oneself."""
    page.route("**/kriterien/1", lambda route: (page.wait_for_timeout(700), route.continue_()))
    field(page, TEXT).fill("Erst von selbst, dann mit dem Knopf.")
    field(page, OTHER).focus()
    page.get_by_role("button", name="Fertig, weiter").click()
    expect(page.get_by_role("alert")).to_contain_text("Gespeichert.")
    assert words_on_server(petra, desk) == "Erst von selbst, dann mit dem Knopf."


@pytest.mark.parametrize("is_cut", [True, False], ids=["cut-off", "bad-gateway"])
def test_a_save_that_never_arrived_keeps_its_text(
    page: Page, petra: Visitor, desk: Desk, is_cut: bool
) -> None:
    """Another address that leads on, opened by hand, is no answer to it."""

    def refuse(route: Route) -> None:
        route.abort() if is_cut else route.fulfill(status=502, body="Bad Gateway")

    stop_clock(
        page
    )  # or the page would save by itself before, and that would be refused in place of the form
    page.route("**/kriterien/1", refuse)
    text = f"Nie angekommen, abgeschnitten: {is_cut}."
    field(page, TEXT).fill(text)
    page.get_by_role("button", name="Fertig, weiter").click(no_wait_after=True)
    if is_cut:
        expect(page).to_have_url(re.compile("^chrome-error:"))
    else:
        expect(page.get_by_text("Bad Gateway")).to_be_visible()
    page.unroute("**/kriterien/1")
    page.clock.resume()
    page.goto("/anmelden?next=/konto")
    expect(page).to_have_url(re.compile("/konto$"))
    page.goto(desk.path)
    page.get_by_role("button", name="Text wiederherstellen").click()
    expect(field(page, TEXT)).to_have_value(text)
    expect_saved(page)


def test_going_back_shows_the_newest_text(page: Page) -> None:
    field(page, TEXT).fill("Vor dem Weitergehen.")
    page.get_by_role("button", name="Fertig, weiter").click()
    expect(page.get_by_role("alert")).to_contain_text("Gespeichert.")
    page.go_back()
    expect(field(page, TEXT)).to_have_value("Vor dem Weitergehen.")
    field(page, TEXT).fill("Und nach dem Zurückgehen.")
    expect_saved(page)
    expect(page.locator(".dnk-restore")).to_have_count(0)


def test_plausible_what_looks_odd_comes_and_goes_while_one_types(petra: Visitor, desk: Desk) -> None:
    page = petra.page(section_path(desk.declaration, "12/kennzahlen/GRI-SRS-302-1.c-i"))
    box = page.locator('[data-live="energy.electricity.consumption"]')
    name = page.locator('[data-version-of="energy.electricity.consumption"]').get_attribute("name") or ""
    value = page.locator(f'[name="{name.removesuffix("-version")}-value"]')
    value.fill("-5")
    expect(box.locator(".dnk-odd")).to_contain_text("unter null")
    box.locator("summary").first.click()
    sentence = box.locator("textarea").first
    sentence.fill("Gutschrift des Vorjahres.")
    value.focus()  # a sentence that is being written is not taken away, and is saved with the rest
    expect(box.locator(".dnk-odd--explained")).to_contain_text("Gutschrift des Vorjahres.")
    value.fill("5000")
    expect(box).not_to_contain_text("unter null")


@pytest.mark.parametrize("size", [(1280, 900), (320, 640)], ids=["desk", "phone"])
def test_the_state_of_saving_is_in_sight_wherever_one_scrolls(
    petra: Visitor, visit: Visit, desk: Desk, size: tuple[int, int]
) -> None:
    """Offline, signed out, two versions: each is read at the top, in the middle and at the end."""
    page = petra.page(section_path(desk.declaration, "13"))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    text = field(page, "ref-13.1-text")

    def expect_in_sight(words: str) -> None:
        expect(status_line(page)).to_contain_text(words)
        for part in (0, 0.5, 1):
            page.evaluate("part => scrollTo(0, part * document.body.scrollHeight)", part)
            expect(status_line(page)).to_be_in_viewport(ratio=0.9)

    page.route("**/kriterien/13", lambda route: route.abort())
    text.fill(f"Ohne Netz, {size}.")
    expect_in_sight("Keine Verbindung.")
    page.unroute("**/kriterien/13")
    expect_saved(page)
    expect_in_sight("Gespeichert um")

    other = visit()
    other.come_in("mehmet")
    theirs = other.page(section_path(desk.declaration, "13"))
    field(theirs, "ref-13.1-text").fill(f"Von Mehmet, {size}.")
    expect_saved(theirs)
    text.fill(f"Auch von Petra, {size}.")
    expect_in_sight("Zwei Fassungen")
    page.get_by_role("button", name="Beide ansehen").click()
    expect(page.get_by_text(f"Von Mehmet, {size}.")).to_be_visible()

    page = petra.page(section_path(desk.declaration, "13"))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    petra.context.clear_cookies()
    field(page, "ref-13.2-text").fill(f"Nach dem Abmelden, {size}.")
    expect_in_sight("Sie sind abgemeldet.")
    expect(page.get_by_role("link", name="In einem neuen Fenster anmelden")).to_be_in_viewport()


def test_the_focus_is_never_under_the_dock(petra: Visitor, desk: Desk) -> None:
    for size in ((1280, 900), (320, 640)):
        page = petra.page(section_path(desk.declaration, "2"))
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for _ in range(80):
            page.keyboard.press("Tab")
            covered = page.evaluate(COVERED_BY_DOCK)
            assert not covered, covered


# The focused element if the dock hides all of it, and it is not in the dock itself.
COVERED_BY_DOCK = """() => {
  const dock = document.querySelector('[data-dock]').getBoundingClientRect();
  const it = document.activeElement;
  if (it === document.body || it.closest('[data-dock]')) return '';
  const box = it.getBoundingClientRect();
  return box.top > dock.top - 4 && box.top < dock.bottom ? it.outerHTML.slice(0, 200) : '';
}"""


def test_buttons_write_signs_and_the_page_shows_how_the_text_reads(
    petra: Visitor, page: Page, desk: Desk
) -> None:
    stop_clock(page)
    box, group = field(page, TEXT), page.locator(f'.govuk-form-group:has(> [name="{TEXT}"])')

    def press(label: str) -> None:
        group.get_by_role("button", name=label, exact=True).click()

    box.fill("Ziele")
    press("Zwischentitel")
    page.keyboard.insert_text("\n\nWir ")
    press("Fett")
    page.keyboard.insert_text("sparen")
    page.keyboard.press("End")
    page.keyboard.insert_text(":\n\nStrom\nGas")
    box.evaluate("area => area.setSelectionRange(area.value.indexOf('Strom'), area.value.length)")
    press("Nummerierte Liste")
    page.keyboard.insert_text("\n\nMehr: ")
    press("Link")
    assert box.input_value() == "# Ziele\n\nWir **sparen**:\n\n1. Strom\n2. Gas\n\nMehr: [](https://)"
    page.keyboard.press("ControlOrMeta+Z")
    assert box.input_value().endswith("Mehr: "), "a sign is taken back like any word"
    box.evaluate("area => area.setSelectionRange(2, 9)")
    press("Fett")
    assert box.input_value().startswith("# **Ziele**\n\nWir "), "spaces behind are left out"
    page.keyboard.press("ControlOrMeta+Z")
    box.evaluate("area => area.setSelectionRange(area.value.length, area.value.length)")
    page.keyboard.insert_text("\n\nJahr\tkWh\n2025\t9")
    press("Liste")
    page.keyboard.press("ControlOrMeta+Z")
    page.clock.resume()
    expect_saved(page)
    reads = page.locator(f'[data-live="{TEXT}-formatted"]')
    expect(reads.locator("strong")).to_have_text("sparen")
    expect(reads.locator("ol li")).to_have_text(["Strom", "Gas"])
    expect(reads.get_by_role("columnheader")).to_have_text(["Jahr", "kWh"])
    there = petra.page(f"{desk.path}/vorschau")
    expect(there.locator("h5")).to_have_text("Ziele")
