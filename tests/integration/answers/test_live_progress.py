"""What an autosave renews on the page is what a fresh page shows, whatever changed meanwhile and by whom."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.domain.answers.answer import Origin
from dnk_tool.domain.figures.calculators import CalculatorLine, with_proposed_factors
from dnk_tool.domain.permissions import SHELL, Role
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.review import ReviewSide
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.web.answers.live_progress import SHOWN_STATES
from tests.support.app import add_member, count_statements, database_session, form_fields, section_address
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import (
    NOW,
    DeclarationScenario,
    declaration_path,
    make_scenario,
    scenario_session,
)

RENEWED = {"links", "progress", "missing", "map-page", "map-done", "map-stripes"}
FUELS = "GRI-SRS-302-1.a"  # part of the energy in all, which the lines of the year give, too


class LiveBoxes(HTMLParser):
    """The content of each element that an autosave may renew, by its mark."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.boxes: dict[str, list[str]] = {}
        self._mark, self._tag, self._depth = "", "", 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        mark = dict(attrs).get("data-live")
        if mark and not self._mark:
            self._mark, self._tag, self._depth = mark, tag, 1
            self.boxes[mark] = []
        elif self._mark:
            self._depth += tag == self._tag
            self.boxes[self._mark].append(re.sub(r"\s+", " ", str(self.get_starttag_text())))

    def handle_endtag(self, tag: str) -> None:
        if self._mark and tag == self._tag:
            self._depth -= 1
            self._mark = self._mark if self._depth else ""

    def handle_data(self, data: str) -> None:
        if self._mark and data.strip():
            self.boxes[self._mark].append(" ".join(data.split()))


@dataclass
class OpenPage:
    """A page that stays open in a browser, as its script keeps it up to date."""

    client: FlaskClient
    path: str
    fields: dict[str, Any] = field(default_factory=dict)
    live: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        text = self.client.get(self.path).text
        self.fields = dict(form_fields(text))
        self._versions = dict(re.findall(r'name="([^"]*)" value="[^"]*" data-version-of="([^"]*)"', text))
        self.live = LiveBoxes(text).boxes

    def autosave(self, **changes: Any) -> set[str]:
        """Save as the page does by itself; returns what of the progress was sent."""
        self.fields |= changes
        answer = self.client.post(self.path, data=self.fields | {"autosave": "1"})
        assert answer.json["status"] in ("saved", "conflict"), answer.json
        for name, of in self._versions.items():
            if of in answer.json["versions"]:
                self.fields[name] = str(answer.json["versions"][of])
        self.fields |= answer.json["texts"]
        sent = answer.json["fields"]
        for mark in self.live.keys() & sent.keys():
            self.live[mark] = LiveBoxes(f'<div data-live="{mark}">{sent[mark]}</div>').boxes[mark]
        return {mark for mark in sent if mark in RENEWED or mark.startswith("map-")}

    def assert_as_fresh(self) -> None:
        """The page shows what it would show if it was opened now, and says so."""
        fresh = OpenPage(self.client, self.path)
        assert self.live == fresh.live
        assert self.fields[SHOWN_STATES] == (fresh.fields[SHOWN_STATES][0] if fresh.fields else "")


@pytest.fixture
def play(app: Flask) -> DeclarationScenario:
    with database_session(app) as session:
        play = make_scenario(session)
        add_member(session, play.declaration.organisation_id, "helper", Role.CONTRIBUTOR, sections=["5"])
        return play


@pytest.fixture
def path(play: DeclarationScenario) -> Callable[[str], str]:
    return lambda ref: f"{declaration_path(play)}/kriterien/{ref}"


def test_a_text_that_changes_no_state_has_nothing_of_the_progress_sent(
    app: Flask, play: DeclarationScenario, path: Callable[[str], str]
) -> None:
    page = OpenPage(signed_in(app, "owner"), path("1"))
    assert page.autosave(**{"ref-1.1-text": "Anders gesagt."}) == set()
    page.assert_as_fresh()


def test_a_page_that_does_not_say_what_it_shows_gets_all_of_it(
    app: Flask, play: DeclarationScenario, path: Callable[[str], str]
) -> None:
    """A page of an earlier program, or one that lists what is missing although nobody has begun."""
    page = OpenPage(signed_in(app, "owner"), path("1"))
    del page.fields[SHOWN_STATES]
    assert page.autosave() >= RENEWED
    page.autosave(**{"ref-1.1-text": ""})
    refused = OpenPage(page.client, f"{path('1')}?offen=1")
    assert refused.fields[SHOWN_STATES] == [""]


def test_every_change_of_the_own_page_is_shown(
    app: Flask, play: DeclarationScenario, path: Callable[[str], str]
) -> None:
    page = OpenPage(signed_in(app, "owner"), path("5"))
    for changes in (
        {"ref-5.1-text": ""},
        {"ref-5.1-disclosure": "explain", "ref-5.1-explanation": "Dafür sind wir zu klein."},
        {"ref-5.1-disclosure": "comply"},
        {"ref-5.1-text": "Wieder etwas."},
    ):
        assert page.autosave(**changes) >= RENEWED, changes
        page.assert_as_fresh()
    assert page.autosave() == set()


