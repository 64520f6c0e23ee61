"""A manager invites forty companies with a list as an address book exports it, ten rows of it with faults."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, expect
from sqlalchemy import select

from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.store.tables.invitations import Invitation
from tests.e2e.conftest import new_visitor
from tests.e2e.driving import Server
from tests.journey import forty_companies
from tests.journey.counting import Tally, Walker
from tests.journey.way import WayLost, follow_link, submit_form
from tests.support.app import add_consent, make_cluster, make_organisation

INVITED = 35


def invite_forty(browser: Browser, folder: Path) -> tuple[Tally, Sequence[tuple[str, str, int, int]]]:
    """From the cluster's overview to 35 invitations. Raises WayLost."""
    folder.mkdir()
    server = Server(folder)
    try:
        _add_cluster(server)
        server.start()
        visitor = new_visitor(browser, server, height=900)
        page = visitor.sign_in("karin")
        page.goto("/cluster/1")
        walker = Walker(page)
        _send_list(walker, server)
        page.reload()
        if len(invited := _invited(server)) != INVITED:
            raise WayLost(f"invited: {invited}")
        if visitor.faults:
            raise WayLost(f"the browser complains: {visitor.faults}")
    finally:
        server.close()
    return walker.tally, walker.visits


def _add_cluster(server: Server) -> None:
    """A cluster with a manager, a member, and a company that withdrew its consent."""
    with server.stored() as session:
        cluster = make_cluster(session, "Mittelstand Ostwestfalen", karin=ClusterRole.MANAGER)
        add_consent(session, make_organisation(session, forty_companies.MEMBER).id, cluster.id)
        gone = make_organisation(session, forty_companies.WITHDRAWN)
        add_consent(session, gone.id, cluster.id, withdrawn_at=datetime(2025, 11, 27, tzinfo=UTC))


def _send_list(walker: Walker, server: Server) -> None:
    """Four rows are corrected and one is decided."""
    page, first = walker.page, forty_companies.FIRST_FAULTY
    follow_link(walker, "Mitglieder")
    follow_link(walker, "Liste hochladen")
    walker.attach(page.get_by_label("Datei"), "crm.xlsx", forty_companies.company_workbook())
    submit_form(walker, "Liste prüfen")
    for (place, field), text in forty_companies.CORRECTIONS.items():
        walker.type(page.locator(f"#{field}-{first + place}"), text)
    walker.select(page.locator(f"#decision-{first + 8}"), "invite")
    submit_form(walker, "Noch einmal prüfen")
    submit_form(walker, re.compile(f"^Weiter: E-Mail an {INVITED}"))
    if _invited(server):
        raise WayLost("invitations were sent before they were confirmed")
    submit_form(walker, f"{INVITED} jetzt einladen")
    expect(page.get_by_text(f"{INVITED} Einladungen")).to_be_visible()
    walker.look()
    walker.leave()


def _invited(server: Server) -> list[str]:
    """The addresses with an invitation."""
    with server.stored() as session:
        return list(session.scalars(select(Invitation.email)))
