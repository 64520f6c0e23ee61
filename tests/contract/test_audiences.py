"""No route, mail, export or page source shows remarks, last year's text or a conflict to the wrong reader.

Canary words are written into remarks and answers of every audience in two companies, of which one was with
the other's cluster before; then every role opens every address that there is, of its own and of the other
company and cluster, sends every form empty, invalid and stale, and each answer and each mail is searched. Who
may meet which word stands in READERS, apart from the code's own rules.
"""

import base64
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from dnk_tool.domain.declarations.document import fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.permissions import ClusterRole, Permission
from dnk_tool.domain.review import Audience, ReviewSide, Verdict
from dnk_tool.report.files.review_protocol import protocol_html
from dnk_tool.report.process.protocol import FrameDecoder
from dnk_tool.report.renderer import render_page
from dnk_tool.services.review.protocol import protocol_of
from dnk_tool.store.answers import history
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import ClusterStaff, Consent
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.publication import Publication
from dnk_tool.store.tables.review import RemarkRow, StockRemark, VerdictRow
from dnk_tool.store.tables.review_team import ReviewConflict
from dnk_tool.web.http.access import permission_of, permit
from tests.contract.test_routes import ALLOWED, EVERYBODY, GROUPS, PARTS, SEEN_AS, browsers, rules, scope_of
from tests.support.app import World, database_session, form_fields, make_account, post, token_of
from tests.support.review_scenario import add_year_before, allow_year_before, document_of_year_before

CRAFT = Path(__file__).parents[1] / "data/craft.json"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SECTIONS = ("1", "2")
COMPANY, SHARED, REVIEWERS = Audience

# Role -> company -> audiences. Who is not named meets nothing.
READERS: dict[str, tuple[str, frozenset[Audience]]] = {
    "owner": ("A", frozenset({COMPANY, SHARED})),
    "editor": ("A", frozenset({COMPANY, SHARED})),
    "viewer": ("A", frozenset({COMPANY, SHARED})),
    "contributor": ("A", frozenset({COMPANY, SHARED})),  # in the section given to them
    "manager": ("A", frozenset({SHARED, REVIEWERS})),
    "reviewer": ("A", frozenset({SHARED, REVIEWERS})),
    "stranger": ("B", frozenset({COMPANY, SHARED})),
    "outsider": ("B", frozenset({SHARED, REVIEWERS})),
}
LIMITED = {"contributor": frozenset({"1"})}
# What company A discussed with the cluster it was in before stays with the company.
FORMER_READERS = frozenset({"owner", "editor", "viewer", "contributor"})
WRITERS = {
    ("A", ReviewSide.COMPANY): ("owner", "editor"),
    ("A", ReviewSide.REVIEWERS): ("manager", "reviewer"),
    ("B", ReviewSide.COMPANY): ("stranger", "stranger"),
    ("B", ReviewSide.REVIEWERS): ("outsider", "outsider"),
}
WRITING = {"owner", "editor", "manager", "reviewer"}  # of company A, which has its declaration back
STAFF_OF_B = WRITERS["B", ReviewSide.REVIEWERS]


@dataclass(frozen=True)
class Canary:
    """A word in one remark only, and which one; in an answer of last year; or for `readers` alone.

    `is_readable`: last year's answer is one that the company's reviewers may read today.
    """

    word: str
    company: str
    audience: Audience
    section: str
    is_former: bool = False
    is_draft: bool = False
    is_readable: bool | None = None
    readers: frozenset[str] = frozenset()

    def may_meet(self, role: str) -> bool:
        if self.readers:
            return role in self.readers
        if self.is_readable is not None:
            company, audiences = READERS.get(role, ("", frozenset()))
            return company == self.company and (COMPANY in audiences or self.is_readable)
        if self.is_former and role not in FORMER_READERS:
            return False
        if self.is_draft and role not in WRITERS[self.company, ReviewSide.REVIEWERS]:
            return False
        company, audiences = READERS.get(role, ("", frozenset()))
        is_theirs = self.company == company and self.audience in audiences
        return is_theirs and self.section in LIMITED.get(role, SECTIONS)

    def must_meet(self, role: str) -> bool:
        """Whether it stands on one of the pages: last year's answers do on those of reviewers only."""
        is_company_side = COMPANY in READERS.get(role, ("", frozenset()))[1]
        return self.may_meet(role) and not (self.is_readable is not None and is_company_side)