def test_a_row_that_is_incomplete_and_one_that_is_whole_again(
    app: Flask, play: DeclarationScenario, path: Callable[[str], str]
) -> None:
    page = OpenPage(signed_in(app, "owner"), path("3"))
    [name] = {name for name in page.fields if re.fullmatch(r"ref-3\.1\.goals-rows-0-goal", name)}
    goal = page.fields[name]
    for value in ("", goal):
        page.autosave(**{name: value})
        page.assert_as_fresh()


def test_what_others_change_elsewhere_comes_with_the_next_save(
    app: Flask, play: DeclarationScenario, path: Callable[[str], str]
) -> None:
    page, other = OpenPage(signed_in(app, "owner"), path("1")), signed_in(app, "editor")
    five = OpenPage(other, path("5"))
    for changes in ({"action": "later"}, {"action": "done"}):
        assert other.post(path("5"), data=five.fields | changes).status_code == 303
        assert page.autosave() >= RENEWED
        page.assert_as_fresh()
    own = OpenPage(other, path("1"))
    assert other.post(path("1"), data=own.fields | {"action": "later"}).status_code == 303
    assert page.autosave() >= RENEWED, "the mark of the own section"
    page.assert_as_fresh()


def test_the_profile_of_the_company_counts_in_the_general_information(
    app: Flask, play: DeclarationScenario, path: Callable[[str], str]
) -> None:
    page = OpenPage(signed_in(app, "owner"), path("general"))
    with scenario_session(app, play) as now:
        now.declaration.organisation.sector = ""
    assert page.autosave() >= {"progress", "missing"}
    page.assert_as_fresh()


def test_an_answer_that_is_to_be_confirmed(
    app: Flask, play: DeclarationScenario, path: Callable[[str], str]
) -> None:
    page = OpenPage(signed_in(app, "owner"), path("1"))
    for year in (2024, None):
        with scenario_session(app, play) as now:
            row = now.session.scalars(select(AnswerRow).where(AnswerRow.ref == "1.1")).one()
            row.taken_from = year
        assert page.autosave() >= RENEWED
        page.assert_as_fresh()


def test_a_figure_and_what_follows_from_it(
    app: Flask, play: DeclarationScenario, path: Callable[[str], str]
) -> None:
    """The totals of the year's lines follow a figure that the page saves, and stand on it and on others."""
    bare = CalculatorLine(0, "energy", "electricity", quantities={"quantity": Quantity(Decimal(7), "MWh")})
    activity = load_calculators()["energy"].activity("electricity")
    assert activity
    with scenario_session(app, play) as now:
        session, declaration = now.session, now.declaration
        company, year = declaration.organisation_id, declaration.reporting_year
        for row in session.scalars(select(FigureRow).where(FigureRow.organisation_id == company)):
            if row.datapoint.startswith(("energy.", "ghg.")):
                session.delete(row)
        line = with_proposed_factors(bare, activity, load_factors(), year)
        calculator_lines.save_line(Work(session, SHELL, NOW), declaration, line, seen=0)
    selection = declarations.selection_of(play.declaration)
    page = OpenPage(signed_in(app, "owner"), section_address(selection, play.declaration.id, FUELS))
    before = _calculated(app, play)
    for value in ("120", "", "80"):
        page.autosave(**{f"ref-{FUELS}-value": value})
        page.assert_as_fresh()
        after = _calculated(app, play)
        assert after != before, "something follows"
        before = after


def _calculated(app: Flask, play: DeclarationScenario) -> dict[str, Decimal | None]:
    with scenario_session(app, play) as now:
        rows = now.session.scalars(select(FigureRow).where(FigureRow.origin == Origin.LINES))
        return {row.datapoint: row.value for row in rows}


def test_a_review_and_its_remarks(app: Flask, play: DeclarationScenario, path: Callable[[str], str]) -> None:
    client = signed_in(app, "owner")
    page = OpenPage(client, path("13"))
    with scenario_session(app, play) as now:
        now.submit()
        now.remark("13", "Bitte genauer.", ref="13.1")
        now.request_changes("5", "13")
    assert page.autosave(**{"ref-13.1-text": "Genauer."}) >= RENEWED, "most is locked now, 13 is asked about"
    page.assert_as_fresh()
    with scenario_session(app, play) as now:
        [thread] = [one for one in _threads(now) if one.first.text == "Bitte genauer."]
        now.answer(thread)
    assert page.autosave() >= RENEWED, "the remark is answered"
    page.assert_as_fresh()


def _threads(now: DeclarationScenario) -> list[RemarkThread]:
    return remarks.threads(now.session, now.declaration.id, ReviewSide.COMPANY)


def test_another_language_and_whoever_sees_less(
    app: Flask, play: DeclarationScenario, path: Callable[[str], str]
) -> None:
    page = OpenPage(signed_in(app, "owner"), path("1"))
    page.client.get("/sprache/en")
    assert page.autosave() >= RENEWED
    page.assert_as_fresh()
    own = OpenPage(signed_in(app, "helper"), path("5"))
    assert own.autosave(**{"ref-5.1-text": ""}) >= RENEWED - {"map-done"}
    own.assert_as_fresh()


def test_remarks_are_not_read_before_a_version_was_frozen(
    app: Flask, play: DeclarationScenario, path: Callable[[str], str]
) -> None:
    page = OpenPage(signed_in(app, "owner"), path("1"))
    with count_statements(app) as statements:
        page.autosave(**{"ref-1.1-text": "Ohne Prüfung."})
    assert not [one for one in statements if "FROM remark" in one]
