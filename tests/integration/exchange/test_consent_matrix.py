"""What a member shares stands where docs/who-sees-what.md says, and nowhere without its yes or after its no.

The pages come from the map of addresses: one that shows something of a member fails here until the table
names it, and one that nobody opens here until it is listed there, too.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.permissions import SHELL
from dnk_tool.report import renderer
from dnk_tool.report.formats import PDF
from dnk_tool.services.clusters.consent import withdraw_consent
from dnk_tool.services.clusters.consent_renewal import change_choice
from dnk_tool.services.exchange.nominations import withdraw_nomination
from dnk_tool.services.exchange.poll_answers import withdraw_company_answer
from dnk_tool.services.exchange.working_groups import leave_group
from dnk_tool.services.publication.publish import unpublish
from dnk_tool.services.publication.quotations import allow_quotation
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import choices
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.access import permission_of
from tests.contract.test_audiences import everything_in
from tests.contract.test_routes import ALLOWED, EVERYBODY, PARTS, rules
from tests.integration.exchange.shared_members import (
    ASPECT,
    NAME,
    WORDS,
    Sharing,
    clients,
    make_sum,
    share_everything,
    sharing_consent,
    told_words,
)
from tests.support.app import database_session, make_world

TABLE = Path(__file__).parents[3] / "docs/who-sees-what.md"
NAME_ONLY, NOT_OPENED_HEADING = "name only:", "## Pages that the test does not open"
COLUMNS = ("members", "team", "neighbours", "companies", "everybody", "jury")
# Reader: as whom the table of addresses knows them, and the columns of what they find.
READERS: Mapping[str, tuple[str, Collection[str]]] = {
    "member": ("owner", ("members", "companies")),
    "team": ("manager", ("team",)),
    "reviewer": ("reviewer", ("team",)),
    "visitor": ("nobody", ("everybody",)),
    "jury": ("nobody", ("jury",)),
    "stranger": ("owner", ("neighbours", "companies")),
    "outsider": ("manager", ("neighbours",)),
    "operator": ("operator", ()),
}
ELSEWHERE = ("stranger", "outsider")  # of another cluster, which is a neighbour
NEEDS = {"residue-neighbours": "residues"}  # a yes that says nothing without another
AT_THE_TABLE = ("member", "team", "reviewer", "visitor", "jury", *ELSEWHERE)
EVERYWHERE = tuple(reader for reader in READERS if reader != "reviewer")  # whose pages are the manager's
KNOW_MEMBERS = (
    "team",
    "reviewer",
    "operator",
)  # know by the membership alone, or by running the installation
FOR_EACH = ("start.show", "help.search")  # open to everybody, and not the same for each
QUERIES = {"criterion.show": f"?hilfe={ASPECT}", "help.search": "?q=Kanari"}
CHOICES = frozenset(choice.value for choice in ConsentChoice)


@dataclass(frozen=True)
class Row:
    """Something that is shared: the pages where it stands, and where the company's name alone, by column.

    `is_named`: whether the name stands beside it.
    """

    pages: Mapping[str, frozenset[str]]
    naming: Mapping[str, frozenset[str]]
    is_named: bool

    def pages_for(self, reader: str) -> set[str]:
        """The pages on which the reader finds it."""
        return found_by(reader, self.pages)

    def naming_for(self, reader: str) -> set[str]:
        """The pages on which the reader finds the name for it."""
        return found_by(reader, self.naming)

    @property
    def all_pages(self) -> set[str]:
        return {page for pages in (*self.pages.values(), *self.naming.values()) for page in pages}


def found_by(reader: str, pages: Mapping[str, Collection[str]]) -> set[str]:
    """Those of the pages by column that the reader gets into."""
    role, columns = READERS[reader]
    return {page for column in columns for page in pages[column] if role in ALLOWED[page]}


def read_not_opened() -> frozenset[str]:
    """The pages of which the documentation says that nobody opens them here."""
    return frozenset(re.findall(r"`(\w+\.\w+)`", TABLE.read_text("utf-8").partition(NOT_OPENED_HEADING)[2]))


def read_table() -> dict[str, Row]:
    """The rows of the table in the documentation, by key."""
    rows = {}
    for line in TABLE.read_text("utf-8").splitlines():
        if found := re.match(r"\| `([\w-]+)` \|", line):
            _key, _what, named, *cells = line.removeprefix("| ").removesuffix(" |").split(" | ")
            pages, naming = (
                {
                    column: frozenset(re.findall(r"`(\w+\.\w+)`", cell.partition(NAME_ONLY)[part]))
                    for column, cell in zip(COLUMNS, cells, strict=True)
                }
                for part in (0, 2)
            )
            rows[found[1]] = Row(pages, naming, named == "yes")
    return rows


ROWS = read_table()
LISTED = frozenset[str]().union(*(row.all_pages for row in ROWS.values()))
# What takes long: what everybody reads of a declaration, and the report's words in another format.
OF_MEMBERS = LISTED - ROWS["publication"].all_pages - {"cluster_report.file"}
OTHER_YESES = frozenset(ROWS) - CHOICES


@dataclass
class Walk:
    """What each reader met: pairs of page and word, and pages with the name; and what each page answered."""

    readers: list[str] = field(default_factory=list)
    words: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    named: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    statuses: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def note(self, reader: str, endpoint: str, answer: TestResponse) -> None:
        self.statuses[endpoint].add(answer.status_code)
        said = said_by(endpoint, answer)
        self.words[reader] |= {(endpoint, word) for word in told_words(said)}
        if NAME in said:
            self.named[reader].add(endpoint)


def said_by(endpoint: str, answer: TestResponse) -> str:
    """All words of an answer; a picture says what it belongs to, a print the page that it is made of."""
    if answer.mimetype == "image/jpeg":
        return WORDS["residues" if endpoint.startswith("residue") else "examples"]
    return everything_in(answer) if answer.mimetype != PDF.media_type else answer.get_data(as_text=True)


@dataclass(frozen=True)
class Matrix:
    """A company that shares everything, and everybody who reads."""

    app: Flask
    sharing: Sharing
    browsers: Mapping[str, FlaskClient]

    def walk(self, pages: Collection[str]) -> Walk:
        """Open these pages as every reader, or all that there are for none."""
        walked = Walk()
        for reader in AT_THE_TABLE if pages else EVERYWHERE:
            walked.readers.append(reader)
            for rule in self.rules_for(reader):
                if rule.endpoint in self.chosen(reader, pages):
                    for path in self.addresses(rule, reader):
                        walked.note(reader, rule.endpoint, self.browsers[reader].get(path))
        return walked

    def chosen(self, reader: str, pages: Collection[str]) -> Collection[str]:
        """Which of these pages, or of all for none, the reader opens.

        What no member finds, nobody of another cluster does; of some pages they open those that are theirs.
        """
        if reader not in ELSEWHERE:
            return pages or ALLOWED
        return (
            {page for row in ROWS.values() for page in row.pages_for(reader)} & {*pages} if pages else LISTED
        )

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

    def check(self, given: Collection[str], pages: Collection[str] = LISTED) -> Walk:
        """Compare what everybody meets on these pages, or on all for none, with the rows of what is given."""
        walked = self.walk(pages)
        rows = {key: ROWS[key] for key in given if NEEDS.get(key, key) in given}
        opened = walked.statuses
        for reader in walked.readers:
            wanted = {(page, WORDS[key]) for key, row in rows.items() for page in row.pages_for(reader)}
            wanted, met = {one for one in wanted if one[0] in opened}, walked.words[reader]
            assert met == wanted, f"{reader} too much {sorted(met - wanted)} missed {sorted(wanted - met)}"
            if reader not in KNOW_MEMBERS:
                naming = {page for row in rows.values() for page in row.naming_for(reader)} & {*opened}
                beside = {page for row in rows.values() if row.is_named for page in row.pages_for(reader)}
                named = walked.named[reader]
                assert naming <= named, f"{reader} misses the name at {sorted(naming - named)}"
                assert named <= naming | beside, (
                    f"{reader} reads the name at {sorted(named - naming - beside)}"
                )
        return walked

    def allow(self, *allowed: ConsentChoice) -> None:
        """Store exactly these permissions; whatever was written under others stays where it is."""
        with database_session(self.app) as session:
            consent = sharing_consent(session, self.sharing.world)
            choices.replace_choices(session, consent.id, allowed)

    def do(self, verb: Callable[[Session, Sharing], object]) -> None:
        with database_session(self.app) as session:
            verb(session, self.sharing)


def build(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Matrix:
    """Everything is shared; nothing is counted, and a print is its page, which says all that it says."""
    monkeypatch.setattr("dnk_tool.web.endpoint_limits.LIMITS", {})
    monkeypatch.setattr(renderer, "_run", lambda job, *_more: json.loads(job[5:])["html"].encode())
    world = make_world(app)
    with database_session(app) as session:
        sharing = share_everything(session, world)
    return Matrix(app, sharing, clients(app))


def take_back(choice: ConsentChoice) -> Callable[[Session, Sharing], object]:
    def verb(session: Session, sharing: Sharing) -> object:
        consent = sharing_consent(session, sharing.world)
        return change_choice(
            Work(session, SHELL, datetime(2026, 12, 1, 9, tzinfo=UTC)), consent, choice, is_allowed=False
        )

    return verb


def withdraw_nominations(session: Session, sharing: Sharing) -> None:
    for award in sharing.rounds:
        withdraw_nomination(
            Work(session, SHELL, datetime(2026, 12, 1, 9, tzinfo=UTC)), sharing.world.own, award
        )


def forbid_quotation(session: Session, sharing: Sharing) -> None:
    allow_quotation(
        Work(session, SHELL, datetime(2026, 12, 1, 9, tzinfo=UTC)),
        session.get_one(Declaration, sharing.published),
        is_allowed=False,
    )


def end_publication(session: Session, sharing: Sharing) -> None:
    unpublish(
        Work(session, SHELL, datetime(2026, 12, 1, 9, tzinfo=UTC)),
        session.get_one(Declaration, sharing.published),
    )


def end_membership(session: Session, sharing: Sharing) -> None:
    withdraw_consent(
        Work(session, SHELL, datetime(2026, 12, 1, 9, tzinfo=UTC)), sharing_consent(session, sharing.world)
    )


def add_up(session: Session, sharing: Sharing) -> None:
    make_sum(session, sharing.world)


# How the company takes each of it back.
NOES: Mapping[str, Callable[[Session, Sharing], object]] = {
    **{choice.value: take_back(choice) for choice in reversed(ConsentChoice)},
    "nomination": withdraw_nominations,
    "working-group": lambda session, sharing: leave_group(
        session, sharing.world.own, sharing.group, actor=SHELL
    ),
    "named-answer": lambda session, sharing: withdraw_company_answer(
        session, sharing.poll, sharing.world.own, actor=SHELL
    ),
    "cluster-list": end_membership,
    "quotation": forbid_quotation,
    "publication": end_publication,
}


def test_every_permission_has_a_row() -> None:
    assert set(ROWS) == set(WORDS) == set(NOES), "write who sees it in docs/who-sees-what.md"


def test_each_permission_alone_shows_what_its_row_says(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it is written already: what is not allowed is not shown, however it came to be stored."""
    matrix = build(app, monkeypatch)
    for choice in (None, *(one for one in ConsentChoice if one is not ConsentChoice.MEASURES)):
        matrix.allow(*([choice] if choice else []))
        matrix.check(OTHER_YESES | ({choice.value} if choice else set()), OF_MEMBERS)
    matrix.allow(ConsentChoice.MEASURES)
    matrix.do(add_up)
    matrix.check(OTHER_YESES | {ConsentChoice.MEASURES.value}, OF_MEMBERS)


def test_every_page_shows_what_the_table_says_and_each_no_counts_at_the_next_request(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix = build(app, monkeypatch)
    matrix.do(add_up)
    given = set(ROWS)
    walked = matrix.check(given, pages=())
    unopened = {endpoint for endpoint, codes in walked.statuses.items() if 200 not in codes}
    assert unopened == read_not_opened(), "open the page here, or list it in docs/who-sees-what.md"
    for key, verb in NOES.items():
        matrix.do(verb)
        given.discard(key)
        matrix.check(given, ROWS[key].all_pages)
        if given == OTHER_YESES:
            matrix.check(given, OF_MEMBERS)
    matrix.check(given)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_on_postgresql_nothing_is_left_either(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = build(any_app, monkeypatch)
    matrix.do(add_up)
    matrix.check(set(ROWS), OF_MEMBERS)
    for verb in NOES.values():
        matrix.do(verb)
    matrix.check(set(), OF_MEMBERS)


def test_with_the_membership_goes_all_but_what_is_published(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix = build(any_app, monkeypatch)
    matrix.do(add_up)
    matrix.do(end_membership)
    matrix.check({"publication", "quotation"}, OF_MEMBERS)


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
        matrix.check(set(ROWS) - {"measures"}, {endpoint})
