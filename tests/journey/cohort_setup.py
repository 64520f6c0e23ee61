"""A manager sets up a cohort with four milestones and puts forty companies into it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.language import local_day
from dnk_tool.store.tables.clusters import CohortAssignment, Milestone
from tests.e2e.conftest import new_visitor
from tests.e2e.driving import Server
from tests.journey.counting import Tally, Walker
from tests.journey.way import WayLost
from tests.support.app import make_cluster
from tests.support.cockpit_members import add_company

MEMBERS, MILESTONES, MOST_CLICKS, MOST_PAGES = 40, 4, 25, 10


def set_up(browser: Browser, folder: Path) -> tuple[Tally, Sequence[tuple[str, str, int, int]]]:
    """From the cluster's overview to forty members in the cohort. Raises WayLost."""
    folder.mkdir()
    server = Server(folder)
    try:
        with server.stored() as session:
            cluster = make_cluster(session, "Mittelstand Nord", karin=ClusterRole.MANAGER)
            for number in range(MEMBERS):
                add_company(session, cluster.id, f"Firma {number:02} GmbH", joined_at=datetime.now(UTC))
        server.start()
        visitor = new_visitor(browser, server, height=900)
        page = visitor.sign_in("karin")
        page.goto("/cluster/1/")
        walker = Walker(page)
        walker.part = "set up a cohort"
        main = page.get_by_role("main")
        walker.go(main.get_by_role("link", name="Planung", exact=True))
        walker.go(main.get_by_role("button", name="Neue Kohorte").or_(main.get_by_text("Neue Kohorte")).first)
        walker.type(page.get_by_label("Name", exact=True).first, "Herbst")
        starts = local_day(datetime.now(UTC)) + timedelta(days=14)
        walker.type(page.get_by_label("Erster Tag"), starts.strftime("%d.%m.%Y"))
        walker.go(main.get_by_role("button", name="Vorlage"))
        for number in range(MILESTONES):
            walker.type(page.locator(f"[name=milestones-{number}-place]"), "Handwerkskammer")
        for name in ("title", "day", "sections"):  # the fifth meeting is not held
            walker.type(page.locator(f"[name=milestones-{MILESTONES}-{name}]"), "")
        walker.go(main.get_by_role("button", name="Speichern").last)
        walker.choose(page.locator("[name=all]"))
        walker.go(main.get_by_role("button", name="In diese Kohorte"))
        expect(main.get_by_text("in dieser Kohorte").first).to_be_visible()
        with server.stored() as session:
            found = [
                session.scalar(select(func.count()).select_from(it)) for it in (Milestone, CohortAssignment)
            ]
        if found != [MILESTONES, MEMBERS] or visitor.faults:
            raise WayLost(f"{found} milestones and members; the browser says {visitor.faults}")
    finally:
        server.close()
    if walker.tally.clicks > MOST_CLICKS or walker.tally.pages > MOST_PAGES:
        raise WayLost(f"{walker.tally.clicks} clicks on {walker.tally.pages} pages are more than promised")
    return walker.tally, walker.visits
