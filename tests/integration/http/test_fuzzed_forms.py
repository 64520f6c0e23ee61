"""Hostile values in every form and address: no answer of 500, no error in the log, nothing half done (R10).

`make test` sends the same in every run, each database its own values; `make nightly` sends all values to
both; `make soak` sends more, and others each time. A failure prints the seed: DNK_TEST_FUZZ_SEED=… sends the
same again.
"""

import io
import logging
import os
import random
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule
from werkzeug.test import TestResponse

from dnk_tool.domain.aggregates.entering_versions import ReleaseState
from dnk_tool.domain.aggregates.json_format import release_to_json
from dnk_tool.domain.aggregates.model import ReleaseContent
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.exchange.residues import NoticeKind
from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.services.declarations import submission
from dnk_tool.services.exchange import residue_inquiries, residues
from dnk_tool.services.work import Work
from dnk_tool.store.aggregates import joint_goals
from dnk_tool.store.clusters import choices
from dnk_tool.store.copy_database import copy_all_tables
from dnk_tool.store.exchange import neighbours
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.aggregates import ReleaseRow
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.consents import AllowedChoice
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Membership
from dnk_tool.store.tables.publication import Publication
from dnk_tool.store.tables.review import RemarkRow
from dnk_tool.web.http.input.save_ids import SAVE_ID_FIELD, is_creating
from tests.contract.test_routes import PARTS
from tests.integration.aggregates import joint_goal_members
from tests.integration.exchange import residue_members
from tests.integration.exchange.award_rounds import add_awards
from tests.integration.exchange.polls.poll_rooms import add_polls
from tests.integration.exchange.told_examples import add_examples
from tests.integration.http.fuzzing import (
    FILES,
    HOSTILE,
    PageForm,
    Watch,
    encoded,
    mutated,
    read_page,
    watching,
)
from tests.support import row_cache
from tests.support.app import add_consent, database_session, make_world, post, sign_in, token_of
from tests.support.applications import Applications, fresh_settings
from tests.support.machine import is_random
from tests.support.review_scenario import NOW, import_craft

# Each part begins with a world of its own.
POSTS = int(os.environ.get("DNK_TEST_FUZZ_POSTS", "1200"))
POSTS_OF_A_PART = 600
SEED = os.environ.get("DNK_TEST_FUZZ_SEED") or (secrets.token_hex(4) if is_random() else "")
POSTS_PER_GET = 4
PAGES_OF_A_KIND = 1
ROLES = ("nobody", "owner", "manager", "operator")
PROTECTED = frozenset({"csrf_token"})

# They end a sign-in, a membership or a draft: the last of each round, after which the world is made anew.
LAST = re.compile(
    r"account\.sign_out_everywhere|privacy\.erase|member\.|cluster_team\.(change|remove)"
    r"|operation\.(remove|lock_person|end_sign_ins|reset_factors|change_operator|erase_person)"
    r"|consents\.withdraw|finish\.|security\.|sign_off|review\.(approve|request)|invitations\.show|single"
)
# A text beside a conflict is kept on purpose, so that it can be had back; of a page all other answers.
KEPT_OF_A_CONFLICT = re.compile(r".*_revision")
SECTIONS = {"criterion.save", "criterion.save_figures", "criterion.save_method"}
KEEPS_THE_OTHERS = frozenset({"bills.save", "contributions.answer"} | SECTIONS)
# Each takes seconds for a file that other tests look at.
RENDERS = re.compile(r"export_format|file_format|\.pdf")


@dataclass
class Target:
    """A form that somebody can send: its endpoint, address and fields."""

    endpoint: str
    path: str
    role: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    is_on_page: bool = True


