"""What a member shares stands where docs/who-sees-what.md says, and nowhere without its yes or after its no.

The pages come from the map of addresses: one that shows something of a member fails here until the table
names it, and one that nobody opens here until it stands in NOT_OPENED.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.permissions import SHELL
from dnk_tool.report import renderer
from dnk_tool.services.clusters.consent import withdraw_consent
from dnk_tool.services.clusters.consent_renewal import change_choice
from dnk_tool.services.exchange.nominations import withdraw_nomination
from dnk_tool.services.exchange.poll_answers import withdraw_company_answer
from dnk_tool.services.exchange.working_groups import leave_group
from dnk_tool.services.publication.publish import unpublish
from dnk_tool.services.publication.quotations import allow_quotation
from dnk_tool.store.clusters import choices
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.access import permission_of
from tests.contract.test_audiences import text_of
from tests.contract.test_routes import ALLOWED, EVERYBODY, PARTS, rules
from tests.integration.exchange.shared_members import (
    ASPECT,
    NAME,
    WORDS,
    Sharing,
    clients,
    consent_of,
    make_sum,
    share_everything,
    told,
)
from tests.support.app import database_session, make_world

TABLE = Path(__file__).parents[3] / "docs/who-sees-what.md"
COLUMNS = ("members", "team", "companies", "everybody", "jury")
# Reader: as whom the table of addresses knows them, and the columns of what they find.
READERS: Mapping[str, tuple[str, Collection[str]]] = {
    "member": ("owner", ("members", "companies")),
    "team": ("manager", ("team",)),
    "reviewer": ("reviewer", ("team",)),
    "visitor": ("nobody", ("everybody",)),
    "jury": ("nobody", ("jury",)),
    "stranger": ("owner", ("companies",)),
    "outsider": ("manager", ()),
    "operator": ("operator", ()),
}
KNOW_MEMBERS = (
    "team",
    "reviewer",
    "operator",
)  # know by the membership alone, or by running the installation
FOR_EACH = ("start.show", "help.search")  # open to everybody, and not the same for each
QUERIES = {"criterion.show": f"?hilfe={ASPECT}", "help.search": "?q=Kanari"}
CHOICES = frozenset(choice.value for choice in ConsentChoice)

NOT_OPENED: Mapping[str, str] = {}


@dataclass(frozen=True)
class Row:
    """Something that is shared: the pages where it stands, by column, and whether they name the company."""

    pages: Mapping[str, frozenset[str]]
    is_named: bool

    def pages_for(self, reader: str) -> set[str]:
        """The pages on which the reader finds it."""
        role, columns = READERS[reader]
        return {page for column in columns for page in self.pages[column] if role in ALLOWED[page]}


def read_table() -> dict[str, Row]:
    """The rows of the table in the documentation, by key."""
    rows = {}
    for line in TABLE.read_text("utf-8").splitlines():
        if found := re.match(r"\| `([\w-]+)` \|", line):
            _key, _what, named, *cells = line.removeprefix("| ").removesuffix(" |").split(" | ")
            pages = [frozenset(re.findall(r"`(\w+\.\w+)`", cell)) for cell in cells]
            rows[found[1]] = Row(dict(zip(COLUMNS, pages, strict=True)), named == "yes")
    return rows


ROWS = read_table()
LISTED = {page for row in ROWS.values() for pages in row.pages.values() for page in pages}
OTHER_YESES = frozenset(ROWS) - CHOICES


@dataclass
class Walk:
    """What each reader met: pairs of page and word, and pages with the name; and what each page answered."""

    words: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    statuses: dict[str, set[int]] = field(default_factory=dict)

    def note(self, reader: str, endpoint: str, answer: TestResponse) -> None:
        self.statuses.setdefault(endpoint, set()).add(answer.status_code)
        said = WORDS["examples"] if answer.mimetype == "image/jpeg" else text_of(answer)
        self.words.setdefault(reader, set()).update((endpoint, word) for word in told(said))
        if NAME in said and reader not in KNOW_MEMBERS:
            self.named.setdefault(reader, set()).add(endpoint)


@dataclass(frozen=True)
class Matrix:
    """A company that shares everything, and everybody who reads."""

    app: Flask
    sharing: Sharing
    browsers: Mapping[str, FlaskClient]

    def walk(self, *, is_whole: bool = False) -> Walk:
        """Open the pages of the table as every reader, or with `is_whole` all that there are."""
        walked = Walk()
        for reader, browser in self.browsers.items():
            for rule in self.rules_for(reader):
                if is_whole or rule.endpoint in LISTED:
                    for path in self.addresses(rule, reader):
                        walked.note(reader, rule.endpoint, browser.get(path))
        return walked

    def rules_for(self, reader: str) -> Iterator[Rule]:
        """The pages that the reader gets into; those that are the same for everybody are the visitor's."""
        role = READERS[reader][0]
        for rule, method in rules(self.app):
            is_common = ALLOWED[rule.endpoint] is EVERYBODY and rule.endpoint not in FOR_EACH
            is_theirs = role in ALLOWED[rule.endpoint] and (role == "nobody" or not is_common)
            is_by_link = reader != "jury" or "token" in rule.arguments
            if method == "GET" and rule.endpoint != "static" and is_theirs and is_by_link:
                yield rule

    def addresses(self, rule: Rule, reader: str) -> Iterator[str]:
        """The page at the reader's own place, with the numbers of what is shared."""
        known = PARTS | dict(self.sharing.values) | self.sharing.place_of(reader)
        if reader != "jury":
            known["token"] = "x"
        is_of_award = bool({"award_id", "nomination_id"} & rule.arguments)
        for award, nomination in self.sharing.rounds.items() if is_of_award else [(0, 0)]:
            values = known | {"award_id": award, "nomination_id": nomination}
            chosen = {name: values[name] for name in rule.arguments}
            path = self.app.url_map.bind("localhost").build(rule.endpoint, chosen)
            yield path + QUERIES.get(rule.endpoint, "")

    def check(self, given: Collection[str], *, is_whole: bool = False) -> Walk:
        """Compare what everybody meets with the rows of what is given."""
        walked = self.walk(is_whole=is_whole)
        words = {key: WORDS[key] for key in given if key != "working-group"}
        for reader in READERS:
            wanted = {(page, word) for key, word in words.items() for page in ROWS[key].pages_for(reader)}
            met = walked.words.get(reader, set())
            assert met == wanted, f"{reader} too much {sorted(met - wanted)} missed {sorted(wanted - met)}"
            named = walked.named.get(reader, set())
            allowed = {page for key in given if ROWS[key].is_named for page in ROWS[key].pages_for(reader)}
            assert named <= allowed, f"{reader} reads the name at {sorted(named - allowed)}"
            if "working-group" in given and reader not in KNOW_MEMBERS:
                assert ROWS["working-group"].pages_for(reader) <= named, reader
        return walked

    def allow(self, *allowed: ConsentChoice) -> None:
        """Store exactly these permissions; whatever was written under others stays where it is."""
        with database_session(self.app) as session:
            consent = consent_of(session, self.sharing.world)
            choices.replace_choices(session, consent.id, allowed)

    def do(self, verb: Callable[[Session, Sharing], object]) -> None:
        with database_session(self.app) as session:
            verb(session, self.sharing)