@dataclass(frozen=True)
class Aviary:
    """The two companies with all that was written in them."""

    world: World
    canaries: dict[str, Canary]
    threads: dict[int, Canary]

    def found_in(self, text: str) -> set[str]:
        return {word for word in re.findall(r"qz\d{4}x", text) if word in self.canaries}


def page_and_files(job: bytes, *_limits: Any) -> bytes:
    """All that the child that prints is given: the page, and the files that it embeds."""
    [(_kind, said)] = FrameDecoder().feed(job)
    given = json.loads(said)
    files = (unpacked(base64.b64decode(file["content"])) for file in given["files"])
    return "\n".join((given["html"], *files)).encode()


@pytest.fixture(autouse=True)
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of a PDF one is given all that it is made from: also what nobody sees, and its data."""
    monkeypatch.setattr("dnk_tool.report.renderer._run", page_and_files)


@pytest.fixture
def aviary(app: Flask, world: World) -> Aviary:
    """Company A has its declaration back for changes, and published it before; B has submitted.

    Before that A was in the cluster of B.
    """
    canaries: dict[str, Canary] = {}
    with database_session(app) as session:
        people = {account.email.partition("@")[0]: account.id for account in session.scalars(select(Account))}
        companies = (
            ("A", world.own_declaration, world.cluster, State.CHANGES_REQUESTED),
            ("B", world.foreign_declaration, world.foreign_cluster, State.SUBMITTED),
        )
        for company, declaration_id, cluster_id, state in companies:
            declaration = session.get_one(Declaration, declaration_id)
            submitted(session, declaration, cluster_id)
            declaration.state = state
            declaration.version = 2 if state is State.CHANGES_REQUESTED else 1
            session.add(StockRemark(cluster_id=cluster_id, title="Satz", text_de="Bitte.", changed_at=NOW))
            for section in SECTIONS:
                given = VerdictRow(
                    declaration_id=declaration_id,
                    section=section,
                    version=1,
                    verdict=Verdict.CHANGE_NEEDED,
                    given_at=NOW,
                )
                session.add(given)
                for audience in Audience:
                    written = add_threads(session, declaration, company, section, audience, people)
                    canaries |= {canary.word: canary for canary in written}
        own = session.get_one(Declaration, world.own_declaration)
        for section in SECTIONS:
            for audience in (SHARED, REVIEWERS):
                former = world.foreign_cluster
                written = add_threads(session, own, "A", section, audience, people, former=former)
                canaries |= {canary.word: canary for canary in written}
        canaries |= {canary.word: canary for canary in last_year(session, own, world)}
        foreign = session.get_one(Declaration, world.foreign_declaration)
        canaries |= {canary.word: canary for canary in last_year(session, foreign, world)}
        session.add(
            Publication(declaration_id=world.own_declaration, version=1, slug=PARTS["slug"], published_at=NOW)
        )
        reason = f"qz{next(_numbers):04d}x"
        kept_out = make_account(session, "kept-out@example.org")
        session.add(
            ClusterStaff(
                user_id=kept_out.id, cluster_id=world.cluster, role=ClusterRole.REVIEWER, created_at=NOW
            )
        )
        session.flush()
        mark_conflict(session, kept_out.id, world, f"Verwandt, {reason}.")
        canaries[reason] = Canary(reason, "A", REVIEWERS, "", readers=frozenset({"manager"}))
        first = session.scalars(select(RemarkRow).where(RemarkRow.thread_id.is_(None)))
        begun = {
            row.id: next(canary for word, canary in canaries.items() if word in row.text) for row in first
        }
    return Aviary(world, canaries, begun)


def mark_conflict(session: Session, account_id: int, world: World, reason: str = "") -> None:
    """A conflict of interest of somebody in the cluster of A with that company."""
    session.add(
        ReviewConflict(
            account_id=account_id,
            cluster_id=world.cluster,
            organisation_id=world.own,
            reason=reason,
            marked_at=NOW,
        )
    )


def submitted(session: Session, declaration: Declaration, cluster_id: int) -> None:
    content = CRAFT.read_bytes()
    session.add(
        Snapshot(
            declaration_id=declaration.id,
            version=1,
            content=content,
            sha256=fingerprint(content),
            finished_at=NOW,
            submitted_at=NOW,
            cluster_id=cluster_id,
        )
    )
    declaration.submitted_at = NOW


_numbers = count(1)


def last_year(session: Session, declaration: Declaration, world: World) -> Iterator[Canary]:
    """Answers of the year before: A's cluster may read its last version, that of B is not allowed to.

    An earlier version and one of another cluster are for nobody there.
    """
    company = "A" if declaration.id == world.own_declaration else "B"
    mine = declaration.cluster_id
    other = world.foreign_cluster if company == "A" else world.cluster
    if company == "A":
        allow_year_before(session, declaration.organisation_id)
    for version, (cluster_id, is_readable) in enumerate(
        ((mine, False), (mine, company == "A"), (other, False), (None, False)), start=1
    ):
        word = f"qz{next(_numbers):04d}x"
        document = replace(
            document_of_year_before(k1_1=f"Damals {word} dazu."),
            edition=declaration.edition,
            reporting_year=declaration.reporting_year - 1,
        )
        add_year_before(session, declaration, document, cluster_id, version)
        yield Canary(word, company, COMPANY, "1", is_readable=is_readable)


def add_threads(
    session: Session,
    declaration: Declaration,
    company: str,
    section: str,
    audience: Audience,
    people: dict[str, int],
    *,
    former: int | None = None,
) -> Iterator[Canary]:
    """Three threads of one audience: an answered one, one that is done, and one that waits for an answer.

    What reviewers say to a company is also there as drafts: of a thread, and of an answer to one.
    """
    sides = {
        COMPANY: (ReviewSide.COMPANY, ReviewSide.COMPANY),
        SHARED: (ReviewSide.REVIEWERS, ReviewSide.COMPANY),
        REVIEWERS: (ReviewSide.REVIEWERS, ReviewSide.REVIEWERS),
    }[audience]
    drafts = {SHARED: ("draft answer", "draft")}.get(audience, ())
    for kind in ("answered", "done", "waiting", *drafts):
        first = session.scalars(select(RemarkRow).order_by(RemarkRow.id.desc())).first()
        first = first if kind == "draft answer" else None
        for position, side in enumerate(sides if kind in ("answered", "done") else sides[:1]):
            word = f"qz{next(_numbers):04d}x"
            row = RemarkRow(
                declaration_id=declaration.id,
                cluster_id=None if audience is COMPANY else former or declaration.cluster_id,
                thread_id=first.id if first else None,
                section=section,
                ref="" if kind == "done" else f"{section}.1",
                version=declaration.version,
                audience=audience,
                side=side,
                text=f"Anmerkung {word} dazu.",
                written_at=NOW,
                published_at=None if kind in drafts else NOW,
                author_id=people[
                    (STAFF_OF_B if former and side is ReviewSide.REVIEWERS else WRITERS[company, side])[
                        position
                    ]
                ],
                resolved_at=NOW if kind == "done" and first is None else None,
            )
            session.add(row)
            session.flush()
            first = first or row
            is_former, is_draft = former is not None, kind in drafts
            yield Canary(word, company, audience, section, is_former=is_former, is_draft=is_draft)


# ---- Opening every address


def visits(app: Flask, world: World, role: str, wanted: Callable[[Rule], bool]) -> Iterator[str]:
    """Every address with every part that could name something of either company.

    Both sections where the role gets in. Where it does not, no view is reached (`test_matrix`), so that one
    section says as much as two, what is unknown is answered as what is another's, and one address of each
    permission and kind of object is answered as all others are.
    """
    ours, theirs = places(world, "owner")
    mixed = (*ours[:2], theirs[2])
    own = places(world, role)[0]
    refused: set[object] = set()
    paths = dict.fromkeys(
        address_of_rule(app, rule, ids, section)
        for rule, method in rules(app)
        if method == "GET" and rule.endpoint != "static" and wanted(rule)
        for ids in (ours, theirs, mixed)
        if is_worth_it(app, rule, method, refused, ids, is_reached=ids == own and gets_in(rule, role))
        for section in (SECTIONS if ids == own and gets_in(rule, role) else SECTIONS[:1])
    )
    yield from paths


def is_worth_it(
    app: Flask, rule: Rule, method: str, refused: set[object], ids: tuple[int, ...], *, is_reached: bool
) -> bool:
    """Whether a view is reached, or nothing of this permission and kind of object was refused so far."""
    scope = frozenset({"cluster_id", "organisation_id", "declaration_id"} & rule.arguments)
    kind = permission_of(app, rule.endpoint), method, scope, ids
    if is_reached or kind not in refused:
        refused.add(kind)
        return True
    return False


def places(world: World, role: str) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Company, declaration and cluster of the role's own place, and of the other one."""
    ours = (world.own, world.own_declaration, world.cluster)
    theirs = (world.foreign, world.foreign_declaration, world.foreign_cluster)
    return (theirs, ours) if READERS.get(role, ("",))[0] == "B" else (ours, theirs)


