"""The year after in the browser: begun, taken over, confirmed; a goal answered, a figure that jumps."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from dnk_tool.domain.permissions import Role
from tests.e2e.conftest import Shot, Visit
from tests.e2e.drafts import expect_saved
from tests.e2e.driving import Server, field, press_in_main, section_path
from tests.support.instance import COMPLETE

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    server = new_server()
    server.seed(COMPLETE, petra=Role.OWNER)
    server.start()
    return server


def test_the_year_after_begins_with_what_was_said(server: Server, visit: Visit, shot: Shot) -> None:
    page = visit().sign_in("petra")
    page.get_by_role("link", name=re.compile("^Neues Berichtsjahr 2026")).click()
    expect(page.get_by_role("heading", name="Das kommt mit")).to_be_visible()
    shot(page, "next-year")
    page.get_by_role("button", name="Erklärung für 2026 anlegen").click()
    expect(page.locator(".dnk-lead")).to_have_text(re.compile("^0 von 20 Kriterien fertig"))
    overview = page.url
    after = int(overview.rstrip("/").rsplit("/", 1)[1])

    # One answer, beside one that was written anew.
    page.goto(section_path(after, "1"))
    field(page, "ref-1.2-text").fill("Neu geschrieben.")
    page.get_by_text("2025 stand hier: Wir haben eine schriftliche").click()
    page.get_by_role("button", name=re.compile("^Aus 2025 übernehmen")).first.click()
    expect(field(page, "ref-1.1-text")).to_have_value(re.compile("^Wir haben eine schriftliche"))
    expect(field(page, "ref-1.2-text")).to_have_value("Neu geschrieben.")
    expect(page.get_by_text("Aus 2025 übernommen, bitte prüfen.")).to_have_count(1)

    # Everything else at once: what was written stays.
    page.goto(overview)
    page.get_by_role("button", name=re.compile(r"^Alle \d+ Angaben aus 2025 übernehmen$")).click()
    expect(
        page.get_by_text(re.compile(r"^\d+ Angaben sind übernommen und noch nicht geprüft"))
    ).to_be_visible()
    shot(page, "next-year-taken-over")

    # Read again: one is changed, the page saves by itself, the others are confirmed.
    page.goto(section_path(after, "1"))
    expect(field(page, "ref-1.2-text")).to_have_value("Neu geschrieben.")
    field(page, "ref-1.1-text").press("End")
    field(page, "ref-1.1-text").press_sequentially(" Auch 2026.")
    expect_saved(page)
    page.get_by_role("button", name="Alles auf dieser Seite stimmt noch").click()
    expect(page.get_by_text("Aus 2025 übernommen, bitte prüfen.")).to_have_count(0)
    press_in_main(page, "Fertig, weiter zu 2")
    page.get_by_role("link", name="Übersicht").click()
    expect(page.locator(".dnk-lead")).to_have_text(re.compile("^1 von 20 Kriterien fertig"))

    # A goal of last year: why is asked once it was missed.
    page.goto(section_path(after, "12"))
    goal = page.locator('[id="goal-12.1"]')
    expect(goal.get_by_label("Warum nicht oder nicht ganz?")).to_be_hidden()
    goal.get_by_label("teilweise").check()
    goal.get_by_label("Warum nicht oder nicht ganz?").fill("Die neue Säge kam erst im Herbst.")
    expect_saved(page)
    press_in_main(page, "Später weiter")
    page.get_by_role("link", name="Was aus Ihren Zielen geworden ist").click()
    expect(field(page, "goal-12.1-reason")).to_have_value("Die neue Säge kam erst im Herbst.")
    shot(page, "next-year-goals")

    # A figure with a jump: the change, and the question why.
    page.goto(section_path(after, "13/kennzahlen"))
    field(page, "ref-GRI-SRS-305-1.a-value").fill("90")
    press_in_main(page, "Später weiter")
    page.goto(section_path(after, "13/kennzahlen"))
    expect(page.get_by_text(re.compile(r"^\+[\d.,]+ % gegenüber 2025"))).to_be_visible()
    expect(page.get_by_text("Fällt auf:").first).to_be_visible()
    shot(page, "next-year-jump")

    # What is not confirmed is named at the end, and is not in the way.
    page.goto(f"{overview}pruefen")
    expect(page.get_by_role("heading", name="Übernommen und noch nicht geprüft")).to_be_visible()