@dataclass
class Fuzzer:
    """The application with everybody signed in, and what can be sent to it."""

    app: Flask
    chance: random.Random
    watch: Watch
    restore: Callable[[], None]
    tokens: dict[str, str]
    clients: dict[str, FlaskClient] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    arguments: set[str] = field(default_factory=set)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    tries: Counter[str] = field(default_factory=Counter)
    sent: int = 0

    def begin_round(self) -> None:
        """Everything is as it was at first, and everybody signed in."""
        self.restore()
        self.clients = {"nobody": self.app.test_client()}
        for role in ROLES[1:]:
            self.sign_in(role)
        self.watch.look()

    def sign_in(self, role: str) -> None:
        self.clients[role] = self.app.test_client()
        sign_in(self.clients[role], f"{role}@example.org")

    def judge(self, what: str, endpoint: str, answer: TestResponse) -> None:
        """Note what is wrong with an answer; each kind of failure once."""
        written, errors = self.watch.look()
        wrong = []
        if answer.status_code >= 500:
            wrong.append(f"status {answer.status_code}")
        wrong += [f"log: {error.partition(': ')[2]}" for error in errors]
        if answer.status_code == 409 and endpoint in KEEPS_THE_OTHERS:
            written = set()
        elif answer.status_code == 409:
            written = {table for table in written if not KEPT_OF_A_CONFLICT.fullmatch(table)}
        if 400 <= answer.status_code < 500 and written:
            wrong.append(f"refused with {answer.status_code}, but wrote {sorted(written)}")
        for words in wrong:
            self.failures.setdefault((endpoint, words[:40]), f"{what}\n    {words}")

    def send_post(self, target: Target) -> None:
        """Send a form with something hostile; one never accepted is sent as people do every other time.

        Otherwise it would be chance how many writes are reached.
        """
        self.sent += 1
        self.tries[target.endpoint] += 1
        is_plain = target.endpoint not in self.accepted and self.tries[target.endpoint] % 2 == 1
        client = self.clients[target.role]
        offered = target.fields | {"csrf_token": [token_of(client)]}
        fields = mutated(offered, self.chance, PROTECTED, is_plain=is_plain)
        path = target.path if is_plain else self.with_hostile_ids(target.path)
        given: dict[str, Any] = {"data": encoded(fields), "content_type": "application/x-www-form-urlencoded"}
        if target.files and (is_plain or self.chance.random() < 0.3):
            name, content = FILES[0] if is_plain else self.chance.choice(FILES)
            values = MultiDict([(key, value) for key, value in fields if value.isprintable()])
            values.add(self.chance.choice(target.files), (io.BytesIO(content), name))
            given = {"data": values, "content_type": "multipart/form-data"}
        answer = client.post(path, **given)
        shown = [
            (name, value if len(value) < 80 else f"{value[:40]!r}*{len(value)}") for name, value in fields
        ]
        self.judge(f"POST {path} as {target.role}: {shown}", target.endpoint, answer)
        if answer.status_code in (200, 303):
            self.accepted.add(target.endpoint)
        is_signed_out = answer.status_code == 401 or "/anmelden" in (answer.location or "")
        if is_signed_out and target.role != "nobody":
            self.sign_in(target.role)
            self.watch.look()

    def send_get(self) -> None:
        role, link = self.chance.choice(self.links)
        names = sorted(self.arguments)
        query = [
            (self.chance.choice(names), self.chance.choice(HOSTILE)) for _ in range(self.chance.randint(1, 3))
        ]
        path = self.with_hostile_ids(urlsplit(link).path)
        # The development server's client would not send 100 kB in an address, nor would gunicorn take it.
        url = f"{path}?{encoded([(name, value[:1000]) for name, value in query]).decode()}"
        answer = self.clients[role].get(url)
        endpoint = endpoint_of(self.app, path, "GET") or path
        self.judge(f"GET {url[:300]} as {role}", endpoint, answer)

    def with_hostile_ids(self, path: str) -> str:
        """The path; sometimes with another number, or something else, in the place of one of its parts."""
        if self.chance.random() > 0.1:
            return path
        parts = path.split("/")
        at = self.chance.randrange(1, len(parts))
        others = (
            "0",
            "2147483647",
            "2147483648",
            "9223372036854775808",
            "1" * 400,
            "%00",
            "%FF",
            "%ED%A0%80",
            "x" * 500,
        )
        return "/".join([*parts[:at], self.chance.choice(others), *parts[at + 1 :]])


