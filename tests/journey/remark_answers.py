"""A company answers two remarks and submits again: from its first page in at most six clicks."""

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import Role
from tests.e2e.conftest import new_visitor
from tests.e2e.driving import Server
from tests.journey.counting import Tally, Walker
from tests.journey.way import WayLost
from tests.support import review_scenario
from tests.support.app import add_member

MOST_CLICKS = 6
REMARKS = {
    "13.1": "Welcher Anteil Ihres Stroms ist erneuerbar?",
    "15.1": "Gilt das für alle?",
}
ADDED = "Im Berichtsjahr waren das 52 Prozent."


def walk_through_answers(browser: Browser, folder: Path) -> tuple[Tally, Sequence[tuple[str, str, int, int]]]:
    """One remark is answered by a changed text, the other by a sentence. Raises WayLost."""
    folder.mkdir()
    server = Server(folder)
    try:
        with server.stored() as session:
            _request_changes(session)
        server.start()
        visitor = new_visitor(browser, server, height=900)
        page = visitor.sign_in("petra")
        page.goto("/")
        walker, main = Walker(page), page.get_by_role("main")
        walker.part = "answer two remarks and submit again"
        walker.go(main.get_by_role("link", name="2 Anmerkungen beantworten"))
        walker.add(main.get_by_label("Ihr Text"), ADDED)
        walker.go(main.get_by_role("button", name="Speichern, weiter (2 von 2)"))
        walker.type(page.get_by_label("Ihre Antwort an das Prüfteam"), "Ja, für alle.")
        walker.go(main.get_by_role("button", name="Speichern, weiter zu den Änderungen"))
        expect(page.locator("ins", has_text=ADDED)).to_be_visible()
        walker.go(main.get_by_role("button", name="Wieder einreichen"))
        expect(main.get_by_text("ist eingereicht").first).to_be_visible()
        if visitor.faults:
            raise WayLost(f"the browser complains: {visitor.faults}")
    finally:
        server.close()
    if walker.tally.clicks > MOST_CLICKS:
        raise WayLost(f"{walker.tally.clicks} clicks, and no more than {MOST_CLICKS} were promised")
    return walker.tally, walker.visits


def _request_changes(session: Session) -> None:
    """The reviewers ask for two changes and accept all other parts."""
    case = review_scenario.make_review_scenario(session)
    add_member(session, case.organisation_id, "petra", Role.OWNER)
    for ref, text in REMARKS.items():
        review_scenario.write_remark(session, case, ref.split(".", maxsplit=1)[0], text, ref=ref)
    for section in review_scenario.section_refs(session, case):
        is_wanted = any(ref.startswith(f"{section}.") for ref in REMARKS)
        verdict = review_scenario.NO if is_wanted else review_scenario.YES
        review_scenario.give_verdict(session, case, section, verdict)
    review_scenario.request_changes(session, case)
