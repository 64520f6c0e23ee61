"""A rejected upload is explained and no word is lost; the next try works, with and without JavaScript."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from dnk_tool.domain.permissions import Role
from tests.e2e.conftest import Shot, Visit
from tests.e2e.driving import Server
from tests.support.files import evidence_files
from tests.support.instance import COMPLETE

pytestmark = pytest.mark.e2e

BILL = evidence_files.pdf("Gasrechnung")
WITH_MACROS = evidence_files.refused_files()["docm as docx"][1]
TITLE = "Jahresrechnung „Gas“ <2025>"


def payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    server = new_server()
    server.declaration = server.seed(COMPLETE, mit=Role.OWNER, ohne=Role.EDITOR)  # type: ignore[attr-defined]
    server.start()
    return server


def opened(
    server: Server, visit: Visit, *, answer: str = "12.3", javascript: bool = True, **options: Any
) -> Page:
    """The page on which files are added to an answer."""
    page = visit(javascript=javascript, **options).sign_in("mit" if javascript else "ohne")
    declaration: int = server.declaration  # type: ignore[attr-defined]
    page.goto(f"/erklaerungen/{declaration}/belege/neu?antwort={answer}")
    return page


def send_form(page: Page) -> None:
    page.get_by_role("button", name="Hochladen", exact=True).click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_rejected_upload_is_explained_and_keeps_what_was_typed(
    server: Server, visit: Visit, shot: Shot, javascript: bool, tmp_path: Path
) -> None:
    page = opened(server, visit, answer="12.1" if javascript else "12.2", javascript=javascript)
    page.get_by_label("Dateien").set_input_files(
        [payload("Gasrechnung.pdf", BILL), payload("Vermerk.docx", WITH_MACROS)]
    )
    page.get_by_label("Bezeichnung").fill(TITLE)
    page.get_by_label("Gültig bis").fill("31.12.2027")
    page.get_by_label("Prüfende dürfen diesen Beleg öffnen").check()
    send_form(page)

    summary = page.get_by_role("alert").filter(has_text="Es wurde nichts gespeichert")
    expect(summary).to_contain_text("„Vermerk.docx“: Die Datei enthält Makros")
    expect(summary).not_to_contain_text("Gasrechnung.pdf")
    expect(page.get_by_text("Wählen Sie bitte alle Dateien noch einmal aus")).to_be_visible()
    expect(page.get_by_label("Bezeichnung")).to_have_value(TITLE)
    expect(page.get_by_label("Gültig bis")).to_have_value("31.12.2027")
    expect(page.get_by_label("Prüfende dürfen diesen Beleg öffnen")).to_be_checked()
    expect(page.get_by_label("In der Erklärung nennen")).not_to_be_checked()
    expect(page.get_by_text("Hierzu gibt es noch keine Belege.")).to_be_visible()
    summary.get_by_role("link").click()
    expect(page.get_by_label("Dateien")).to_be_focused()
    shot(page, f"evidence-rejected-{javascript}")

    content = evidence_files.pdf(f"Gasrechnung {javascript}")
    page.get_by_label("Dateien").set_input_files([payload("Gasrechnung.pdf", content)])
    send_form(page)
    expect(page.get_by_text("1 Beleg ist gespeichert.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=TITLE, exact=True).click()
    assert download.value.suggested_filename == "Gasrechnung.pdf"
    assert Path(download.value.path()).read_bytes() == content
    shot(page, f"evidence-kept-{javascript}")


def test_what_cannot_be_taken_is_told_before_it_is_sent(server: Server, visit: Visit, shot: Shot) -> None:
    page = opened(server, visit, width=320)
    files = page.get_by_label("Dateien")
    files.set_input_files([payload("logo.svg", evidence_files.SVG)])
    page.get_by_label("Bezeichnung").fill(TITLE)
    words = page.get_by_text("„logo.svg“: Diese Art von Datei nehmen wir nicht an.")
    expect(words).to_be_visible()
    send_form(page)
    expect(words).to_be_visible()
    assert "/belege/neu" in page.url
    expect(page.get_by_label("Bezeichnung")).to_have_value(TITLE)
    shot(page, "evidence-told-before")
    page.get_by_role("button", name="Nicht hochladen").click()
    expect(words).to_have_count(0)
    expect(files).to_be_focused()


def test_files_can_be_dropped_and_add_up(server: Server, visit: Visit, shot: Shot) -> None:
    page = opened(server, visit)
    page.get_by_label("Dateien").set_input_files([payload("Eins.pdf", evidence_files.pdf("eins"))])
    drop(page, "Zwei.txt", "Gezählt am 3. März")
    drop(page, "Zwei.txt", "Gezählt am 3. März")
    chosen = page.locator(".dnk-drop__files li")
    expect(chosen).to_have_count(2)
    expect(chosen.last).to_contain_text("Zwei.txt (1 kB)")
    shot(page, "evidence-dropped")
    send_form(page)
    expect(page.get_by_text("2 Belege sind gespeichert.")).to_be_visible()
    expect(page.get_by_role("link", name="Zwei.txt", exact=True)).to_be_visible()


def drop(page: Page, name: str, text: str) -> None:
    """What a browser does when somebody lets go of a file over the field."""
    held = page.evaluate_handle(
        """([name, text]) => {
          const held = new DataTransfer();
          held.items.add(new File([text], name, { type: "text/plain", lastModified: 1 }));
          return held;
        }""",
        [name, text],
    )
    for kind in ("dragover", "drop"):
        page.dispatch_event("[data-drop]", kind, {"dataTransfer": held})
