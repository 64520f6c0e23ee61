"""A manager chases thirty companies that have not answered: three clicks, and each gets a mail that works."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, expect

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.mail import MailDelivery
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.services.invitations import secret_links
from tests.e2e.conftest import new_visitor
from tests.e2e.driving import Server, wait_for
from tests.journey.counting import Tally, Walker
from tests.journey.way import WayLost
from tests.support.app import make_cluster
from tests.support.smtp_server import running_smtp_server

OPEN, MOST_CLICKS = 30, 3
DAYS_AGO = timedelta(days=9)


def chase(browser: Browser, folder: Path) -> tuple[Tally, Sequence[tuple[str, str, int, int]]]:
    """From the cluster's overview to thirty reminders in the mailboxes. Raises WayLost."""
    folder.mkdir()
    with running_smtp_server() as inbox:
        settings = {f"DNK_{name.upper()}": str(value) for name, value in inbox.settings.items()}
        server = Server(folder, **settings)
        try:
            _invite_before(server)
            server.start()
            visitor = new_visitor(browser, server, height=900)
            page = visitor.sign_in("karin")
            page.goto("/cluster/1/")
            walker = Walker(page)
            walker.part = "chase 30 open invitations"
            main = page.get_by_role("main")
            walker.go(page.get_by_role("link", name="Einladungen", exact=True))
            walker.go(main.get_by_role("link", name=f"{OPEN} Unternehmen erinnern"))
            expect(main.get_by_text("Erinnerung: Einladung von").first).to_be_visible()
            walker.go(main.get_by_role("button", name=f"{OPEN} Erinnerungen senden"))
            expect(page.get_by_role("alert")).to_contain_text(f"{OPEN} Erinnerungen sind unterwegs.")
            wait_for(lambda: len(inbox.received) == OPEN, what="the mails")
            _open_one(browser, server, inbox.messages[0].get_content())
            if visitor.faults:
                raise WayLost(f"the browser complains: {visitor.faults}")
        finally:
            server.close()
    if walker.tally.clicks > MOST_CLICKS:
        raise WayLost(f"{walker.tally.clicks} clicks, and no more than {MOST_CLICKS} were promised")
    return walker.tally, walker.visits


def _invite_before(server: Server) -> None:
    """A cluster whose manager invited thirty companies nine days ago."""
    then = datetime.now(UTC) - DAYS_AGO
    with server.stored() as session:
        cluster = make_cluster(session, "Mittelstand Nord", karin=ClusterRole.MANAGER)
        for number in range(OPEN):
            row, _token = secret_links.create_invitation(
                session,
                InvitationKind.COMPANY,
                email=f"kontakt@firma-{number}.example",
                company=f"Firma {number:02} GmbH",
                language="de",
                by=None,
                now=then,
                cluster_id=cluster.id,
            )
            row.delivery = MailDelivery.SENT


def _open_one(browser: Browser, server: Server, text: str) -> None:
    """The link of a reminder opens the invitation."""
    found = re.search(r"https?://\S+(/einladung/unternehmen/\S+)", text)
    if found is None:
        raise WayLost("the reminder has no link")
    page = new_visitor(browser, server).page()
    page.goto(found[1])
    expect(page.get_by_role("heading", name="Einladung: Mittelstand Nord")).to_be_visible()
    page.context.close()