def parts_by_database() -> list[Any]:
    """Each part on each database; `make test` has the even ones on SQLite and the odd ones on PostgreSQL."""
    databases = ("sqlite", "postgresql")
    return [
        pytest.param(kind, part, marks=() if part % 2 == at else pytest.mark.nightly)
        for at, kind in enumerate(databases)
        for part in range(max(2, POSTS // POSTS_OF_A_PART))
    ]


@pytest.mark.parametrize(("database_url", "part"), parts_by_database(), indirect=["database_url"])
def test_f6_f17_hostile_forms_are_refused_and_change_nothing(fuzzer: Fuzzer, part: int) -> None:
    seen = {target.endpoint for target in fuzzer.targets}
    posts = {rule.endpoint for rule in post_rules(fuzzer.app)}
    assert posts - seen == set()
    assert without_save_id(fuzzer) == set()
    on_pages = {target.endpoint for target in fuzzer.targets if target.is_on_page}
    assert len(on_pages) > len(posts) * 0.65, sorted(posts - on_pages)
    least = min(POSTS, POSTS_OF_A_PART)

    def are_most_accepted() -> bool:
        return least < POSTS_OF_A_PART or len(fuzzer.accepted) > len(posts) * 0.65

    # What a post hits is chance: where most writes are not reached yet, twice as many are sent.
    while fuzzer.sent < least or (not are_most_accepted() and fuzzer.sent < 2 * least):
        most = least if fuzzer.sent < least else 2 * least
        fuzzer.begin_round()
        for target in in_order(fuzzer.targets, fuzzer.chance)[: most - fuzzer.sent]:
            fuzzer.send_post(target)
            if fuzzer.sent % POSTS_PER_GET == 0:
                fuzzer.send_get()
    # Most writes are done on both databases, not only refused.
    assert are_most_accepted(), sorted(posts - fuzzer.accepted)
    report = "\n\n".join(fuzzer.failures.values())
    assert not fuzzer.failures, f"{len(fuzzer.failures)} kinds of failure\n{report}"


def without_save_id(fuzzer: Fuzzer) -> set[str]:
    """Forms on pages that create something and hold no id."""
    return {
        target.path
        for target in fuzzer.targets
        if is_creating(fuzzer.app, target.endpoint)
        and target.is_on_page
        and SAVE_ID_FIELD not in target.fields
    }


def in_order(targets: list[Target], chance: random.Random) -> list[Target]:
    """One form for each endpoint, those that end something last."""
    by_endpoint: dict[str, list[Target]] = {}
    for target in targets:
        by_endpoint.setdefault(target.endpoint, []).append(target)
    chosen = [chance.choice(some) for some in by_endpoint.values()]
    chance.shuffle(chosen)
    return sorted(chosen, key=lambda target: bool(LAST.match(target.endpoint)))


# ---- The world, and what can be sent in it


@pytest.fixture
def fuzzer(
    request: pytest.FixtureRequest,
    database_url: str,
    instance_folder: Path,
    applications: Applications,
    caplog: pytest.LogCaptureFixture,
    walked: dict[str, Fuzzer],
) -> Iterator[Fuzzer]:
    seed = SEED or f"part {request.node.callspec.params['part']}"
    print(f"DNK_TEST_FUZZ_SEED={seed}")  # pytest shows it if the test fails
    settings = fresh_settings(instance_folder, database_url).model_copy(update={"self_registration": True})
    app = applications.open(settings)
    app.testing = False
    caplog.set_level(logging.ERROR)  # thousands of refusals are meant
    with watching(app.extensions["dnk_engine"]) as watch:
        if before := walked.get(database_url) or moved(request, app, walked):
            walked[database_url] = before
            chance = random.Random(seed)
            fuzzer = replace(
                before, chance=chance, watch=watch, failures={}, accepted=set(), tries=Counter(), sent=0
            )
            fuzzer.begin_round()
        else:
            make_fuzz_world(app)
            known = secret_links(app)
            fuzzer = Fuzzer(app, random.Random(seed), watch, restorer(request, app), known)
            fuzzer.begin_round()
            walk(fuzzer)
            walked[database_url] = fuzzer
        yield fuzzer
    applications.close(app)


@pytest.fixture(scope="module")
def walked() -> dict[str, Fuzzer]:
    """By address of the database: the pages of a new world lead to the same forms in every part."""
    return {}


def moved(request: pytest.FixtureRequest, app: Flask, walked: dict[str, Fuzzer]) -> Fuzzer | None:
    """The world that was walked through on another database, copied to that of `app` as an installation is.

    Its numbers and links are the same, so its pages lead to the same forms.
    """
    for before in walked.values():
        before.restore()
        source = before.app.extensions["dnk_engine"]
        for _table in copy_all_tables(source, app.extensions["dnk_engine"]):
            pass
        source.dispose()
        return replace(before, app=app, restore=restorer(request, app))
    return None


def make_fuzz_world(app: Flask) -> None:
    """A company with a full draft and one that submitted, and a row of what can be changed by its number."""
    world = make_world(app)
    with database_session(app) as session:
        draft, submitted = (add_craft(session, world.cluster) for _ in range(2))
        company = draft.organisation_id
        add_polls(session, world.cluster)
        submission.submit(
            Work(session, Actor(None, {submitted.organisation_id: Role.OWNER}), NOW),
            submitted,
            cluster_id=world.cluster,
        )
        consents = session.scalars(select(Consent).where(Consent.organisation_id == draft.organisation_id))
        session.add_all(AllowedChoice(consent_id=one.id, choice=ConsentChoice.SUPPORT) for one in consents)
        session.add(Publication(declaration_id=submitted.id, version=1, slug=PARTS["slug"], published_at=NOW))
        session.add(
            RemarkRow(
                declaration_id=draft.id,
                cluster_id=world.cluster,
                section="2",
                ref="2.1",
                version=1,
                audience=Audience.SHARED,
                side=ReviewSide.REVIEWERS,
                text="Bitte genauer.",
                written_at=NOW,
                published_at=NOW,
            )
        )
        draft_id, submitted_id = draft.id, submitted.id
        measures.add(session, company, joint_goal_members.a_measure(), by=None, now=NOW)
        joint_goals.write_goal(session, world.cluster, joint_goal_members.GOAL, by=None, now=NOW)
        session.add_all(releases_of(world.cluster))
        add_exchanged_residues(session, world.cluster, draft.organisation_id, submitted.organisation_id)
        add_examples(session, company, world.cluster)
        add_awards(session, world.cluster, company)
    owner, manager, operator, visitor = (app.test_client() for _ in range(4))
    sign_in(owner, "owner@example.org")
    sign_in(manager, "manager@example.org")
    sign_in(operator, "operator@example.org")
    draft, cluster = f"/erklaerungen/{draft_id}", f"/cluster/{world.cluster}"
    guest = {"email": "gast@example.org", "name": "Gast", "language": "de"}
    line = {"f-quantity": "100", "f-quantity-unit": "kWh", "basis": "bill", "number-language": "de"}
    file = {"target": "erklaerung", "files": (io.BytesIO(b"Strom 2025: 100 kWh"), "strom.txt")}
    steps: list[tuple[FlaskClient, str, dict[str, Any]]] = [
        (owner, f"{draft}/rechner/energy/zeilen/neu?art=electricity", line),
        (owner, f"{draft}/belege/neu", file),
        (owner, f"/unternehmen/{company}/personen/einladen", guest | {"role": "editor"}),
        (owner, f"{draft}/beitraege/neu?kriterium=1", guest | {"points": "1.1"}),
        (owner, f"{draft}/anmerkungen/1", {"text": "Bitte prüfen.", "audience": "company"}),
        (
            owner,
            f"/erklaerungen/{submitted_id}/anmerkungen/1",
            {"text": "Bitte prüfen.", "audience": "company"},
        ),
        (manager, f"{cluster}/team/einladen", guest | {"email": "team@example.org"}),
        (manager, f"{cluster}/mitglieder/einladen", guest | {"company": "C GmbH", "email": "c@example.org"}),
        (
            manager,
            f"{cluster}/textbausteine/neu",
            {"title": "Satz", "section": "13", "text_de": "Bitte.", "version": "0"},
        ),
        (
            manager,
            f"{cluster}/kohorten/neu",
            {"reporting_year": "2025", "due": "31.12.2027", "milestones-0-title": "Auftakt"}
            | {"milestones-0-day": "14.01.2027"},
        ),
        (manager, f"{cluster}/mitglieder/{company}/notizen", {"text": "Fragt oft nach."}),
        (manager, f"{cluster}/auszeichnungen/2/jury", guest | {"email": "jury@example.org"}),
        (operator, "/betrieb/cluster/1/leitung", guest | {"email": "leitung@example.org"}),
        (owner, f"{draft}/schnellchecks/energy", {"reply-bills": "yes", "version": "0", "shown": ""}),
        (visitor, "/passwort-vergessen", {"email": "viewer@example.org"}),
        (visitor, "/registrieren", {"email": "neu@example.org"}),
    ]
    for client, path, fields in steps:
        answer = post(client, path, fields)
        assert answer.status_code == 303 or path == "/passwort-vergessen", (
            path,
            answer.status_code,
            answer.text,
        )


def releases_of(cluster_id: int) -> Iterator[ReleaseRow]:
    """One that was made and one that is prepared, both without a number."""
    for year, state in ((2024, ReleaseState.MADE), (2025, ReleaseState.PREPARED)):
        content, sha256 = release_to_json(ReleaseContent(year, "2026", 0, (), ()))
        row = ReleaseRow(cluster_id=cluster_id, reporting_year=year, number=1, state=state, ordered_at=NOW)
        row.content, row.sha256, row.made_at = content, sha256, NOW if year == 2024 else None
        yield row


def add_exchanged_residues(session: Session, cluster_id: int, *companies: int) -> None:
    """An offer of one company, a search of the other that fits, an inquiry, a report, and two neighbours."""
    kinds = (NoticeKind.OFFER, NoticeKind.SEARCH)
    firms = [residue_members.as_firm(session, cluster_id, company, "owner") for company in companies]
    for firm in firms:
        choices.replace_choices(session, firm.consent.id, [ConsentChoice.RESIDUES, ConsentChoice.SUPPORT])
    ids = [
        residue_members.show(session, firm, residue_members.a_notice(kind), NOW)
        for kind, firm in zip(kinds, firms, strict=True)
    ]
    work = Work(session, firms[1].actor, NOW)
    residue_inquiries.ask(work, companies[1], cluster_id, ids[0], "Geht 1 t im Monat?")
    residues.report_notice(work, companies[1], cluster_id, ids[0], "Das ist Werbung.")
    for name in ("Netz Nord", "Netz Süd"):
        further = Cluster(name=name, created_at=NOW)
        session.add(further)
        session.flush()
        neighbours.propose(session, further.id, cluster_id, now=NOW)


def add_craft(session: Session, cluster_id: int) -> Declaration:
    """A company that answered everything, with an owner and an editor, in the cluster."""
    declaration = import_craft(session)
    company = declaration.organisation_id
    ids = {account.email.partition("@")[0]: account.id for account in session.scalars(select(Account))}
    for who, role in (("owner", Role.OWNER), ("editor", Role.EDITOR)):
        session.add(Membership(user_id=ids[who], organisation_id=company, role=role, created_at=NOW))
    add_consent(session, company, cluster_id)
    return declaration


def secret_links(app: Flask) -> dict[str, str]:
    """The mailed links, by what stands before the token."""
    with database_session(app) as session:
        bodies = session.scalars(select(Mail.body)).all()
    links = re.findall(r"https?://[^/\s]+(/\S+/)([\w.-]{20,})", "\n".join(bodies))
    return dict(links)


def restorer(request: pytest.FixtureRequest, app: Flask) -> Callable[[], None]:
    """Brings the database and the files of evidence back to how they are now."""
    restore_database = database_restorer(request, app)
    evidence = Path(app.instance_path) / "evidence"
    files = request.getfixturevalue("tmp_path_factory").mktemp("fuzz") / "evidence"
    shutil.copytree(evidence, files)

    def restore() -> None:
        restore_database()
        shutil.copytree(files, evidence, dirs_exist_ok=True)

    return restore


def database_restorer(request: pytest.FixtureRequest, app: Flask) -> Callable[[], None]:
    if app.extensions["dnk_engine"].dialect.name == "sqlite":
        file: Path = request.getfixturevalue("database_file")
        copy = file.with_name("fuzz-begin.sqlite3")
        app.extensions["dnk_engine"].dispose()
        shutil.copy(file, copy)

        def restore() -> None:
            app.extensions["dnk_engine"].dispose()
            _copy_back(copy, file)

        return restore
    with database_session(app) as session:
        rows = dict(row_cache.read_rows(session))
    database = request.getfixturevalue("postgres_database")

    def restore_rows() -> None:
        app.extensions["dnk_engine"].dispose()
        database.empty()
        with database_session(app) as session:
            row_cache.put_back(session, rows)

    return restore_rows


def _copy_back(copy: Path, file: Path) -> None:
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    shutil.copy(copy, file)


def post_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]


def endpoint_of(app: Flask, path: str, method: str) -> str | None:
    try:
        endpoint, _values = app.url_map.bind("localhost").match(urlsplit(path).path, method=method)
    except (HTTPException, RequestRedirect):
        return None
    return str(endpoint)


def paths(app: Flask, rule: Rule, known: dict[str, str]) -> Iterator[str]:
    """The rule's addresses in this world: of the draft and of the submitted declaration."""
    with database_session(app) as session:
        declarations = session.execute(
            select(Declaration.id, Declaration.organisation_id).order_by(Declaration.id)
        ).all()
    for declaration, organisation in declarations[-2:]:
        values = PARTS | {
            "declaration_id": declaration,
            "organisation_id": organisation,
            "cluster_id": 1,
            "number": 2,
            "token": "x",
        }
        chosen = {name: values[name] for name in rule.arguments}
        path = app.url_map.bind("localhost").build(rule.endpoint, chosen)
        if "token" in rule.arguments:
            start = path.removesuffix("x")
            path = start + known.get(start, "x")
        yield path


def walk(fuzzer: Fuzzer) -> None:
    """Open every page and the links on it, and note the forms that stand there."""
    app, found = fuzzer.app, {}
    waiting = [
        (role, path)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint != "static"
        for path in dict.fromkeys(paths(app, rule, fuzzer.tokens))
        for role in roles_for(rule.rule)
    ]
    visits: Counter[object] = Counter()
    for role, path in waiting:  # grows
        endpoint = endpoint_of(app, path, "GET")
        # A page with several names in its address is new if one of them is: each may lead to other forms.
        kinds = [(role, endpoint, name) for name in {part[0] for part in parts_of_query(path)} or {""}]
        is_known = (role, path) in visits or all(visits[kind] >= PAGES_OF_A_KIND for kind in kinds)
        if endpoint is None or RENDERS.search(path) or is_known:
            continue
        answer = fuzzer.clients[role].get(path)
        visits[role, path] += 1
        if answer.status_code != 200:
            continue
        visits.update(kinds)
        fuzzer.links.append((role, path))
        if answer.mimetype != "text/html":
            continue
        forms, links = read_page(answer.text)
        for link in links:
            address = urljoin(path, link)
            fuzzer.arguments.update(name for name, _eq, _value in parts_of_query(address))
            if address.startswith("/") and not address.startswith("/static"):
                waiting.append((role, address.partition("#")[0]))
        for form in forms:
            note_form(app, form, path, role, found)
    known = {target.endpoint for target in found.values()}
    for rule in post_rules(app):
        for path in dict.fromkeys(paths(app, rule, fuzzer.tokens)) if rule.endpoint not in known else ():
            fields = dict(WITHOUT_PAGE.get(rule.endpoint, {}))
            found[rule.endpoint, path] = Target(
                rule.endpoint, path, roles_for(rule.rule)[0], fields, [], False
            )
    fuzzer.targets = list(found.values())
    fuzzer.watch.look()


def parts_of_query(link: str) -> list[tuple[str, str, str]]:
    return [part.partition("=") for part in urlsplit(link).query.split("&") if part]


def note_form(app: Flask, form: PageForm, page: str, role: str, found: dict[Any, Target]) -> None:
    path = form.action or page
    endpoint = endpoint_of(app, path, "POST") if form.method == "post" else None
    if endpoint is not None and (endpoint, path) not in found:
        found[endpoint, path] = Target(endpoint, path, role, form.fields, form.files)


def roles_for(rule: str) -> tuple[str, ...]:
    """Who opens such an address."""
    insiders = {"cluster": "manager", "betrieb": "operator", "erklaerungen": "owner", "unternehmen": "owner"}
    first = rule.split("/")[1]
    return (
        (insiders[first],) if first in insiders else ("owner",) if first == "konto" else ("nobody", "owner")
    )


# Forms that only stand on a page after another was sent.
WITHOUT_PAGE: dict[str, dict[str, list[str]]] = {
    "calculators.restore": {"version": ["1"]},
    "calculators.take_newer": {"offer": ["1:location:1"]},
    "calculators.take_result": {"version": ["1"]},
    "company_list.revise": {"rows": ["x"], "action": ["mail"], "column-email": ["0"], "sheet": ["1"]},
    "company_list.send": {"rows": ["x"], "message": ["Guten Tag"], "action": ["send"]},
    "consents.renew": {"edition": ["x"], "agrees": ["1"]},
    "figure_files.confirm": {"rows": ["x"], "overwrite": ["1"]},
    "figures.restore": {"version": ["1"]},
    "figures.save_by_site": {"version": ["1"], "sites-0-value": ["1"], "sites-0-unit": ["kWh"]},
    "figures.save_the_scope": {"version": ["0"], "sites": ["x"], "note": ["x"]},
    "figures.take": {"version": ["0"]},
    "from_file.take": {"declaration": ["x"]},
    "goal_list.save": {
        "goal-0-key": ["weniger"],
        "goal-0-shown": ["3.1.goals"],
        "goal-0-tables": ["13.2.goals"],
    },
    "goals.save": {"ref-3.1-version": ["0"], "ref-3.1-reached": ["yes"], "ref-3.1-reason": ["x"]},
    "history.restore": {"version": ["1"]},
    "operation.change_invitation": {"action": ["resend", "revoke"]},
    "plausibility.save": {"w-0123456789ab-rule": ["x"], "w-0123456789ab-subject": ["line:1"]},
    "privacy.erase": {"password": ["x"], "sure": ["1"]},
    "publication.change_quotable": {"quotable": ["yes", "no"], "known": ["yes", "no"]},
    "publication.publish": {"version": ["1"], "quotable": ["yes"], "agrees": ["1"]},
    "review.approve": {"version": ["1"], "seen": ["1"]},
    "review.request_changes": {"letter": ["x"], "answer_until": ["31.12.2026"], "drafts": ["x"]},
    "review.resolve": {"read-1": ["1"], "done-1": ["1"]},
    "second_step.check": {"code": ["123456"], "recovery_code": [""]},
    "self_checks.add": {"points": ["x"], "version": ["0"]},
    "set_up.show": {"token": ["x"], "name": ["x"], "email": ["a@example.org"], "password": ["x"]},
    "sign_off.answer": {"action": ["confirm", "reject"], "reason": ["x"], "confirmed": ["1"]},
    "sign_offs.answer": {"action": ["confirm", "reject"], "reason": ["x"], "confirmed": ["1"]},
    "single_sign_on.finish": {"state": ["x"], "code": ["x"], "iss": ["x"]},
    "single_sign_on.unlink": {"next": ["/"]},
}
