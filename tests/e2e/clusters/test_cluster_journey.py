"""From the operator's first cluster to a published, reviewed declaration that is taken back again."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from dnk_tool.catalogue import selection_for
from dnk_tool.cli.demo.member_declarations import build_declaration, load_members
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from tests.e2e.conftest import Shot, Visit
from tests.e2e.drafts import drafts, expect_saved
from tests.e2e.driving import Server, field, press_in_main, section_path, wait_for
from tests.support.app import PASSWORD, make_account

pytestmark = pytest.mark.e2e

SELECTION = selection_for("dnk-2017", "gri", frozenset())
SECTIONS = [section.ref for section in SELECTION.sections]
WANTED = {"5": "Wie oft wertet die Leitung den Stand aus?", "13": "Bis wann?", "16": "Und die Lehrgänge?"}
ADDED = {"5": "Die Leitung wertet vierteljährlich aus.", "13": "Bis 2030.", "16": "Im Frühjahr."}
ASPECTS = {"5": "5.1", "13": "13.2", "16": "16.3"}
YEAR = 2025


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    server = new_server()
    with server.stored() as session:
        make_account(session, "betrieb@example.org", name="Bea Betrieb", is_operator=True)
    server.start()
    return server


def link(server: Server, email: str, pattern: str, *, number: int = 1) -> str:
    """The path of the newest of so many links to `pattern` in mails to somebody."""
    paths: list[str] = []

    def look() -> bool:
        files = sorted((server.instance / "outbox").glob("*.eml"))
        texts = [text for text in (file.read_text("utf-8") for file in files) if f"To: {email}" in text]
        paths[:] = [match for text in texts for match in re.findall(rf"https?://[^/\s]+({pattern}\S*)", text)]
        return len(paths) >= number

    wait_for(look, what=f"a mail to {email}")
    return paths[-1]


def follow_in_main(page: Page, name: str | re.Pattern[str]) -> None:
    """Click the link and wait for its page: `all()` would count what stands on the page before."""
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("link", name=name).first.click()


def create_account(page: Page, name: str) -> None:
    """The account's part of an invitation page."""
    page.get_by_label("Ihr Name").fill(name)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_label("Passwort wiederholen").fill(PASSWORD)


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_from_the_invitation_to_the_published_page(
    server: Server, visit: Visit, shot: Shot, javascript: bool
) -> None:
    mark = "js" if javascript else "plain"
    manager = invited_manager(server, visit, javascript, f"karin-{mark}@example.org", f"Cluster {mark}")
    company_email, company = f"petra-{mark}@example.org", f"Bäckerei {mark}"
    invite_company(manager, company, company_email)
    owner = visit(javascript=javascript).page(link(server, company_email, "/einladung/unternehmen/"))
    join(owner, shot, mark)
    declaration = import_answers(server, company)

    asked = f"karl-{mark}@example.org"
    ask_colleague(owner, declaration, asked)
    answer_as_contributor(visit(javascript=javascript).page(link(server, asked, "/beitrag/")))
    confirm_section(owner, declaration, "15")

    boss = f"chefin-{mark}@example.org"
    submit_by_page(owner, declaration, shot, mark, to=f"Cluster {mark}", boss=boss)
    sign(visit(javascript=javascript).page(link(server, boss, "/bestaetigung/")))
    owner.goto(f"/erklaerungen/{declaration}/")
    expect(owner.get_by_text("Jetzt ist das Cluster dran")).to_be_visible()

    review = review_of(manager, server, f"karin-{mark}@example.org")
    judge_sections(manager, review, shot, mark)
    expect_only_three_open(owner, declaration, shot, mark)
    answer_remarks(owner, declaration, shot, mark, javascript=javascript)
    submit_by_page(owner, declaration, shot, mark, to="", boss=boss)
    sign(visit(javascript=javascript).page(link(server, boss, "/bestaetigung/", number=2)))

    approve_changes(manager, review, shot, mark)
    public = publish(owner, declaration)
    reader = visit(javascript=javascript).page(public)
    expect(reader.get_by_role("main").get_by_text(company).first).to_be_visible()
    expect(reader.get_by_text(f"Cluster {mark}").first).to_be_visible()
    reader.get_by_role("link", name="Alle Antworten aufklappen").click()
    expect(reader.get_by_text(ADDED["13"]).first).to_be_visible()
    shot(reader, f"public-{mark}")

    owner.goto(f"/erklaerungen/{declaration}/veroeffentlichung")
    follow_in_main(owner, "Veröffentlichung zurücknehmen")
    press_in_main(owner, "Ja, zurücknehmen")
    expect(owner.get_by_role("alert").first).to_contain_text("zurückgenommen")
    assert (gone := reader.goto(public))
    assert gone.status == 410
    end_consent(owner, declaration)
    for address in (review, f"{review}5"):
        assert (closed := manager.goto(address))
        assert closed.status == 404


