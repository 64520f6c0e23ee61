"""A manager writes to those who lack criterion 11: two clicks from the heat map, then preview and send."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, expect

from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.services.people.organisations import add_member
from dnk_tool.store.tables.organisations import Organisation
from tests.e2e.conftest import new_visitor
from tests.e2e.driving import Server, wait_for
from tests.journey.counting import Tally, Walker
from tests.journey.way import WayLost
from tests.support.app import make_account, make_cluster
from tests.support.cockpit_members import YEAR, add_company, add_declaration

MEMBERS, MISSING, MOST_CLICKS = 40, 6, 2
WORDS = ("open", "in-progress")
SUBJECT = "Kriterium 11 am Mittwoch"


def write_criterion(browser: Browser, folder: Path) -> tuple[Tally, Sequence[tuple[str, str, int, int]]]:
    """From the heat map to six mails. Raises WayLost."""
    folder.mkdir()
    server = Server(folder)
    try:
        _add_forty_companies(server)
        server.start()
        visitor = new_visitor(browser, server, height=900)
        page = visitor.sign_in("karin")
        page.goto(f"/cluster/1/waermebild?jahr={YEAR}")
        walker = Walker(page)
        walker.part = "write to those without criterion 11"
        main = page.get_by_role("main")
        walker.go(page.locator(".dnk-heat__numbers").get_by_role("link", name="11 "))
        walker.go(main.get_by_role("link", name=f"An diese {MISSING} schreiben"))
        clicks = walker.tally.clicks
        expect(main.get_by_text(f"An {MISSING} Unternehmen, {MISSING} Personen")).to_be_visible()
        walker.type(page.get_by_label("Betreff"), SUBJECT)
        walker.type(page.get_by_label("Text", exact=True), "Bringen Sie bitte Ihre Stromrechnung mit: {link}")
        walker.go(main.get_by_role("button", name="Vorschau ansehen"))
        walker.go(main.get_by_role("button", name=f"{MISSING} E-Mails senden"))
        wait_for(lambda: len(_mails(server)) == MISSING, what="the mails")
        if visitor.faults:
            raise WayLost(f"the browser complains: {visitor.faults}")
    finally:
        server.close()
    if clicks > MOST_CLICKS:
        raise WayLost(f"{clicks} clicks to the message, and no more than {MOST_CLICKS} were promised")
    return walker.tally, walker.visits


def _add_forty_companies(server: Server) -> None:
    """Forty companies; at six of them criterion 11 is open or in progress."""
    now = datetime.now(UTC)
    with server.stored() as session:
        cluster = make_cluster(session, "Mittelstand Nord", karin=ClusterRole.MANAGER)
        for number in range(MEMBERS):
            joined_at = now - timedelta(days=100)
            company = add_company(session, cluster.id, f"Firma {number:02} GmbH", joined_at=joined_at)
            word = WORDS[number % 2] if number % 7 == 0 else "answered"
            add_declaration(session, company, changed_at=now, progress={"11": word})
            person = make_account(session, f"person{number}@example.org", name=f"Person {number}")
            add_member(session, session.get_one(Organisation, company), person.id, Role.OWNER, now=now)


def _mails(server: Server) -> list[Path]:
    """The mails of the message in the outbox."""
    files = (server.instance / "outbox").glob("*.eml")
    return [file for file in files if SUBJECT in file.read_text("utf-8")]
