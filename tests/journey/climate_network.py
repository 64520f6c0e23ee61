"""Ways through the demo's climate network: a manager to goal and report, a member to its comparison."""

from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete

from dnk_tool.cli.demo import PASSWORD
from dnk_tool.cli.demo.content import network_content
from dnk_tool.cli.demo.examples import example_year
from dnk_tool.store.tables.aggregates import ReleaseRow
from dnk_tool.store.tables.joint_goals import JointSumRow
from tests.e2e.conftest import new_visitor
from tests.e2e.driving import Server
from tests.journey.counting import Tally, Walker
from tests.journey.way import WayLost

Visits = Sequence[tuple[str, str, int, int]]
MOST_CLICKS = {"goal": 14, "measure": 12}
WAITS = 60  # times that the manager looks whether the preview is ready


def goal(browser: Browser, folder: Path) -> tuple[Tally, Visits]:
    """The manager releases the figures, raises the goal, adds up, takes the report. Raises WayLost."""
    return _walk_as(browser, folder, "goal", network_content().manager.email, _release_and_report)


def note_measure(browser: Browser, folder: Path) -> tuple[Tally, Visits]:
    """A member notes a measure, and sees its path and where it stands. Raises WayLost."""
    return _walk_as(browser, folder, "measure", network_content().owner, _note_and_compare)


def _walk_as(
    browser: Browser, folder: Path, name: str, who: str, way: Callable[[Walker, Path], None]
) -> tuple[Tally, Visits]:
    folder.mkdir()
    server = Server(folder)
    try:
        server.run("demo", "--no-serve")
        _take_back(server)
        server.start()
        visitor = new_visitor(browser, server, height=900)
        page = visitor.sign_in(who, PASSWORD)
        page.goto("/")
        walker = Walker(page)
        walker.part = name
        way(walker, folder)
        if visitor.faults:
            raise WayLost(f"the browser complains: {visitor.faults}")
    finally:
        server.close()
    if walker.tally.clicks > MOST_CLICKS[name]:
        raise WayLost(f"{walker.tally.clicks} clicks, and no more than {MOST_CLICKS[name]} were promised")
    return walker.tally, walker.visits


def _take_back(server: Server) -> None:
    """As if the manager had not come to this year yet: no release, no sum."""
    with server.stored() as session:
        session.execute(delete(ReleaseRow).where(ReleaseRow.reporting_year == example_year()))
        session.execute(delete(JointSumRow))


def _release_and_report(walker: Walker, folder: Path) -> None:
    page, year = walker.page, example_year()
    main = page.get_by_role("main")
    walker.go(main.get_by_role("link", name=network_content().name))
    walker.go(page.get_by_role("link", name="Ergebnisse", exact=True))
    if main.get_by_role("button", name=f"Vorschau für {year} machen").count() == 0:
        walker.go(main.get_by_role("link", name=str(year), exact=True))
    walker.go(main.get_by_role("button", name=f"Vorschau für {year} machen"))
    _wait_for_preview(page)
    walker.go(main.get_by_role("button", name=f"Zahlen für {year} freigeben"))
    walker.go(page.get_by_role("link", name="Ziel", exact=True))
    walker.go(main.get_by_role("link", name="Ziel ändern"))
    walker.type(main.get_by_label("Treibhausgase"), "620")
    walker.go(main.get_by_role("button", name="Speichern"))
    walker.go(main.get_by_role("button", name="Stand bilden"))
    walker.go(page.get_by_role("link", name="Bericht", exact=True))
    content = walker.download(main.get_by_role("link", name="PDF herstellen"), folder / "bericht.pdf")
    if not content.startswith(b"%PDF"):
        raise WayLost("the report is no PDF")


def _wait_for_preview(page: Page) -> None:
    """Look again until the background has made it; a person has a coffee meanwhile."""
    for _time in range(WAITS):
        if not page.get_by_role("link", name="Nachsehen, ob sie fertig ist").count():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise WayLost("the preview is never ready")


def _note_and_compare(walker: Walker, folder: Path) -> None:
    page = walker.page
    main = page.get_by_role("main")
    walker.go(main.get_by_role("link", name="Maßnahmen", exact=True))
    walker.go(main.get_by_role("link", name="Maßnahme eintragen"))
    walker.type(main.get_by_label("Maßnahme", exact=True), "Hallenbeleuchtung auf LED umstellen")
    walker.select(main.get_by_label("Art", exact=True), "lighting")
    walker.select(main.get_by_label("Stand", exact=True), "planned")
    walker.select(main.get_by_label("Energieträger").first, "electricity/kWh")
    walker.type(main.get_by_label("Menge im Jahr").first, "18000")
    walker.select(main.get_by_label("Wie haben Sie das ermittelt?"), "calculated")
    walker.type(main.get_by_label("Erstes volles Jahr"), str(example_year() + 2))
    walker.go(main.get_by_role("button", name="Speichern", exact=True))
    walker.go(page.get_by_role("link", name="Klimapfad", exact=True).first)
    expect(main.get_by_text("Hallenbeleuchtung").first).to_be_visible()
    walker.go(page.get_by_role("link", name="Vergleich", exact=True).first)
    walker.choose(main.get_by_label("je Kopf"))
    walker.go(main.get_by_role("button", name="Anzeigen"))
    expect(main.get_by_text("unter der Mitte").first).to_be_visible()
