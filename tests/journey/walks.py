"""Walks with each set of indicators, checks that nothing was skipped, and prints the figures."""

import json
import re
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from io import BytesIO
from operator import add
from pathlib import Path
from typing import Any

import pikepdf
from playwright.sync_api import Browser, sync_playwright

from dnk_tool.domain.answers.answer import Disclosure
from dnk_tool.domain.answers.completeness import declaration_gaps
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.permissions import Role
from dnk_tool.store.tables.organisations import Membership, Organisation
from tests.e2e.conftest import CHROMIUM, OPTIONS, SHOTS, new_visitor
from tests.e2e.driving import Server, wait_for
from tests.journey.counting import WORD, Tally, Walker
from tests.journey.firm import Firm, load_firm
from tests.journey.way import WayLost, walk_all
from tests.support.app import make_account

COMPANY = "Elektro Hansen GmbH"
FEWEST_PAGES = 20  # of a complete declaration in print

# A person's time: reading 200 words a minute, half of the help; writing; clicking. A point where something is
# typed or chosen is decided; one that is there already (a ready-made answer, figures from bills or payroll)
# is only agreed to.
WORDS, CHARACTERS = 200, 80
DECISION, AGREEMENT, CLICK = 45 / 60, 10 / 60, 3 / 60
# Away from the form: fetching papers, and the payroll list, which is pasted: finding the export of the
# payroll program and opening it. Nobody counts heads any more, which took 20. At the end the whole is read
# again before somebody stands for it: what it says word by word at half the pace, and a glance at each page.
PAPERS, EXPORT = 45, 5
PROOF_WORDS, GLANCE = WORDS / 2, 15 / 60


@dataclass(frozen=True)
class Walk:
    """One walk: what each part took, and what came out.

    `decided`: the points where something was typed or chosen; `words`: those that the declaration says;
    `texts`: what the program helped to say.
    """

    indicator_set: str
    parts: dict[str, Tally]
    visits: list[tuple[str, str, int, int]]
    decided: int
    words: int
    reported: int
    explained: int
    pdf_pages: int
    texts: dict[str, str]

    @property
    def whole(self) -> Tally:
        return reduce(add, self.parts.values(), Tally())

    @property
    def minutes(self) -> dict[str, float]:
        """The time by what it goes into."""
        whole = self.whole
        return {
            "reading": (whole.read + whole.help / 2) / WORDS,
            "deciding": self.decided * DECISION,
            "agreeing": (self.reported + self.explained - self.decided) * AGREEMENT,
            "writing": whole.characters / CHARACTERS,
            "clicking": whole.clicks * CLICK,
            "papers": PAPERS,
            "payroll": EXPORT,
            "reading again": self.words / PROOF_WORDS + self.pdf_pages * GLANCE,
        }


def print_walks(
    folder: Path, sets: Sequence[str], *, as_json: bool, visits: bool, with_helps: bool = False
) -> None:
    """Walk with each set and print. Exits with 1 if a way does not end with a complete PDF."""
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
            walks = [walk_with(browser, folder / name, name, with_helps=with_helps) for name in sets]
    except WayLost as lost:
        sys.exit(f"The way is lost: {lost}")
    if as_json:
        print(json.dumps([as_dict(one) for one in walks], indent=2, ensure_ascii=False))
        return
    for one in walks:
        print(walk_table(one))
        print(*(f"\n{ref}: {text}" for ref, text in one.texts.items()))
        if visits:
            print(
                *(
                    f"{height:6} px {clicks:3} clicks  {part}: {path}"
                    for part, path, height, clicks in one.visits
                ),
                sep="\n",
            )
        print()


def walk_with(browser: Browser, folder: Path, indicator_set: str, *, with_helps: bool = False) -> Walk:
    """Walk through an instance of its own. Raises WayLost."""
    folder.mkdir()
    server, firm = Server(folder), load_firm(indicator_set, with_helps=with_helps)
    try:
        add_waiting_company(server)
        server.start()
        link = invite_manager(browser, server, firm)
        visitor = new_visitor(browser, server, height=900)
        walker = Walker(visitor.page())
        try:
            pdf = walk_all(walker, link, indicator_set, firm, folder)
        except Exception:
            if SHOTS:
                SHOTS.mkdir(exist_ok=True)
                walker.page.screenshot(path=SHOTS / f"journey-{indicator_set}.png", full_page=True)
            raise
        if visitor.faults:
            raise WayLost(f"the browser complains: {visitor.faults}")
    finally:
        server.close()
    document, pages = read_pdf(pdf)
    check_content(document, firm)
    points = refs_of(document)
    explained = sum(is_explained(document, ref) for ref in points)
    return Walk(
        indicator_set,
        dict(walker.tallies),
        walker.visits,
        decided=sum(is_decided(ref, walker.decided) for ref in points),
        words=sum(len(WORD.findall(one.text + " " + one.explanation)) for one in document.answers.values()),
        reported=len(points) - explained,
        explained=explained,
        pdf_pages=pages,
        texts={ref: firm.texts[ref] for ref in firm.helps},
    )