def gets_in(rule: Rule, role: str) -> bool:
    """Whether the role reaches the view in its own place, as `test_matrix` finds it."""
    return SEEN_AS.get(role, role) in ALLOWED.get(rule.endpoint, EVERYBODY)


def address_of_rule(app: Flask, rule: Rule, ids: tuple[int, ...], section: str) -> str:
    names = ("organisation_id", "declaration_id", "cluster_id")
    values = PARTS | dict(zip(names, ids, strict=True)) | {"section_ref": section, "ref": f"{section}.1"}
    return app.url_map.bind("localhost").build(rule.endpoint, {a: values[a] for a in rule.arguments})


def everything_in(answer: TestResponse) -> str:
    """All that an answer says, headers included; what is packed is unpacked."""
    said = f"{answer.headers}\n"
    if answer.data.startswith(b"%PDF"):
        return said + text_of_pdf(answer.data)
    return said + unpacked(answer.data)


def unpacked(content: bytes) -> str:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return content.decode("utf-8", "replace")


@cache
def text_of_pdf(content: bytes) -> str:
    """Read once, however many people are given the same file."""
    read = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    return read.stdout.decode()


@dataclass
class Findings:
    """Which words each role met, and where somebody met one that is not theirs."""

    met: dict[str, set[str]]
    leaks: list[str]
    kinds: set[str]
    opened: int = 0

    def note(self, aviary: Aviary, role: str, path: str, answer: TestResponse) -> set[str]:
        words = aviary.found_in(everything_in(answer))
        self.opened += 1
        self.kinds.add(answer.mimetype)
        self.met[role] |= words
        self.leaks += [
            f"{role} at {path} ({answer.status_code}): {canary}"
            for canary in sorted((aviary.canaries[word] for word in words), key=str)
            if not canary.may_meet(role)
        ]
        return words


