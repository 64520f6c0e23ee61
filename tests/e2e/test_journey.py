"""The main job, from the first visit to the second finished version, with and without JavaScript."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from dnk_tool.catalogue import selection_for
from dnk_tool.catalogue.standard.model import Criterion
from dnk_tool.domain.permissions import Role
from dnk_tool.store.tables.declarations import Declaration
from tests.e2e.conftest import Shot, Visit
from tests.e2e.driving import Server, field
from tests.e2e.exchange.keyboard import tab_to
from tests.support.app import PASSWORD
from tests.support.instance import COMPLETE

pytestmark = pytest.mark.e2e

SELECTION = selection_for("dnk-2017", "gri")
LAST = SELECTION.sections[-1].ref
TEXT = "Wir wissen, was wir verbrauchen, und sagen hier, was wir daran ändern. " * 3


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    server = new_server()
    server.run("init")
    server.start()
    return server


def account(server: Server, email: str) -> str:
    """A new account from the command line; gives its password."""
    made = json.loads(server.run("user", "add", email, "--name", "Anna Beck", "--generate", "--json"))
    return str(made["password"])


def test_the_first_visitor_creates_the_operator_account(
    new_server: Callable[..., Server], visit: Visit, shot: Shot
) -> None:
    server = new_server()
    address = re.search(r"http://\S+(/einrichten\?token=\S+)", server.start())
    assert address, "the console names the address"
    visitor = visit(at=server)
    page = visitor.page("/einrichten?token=falsch")
    expect(page.get_by_role("heading", name="Diese Seite gibt es nicht")).to_be_visible()
    page.goto(address[1])
    shot(page, "set-up")
    page.get_by_label("Name").fill("Petra Sommer")
    page.get_by_label("E-Mail-Adresse").fill("petra@example.org")
    page.get_by_label("Passwort", exact=True).fill("petra sommer")
    page.get_by_label("Passwort wiederholen").fill("petra sommer")
    page.get_by_role("button", name="Konto anlegen").click()
    expect(page.get_by_role("alert")).to_contain_text("besteht aus Ihrem Namen")
    expect(page.get_by_label("Name")).to_have_value("Petra Sommer")
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_label("Passwort wiederholen").fill(PASSWORD)
    page.get_by_role("button", name="Konto anlegen").click()
    expect(page.get_by_text("Sie sind angemeldet")).to_be_visible()
    expect(page.get_by_role("link", name="Unternehmen anlegen")).to_be_visible()
    visitor.sign_out(page)
    page.goto(address[1])
    expect(page.get_by_role("heading", name="Diese Seite gibt es nicht")).to_be_visible()
    visitor.sign_in("petra@example.org", page=page)


@pytest.mark.parametrize(
    "javascript",
    [
        pytest.param(True, id="with-javascript"),
        pytest.param(False, id="without-javascript", marks=pytest.mark.nightly),
    ],
)
def test_from_sign_in_to_the_second_version(
    server: Server, visit: Visit, shot: Shot, javascript: bool, tmp_path: Path
) -> None:
    email = f"anna-{javascript}@example.org".lower()
    visitor = visit(javascript=javascript)
    page = visitor.sign_in(email, account(server, email))
    create_profile(page)
    start_declaration(page)
    overview = page.url
    shot(page, f"overview-empty-{javascript}")
    expect(page.locator(".dnk-lead")).to_have_text(re.compile("^0 von 20 Kriterien fertig"))

    with page.expect_navigation():
        page.get_by_role("link", name="Weiter mit: Allgemeine Informationen").click()
    answer_general(page)
    expect(page).to_have_url(re.compile("/rechnungen/$"))
    page.get_by_role("link", name="Weiter zu Kriterium 1", exact=True).click()
    for criterion in SELECTION.criteria:
        answer_criterion(page, criterion)
    expect(page).to_have_url(re.compile("/pruefen$"))
    notice_a_gap(page, overview, lambda name: shot(page, f"{name}-{javascript}"))

    first = finish_declaration(page, version=1, folder=tmp_path)
    shot(page, f"overview-finished-{javascript}")

    with page.expect_navigation():
        page.get_by_role("button", name="Wieder öffnen").click()
    page.get_by_role("link", name=re.compile(r"^1\. ")).click()
    change = field(page, "ref-1.1-text")
    change.fill("Das hat sich im zweiten Jahr geändert.")
    save_and_go_on(page)
    page.get_by_role("link", name="Übersicht").click()
    finish_declaration(page, version=2, folder=tmp_path)
    again = download(page.get_by_role("link", name="JSON der Version 1"), tmp_path)
    second = download(page.get_by_role("link", name="JSON der Version 2"), tmp_path)
    assert json.loads(again)["answers"]["1.1"]["text"] == TEXT.strip()
    assert json.loads(again)["answers"]["1.3"]["explanation"], "the ready-made reason is the explanation"
    assert json.loads(second)["answers"]["1.1"]["text"] == "Das hat sich im zweiten Jahr geändert."
    assert download(page.get_by_role("link", name="PDF der Version 1"), tmp_path)[:5] == first[:5] == b"%PDF-"

    page.get_by_role("button", name="Abmelden").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Schritt für Schritt")
    page.goto(overview)
    expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()


def test_a_first_criterion_of_each_kind_and_a_version_without_a_script(
    server: Server, visit: Visit, tmp_path: Path
) -> None:
    """The pages of the whole way without a script, each kind once: that takes as long as the one with it."""
    page = visit(javascript=False).sign_in("berta@example.org", account(server, "berta@example.org"))
    create_profile(page)
    start_declaration(page)
    overview = page.url
    with page.expect_navigation():
        page.get_by_role("link", name="Weiter mit: Allgemeine Informationen").click()
    answer_general(page)
    for criterion in SELECTION.criteria:
        if criterion.ref in ("1", "2", "3", "13"):  # 13 has goals, figures and the method behind them
            page.goto(f"{overview}kriterien/{criterion.ref}")
            answer_criterion(page, criterion)
    page.goto(overview)
    expect(page.locator(".dnk-lead")).to_have_text(re.compile("^4 von 20 Kriterien fertig"))

    declaration = server.seed(COMPLETE, clara=Role.OWNER)
    with server.stored() as session:
        session.get_one(Declaration, declaration).organisation.requires_sign_off = True  # as of a new company
    page = visit(javascript=False).sign_in("clara")
    notice_a_gap(page, f"{server.address}/erklaerungen/{declaration}/")
    finish_declaration(page, version=1, folder=tmp_path)


def answer_criterion(page: Page, criterion: Criterion) -> None:
    """All pages of a criterion, from its first one to the next criterion."""
    expect(page.get_by_role("heading", level=1)).to_have_text(criterion.title.to("de"))
    answer_whole_criterion(page, criterion.ref)
    save_and_go_on(page)
    while "/kennzahlen" in page.url:
        answer_figures(page)
        save_and_go_on(page)
    if page.url.endswith("/rechenweg"):
        answer_method(page)
        save_and_go_on(page)


def notice_a_gap(page: Page, overview: str, shot: Callable[[str], None] = lambda _name: None) -> None:
    """Take one text out of a complete declaration, be told of it, and write it again."""
    page.goto(f"{overview}kriterien/{LAST}")
    field(page, f"ref-{LAST}.6-text").fill("")

    # One text is missing: the page stays and says so, and so do the overview, the final check and its link.
    page.get_by_role("button", name="Fertig, weiter").click()
    expect(page.get_by_role("heading", name="Eine Angabe fehlt noch")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Trotzdem weiter")).to_be_in_viewport()
    page.get_by_role("link", name="Übersicht").click()
    expect(page.locator(".dnk-lead")).to_have_text(re.compile("^19 von 20 Kriterien fertig"))
    expect(page.get_by_text("1 Angabe fehlt noch")).to_be_visible()
    shot("overview-one-gap")
    page.get_by_role("link", name="Angaben prüfen und abschließen").click()
    gap = page.locator(".dnk-gaps__list a[href*='/kriterien/']")
    expect(gap).to_have_count(1)
    expect(page.get_by_text("Sobald oben nichts mehr offen ist")).to_be_visible()
    expect(page.get_by_role("button", name="Erklärung abschließen")).to_have_count(0)
    shot("one-gap")
    gap.click()
    expect(page).to_have_url(re.compile(rf"/kriterien/{LAST}#ref-{LAST}\.6$"))
    text = field(page, f"ref-{LAST}.6-text")
    expect(text).to_be_in_viewport()
    text.fill("Wir hatten keinen Fall.")
    save_and_go_on(page)
    expect(page).to_have_url(re.compile("/pruefen$"))
    page.get_by_role("link", name="Übersicht").click()
    expect(page.locator(".dnk-lead")).to_have_text(re.compile("^20 von 20 Kriterien fertig"))


def create_profile(page: Page) -> None:
    page.get_by_role("link", name="Unternehmen anlegen").click()
    page.get_by_label("Name des Unternehmens").fill("Beck Holzbau GmbH")
    page.get_by_label("Rechtsform").select_option("gmbh")
    page.get_by_label("Branche", exact=True).select_option("WZ 2025: 16")
    page.get_by_label("Zahl der Beschäftigten").fill("24")
    page.get_by_label("Wert").fill("2,4")
    page.get_by_label("Einheit").select_option("Mio-EUR")
    page.get_by_label("Anschrift des Hauptsitzes").fill("Holzweg 3\n73033 Göppingen")
    page.get_by_label("Name, zum Beispiel Werkstatt Süd").fill("Werkstatt")
    page.get_by_label("Anschrift", exact=True).fill("Holzweg 3")
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_text("Das Profil ist gespeichert.")).to_be_visible()


def start_declaration(page: Page) -> None:
    expect(page.get_by_role("radio", name=re.compile("^GRI"))).to_be_checked()
    page.get_by_label("Über welches Jahr berichten Sie?").fill("")
    page.get_by_role("button", name="Erklärung anlegen").click()
    expect(page.get_by_role("alert")).to_contain_text("Geben Sie das Jahr ein")
    page.get_by_label("Über welches Jahr berichten Sie?").fill("2025")
    page.get_by_role("button", name="Erklärung anlegen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("zu Ihrer Erklärung")
    page.get_by_role("link", name="Zur Übersicht").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("für 2025")


def answer_general(page: Page) -> None:
    for box in page.locator("main input[type=text]:visible, main textarea:visible").all():
        box.fill("Anna Beck, Geschäftsführung")
    for question in page.locator("main fieldset:has(input[type=radio][name$='-value'])").all():
        question.get_by_role("radio").first.check()
    save_and_go_on(page)


def answer_whole_criterion(page: Page, ref: str) -> None:
    """The page of a criterion: texts where we report, reasons where we do not, and the few figures below."""
    page.wait_for_load_state()  # the heading is there before the last of the fields
    if ref == "1":
        explain_at_once(page, "1.3")
    for box in page.locator(".dnk-requirement:not(.dnk-sheet--rows) textarea[name$='-text']:visible").all():
        box.fill(TEXT)
    if ref == "13":
        set_goals(page)
    answer_figures(page)


def answer_figures(page: Page) -> None:
    """The figures of a page: emissions are reported, all else is explained."""
    page.wait_for_load_state()
    for indicator in page.locator(".dnk-sheet--rows").all():
        name = (indicator.get_attribute("id") or "").removeprefix("ref-")
        if name == "GRI-SRS-305-1":
            report_emissions(page)
        else:
            explain_point(page, name)


def explain_at_once(page: Page, ref: str) -> None:
    """One click on a ready-made reason; its sentence can be changed then, without a script after a save."""
    page.locator(f"[id='ref-{ref}'] [data-reason]").first.click()
    expect(field(page, f"ref-{ref}-explanation")).to_have_value(re.compile(r"\.$"))
    expect(field(page, f"ref-{ref}-disclosure").and_(page.locator("[value=explain]"))).to_be_checked()
    expect(field(page, f"ref-{ref}-text")).to_be_hidden()


def explain_point(page: Page, ref: str) -> None:
    """A ready-made reason without a word of one's own; own words where only a zero would make sense."""
    field(page, f"ref-{ref}-disclosure").and_(page.locator("[value=explain]")).check()
    reason = field(page, f"ref-{ref}-reason").first
    if reason.get_attribute("type") == "radio":
        reason.check()
    else:
        field(page, f"ref-{ref}-explanation").fill(TEXT)


