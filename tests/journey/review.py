"""A reviewer reads declarations: by keys without a fault, by mouse with three remarks, and a second round."""

import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.e2e.conftest import new_visitor
from tests.e2e.driving import Server
from tests.journey.counting import Tally, Walker
from tests.journey.way import WayLost
from tests.support import review_scenario
from tests.support.review_scenario import ReviewScenario

PARTS, MOST_CLICKS, MOST_CLICKS_AGAIN = 21, 30, 10
REMARKS = {
    "4.1": "Bitte nennen Sie die Stufen Ihrer Wertschöpfung.",
    "13.2": "Bitte nennen Sie Zahl und Jahr.",
    "16.1": "Bitte ergänzen Sie die Stunden je Person.",
}
# Whether all buttons of the verdict are in the window, of a page that nobody has scrolled.
BUTTONS = "#urteil :is([name=verdict], [value=stay])"
IN_SIGHT = f"""() => [...document.querySelectorAll("{BUTTONS}")].every((one) => {{
  const {{ top, bottom }} = one.getBoundingClientRect();
  return !one.checkVisibility() || (top >= 0 && bottom <= innerHeight);
}}) && !scrollY"""


def walk_through_review(browser: Browser, folder: Path) -> tuple[Tally, Sequence[tuple[str, str, int, int]]]:
    """Three walks; prints what each takes. Raises WayLost."""
    folder.mkdir()
    server = Server(folder)
    try:
        with server.stored() as session:
            faultless = review_scenario.make_review_scenario(session)
            faulty = review_scenario.make_review_scenario(session, "ruth", "rainer")
        server.start()
        by_keys = new_visitor(browser, server, height=900)
        keys = _accept_by_keys(by_keys.sign_in("karin"), faultless)
        by_mouse = new_visitor(browser, server, height=900)
        walker = Walker(by_mouse.sign_in("ruth"))
        walker.part = "first round, three typed remarks"
        _first_round(walker, faulty)
        first = walker.tally
        _company_answers(server, faulty)
        walker.part = "second round"
        _second_round(walker, faulty)
        if faults := [*by_keys.faults, *by_mouse.faults]:
            raise WayLost(f"the browser complains: {faults}")
    finally:
        server.close()
    print(f"first round without faults: {keys} keystrokes, no scrolling")
    for part, tally in walker.tallies.items():
        print(f"{part}: {tally.clicks} clicks, {tally.pages} pages")
    _require_at_most("keystrokes", keys, PARTS)
    _require_at_most("clicks in the first round", first.clicks, MOST_CLICKS)
    _require_at_most("clicks in the second round", walker.tally.clicks, MOST_CLICKS_AGAIN)
    return first + walker.tally, walker.visits


def _require_at_most(what: str, count: int, most: int) -> None:
    if count > most:
        raise WayLost(f"{count} {what}, and no more than {most} were promised")


def _overview(case: ReviewScenario) -> str:
    return f"/cluster/{case.cluster_id}/pruefung/{case.declaration_id}/"


def _accept_by_keys(page: Page, case: ReviewScenario) -> int:
    """Accept each part by one key; returns the number of keystrokes."""
    page.goto(_overview(case))
    with page.expect_event("load"):
        page.get_by_role("link", name="Prüfung beginnen").click()
    for _part in range(PARTS):
        if not page.evaluate(IN_SIGHT):
            raise WayLost(f"the verdict is not in sight: {page.url}")
        with page.expect_event("load"):
            page.keyboard.press("a")
    if not page.get_by_text("Alles ist geprüft und in Ordnung.").is_visible():
        raise WayLost(f"not all is in order after {PARTS} keys: {page.url}")
    return PARTS


def _first_round(walker: Walker, case: ReviewScenario) -> None:
    """Three parts get a remark at an aspect, all others are in order; then changes are requested."""
    page = walker.page
    page.goto(_overview(case))
    walker.go(page.get_by_role("link", name="Prüfung beginnen"))
    remarks = dict(REMARKS)
    while section := page.url.partition("#")[0].rpartition("/")[2]:
        if ref := next((ref for ref in remarks if ref.split(".")[0] == section), None):
            walker.press(page.locator(f"[data-aspect='{ref}'] [data-remark]"))
            page.keyboard.type(remarks.pop(ref))
            walker.go(page.get_by_role("button", name="Speichern, "))
        else:
            walker.go(page.get_by_role("button", name="In Ordnung, "))
    walker.go(page.get_by_role("link", name="Änderungen anfordern", exact=True))
    walker.go(page.get_by_role("main").get_by_role("button", name="Änderungen anfordern"))
    if remarks:
        raise WayLost(f"not asked for: {remarks}")


def _company_answers(server: Server, case: ReviewScenario) -> None:
    with server.stored() as session:
        for ref in REMARKS:
            review_scenario.save_text(session, case, ref.split(".")[0], f"Ergänzt bei {ref}.")
        review_scenario.answer_all_remarks(session, case, "Das steht jetzt da.")
        review_scenario.submit(session, case)


def _second_round(walker: Walker, case: ReviewScenario) -> None:
    """Each remark is done and its part in order; then the declaration is approved."""
    page = walker.page
    page.goto(_overview(case))
    walker.go(page.get_by_role("link", name=re.compile("^(Weiter mit|Prüfung beginnen)")))
    for _ref in REMARKS:
        walker.choose(page.get_by_label("Damit erledigt"))
        walker.go(page.get_by_role("button", name="In Ordnung, "))
    walker.go(page.get_by_role("link", name="Weiter zur Freigabe"))
    approve = page.get_by_role("main").get_by_role("button", name=re.compile("freigeben"))
    while approve.count():  # once more where a point of the checklist is open
        walker.go(approve)
    if "freigegeben" not in page.get_by_role("main").inner_text():
        raise WayLost("the version is not approved")