@dataclass
class Sent(Findings):
    """The same of forms that were sent: words by the status of their answers, and the mails they caused."""

    by_status: dict[int, set[str]] = field(default_factory=dict)
    mails: list[str] = field(default_factory=list)


def search(
    app: Flask,
    aviary: Aviary,
    clients: dict[str, FlaskClient],
    wanted: Callable[[Rule], bool] = lambda _rule: True,
) -> Findings:
    findings = Findings({role: set() for role in clients}, [], set())
    for role, client in clients.items():
        for path in visits(app, aviary.world, role, wanted):
            findings.note(aviary, role, path, client.get(path))
    return findings


# ---- Sending every form


def bodies(threads: Iterable[int]) -> tuple[dict[str, str], ...]:
    """What a form may be sent with: nothing, what no field takes, and what was right some time ago."""
    invalid = {"verdict": "change-needed", "audience": "x", "text": "x" * 5_001, "email": "x", "ref": "x"}
    stale = {"verdict": "accepted", "audience": "reviewers", "version": "0", "seen": "9", "action": "stay"}
    for number in threads:
        invalid |= {f"read-{number}": "1", f"answer-{number}": "x" * 5_001}
        stale |= {f"read-{number}": "9", f"done-{number}": "1"}
    return {}, invalid, stale