@pytest.fixture
def matrix(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Matrix:
    return build(any_app, monkeypatch)


def build(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Matrix:
    """Everything is shared; nothing is counted, and a print is its page, which says all that it says."""
    monkeypatch.setattr("dnk_tool.web.endpoint_limits.LIMITS", {})
    monkeypatch.setattr(renderer, "_run", lambda job, *_more: json.loads(job[5:])["html"].encode())
    world = make_world(app)
    with database_session(app) as session:
        sharing = share_everything(session, world)
    return Matrix(app, sharing, clients(app))


BY: dict[str, Any] = {"actor": SHELL, "now": datetime(2026, 12, 1, 9, tzinfo=UTC)}


def take_back(choice: ConsentChoice) -> Callable[[Session, Sharing], object]:
    def verb(session: Session, sharing: Sharing) -> object:
        consent = consent_of(session, sharing.world)
        return change_choice(session, consent, choice, is_allowed=False, **BY)

    return verb


def withdraw_nominations(session: Session, sharing: Sharing) -> None:
    for award in sharing.rounds:
        withdraw_nomination(session, sharing.world.own, award, **BY)


def forbid_quotation(session: Session, sharing: Sharing) -> None:
    allow_quotation(session, session.get_one(Declaration, sharing.published), is_allowed=False, **BY)


def end_publication(session: Session, sharing: Sharing) -> None:
    unpublish(session, session.get_one(Declaration, sharing.published), **BY)


def end_membership(session: Session, sharing: Sharing) -> None:
    withdraw_consent(session, consent_of(session, sharing.world), **BY)


# How the company takes back what has no permission of its own.
NOES: Mapping[str, Callable[[Session, Sharing], object]] = {
    "nomination": withdraw_nominations,
    "working-group": lambda session, sharing: leave_group(
        session, sharing.world.own, sharing.group, actor=SHELL
    ),
    "named-answer": lambda session, sharing: withdraw_company_answer(
        session, sharing.poll, sharing.world.own, actor=SHELL
    ),
    "quotation": forbid_quotation,
    "publication": end_publication,
}


def test_every_permission_has_a_row() -> None:
    assert set(ROWS) == set(WORDS) == CHOICES | set(NOES), "write who sees it in docs/who-sees-what.md"


def test_each_permission_alone_shows_what_its_row_says(matrix: Matrix) -> None:
    """All of it is written already: what is not allowed is not shown, however it came to be stored."""
    for choice in (None, *ConsentChoice):
        matrix.allow(*([choice] if choice else []))
        if choice is ConsentChoice.MEASURES:
            matrix.do(lambda session, sharing: make_sum(session, sharing.world))
        matrix.check(OTHER_YESES | ({choice.value} if choice else set()))
        if choice is ConsentChoice.MEASURES:
            matrix.do(take_back(choice))


def test_every_page_shows_what_the_table_says_and_what_is_taken_back_is_gone_at_once(matrix: Matrix) -> None:
    matrix.do(lambda session, sharing: make_sum(session, sharing.world))
    given = set(ROWS)
    walked = matrix.check(given, is_whole=True)
    unopened = {endpoint for endpoint, codes in walked.statuses.items() if not codes & {200}}
    assert unopened == set(NOT_OPENED), "open the page here, or say in NOT_OPENED why nobody does"
    for choice in ConsentChoice:
        matrix.do(take_back(choice))
        given.discard(choice.value)
        matrix.check(given)
    for key, verb in NOES.items():
        matrix.do(verb)
        given.discard(key)
        matrix.check(given)


def test_with_the_membership_everything_goes_but_what_is_published(matrix: Matrix) -> None:
    matrix.do(lambda session, sharing: make_sum(session, sharing.world))
    matrix.do(end_membership)
    matrix.check({"publication", "quotation"}, is_whole=True)


@pytest.mark.parametrize(
    ("endpoint", "said"), [("groups_of_company.show", WORDS["residues"]), ("residues.show", NAME)]
)
def test_a_page_that_shows_too_much_is_found(
    app: Flask, monkeypatch: pytest.MonkeyPatch, endpoint: str, said: str
) -> None:
    matrix = build(app, monkeypatch)

    def leak(**_given: int) -> str:
        return said

    vars(leak)["permission"] = permission_of(app, endpoint)
    monkeypatch.setitem(app.view_functions, endpoint, leak)
    with pytest.raises(AssertionError, match=re.escape(endpoint)):
        matrix.check(set(ROWS) - {"measures"})