def set_goals(page: Page) -> None:
    """Two goals; a third comes and goes."""
    row = "ref-13.2.goals-rows-{}-{}".format
    for index, (goal, due) in enumerate([("Minus 45 Prozent", "2030"), ("Nur noch Ökostrom", "2027")]):
        if index:
            page.get_by_role("button", name="Ziel hinzufügen").click()
        field(page, row(index, "goal")).fill(goal)
        field(page, row(index, "due")).fill(due)
    page.get_by_role("button", name="Ziel hinzufügen").click()
    field(page, row(2, "goal")).fill("Ein Irrtum")
    remove = page.get_by_role("button", name="Entfernen Zeile 3")
    remove.click()
    expect(field(page, row(1, "goal"))).to_have_value("Nur noch Ökostrom")
    expect(field(page, row(2, "goal"))).to_have_count(0)


def report_emissions(page: Page) -> None:
    name = "ref-GRI-SRS-305-1"
    field(page, f"{name}.a-value").fill("1.234,5")
    field(page, f"{name}.a-unit").select_option("t-co2e")
    field(page, f"{name}.a-quality").select_option("calculated")
    field(page, f"{name}.c-value").fill("ungefähr zwölf")
    page.get_by_role("button", name="Fertig, weiter").click()
    expect(page.get_by_role("alert")).to_contain_text("Geben Sie hier nur eine Zahl ein")
    expect(field(page, f"{name}.c-value")).to_have_value("ungefähr zwölf")
    field(page, f"{name}.c-value").fill("12")