def invited_manager(server: Server, visit: Visit, javascript: bool, email: str, cluster: str) -> Page:
    """The operator creates the cluster; the manager comes by the link in the mail."""
    operator = visit(javascript=javascript).sign_in("betrieb")
    operator.goto("/betrieb/cluster")
    operator.get_by_label("Name des Clusters").fill(cluster)
    operator.get_by_label("E-Mail-Adresse der Person, die es leitet").fill(email)
    press_in_main(operator, "Cluster anlegen")
    page = visit(javascript=javascript).page(link(server, email, "/einladung/"))
    create_account(page, "Karin Weber")
    press_in_main(page, "Einladung annehmen")
    expect(page.get_by_role("button", name="Abmelden")).to_be_visible()
    page.goto("/")
    follow_in_main(page, cluster)
    return page


def invite_company(manager: Page, company: str, email: str) -> None:
    follow_in_main(manager, "Mitglieder")
    follow_in_main(manager, re.compile("Unternehmen einladen"))
    manager.get_by_label("Name des Unternehmens").fill(company)
    manager.get_by_label("E-Mail-Adresse").fill(email)
    press_in_main(manager, "Einladung senden")
    expect(manager.get_by_text(email).first).to_be_visible()


def join(page: Page, shot: Shot, mark: str) -> None:
    """Nothing is granted before the box is ticked."""
    shot(page, f"consent-{mark}")
    create_account(page, "Petra Sommer")
    press_in_main(page, "Einwilligen und beitreten")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_label("Passwort wiederholen").fill(PASSWORD)
    page.get_by_label(re.compile("Ja, mein Unternehmen soll Mitglied werden")).check()
    page.get_by_label(re.compile("nie|keine Zahlen|Gar nicht", re.IGNORECASE)).first.check()
    press_in_main(page, "Einwilligen und beitreten")
    expect(page.get_by_role("button", name="Abmelden")).to_be_visible()


def import_answers(server: Server, company: str) -> int:
    """All answers but those to criterion 15; typing them is another journey's business."""
    document = build_declaration(load_members()["baeckerei"], YEAR)
    kept = {ref: answer for ref, answer in document.answers.items() if not ref.startswith("15.")}
    document = replace(document, answers=kept, done=document.done - {"15"})
    with server.stored() as session:
        [organisation] = declarations.organisations_named(session, company)
        profile = document.organisation
        organisation.legal_form, organisation.sector = profile.legal_form, profile.sector
        organisation.employees, organisation.address = profile.employees, profile.address
        declaration = import_document(
            Work(session, SHELL, datetime.now(UTC)), document, organisation=organisation
        )
        return declaration.id


def ask_colleague(page: Page, declaration: int, email: str) -> None:
    page.goto(f"/erklaerungen/{declaration}/beitraege/neu?kriterium=15")
    for box in page.get_by_role("checkbox").all():
        box.check()
    field(page, "name").fill("Karl Kurz")
    field(page, "email").fill(email)
    press_in_main(page, "Anfrage senden")
    expect(page.get_by_text("unterwegs").first).to_be_visible()


def answer_as_contributor(page: Page) -> None:
    """The colleague has no account and sees nothing else."""
    for ref in ("15.1", "15.2", "15.3"):
        field(page, f"ref-{ref}-text").fill(f"Antwort von Karl zu {ref}: gleiche Arbeit, gleicher Lohn.")
    press_in_main(page, "Absenden")
    expect(page.get_by_text("Danke").first).to_be_visible()


def confirm_section(page: Page, declaration: int, section: str) -> None:
    page.goto(section_path(declaration, section))
    expect(field(page, f"ref-{section}.1-text")).to_have_value(re.compile("Antwort von Karl"))
    press_in_main(page, re.compile("^Fertig, weiter"))
    page.get_by_role("link", name="Übersicht").click()
    expect(page.get_by_text("20 von 20").first).to_be_visible()


def submit_by_page(page: Page, declaration: int, shot: Shot, mark: str, *, to: str, boss: str) -> None:
    page.goto(f"/erklaerungen/{declaration}/pruefen")
    if to:
        page.get_by_label(f"Zur Prüfung einreichen bei {to}").check()
    page.get_by_label("Eine andere Person").check()
    field(page, "name").fill("Carla Chefin")
    field(page, "email").fill(boss)
    shot(page, f"submit-{'again-' if not to else ''}{mark}")
    press_in_main(page, re.compile("einreichen"))
    expect(page.get_by_text("Wartet auf Bestätigung").first).to_be_visible()


def sign(page: Page) -> None:
    """The named person reads and confirms, without an account."""
    page.get_by_label(re.compile("Ich stehe dafür ein")).check()
    press_in_main(page, "Erklärung bestätigen")
    expect(page.get_by_text(re.compile("bestätigt")).first).to_be_visible()


def review_of(manager: Page, server: Server, email: str) -> str:
    """The way from the mail to the review; gives its path."""
    path = link(server, email, "/cluster/")
    manager.goto(path)
    expect(
        manager.get_by_role("button", name="Prüfung beginnen")
        .or_(manager.get_by_role("link", name="Prüfung beginnen"))
        .first
    ).to_be_visible()
    return path