def form_permissions(app: Flask, world: World, role: str) -> dict[str, tuple[str, bool]]:
    """Every address that takes a form, with its section, and whether the role gets in at its own place."""
    own, other = places(world, role)
    form_addresses: dict[str, tuple[str, bool]] = {}
    refused: set[object] = set()
    for rule, method in rules(app):
        if method == "POST":
            is_both = {"cluster_id", "declaration_id"} <= rule.arguments
            is_reached = gets_in(rule, role)
            for ids in (own, other, (*own[:2], other[2])) if is_both else (own, other):
                if not is_worth_it(app, rule, method, refused, ids, is_reached=ids == own and is_reached):
                    continue
                for section in SECTIONS if ids == own and is_reached else SECTIONS[:1]:
                    form_addresses.setdefault(
                        address_of_rule(app, rule, ids, section),
                        (section, bool(scope_of(rule)) and ids == own and is_reached),
                    )
    return form_addresses


def send_all(
    app: Flask, aviary: Aviary, clients: dict[str, FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> Sent:
    """Send each form of each role, each time as if nothing had been sent before: nothing is kept."""
    sent = Sent({role: set() for role in clients}, [], set())
    tokens = {role: token_of(client) for role, client in clients.items()}

    def commit(session: Session) -> None:
        session.flush()
        sent.mails += [f"{mail.subject}\n{mail.body}" for mail in session.scalars(select(Mail))]
        session.rollback()

    monkeypatch.setattr(app.extensions["dnk_session_factory"].class_, "commit", commit)
    monkeypatch.setattr(app.session_interface, "save_session", lambda *_given: None)
    for role, client in clients.items():
        for path, (section, is_own) in form_permissions(app, aviary.world, role).items():
            known = [
                key
                for key, thread in aviary.threads.items()
                if thread.section == section and thread.may_meet(role)
            ]
            said = bodies(known)
            for data in said if is_own else said[-1:]:
                answer = client.post(path, data=data, headers={"X-CSRFToken": tokens[role]})
                words = sent.note(aviary, role, path, answer)
                sent.by_status.setdefault(answer.status_code, set()).update(words)
    return sent


def mail_leaks(app: Flask, aviary: Aviary, sent: Collection[str] = ()) -> list[str]:
    """Mails say what no remark says, except for those `sent` with a request for changes."""
    with database_session(app) as session:
        return [
            f"{mail.recipient}: {mail.subject}"
            for mail in session.scalars(select(Mail))
            if aviary.found_in(f"{mail.subject}\n{mail.body}") - set(sent)
        ]


@pytest.mark.parametrize("roles", GROUPS, ids=lambda roles: roles[-1])
def test_nobody_meets_a_remark_that_is_not_for_them(
    app: Flask, aviary: Aviary, monkeypatch: pytest.MonkeyPatch, roles: tuple[str, ...]
) -> None:
    monkeypatch.setattr("dnk_tool.web.endpoint_limits.LIMITS", {})
    findings = search(app, aviary, browsers(app, roles))
    assert findings.leaks == [], "\n".join(findings.leaks[:20])
    assert findings.opened > 100 * len(roles)
    assert {"text/html", "application/pdf", "application/json", "text/csv"} <= findings.kinds
    for role in roles:
        # It would prove nothing if the words were nowhere: everybody meets all that is theirs, and no more.
        must = {word for word, canary in aviary.canaries.items() if canary.must_meet(role)}
        may = {word for word, canary in aviary.canaries.items() if canary.may_meet(role)}
        assert must <= findings.met[role] <= may, role
    for role, number in {"owner": 30, "manager": 26, "contributor": 15}.items():
        assert role not in roles or len(findings.met[role]) == number


@pytest.mark.parametrize("roles", GROUPS, ids=lambda roles: roles[-1])
def test_no_form_that_is_refused_shows_what_its_page_does_not(
    app: Flask, aviary: Aviary, monkeypatch: pytest.MonkeyPatch, roles: tuple[str, ...]
) -> None:
    monkeypatch.setattr("dnk_tool.web.endpoint_limits.LIMITS", {})
    sent = send_all(app, aviary, browsers(app, roles), monkeypatch)
    assert sent.leaks == [], "\n".join(sent.leaks[:20])
    assert [mail for mail in sent.mails if aviary.found_in(mail)] == []
    assert sent.mails, "some forms cause mails"
    assert sent.opened > 150 * len(roles)
    # They meet their words again where a form is refused: there is something to find.
    theirs = {audience for role in roles for audience in READERS.get(role, ("", ()))[1] if role in WRITING}
    for status in (409, 422):
        assert theirs <= {aviary.canaries[word].audience for word in sent.by_status[status]}
    with database_session(app) as session:
        assert session.get_one(Declaration, aviary.world.own_declaration).state is State.CHANGES_REQUESTED


def test_what_people_take_along_of_themselves_holds_no_remark(app: Flask, aviary: Aviary) -> None:
    for role, client in browsers(app).items():
        if role != "nobody":
            answer = post(client, "/konto/daten")
            assert answer.mimetype == "application/json", role
            assert aviary.found_in(everything_in(answer)) == set(), role


def test_a_protocol_holds_what_company_and_cluster_share_and_nothing_else(app: Flask, aviary: Aviary) -> None:
    with database_session(app) as session:
        declaration = session.get_one(Declaration, aviary.world.own_declaration)
        kind = EventKind.CHANGES_REQUESTED
        history.record_declaration_event(session, declaration, kind, actor_id=None, now=NOW, version=1)
        session.flush()
        protocol = protocol_of(session, declaration, now=NOW)
        other = session.get_one(Declaration, aviary.world.foreign_declaration)
        assert protocol_of(session, other, now=NOW) is None, "it is still under review"
    assert protocol is not None
    assert aviary.found_in(protocol_html(protocol)) == {
        word
        for word, canary in aviary.canaries.items()
        if (canary.company, canary.audience) == ("A", SHARED) and not (canary.is_former or canary.is_draft)
    }


def test_once_the_consent_is_withdrawn_the_cluster_meets_nothing(app: Flask, aviary: Aviary) -> None:
    clients = {role: client for role, client in browsers(app).items() if role in ("manager", "reviewer")}
    with database_session(app) as session:
        for consent in session.scalars(select(Consent)):
            consent.withdrawn_at = NOW
    findings = search(app, aviary, clients, lambda rule: "cluster_id" in rule.arguments)
    assert findings.opened > 50
    assert findings.met == {"manager": set(), "reviewer": set()}


def test_who_has_a_conflict_of_interest_meets_nothing_of_the_review(app: Flask, aviary: Aviary) -> None:
    clients = {role: client for role, client in browsers(app).items() if role in ("manager", "reviewer")}
    with database_session(app) as session:
        accounts = select(Account.id).where(Account.email.in_(f"{role}@example.org" for role in clients))
        for account_id in session.scalars(accounts).all():
            mark_conflict(session, account_id, aviary.world)
    findings = search(app, aviary, clients, lambda rule: "cluster_id" in rule.arguments)
    assert findings.opened > 50
    [reason] = (word for word, canary in aviary.canaries.items() if canary.readers)
    assert findings.met == {"manager": {reason}, "reviewer": set()}


def test_mails_name_no_remark_but_those_of_the_request(app: Flask, aviary: Aviary) -> None:
    """The review is walked through by its pages; whatever mail it causes is searched."""
    clients = browsers(app)
    world = aviary.world
    word = next(word for word, canary in aviary.canaries.items() if canary.company == "B")
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = State.SUBMITTED
        session.get_one(Declaration, world.own_declaration).version = 1
    review = f"/cluster/{world.cluster}/pruefung/{world.own_declaration}"
    fields: dict[str, Any] = dict(form_fields(clients["reviewer"].get(f"{review}/3").text))
    sent = {"verdict": "change-needed", "remark": f"Bitte {word} ergänzen.", "action": "stay"}
    assert clients["reviewer"].post(f"{review}/3", data=fields | sent).status_code == 303
    preview = clients["manager"].get(f"{review}/aenderungen-anfordern").text
    asked = clients["manager"].post(f"{review}/aenderungen-anfordern", data=form_fields(preview))
    assert asked.status_code == 303
    remarks = f"/erklaerungen/{world.own_declaration}/anmerkungen/3"
    page = clients["owner"].get(remarks)
    assert word in page.text
    answered = re.search(r'name="(answer-\d+)"', page.text)
    assert answered
    sent = {answered[1]: f"Hier ist {word}.", "text": f"Unter uns: {word}.", "audience": "company"}
    assert clients["owner"].post(remarks, data=form_fields(page.text) | sent).status_code == 303
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        assert declaration.state is State.CHANGES_REQUESTED
        assert session.scalars(select(Mail)).all(), "whom it concerns has heard of it"
        said = session.scalars(select(RemarkRow.text).where(RemarkRow.text.contains(word))).all()
        assert len(said) == 4
    drafts = [key for key, canary in aviary.canaries.items() if canary.is_draft and canary.company == "A"]
    assert mail_leaks(app, aviary, [word, *drafts]) == []


# ---- That the search finds what it looks for


def add_page(app: Flask, show: Callable[[], Any]) -> None:
    app.add_url_rule("/test/leck", "test.leak", permit(Permission.PUBLIC)(show))


def all_words(session: Session) -> str:
    """What all remarks, all answers of last year and all reasons for a conflict say."""
    answers = " ".join(content.decode() for content in session.scalars(select(Snapshot.content)))
    texts = session.scalars(select(RemarkRow.text).union_all(select(ReviewConflict.reason)))
    return " ".join((*texts, *re.findall(r"qz\d{4}x", answers)))


def leaky(answer: Callable[[str], Any]) -> Callable[[Flask], Callable[[], Any]]:
    def make(app: Flask) -> Callable[[], Any]:
        def show() -> Any:
            with database_session(app) as session:
                return answer(all_words(session))

        return show

    return make


def as_pdf(words: str) -> Any:
    from weasyprint import HTML  # slow to import

    return HTML(string=f"<p>{words}").write_pdf(), 200, {"Content-Type": "application/pdf"}


def as_print(words: str) -> Any:
    return render_page(f"<p>{words}", issued_on=NOW.date()), 200, {"Content-Type": "application/pdf"}


def as_workbook(words: str) -> Any:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", words)
    return file.getvalue(), 200, {"Content-Type": "application/vnd.ms-excel"}


@pytest.mark.own_app
@pytest.mark.parametrize(
    "answer",
    [
        lambda words: f"<!-- {words} -->",
        lambda words: (f'<input type="hidden" value="{words}">', 403),
        lambda words: {"text": words},
        lambda words: ("", 303, {"Location": "/", "X-Said": words}),
        as_pdf,
        as_print,
        as_workbook,
    ],
    ids=["comment", "hidden field of an error page", "json", "header", "pdf", "print", "workbook"],
)
def test_a_page_that_says_too_much_is_found(app: Flask, aviary: Aviary, answer: Callable[[str], Any]) -> None:
    add_page(app, leaky(answer)(app))
    clients = browsers(app)
    findings = search(app, aviary, clients, lambda rule: rule.endpoint == "test.leak")
    assert {leak.split()[0] for leak in findings.leaks} == set(clients)
    assert findings.met["nobody"] == set(aviary.canaries)


def test_a_mail_that_says_too_much_is_found(app: Flask, aviary: Aviary) -> None:
    with database_session(app) as session:
        session.add(
            Mail(
                recipient="owner@example.org",
                subject="Neue Anmerkung",
                body=next(iter(aviary.canaries)),
                language="de",
                created_at=NOW,
            )
        )
    assert mail_leaks(app, aviary) == ["owner@example.org: Neue Anmerkung"]


def test_the_snapshot_of_this_test_is_a_real_one() -> None:
    assert read_document(CRAFT.read_bytes()).done