def answer_method(page: Page) -> None:
    """The method behind the emissions that are reported."""
    page.wait_for_load_state()
    field(page, "ref-GRI-SRS-305-1.b-value").first.check()
    field(page, "ref-GRI-SRS-305-1.f-value").first.check()
    for box in page.locator(".dnk-method textarea:visible").all():
        box.fill("Nach dem GHG Protocol gerechnet.")


def save_and_go_on(page: Page) -> None:
    here = page.url
    page.get_by_role("button", name="Fertig, weiter").click()
    expect(page).not_to_have_url(here)
    expect(page.get_by_role("alert").filter(has_text="Gespeichert.")).to_have_count(1)


def finish_declaration(page: Page, *, version: int, folder: Path) -> bytes:
    """From the overview and back to it; gives the PDF."""
    page.get_by_role("link", name="Prüfen und abschließen", exact=True).click()
    expect(page.get_by_text("Vollständig", exact=True)).to_be_visible()
    page.get_by_label("Ich bestätige selbst").check()
    page.get_by_role("button", name="Erklärung abschließen").click()
    expect(page.get_by_role("alert").first).to_contain_text("Setzen Sie das Häkchen")
    page.get_by_label(re.compile("^Ich stehe dafür ein")).check()
    page.get_by_role("button", name="Erklärung abschließen").click()
    expect(page).to_have_url(re.compile(f"/versionen/{version}$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("ist fertig")
    pdf = download(page.get_by_role("link", name="PDF herunterladen"), folder)
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) > 50_000
    page.get_by_role("link", name="Zur Übersicht").click()
    expect(page.get_by_text(f"Diese Erklärung ist abgeschlossen (Version {version})")).to_be_visible()
    return pdf


def download(link: Locator, folder: Path) -> bytes:
    """The file, which may take a while to be made; a page shows how far it is, with the way back."""
    page, here = link.page, link.page.url
    with page.expect_download() as download_info:
        link.click()
    file = folder / download_info.value.suggested_filename
    download_info.value.save_as(file)
    if page.url != here:
        page.get_by_role("link", name="Zurück").click()
        expect(page).to_have_url(here)
    return file.read_bytes()


# ---- With the keyboard alone


def test_with_the_keyboard_alone(server: Server, visit: Visit) -> None:
    email = "tastatur@example.org"
    password = account(server, email)
    page = visit().page("/")
    tab_to(page, text="Zum Inhalt springen")
    page.keyboard.press("Enter")
    tab_to(page, text="Anmelden")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()
    tab_to(page, name="email")
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type("falsch")
    page.keyboard.press("Enter")
    # The error summary has the focus; its link leads to the field.
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-Mail-Adresse")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Abmelden")).to_be_visible()

    create_profile(page)  # with the mouse: this test is about the pages before and after
    start_declaration(page)
    tab_to(page, text="1. " + SELECTION.criteria[0].title.to("de"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(SELECTION.criteria[0].title.to("de"))
    tab_to(page, name="ref-1.1-disclosure", value="comply")
    tab_to(page, name="ref-1.1-text")
    page.keyboard.type("Mit der Tastatur geschrieben.")
    tab_to(page, text="Ein Beispiel, und wo Sie die Angaben finden")
    page.keyboard.press("Enter")
    expect(page.locator(".dnk-voice").first).to_be_visible()
    tab_to(page, name="ref-1.2-disclosure", value="comply")
    page.keyboard.press("ArrowDown")
    expect(field(page, "ref-1.2-explanation")).to_be_visible()
    expect(field(page, "ref-1.2-text")).to_be_hidden()
    tab_to(page, name="ref-1.2-reason")
    page.keyboard.press("Space")
    tab_to(page, name="ref-1.3-text")
    page.keyboard.type("Und dies auch.")
    tab_to(page, text="Fertig, weiter zu 2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Gespeichert.")
    page.get_by_role("link", name="Übersicht").click()
    expect(page.locator(".dnk-lead")).to_have_text(re.compile("^1 von 20 Kriterien fertig"))
