"""One criterion by mail: asked, answered behind the link by somebody without an account, and read."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from dnk_tool.domain.permissions import Role
from dnk_tool.store.tables.invitations import Invitation
from tests.e2e.conftest import Shot, Visit
from tests.e2e.drafts import crash, expect_saved
from tests.e2e.driving import Server, field, section_path, status_line, wait_for
from tests.support.instance import IN_PROGRESS

pytestmark = pytest.mark.e2e

TEXT = "ref-15.1-text"
LINK = re.compile(r"https?://[^/\s]+(/beitrag/\S+)")


@pytest.fixture(scope="module")
def declaration(server: Server) -> int:
    declaration = server.seed(IN_PROGRESS, jonas=Role.OWNER)
    server.start()
    return declaration


@pytest.fixture
def jonas(visit: Visit, declaration: int) -> Page:
    """The editor, signed in."""
    return visit().sign_in("jonas")


def ask_from_criterion(
    page: Page, declaration: int, email: str, *, section: str = "15", point: str = ""
) -> None:
    """Begin at the criterion, as an editor does."""
    page.goto(
        section_path(declaration, f"{section}/kennzahlen/{point}" if point.startswith("GRI") else section)
    )
    menu = page.locator(f"[id='ref-{point}'] .dnk-more" if point else ".dnk-section-head .dnk-more")
    menu.locator("summary").click()
    menu.get_by_role("link", name="Jemanden um Antwort bitten").click()
    field(page, "name").fill("Karl Kurz")
    field(page, "email").fill(email)
    field(page, "message").fill("Bis Freitag, bitte.")
    page.get_by_role("button", name="Anfrage senden").click()
    expect(page.get_by_role("alert")).to_contain_text("Die Anfrage an Karl Kurz ist unterwegs")


def mails_in_outbox(server: Server, email: str) -> list[str]:
    texts = [file.read_text("utf-8") for file in sorted((server.instance / "outbox").glob("*.eml"))]
    return [text for text in texts if f"To: {email}" in text]


def contribution_link(server: Server, email: str, *, number: int = 1) -> str:
    """The path in the latest of so many mails."""
    wait_for(lambda: len(mails_in_outbox(server, email)) == number, what="the mail")
    links = {match[1] for text in mails_in_outbox(server, email) if (match := LINK.search(text))}
    assert len(links) == number, "each mail has a link of its own"
    match = LINK.search(mails_in_outbox(server, email)[-1])
    assert match
    return match[1]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_colleague_answers_one_criterion(
    jonas: Page, visit: Visit, server: Server, declaration: int, shot: Shot, javascript: bool
) -> None:
    email = f"karl-{javascript}@example.org".lower()
    ask_from_criterion(jonas, declaration, email)
    visitor = visit(javascript=javascript)
    page = visitor.page(contribution_link(server, email))
    expect(page.get_by_role("heading", level=1)).to_have_text("Kriterium 15: Chancengerechtigkeit")
    expect(page.locator("main")).to_contain_text("Bis Freitag, bitte.")
    shot(page, f"contribution-{javascript}")
    words = f"Wir achten darauf, seit 2019 ({javascript})."
    field(page, TEXT).fill(words)
    if javascript:
        expect_saved(page)
    else:
        page.get_by_role("button", name="Speichern und später weiter").click()
        expect(page.locator("main")).to_contain_text("Mit dem Link aus der E-Mail kommen Sie wieder hierher")
    page.reload()
    expect(field(page, TEXT)).to_have_value(words)
    expect(page.locator(".dnk-restore")).to_have_count(0)
    page.get_by_role("button", name="Absenden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Danke, Ihre Antwort ist angekommen")
    page.goto(section_path(declaration, "15"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    jonas.goto(section_path(declaration, "15"))
    expect(field(jonas, TEXT)).to_have_value(words)
    expect(jonas.locator("#ref-15\\.1")).to_contain_text("von Karl Kurz")
    jonas.goto(f"/erklaerungen/{declaration}/")
    expect(jonas.locator("main")).to_contain_text("beantwortet")
    wait_for(
        lambda: any(
            "Karl Kurz hat geantwortet" in mail for mail in mails_in_outbox(server, "jonas@example.org")
        )
    )


@pytest.mark.parametrize("javascript", [True, False])
def test_an_indicator_with_figures(
    jonas: Page, visit: Visit, server: Server, declaration: int, javascript: bool
) -> None:
    email = f"nele-{javascript}@example.org".lower()
    ask_from_criterion(jonas, declaration, email, section="13", point="GRI-SRS-305-2")
    page = visit(javascript=javascript).page(contribution_link(server, email))
    amount = page.locator("[name^='ref-GRI-SRS-305-2'][name$='-value'][inputmode='decimal']").first
    expect(amount).to_be_visible()
    amount.fill("ungefähr zwölf")
    page.get_by_role("button", name="Speichern und später weiter").click()
    expect(page.get_by_role("alert")).to_contain_text("Geben Sie hier nur eine Zahl ein")
    expect(amount).to_have_value("ungefähr zwölf")
    amount.fill("31,5" if javascript else "32,5")
    page.get_by_role("button", name="Absenden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Danke, Ihre Antwort ist angekommen")


def test_a_crash_loses_nothing_even_if_a_reminder_comes_between(
    jonas: Page, visit: Visit, server: Server, declaration: int
) -> None:
    """What was typed and never saved waits in the browser, and the newest link offers it back."""
    email = "paula@example.org"
    ask_from_criterion(jonas, declaration, email, section="14")
    visitor = visit()
    first = contribution_link(server, email)
    page = visitor.page(first)
    visitor.context.set_offline(True)
    field(page, "ref-14.1-text").fill("Vor dem Absturz.")
    crash(page)
    visitor.context.set_offline(False)
    with server.stored() as session:
        question = session.scalars(select(Invitation).where(Invitation.email == email)).one()
        question.sent_at -= timedelta(days=1)
    jonas.goto(f"/erklaerungen/{declaration}/beitraege")
    jonas.locator("section").filter(has_text=email).get_by_role("button", name="Erinnern").click()
    expect(jonas.get_by_role("alert")).to_contain_text("Die Erinnerung an Karl Kurz ist unterwegs")
    second = contribution_link(server, email, number=2)
    page = visitor.page(first)
    expect(page.get_by_role("heading", level=1)).to_have_text("Dieser Link ist durch einen neueren ersetzt")
    page.goto(second)
    expect(page.locator(".dnk-restore")).to_be_visible()
    page.get_by_role("button", name="Text wiederherstellen").click()
    expect(field(page, "ref-14.1-text")).to_have_value("Vor dem Absturz.")
    expect_saved(page)
    keys = page.evaluate("Object.keys(localStorage).join()")
    assert second.rsplit("/", 1)[-1] not in keys


def test_a_link_taken_back_while_somebody_writes(
    jonas: Page, visit: Visit, server: Server, declaration: int
) -> None:
    email = "ina@example.org"
    ask_from_criterion(jonas, declaration, email, section="17")
    page = visit().page(contribution_link(server, email))
    jonas.goto(f"/erklaerungen/{declaration}/beitraege")
    jonas.locator("section").filter(has_text=email).get_by_role("button", name="Zurücknehmen").click()
    expect(jonas.get_by_role("alert")).to_contain_text("ist zurückgenommen")
    field(page, "ref-17.1-text").fill("Umsonst geschrieben.")
    expect(status_line(page)).to_contain_text("Dieser Link gilt nicht mehr")
    status_line(page).get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihre Antwort wird nicht mehr gebraucht")
    expect(page.locator("main")).to_contain_text("Umsonst geschrieben.")
