"""From a criterion to what others wrote, to their public page and back, until they take it back."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.services.declarations import submission
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.quotable_texts import allow_quotation
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.tables.declarations import Declaration
from tests.e2e.conftest import Shot, Visit
from tests.e2e.driving import COMPLETE, IN_PROGRESS, Server, field, section_path

pytestmark = pytest.mark.e2e

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
SOURCE = "Tischlerei Sommer GmbH, 2025"


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    return new_server()


@pytest.fixture(scope="module")
def path(server: Server, published: int) -> str:
    """A criterion of the declaration that jonas works on."""
    path = section_path(server.seed(IN_PROGRESS, jonas=Role.EDITOR), "1")
    server.start()
    return path


@pytest.fixture(scope="module")
def published(server: Server) -> int:
    """The joinery's declaration, which petra has published and lets others quote."""
    number = server.seed(COMPLETE, petra=Role.OWNER)
    now = datetime.now(UTC)
    with server.stored() as session:
        declaration = session.get_one(Declaration, number)
        petra = by_email(session, "petra@example.org")
        assert petra
        actor = Actor(petra.id, {declaration.organisation_id: Role.OWNER})
        submission.submit(session, declaration, cluster_id=None, actor=actor, now=now)
        publishing_steps.publish(session, declaration, actor=actor, now=now)
        allow_quotation(session, declaration, is_allowed=True, actor=actor, now=now)
    return number


@BOTH
def test_what_others_wrote_is_read_beside_the_own_text_until_it_is_taken_back(
    path: str, published: int, visit: Visit, shot: Shot, javascript: bool
) -> None:
    jonas, petra = visit(javascript=javascript), visit(javascript=javascript)
    jonas.come_in("jonas")
    petra.come_in("petra")
    page = jonas.page(path)

    open_example(page)
    expect(page.get_by_role("heading", name="Wie andere es schreiben")).to_be_visible()
    quoted = page.locator("details", has=page.get_by_text(SOURCE)).last
    expect(quoted.locator("blockquote")).to_contain_text("Sie heißt „Sommer 2030“")
    expect(quoted.get_by_role("button")).to_have_count(0)
    shot(page, f"quotation-{javascript}")
    own = field(page, "ref-1.1-text")
    own.fill("Noch nicht gespeichert.")

    with jonas.context.expect_page() as opened:
        quoted.get_by_role("link", name=re.compile("^Ganze Antwort")).click()
    public = opened.value
    expect(public).to_have_url(re.compile(r"/berichte/tischlerei-sommer-gmbh-2025-\w+#angabe-1\.1$"))
    expect(public.locator("[id='angabe-1.1']")).to_be_in_viewport()
    public.close()
    expect(own).to_have_value("Noch nicht gespeichert.")

    owners = petra.page(f"/erklaerungen/{published}/veroeffentlichung")
    expect_quoted(owners)
    answer(owners, "Nein")
    expect(owners.get_by_text("Aus Ihrer Erklärung wird nicht zitiert.")).to_be_visible()
    expect(owners.locator("blockquote")).to_have_count(0)
    page = jonas.page(f"{path}?hilfe=1.1")
    expect(page.get_by_text("So könnte eine Antwort lauten:")).to_be_visible()
    expect(page.get_by_text("Tischlerei Sommer")).to_have_count(0)

    answer(owners, "Ja")
    expect_quoted(owners)


def open_example(page: Page) -> None:
    page.get_by_text("Ein Beispiel, und wo Sie die Angaben finden").first.click()


def expect_quoted(page: Page) -> None:
    """The page of the publication says that others may read its texts, and shows how."""
    expect(page.get_by_text("Aus Ihrer Erklärung darf zitiert werden.")).to_be_visible()
    page.get_by_text("So sehen es andere").click()
    expect(page.locator("blockquote")).to_contain_text("Sie heißt „Sommer 2030“")


def answer(page: Page, choice: str) -> None:
    page.get_by_label(choice, exact=True).check()
    with page.expect_navigation():
        page.get_by_role("button", name="Speichern").click()
