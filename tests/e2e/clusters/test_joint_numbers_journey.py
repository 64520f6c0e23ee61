"""A manager makes figures, goal and report by keyboard and without JavaScript; a member compares itself."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.services.people.organisations import add_member
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.organisations import Organisation
from tests.e2e.conftest import Shot, Visit
from tests.e2e.driving import PATIENCE_SECONDS, Server
from tests.integration.aggregates.release_members import YEAR, add_firms
from tests.support.app import make_account, make_cluster

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def places(server: Server) -> dict[str, str]:
    """A cluster of eight with finished versions, and the company of one of them."""
    now = datetime.now(UTC)
    with server.stored() as session:
        cluster = make_cluster(session, "Klimanetzwerk", zita=ClusterRole.MANAGER)
        own = add_firms(session, cluster.id, 8)[0]
        owner = make_account(session, "rosa@example.org", name="Rosa Rot")
        session.flush()
        add_member(session, session.get_one(Organisation, own), owner.id, Role.OWNER, now=now)
        value = {"value": Decimal(1000), "unit": "MWh", "quality": "measured", "changed_at": now}
        session.add(FigureRow(organisation_id=own, year=YEAR, datapoint="energy.total", **value))
        found = {"cluster": f"/cluster/{cluster.id}", "company": f"/unternehmen/{own}"}
    server.start()
    return found


def press_button(page: Page, name: str) -> None:
    """Reach a button by the keyboard and press it."""
    page.get_by_role("button", name=name, exact=True).press("Enter")


def follow_by_key(page: Page, name: str, heading: str | re.Pattern[str]) -> None:
    """Reach a link by the keyboard, follow it, and wait for its page."""
    page.get_by_role("link", name=name, exact=True).first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def wait_for_preview(page: Page) -> None:
    """Look again until the background is done, as somebody without JavaScript does."""
    expect(page.locator("#naechstes")).to_be_visible()
    waiting = page.get_by_role("link", name="Nachsehen, ob sie fertig ist")
    for _attempt in range(int(PATIENCE_SECONDS * 4)):
        if not waiting.count():
            return
        page.wait_for_timeout(250)
        waiting.press("Enter")
        expect(page.locator("#naechstes")).to_be_visible()
    raise AssertionError("the preview is not made")


def test_figures_goal_and_report_without_a_mouse(
    server: Server, places: dict[str, str], visit: Visit, shot: Shot
) -> None:
    page = visit(javascript=False).sign_in("zita")
    page.goto(f"{places['cluster']}/zahlen?jahr={YEAR}")
    press_button(page, f"Vorschau für {YEAR} machen")
    wait_for_preview(page)
    panel = page.locator(".dnk-panel", has=page.locator("#naechstes"))
    expect(panel).to_contain_text(re.compile(r"\d+ Zahlen erfüllen die Regeln"))
    expect(panel.locator("dt").first).to_have_text("Energieverbrauch gesamt")
    expect(panel.locator("dd").first).not_to_contain_text("MWh")
    press_button(page, f"Zahlen für {YEAR} freigeben")
    expect(page.get_by_role("alert")).to_contain_text("sind freigegeben")
    shot(page, "joint-numbers")
    follow_by_key(page, "Ziel", "Was wir zusammen sparen")
    follow_by_key(page, "Ziel setzen", "Gemeinsames Ziel")
    for label, typed in {"Von": "2025", "Bis": "2030", "Energie": "4000"}.items():
        page.get_by_label(label, exact=True).fill(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Das Ziel ist gespeichert")
    follow_by_key(page, "Bericht", re.compile(f"Bericht {YEAR}.*bereit", re.DOTALL))
    with page.expect_download() as word:
        page.get_by_role("link", name="Word-Datei zum Weiterbearbeiten").press("Enter")
    assert word.value.suggested_filename.endswith(".docx")
    member = visit().sign_in("rosa")
    member.goto(f"{places['company']}/vergleich")
    energy = member.get_by_role("region", name="Energieverbrauch gesamt")
    expect(energy).to_contain_text(f"{YEAR} liegen Sie 33 % unter der Mitte.")
    follow_by_key(page, "Zahlen", f"Zahlen für {YEAR}")
    page.locator("summary", has_text="Zahlen zurückziehen").press("Enter")
    page.get_by_label("Warum ziehen Sie sie zurück?").fill("Ein Zähler war falsch abgelesen.")
    press_button(page, "Zahlen zurückziehen")
    expect(page.get_by_role("alert")).to_contain_text("sind zurückgezogen")
    member.reload()
    expect(member.get_by_text("noch keine Zahlen freigegeben")).to_be_visible()
    expect(energy).not_to_contain_text("Mitte")
