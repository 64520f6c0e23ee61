"""The review desk by keyboard, without a script, and in low and narrow windows."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.drafts import expect_saved
from tests.e2e.driving import Server
from tests.journey.review import IN_SIGHT
from tests.support import review_scenario

pytestmark = pytest.mark.e2e

WORDS = "a rejpkn? Bitte mit Jahr."
DRAFTED = re.compile("^Entwurf, nur für das Prüfteam, gespeichert")
EDGE = "mark => getComputedStyle(mark).borderBottomColor"


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    server = new_server()
    with server.stored() as session:
        case = review_scenario.make_review_scenario(session)
        assert (case.cluster_id, case.declaration_id) == (1, 1)
    server.start()
    return server


def desk_path(section: str) -> str:
    return f"/cluster/1/pruefung/1/{section}"


def has_focus(page: Page, selector: str) -> None:
    expect(page.locator(selector)).to_be_focused()


def test_by_keys(visit: Visit) -> None:
    page = visit().sign_in("karin")
    page.goto(desk_path("13"))
    keys, said = page.keyboard, page.locator("[data-pressed]")
    plain = page.locator(".dnk-desk-strip__marks a").first
    edge = plain.evaluate(EDGE)
    keys.press("k")
    expect(said).to_have_text("Das gibt es hier nicht.")
    for _twice in range(2):
        keys.press("j")
    has_focus(page, "[data-aspect='13.2']")
    expect(said).to_have_text(re.compile("^13.2 "))
    keys.press("r")
    has_focus(page, "#remark")
    expect(page.locator("[data-aspect][aria-current=true]")).to_have_attribute("data-aspect", "13.2")
    keys.type(WORDS)
    expect(page.locator("#remark")).to_have_value(WORDS)
    keys.press("Escape")
    expect_saved(page, DRAFTED)
    with page.expect_navigation(url="**/14"):
        keys.press("n")
    assert plain.evaluate(EDGE) == edge, "what belongs to no area looks alike on the pages of every area"
    with page.expect_navigation(url="**/13"):
        keys.press("p")
    expect(page.locator("#remark")).to_have_value(WORDS)
    has_focus(page, "#remark")
    with page.expect_navigation():
        page.get_by_role("group", name="Textbaustein").get_by_role("button").first.click()
    expect(page.locator("#remark")).to_have_value(re.compile(f"^{re.escape(WORDS)}\n\n."))
    has_focus(page, "#remark")
    page.evaluate("document.activeElement.blur()")
    keys.type("a!")  # goes on in the field, and is no command
    expect(page.locator("#remark")).to_have_value(re.compile("a!$"))
    keys.press("Escape")
    expect_saved(page, DRAFTED)  # or the next page would know an older draft
    keys.press("Control+a")
    keys.press("?")
    switch = page.get_by_label("Tasten benutzen")
    switch.uncheck()
    keys.press("a")
    page.goto(desk_path("13"))
    expect(switch).not_to_be_checked()
    keys.press("?")
    expect(switch).to_be_hidden()
    page.get_by_text("Tasten ?").click()
    switch.check()
    with page.expect_navigation():
        keys.press("a")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Hier steht noch eine Anmerkung")
    has_focus(page, ".govuk-error-summary")
    with page.expect_navigation(url="**/14"):
        keys.press("a")
    with page.expect_navigation(url="**/15"):
        keys.press("a")


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (1280, 640), (320, 640)])
def test_the_buttons_stay_in_sight(visit: Visit, width: int, height: int) -> None:
    page = visit(width=width, height=height).sign_in("karin")
    for address in (desk_path("16"), desk_path("16") + "?anmerkung=16.2"):
        page.goto(address)
        assert page.evaluate(IN_SIGHT.replace(" && !scrollY", ""))
        page.evaluate("scrollTo(0, 900)")
        assert page.evaluate(IN_SIGHT.replace(" && !scrollY", ""))
    # What has the focus is never below the panel at the foot.
    page.locator(".dnk-pager a").first.focus()
    box, foot = page.locator(".dnk-pager a").first.bounding_box(), page.locator("#urteil").bounding_box()
    assert box
    assert foot
    assert width > 320 or box["y"] + box["height"] <= foot["y"]


def test_without_a_script(visit: Visit) -> None:
    page = visit(javascript=False).sign_in("rolf")
    page.goto(desk_path("17"))
    expect(page.locator(".dnk-keys")).to_be_hidden()
    page.locator("[data-aspect='17.2'] [data-remark]").click()
    expect(page).to_have_url(re.compile(r"anmerkung=17\.2$"))
    page.get_by_label("Ihre Anmerkung").fill("Welche Länder?")
    page.locator("[data-aspect='17.1'] [data-remark]").click()
    page.get_by_label("Ihre Anmerkung").fill("Seit wann?")
    page.get_by_role("button", name="Speichern, weiter zu 18").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kriterium 18")
    page.goto(desk_path("17"))
    expect(page.get_by_role("article").filter(has_text="Welche Länder?")).to_contain_text("Entwurf")
    expect(page.get_by_role("article").filter(has_text="Seit wann?")).to_contain_text("Entwurf")
    expect(page.get_by_text("Es gilt „Änderung nötig“")).to_be_visible()
