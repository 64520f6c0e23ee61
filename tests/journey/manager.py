"""What a manager does for a whole cohort, counted step by step as a firm's way is."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, expect
from sqlalchemy import select

from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff
from dnk_tool.store.tables.invitations import Invitation
from tests.e2e.conftest import new_visitor
from tests.e2e.driving import Server
from tests.journey import forty_companies
from tests.journey.counting import Tally, Walker
from tests.journey.way import WayLost, follow, submit
from tests.support.app import add_consent, make_account, make_organisation


def walk_part(browser: Browser, folder: Path, part: str) -> Tally:
    """Do one part in an instance of its own, beginning on the cluster's first page. Raises WayLost."""
    folder.mkdir()
    server = Server(folder)
    try:
        add_cluster(server)
        server.start()
        visitor = new_visitor(browser, server, height=900)
        page = visitor.sign_in("karin")
        page.goto("/cluster/1")
        walker = Walker(page)
        walker.part = part
        PARTS[part](walker, server)
        if visitor.faults:
            raise WayLost(f"the browser complains: {visitor.faults}")
    finally:
        server.close()
    return walker.tally


def add_cluster(server: Server) -> None:
    """A cluster with a manager, a member, and a company that withdrew its consent."""
    now = datetime.now(UTC)
    with server.stored() as session:
        cluster = Cluster(name="Mittelstand Ostwestfalen", contact="Karin Weber, 0521 123456", created_at=now)
        manager = make_account(session, "karin@example.org", name="Karin Weber")
        session.add(cluster)
        session.flush()
        session.add(
            ClusterStaff(cluster_id=cluster.id, user_id=manager.id, role=ClusterRole.MANAGER, created_at=now)
        )
        add_consent(session, make_organisation(session, forty_companies.MEMBER).id, cluster.id)
        gone = make_organisation(session, forty_companies.WITHDRAWN)
        add_consent(session, gone.id, cluster.id, withdrawn_at=datetime(2025, 11, 27, tzinfo=UTC))


def invite_forty(walker: Walker, server: Server) -> None:
    """Forty companies with ten faults behind a cover sheet: four corrected, one decided, 35 invited."""
    page = walker.page
    follow(walker, "Mitglieder")
    follow(walker, "Liste hochladen")
    walker.attach(page.get_by_label("Datei"), "crm.xlsx", forty_companies.workbook())
    submit(walker, "Liste prüfen")
    for (place, field), text in forty_companies.CORRECTIONS.items():
        walker.type(page.locator(f"#{field}-{forty_companies.FIRST_FAULTY + place}"), text)
    walker.select(page.locator(f"#decision-{forty_companies.FIRST_FAULTY + 8}"), "invite")
    submit(walker, "Noch einmal prüfen")
    submit(walker, re.compile("^Weiter: E-Mail an 35"))
    if invited(server):
        raise WayLost("invitations were sent before they were confirmed")
    submit(walker, "35 jetzt einladen")
    walker.look()
    walker.leave()
    expect(page.get_by_text("35 Einladungen")).to_be_visible()
    page.reload()
    if len(invited(server)) != 35:
        raise WayLost(f"invited: {invited(server)}")


def invited(server: Server) -> list[str]:
    """The addresses with an invitation."""
    with server.stored() as session:
        return list(session.scalars(select(Invitation.email)))


PARTS: Mapping[str, Callable[[Walker, Server], None]] = {"invite": invite_forty}
