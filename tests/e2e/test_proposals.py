"""A proposal comes into its text without a new page, and nothing that was typed gets lost around it.

What others wrote is read beside the text, on their public page, and no longer once they take it back.
"""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from dnk_tool.domain.permissions import SHELL, Role
from dnk_tool.services.declarations import submission
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.quotations import allow_quotation
from dnk_tool.services.work import Work
from dnk_tool.store.tables.declarations import Declaration
from tests.e2e.conftest import Shot, Visit
from tests.e2e.drafts import expect_saved
from tests.e2e.driving import Server, Visitor, field, section_path, status_line
from tests.support.instance import COMPLETE

pytestmark = pytest.mark.e2e

FACTS, OTHER = "fact-rules-new-staff", "fact-rules-no-system"


@pytest.fixture(scope="module")
def published(server: Server) -> int:
    """A declaration of another company, which paula has published and lets others quote."""
    number = server.seed(COMPLETE, paula=Role.OWNER)
    now = datetime.now(UTC)
    with server.stored() as session:
        declaration = session.get_one(Declaration, number)
        submission.submit(Work(session, SHELL, now), declaration, cluster_id=None)
        publishing_steps.publish(Work(session, SHELL, now), declaration)
        allow_quotation(Work(session, SHELL, now), declaration, is_allowed=True)
    return number


@pytest.fixture(scope="module")
def path(server: Server, published: int) -> str:
    """The criterion of a complete declaration whose first point has nothing but facts."""
    declaration = server.seed(COMPLETE, petra=Role.OWNER)
    server.start()
    return section_path(declaration, "6")


@pytest.fixture
def petra(visit: Visit, path: str) -> Visitor:
    visitor = visit()
    visitor.come_in("petra")
    return visitor


@pytest.fixture
def page(petra: Visitor, path: str) -> Page:
    """Petra at the criterion, with nothing but her own words at its point."""
    page = petra.page(path)
    proposal_text(page).fill("Unsere Regeln hängen im Lager.")
    expect_saved(page)
    page.evaluate("window.stays = true")
    return page


def proposal_text(page: Page) -> Locator:
    return field(page, "ref-6.1-text")


def take_proposal(page: Page, fact: str) -> None:
    box = page.locator(f"[name={fact}]")
    if not box.is_visible():
        page.get_by_text("Was trifft zu?").click()
    box.press("Space")  # a click would miss it where the line below the text grows just then
    expect(box).to_be_checked()
    page.get_by_role("button", name="Sätze an den Text anhängen").click()


def test_the_page_stays_and_goes_on_saving(page: Page) -> None:
    take_proposal(page, FACTS)
    expect(proposal_text(page)).to_have_value(
        re.compile(r"^Unsere Regeln hängen im Lager\.\n\nNeue Beschäftigte")
    )
    expect(proposal_text(page)).to_be_focused()
    expect(status_line(page)).to_contain_text("Der Vorschlag steht jetzt im Text.")
    expect(page.locator("[id='taken-6.1']")).to_be_in_viewport()
    take_proposal(page, OTHER)
    expect(proposal_text(page)).to_have_value(re.compile("Managementsystem haben wir nicht"))
    page.get_by_role("button", name="Rückgängig").click()
    expect(proposal_text(page)).to_have_value("Unsere Regeln hängen im Lager.")
    expect(status_line(page)).to_contain_text("Der Vorschlag ist wieder weg.")
    proposal_text(page).fill("Und weiter von Hand.")
    expect_saved(page)
    assert page.evaluate("window.stays"), "no page was loaded"
    page.reload()
    expect(proposal_text(page)).to_have_value("Und weiter von Hand.")
    expect(page.locator(".dnk-restore")).to_have_count(0)


def test_an_example_of_another_branch_stays_in_sight(page: Page) -> None:
    page.get_by_text("Ein Beispiel").first.click()
    page.locator(".dnk-quick--voices button").first.click()
    expect(page.locator(".dnk-voice").first).to_be_focused()
    assert page.evaluate("window.stays"), "no page was loaded"