def judge_sections(page: Page, review: str, shot: Shot, mark: str) -> None:
    """Section after section without going back; three need a change."""
    page.goto(f"{review}{SECTIONS[0]}")
    for section in SECTIONS:
        expect(page).to_have_url(re.compile(rf"/{re.escape(section)}$"))
        if section in WANTED:
            page.locator("summary", has_text="Änderung nötig").click()
            field(page, "remark").fill(WANTED[section])
            shot(page, f"judge-{section}-{mark}")
            press_in_main(page, re.compile("^Speichern, "))
        else:
            press_in_main(page, re.compile("^In Ordnung"))
    expect(page.get_by_text("3 Teile brauchen eine Änderung")).to_be_visible()
    follow_in_main(page, "Änderungen anfordern")
    shot(page, f"request-changes-{mark}")
    press_in_main(page, "Änderungen anfordern")
    expect(page.get_by_text("Die Erklärung liegt beim Unternehmen").first).to_be_visible()


def expect_only_three_open(page: Page, declaration: int, shot: Shot, mark: str) -> None:
    """Three of the criteria have fields, the others say why they have none."""
    page.goto(f"/erklaerungen/{declaration}/")
    for remark in WANTED.values():
        expect(page.get_by_text(remark[:20]).first).to_be_visible()
    shot(page, f"changes-requested-{mark}")
    for section in SECTIONS:
        page.goto(section_path(declaration, section))
        expect(page.locator("main form.dnk-form")).to_have_count(1 if section in WANTED else 0)


def answer_remarks(page: Page, declaration: int, shot: Shot, mark: str, *, javascript: bool) -> None:
    """One remark after the other: the missing words, once with an answer; then all changes."""
    page.goto(f"/erklaerungen/{declaration}/")
    follow_in_main(page, "3 Anmerkungen beantworten")
    for number, section in enumerate(WANTED, 1):
        expect(page).to_have_url(re.compile(rf"/anmerkungen/{section}/"))
        text, reply = (
            field(page, f"ref-{ASPECTS[section]}-text"),
            page.get_by_label("Ihre Antwort an das Prüfteam"),
        )
        text.fill(f"{text.input_value()} {ADDED[section]}")
        if number == 2:
            reply.fill("Ist ergänzt.")
            if javascript:
                keeps_an_answer_that_is_not_sent(page)
        shot(page, f"answer-{section}-{mark}")
        press_in_main(page, re.compile("^Speichern, weiter"))
    expect(page).to_have_url(re.compile("/aenderungen$"))
    for section in WANTED:
        expect(page.locator("ins", has_text=ADDED[section]).first).to_be_visible()
    expect(page.get_by_text("Der Text ist geändert.")).to_have_count(2)
    shot(page, f"changes-{mark}")
    expect(page.get_by_role("button", name="Wieder einreichen")).to_be_visible()


def keeps_an_answer_that_is_not_sent(page: Page) -> None:
    """Text and answer are saved while one types, and a sign-out need not ask."""
    reply = page.get_by_label("Ihre Antwort an das Prüfteam")
    reply.blur()
    expect_saved(page, re.compile(r"^Gespeichert um \d\d:\d\d Uhr\s*$"))
    assert drafts(page) == []
    page.reload()
    expect(reply).to_have_value("Ist ergänzt.")


def approve_changes(page: Page, review: str, shot: Shot, mark: str) -> None:
    """Only the three are to be looked at; the new words are marked; then the approval."""
    page.goto(review)
    for section in WANTED:
        page.goto(f"{review}{section}")
        expect(page.locator("ins", has_text=ADDED[section]).first).to_be_visible()
        shot(page, f"second-round-{section}-{mark}")
        page.get_by_label("Damit erledigt").first.check()
        press_in_main(page, re.compile("^In Ordnung"))
    page.goto(review)
    follow_in_main(page, "Weiter zur Freigabe")
    shot(page, f"approve-{mark}")
    for box in page.get_by_role("checkbox").all():
        box.check()
    press_in_main(page, "Freigeben")
    expect(page.get_by_text("ist freigegeben").first).to_be_visible()


def publish(page: Page, declaration: int) -> str:
    page.goto(f"/erklaerungen/{declaration}/")
    follow_in_main(page, re.compile("ansehen und weitergeben"))
    follow_in_main(page, "Im Netz veröffentlichen")
    press_in_main(page, "Veröffentlichen")
    page.goto(f"/erklaerungen/{declaration}/")
    return str(page.get_by_role("link", name="öffentliche Seite ansehen").get_attribute("href"))


def end_consent(page: Page, declaration: int) -> None:
    """The company leaves the cluster; from then on nobody there reads anything of it."""
    page.goto(f"/erklaerungen/{declaration}/")
    page.goto(page.locator(".govuk-back-link").first.get_attribute("href") or "/")
    follow_in_main(page, re.compile("Cluster"))
    follow_in_main(page, re.compile("widerrufen|Austreten|verlassen", re.IGNORECASE))
    press_in_main(page, "Einwilligung widerrufen")
    expect(page.get_by_text(re.compile("widerrufen|Widerrufen")).first).to_be_visible()
