"""A manager writes to those who lack a criterion, and scrolls through many members."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.services.people.organisations import add_member
from dnk_tool.store.tables.organisations import Organisation
from tests.e2e.conftest import Visit
from tests.e2e.driving import Server
from tests.support.app import make_account, make_cluster
from tests.support.cockpit_members import YEAR, add_company, add_declaration, add_many

pytestmark = pytest.mark.e2e

NAMES = ("Amsel", "Buche", "Cello")


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    server = new_server()
    now = datetime.now(UTC)
    with server.stored() as session:
        small = make_cluster(session, "Cluster Klein", karin=ClusterRole.MANAGER)
        for name, word in zip(NAMES, ("open", "in-progress", "answered"), strict=True):
            company = add_company(session, small.id, name, joined_at=now)
            add_declaration(session, company, changed_at=now, progress={"11": word})
            person = make_account(session, f"{name.lower()}@example.org", name=f"Leitung {name}")
            add_member(session, session.get_one(Organisation, company), person.id, Role.OWNER, now=now)
        large = make_cluster(session, "Cluster Groß", lara=ClusterRole.MANAGER)
        add_many(session, large.id, 80, now=now)
        assert (small.id, large.id) == (1, 2)
    server.start()
    return server


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_two_clicks_lead_to_those_without_the_criterion(
    server: Server, visit: Visit, javascript: bool
) -> None:
    page = visit(javascript=javascript).sign_in("karin")
    page.goto(f"/cluster/1/waermebild?jahr={YEAR}")
    page.get_by_role("columnheader", name=re.compile("^11 ")).get_by_role("link").click()
    for name in NAMES:
        box = page.get_by_role("checkbox", name=f"{name} ankreuzen")
        expect(box).to_be_checked(checked=name != "Cello")
    page.get_by_role("link", name="An diese 2 schreiben").click()
    expect(page.get_by_text("An 2 Unternehmen, 2 Personen")).to_be_visible()
    expect(page.locator("#recipients")).to_contain_text("Buche: Leitung Buche")


def test_without_a_tick_the_number_on_the_button_is_never_wrong(server: Server, visit: Visit) -> None:
    """The button above goes when other members are ticked; the one at the foot counts."""
    page = visit(javascript=False).sign_in("karin")
    page.goto(f"/cluster/1/waermebild?jahr={YEAR}&kriterium=11")
    above = page.get_by_role("link", name="An diese 2 schreiben")
    expect(above).to_be_visible()
    page.get_by_role("checkbox", name="Buche ankreuzen").uncheck()
    expect(above).to_be_hidden()
    page.get_by_role("button", name="Angekreuzten schreiben").click()
    expect(page.get_by_text("An 1 Unternehmen, 1 Person")).to_be_visible()
    page.goto(f"/cluster/1/?jahr={YEAR}")
    expect(page.get_by_role("button", name="Angekreuzten schreiben")).to_be_hidden()


def tops(page: Page) -> list[float]:
    """Where the numbers and the shares stand in the window."""
    heads = [
        page.locator(f".dnk-heat__{row} > *:visible").last.bounding_box() for row in ("numbers", "shares")
    ]
    return [head["y"] for head in heads if head]


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (320, 640)])
def test_heads_stay_in_sight(server: Server, visit: Visit, width: int, height: int) -> None:
    page = visit(width=width, height=height).sign_in("lara")
    page.goto(f"/cluster/2/waermebild?jahr={YEAR}")
    page.evaluate("scrollTo(0, 1500)")
    numbers, shares = tops(page)
    assert numbers == 0
    assert 35 <= shares <= 50
    assert page.evaluate("document.documentElement.scrollWidth") == width
    if width == 320:
        shown = page.locator(".dnk-heat__numbers a:visible").all_inner_texts()
        assert len(shown) == 4
        page.evaluate("scrollTo(0, 0)")
        page.get_by_role("navigation", name="Teil des Wärmebilds").get_by_role("link", name="Umwelt").click()
        expect(page.locator(".dnk-heat__numbers a:visible")).to_have_count(3)
        expect(page.locator(".dnk-heat__shares td:visible")).to_have_count(3)