def add_waiting_company(server: Server) -> None:
    """What the operator does before: the company, with themselves in it."""
    now = datetime.now(UTC)
    with server.stored() as session:
        company = Organisation(name=COMPANY, created_at=now)
        operator = make_account(session, "betrieb@example.org", name="Bea Betrieb", is_operator=True)
        session.add(company)
        session.flush()
        session.add(
            Membership(user_id=operator.id, organisation_id=company.id, role=Role.OWNER, created_at=now)
        )


def invite_manager(browser: Browser, server: Server, firm: Firm) -> str:
    """The operator invites the manager; gives the link of the mail."""
    page = new_visitor(browser, server).sign_in("betrieb")
    page.goto("/unternehmen/1/personen/einladen")
    page.get_by_label("E-Mail").fill(firm.account["email"])
    page.get_by_label("Leitung").check()
    page.get_by_role("main").get_by_role("button", name="Einladung senden").click()
    links: list[str] = []

    def look() -> bool:
        mails = (file.read_text("utf-8") for file in (server.instance / "outbox").glob("*.eml"))
        links[:] = [link for mail in mails for link in re.findall(r"https?://\S+/einladung/\S+", mail)]
        return bool(links)

    wait_for(look, what="the mail")
    page.context.close()
    return links[0]


def read_pdf(pdf: bytes) -> tuple[Document, int]:
    """The declaration that a PDF carries, and how many pages it has."""
    with pikepdf.open(BytesIO(pdf)) as file:
        [carried] = [one for name, one in file.attachments.items() if name.endswith(".json")]
        return read_document(carried.get_file().read_bytes()), len(file.pages)


def refs_of(document: Document) -> list[str]:
    """The points to report or to explain."""
    sections = document.selection.sections
    return [one.ref for section in sections for one in section.all_requirements if one.is_explainable]


def is_decided(point: str, decided: Collection[str]) -> bool:
    """Whether something was typed or chosen at a point or one of its items."""
    return any(ref == point or ref.startswith(f"{point}.") for ref in decided)


def is_explained(document: Document, ref: str) -> bool:
    """Whether a point has an explanation; one with figures alone may have no answer."""
    answer = document.answers.get(ref)
    return answer is not None and answer.disclosure is Disclosure.EXPLAIN and bool(answer.explanation)


def check_content(document: Document, firm: Firm) -> None:
    """Compare the declaration with what the firm has to say. Raises WayLost."""
    if gaps := declaration_gaps(document.sheet()):
        raise WayLost(f"gaps in the PDF: {gaps}")
    wrong = [ref for ref, text in firm.texts.items() if document.answers[ref].text != text]
    wrong += [ref for ref in firm.reasons if not is_explained(document, ref)]
    if wrong:
        raise WayLost(f"other answers than the firm's: {wrong}")


def walk_table(done: Walk) -> str:
    """The walk as a table by part, and the model of a person's time."""
    rows = [*done.parts.items(), ("sum", done.whole)]
    lines = [
        f"{done.indicator_set.upper()}: {done.reported} points reported, {done.explained} explained; "
        f"PDF: {done.pdf_pages} pages; final check empty",
        "",
        "| part | pages | clicks | fields | characters | screens | median / worst load |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, tally in rows:
        worst = max(tally.loads, default=0)
        lines.append(
            f"| {name} | {tally.pages} | {tally.clicks} | {tally.fields} | {tally.characters:,} "
            f"| {tally.screens:.1f} | {tally.median_load:.0f} / {worst:.0f} ms |"
        )
    spent = done.minutes
    parts = ", ".join(f"{name} {minutes:.0f}" for name, minutes in spent.items())
    whole = done.whole
    lines += ["", f"Words in sight {whole.read:,}, in folded help {whole.help:,}."]
    lines += [f"Points decided {done.decided}; the declaration says {done.words:,} words."]
    lines += [f"Minutes: {sum(spent.values()):.0f} ({parts})."]
    return "\n".join(lines)


def as_dict(done: Walk) -> dict[str, Any]:
    """The walk for `--json`."""
    return {
        "set": done.indicator_set,
        "reported": done.reported,
        "explained": done.explained,
        "pdf_pages": done.pdf_pages,
        "minutes": {name: round(minutes, 1) for name, minutes in done.minutes.items()},
        "parts": {name: _numbers(tally) for name, tally in done.parts.items()},
        "sum": _numbers(done.whole),
    }


def _numbers(tally: Tally) -> dict[str, float]:
    numbers = {name: value for name, value in vars(tally).items() if name != "loads"}
    worst = round(max(tally.loads, default=0))
    return numbers | {
        "screens": round(tally.screens, 1),
        "median_ms": round(tally.median_load),
        "worst_ms": worst,
    }