def test_a_word_typed_meanwhile_is_offered_back(page: Page) -> None:
    def type_meanwhile(route: Route) -> None:
        if 'name="action"' in (route.request.post_data or ""):  # the press, and no saving of the page before
            page.evaluate(TYPING)
        route.continue_()

    page.route("**/kriterien/6", type_meanwhile)
    take_proposal(page, FACTS)
    page.get_by_role("button", name="Text wiederherstellen").click()
    expect(proposal_text(page)).to_have_value("Noch ein Wort.")


TYPING = """() => {
  const box = document.querySelector("[name='ref-6.1-text']");
  box.value = "Noch ein Wort.";
  box.dispatchEvent(new Event("input", { bubbles: true }));
}"""


def test_two_versions_lead_to_their_page(page: Page, petra: Visitor, path: str) -> None:
    other = petra.page(path)
    proposal_text(other).fill("Von nebenan.")
    expect_saved(other)
    take_proposal(page, FACTS)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fassungen")
    expect(page.locator("main")).to_contain_text("Neue Beschäftigte")


def test_who_is_signed_out_or_offline_keeps_what_was_typed(page: Page, petra: Visitor) -> None:
    page.get_by_text("Was trifft zu?").click()  # what there is to tick comes with the first click
    expect(page.locator(f"[name={FACTS}]")).to_be_visible()
    petra.context.set_offline(True)
    page.get_by_text("Ein Beispiel").first.click()
    expect(status_line(page)).to_contain_text("Keine Verbindung")
    take_proposal(page, FACTS)
    expect(status_line(page)).to_contain_text("Keine Verbindung, deshalb ist noch nichts gesendet.")
    petra.context.set_offline(False)
    petra.context.clear_cookies()
    page.get_by_role("button", name="Sätze an den Text anhängen").click()
    expect(page.get_by_label("Passwort")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_what_others_wrote_is_read_until_they_take_it_back(
    path: str, published: int, visit: Visit, shot: Shot, javascript: bool
) -> None:
    path = path.removesuffix("6") + "1"
    petra, paula = visit(javascript=javascript), visit(javascript=javascript)
    petra.come_in("petra")
    paula.come_in("paula")
    page = petra.page(path)
    page.get_by_text("Ein Beispiel, und wo Sie die Angaben finden").first.click()
    expect(page.get_by_role("heading", name="Wie andere es schreiben")).to_be_visible()
    quoted = page.locator(".dnk-example")
    expect(quoted.locator("blockquote")).to_contain_text("Sie heißt „Sommer 2030“")
    expect(quoted.get_by_role("button")).to_have_count(0)
    shot(page, "quotation-script" if javascript else "quotation-plain")
    own = field(page, "ref-1.1-text")
    own.fill("Noch nicht gespeichert.")
    with petra.context.expect_page() as opened:
        quoted.get_by_role("link", name=re.compile("^Ganze Antwort")).click()
    expect(opened.value.locator("[id='angabe-1.1']")).to_be_in_viewport()
    opened.value.close()
    expect(own).to_have_value("Noch nicht gespeichert.")

    owners = paula.page(f"/erklaerungen/{published}/veroeffentlichung")
    expect_quoted(owners)
    choose_answer(owners, "Nein")
    expect(owners.get_by_text("Aus Ihrer Erklärung wird nicht zitiert.")).to_be_visible()
    page = petra.page(f"{path}?hilfe=1.1")
    expect(page.get_by_text("So könnte eine Antwort lauten:")).to_be_visible()
    expect(page.get_by_text("Wie andere es schreiben")).to_have_count(0)
    choose_answer(owners, "Ja")
    expect_quoted(owners)


def expect_quoted(page: Page) -> None:
    """The page of the publication says that others may read its texts, and shows how."""
    expect(page.get_by_text("Aus Ihrer Erklärung darf zitiert werden.")).to_be_visible()
    page.get_by_text("So sehen es andere").click()
    expect(page.locator("blockquote")).to_contain_text("Sie heißt „Sommer 2030“")


def choose_answer(page: Page, answer: str) -> None:
    page.get_by_label(answer, exact=True).check()
    with page.expect_navigation():
        page.get_by_role("button", name="Speichern").click()
