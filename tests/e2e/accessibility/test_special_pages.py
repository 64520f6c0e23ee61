"""Pages behind a mail, a dialog, a wait and the first start: in a browser, as every state is."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.accessibility.checks import check
from tests.e2e.conftest import Shot, Visit
from tests.e2e.driving import Server, Visitor, wait_for
from tests.support.pages.world.world import World

pytestmark = pytest.mark.e2e


def test_a_new_password(visit: Visit, shot: Shot, server: Server, world: World, axe: str) -> None:
    """The page behind the link of the mail."""
    page = visit().page("/passwort-vergessen")
    page.get_by_label("E-Mail-Adresse").fill("karin@example.org")
    page.get_by_role("button", name="Link anfordern").click()
    outbox = server.instance / "outbox"
    links: list[str] = []

    def look() -> bool:
        texts = (file.read_text("utf-8") for file in outbox.glob("*"))
        links[:] = [
            link for text in texts for link in re.findall(r"https?://\S+(/passwort-vergessen/\S+)", text)
        ]
        return bool(links)

    wait_for(look, what="the mail")
    page.goto(links[0])
    check(page, axe, shot, "new-password")
    page.get_by_label("Neues Passwort", exact=True).fill("kurz")
    page.get_by_label("Neues Passwort wiederholen").fill("kurz")
    page.get_by_role("button", name="Passwort speichern").click()
    expect(page.get_by_role("alert")).to_contain_text("mindestens 12 Zeichen", ignore_case=True)
    check(page, axe, shot, "new-password-error")


UNSENT = """person => {
  const page = { path: "/konto", title: "Kriterium 1 – dnk-tool", words: "Noch nicht gespeichert." };
  const draft = { value: '["x"]', base: '[""]', at: 1, ...page };
  localStorage.setItem(`dnk-draft:${person}-d1-k1:text`, JSON.stringify(draft));
}"""


def test_the_question_before_a_sign_out(visit: Visit, shot: Shot, world: World, axe: str) -> None:
    visitor = visit()
    visitor.come_in("karin")
    page = visitor.page("/konto")
    sign_out = page.get_by_role("banner").get_by_role("button", name="Abmelden")
    page.evaluate(UNSENT, page.locator("form[data-sign-out]").first.get_attribute("data-sign-out"))
    sign_out.click()
    expect(page.get_by_role("dialog").get_by_role("textbox")).to_have_value("Noch nicht gespeichert.")
    check(page, axe, shot, "sign-out-question")


def test_a_pdf_on_its_way(
    visit: Visit,
    shot: Shot,
    signed_in: Callable[[Visitor, str], None],
    server: Server,
    world: World,
    axe: str,
) -> None:
    """The page that waits, with and without script; the file; and what other pages say of it."""
    draft, visitor, plain = f"/erklaerungen/{world.published}/entwurf.pdf", visit(), visit(javascript=False)
    signed_in(visitor, "paula")
    signed_in(plain, "paula")
    page = visitor.page()

    def is_there() -> bool:
        answer = visitor.context.request.get(f"{draft}?fassung=kurz")
        return answer.headers["content-type"] == "application/pdf"

    wait_for(is_there, what="the short form, and with it the child that renders")
    with server.holding_prints():
        page.goto(draft)
        check(page, axe, shot, "pdf-waiting")
        expect(page.get_by_role("heading", level=1)).to_have_text("Ihr PDF wird gerade erstellt")
        expect(page.get_by_role("progressbar")).to_be_visible()
        without_script = plain.page(draft)
        expect(without_script.get_by_role("progressbar")).to_be_visible()
        elsewhere = visitor.page("/konto")
        expect(elsewhere.get_by_text("PDF fertig")).to_have_count(0)
    with without_script.expect_download() as second:
        pass
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihr PDF ist fertig")
    check(page, axe, shot, "pdf-ready")
    with page.expect_download() as first:
        page.get_by_role("link", name="Noch einmal herunterladen").click()
    assert Path(first.value.path()).read_bytes()[:5] == Path(second.value.path()).read_bytes()[:5] == b"%PDF-"
    expect(elsewhere.get_by_text("PDF fertig")).to_be_visible()
    check(elsewhere, axe, shot, "pdf-notice")
    files = plain.page(f"/erklaerungen/{world.published}/dateien?stand=entwurf")
    with files.expect_download() as short:
        files.get_by_role("link", name="Kurzfassung als PDF").click()
    assert "-Kurzfassung.pdf" in short.value.suggested_filename


def test_the_first_start(new_server: Callable[..., Server], visit: Visit, shot: Shot, axe: str) -> None:
    server = new_server()
    address = re.search(r"(/einrichten\?token=\S+)", server.start())
    assert address
    page = visit(at=server).page(address[1])
    check(page, axe, shot, "set-up")
    page.get_by_role("button", name="Konto anlegen").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, axe, shot, "set-up-error")
