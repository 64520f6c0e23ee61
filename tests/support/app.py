"""What many tests share: accounts, signing in as a browser does, forms as a page shows them."""

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from typing import Any

import flask
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from jinja2.bccache import Bucket, BytecodeCache, FileSystemBytecodeCache
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from dnk_tool.catalogue import Section, Selection
from dnk_tool.domain.clusters import consent_editions
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.services.accounts import passwords
from dnk_tool.services.accounts.lifecycle import create_account
from dnk_tool.services.clusters.consent import ConsentWording
from dnk_tool.store.database import write_session
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff, Consent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Membership, Organisation
from dnk_tool.web.text.section_parts import PartKind, SectionPart, part_of, section_parts
from tests.support.row_cache import write_or_restore

PASSWORD = "wiese kahn sieben lampe"
WORDING = ConsentWording(consent_editions.NEWEST_EDITION, "de")

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_addresses = count(1)
_hashes: dict[str, str] = {}


class TemplateCache(BytecodeCache):
    """Templates, compiled once for all applications of a process; of a whole run, if it has a folder."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}
        self._shared: FileSystemBytecodeCache | None = None

    def share(self, folder: Path) -> None:
        """Read from this folder what other processes compile, and write to it for them."""
        self._shared = FileSystemBytecodeCache(str(folder))

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._kept.get(bucket.key):
            bucket.bytecode_from_string(code)
        elif self._shared:
            self._shared.load_bytecode(bucket)
            if bucket.code is not None:
                self._kept[bucket.key] = bucket.bytecode_to_string()

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()
        if self._shared:
            self._shared.dump_bytecode(bucket)


TEMPLATE_CACHE = TemplateCache()


class Browser(FlaskClient):
    """Reads every answer to its end, so that files are closed."""

    def open(self, *args: Any, buffered: bool = True, **given: Any) -> TestResponse:
        return super().open(*args, buffered=buffered, **given)


@contextmanager
def database_session(app: Flask) -> Iterator[Session]:
    """A session whose changes are kept."""
    with write_session(app.extensions["dnk_session_factory"]) as session, session.begin():
        yield session


@contextmanager
def count_statements(app: Any) -> Iterator[list[str]]:
    """Every SQL statement that runs inside, but for the beginning of transactions.

    What the application asks once is asked before: whether anything is published, for the footer.
    """
    app.test_client().get("/hilfe")
    with record_statements(app.extensions["dnk_engine"]) as statements:
        yield statements


@contextmanager
def record_statements(engine: Engine) -> Iterator[list[str]]:
    """Every SQL statement that the engine runs inside, but for the beginning of transactions."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def make_account(
    session: Session,
    email: str,
    *,
    name: str = "",
    password: str = PASSWORD,
    language: Any = "de",
    is_operator: bool = False,
) -> Account:
    """An account that can sign in."""
    if password not in _hashes:
        _hashes[password] = passwords.hashed(password)
    return create_account(
        session,
        email=email,
        name=name,
        password_hash=_hashes[password],
        language=language,
        now=datetime.now(UTC),
        is_operator=is_operator,
    )


def make_organisation(session: Session, name: str, **members: Role) -> Organisation:
    """A company with one declaration; members by the first part of their address at example.org."""
    now = datetime.now(UTC)
    organisation = Organisation(name=name, requires_sign_off=False, created_at=now)
    session.add(organisation)
    session.flush()
    for member, role in members.items():
        account = make_account(session, f"{member}@example.org", name=member.title())
        session.add(
            Membership(user_id=account.id, organisation_id=organisation.id, role=role, created_at=now)
        )
    session.add(
        Declaration(
            organisation_id=organisation.id,
            edition="dnk-2017",
            reporting_year=2025,
            indicator_set="gri",
            language="de",
            options=[],
            created_at=now,
            changed_at=now,
        )
    )
    session.flush()
    return organisation


def declaration_of(session: Session, organisation: Organisation) -> Declaration:
    """The only declaration of a company."""
    return session.scalars(select(Declaration).where(Declaration.organisation_id == organisation.id)).one()


def add_member(session: Session, organisation_id: int, who: str, role: Role, **more: Any) -> Account:
    """A new person at example.org with a role in a company; `more`: sections, until."""
    account = make_account(session, f"{who}@example.org", name=who.title())
    session.add(
        Membership(
            user_id=account.id,
            organisation_id=organisation_id,
            role=role,
            created_at=datetime.now(UTC),
            **more,
        )
    )
    return account


def make_cluster(session: Session, name: str, **staff: ClusterRole) -> Cluster:
    """A cluster with its people, by the first part of their address at example.org."""
    now = datetime.now(UTC)
    cluster = Cluster(name=name, created_at=now)
    session.add(cluster)
    session.flush()
    for who, role in staff.items():
        account = make_account(session, f"{who}@example.org", name=who.title())
        session.add(ClusterStaff(user_id=account.id, cluster_id=cluster.id, role=role, created_at=now))
    session.flush()
    return cluster


def add_consent(session: Session, organisation_id: int, cluster_id: int, **more: Any) -> Consent:
    """A company's consent to a cluster; `more`: withdrawn_at, aggregates_from."""
    more.setdefault("edition", consent_editions.NEWEST_EDITION)
    consent = Consent(
        organisation_id=organisation_id, cluster_id=cluster_id, granted_at=datetime.now(UTC), **more
    )
    session.add(consent)
    session.flush()
    return consent


@dataclass(frozen=True)
class World:
    """Two companies and two clusters that must not see each other, and everybody who might try."""

    own: int
    own_declaration: int
    foreign: int
    foreign_declaration: int
    cluster: int
    foreign_cluster: int


def make_world(app: Flask) -> World:
    """Company A and its people, submitted to a cluster with manager and reviewer; company B of a stranger,
    submitted to the cluster of an outsider; an operator without a company.
    """
    with database_session(app) as session:
        return write_or_restore(session, "world", _write_world)


def _write_world(session: Session) -> World:
    own = make_organisation(session, "A GmbH", owner=Role.OWNER, editor=Role.EDITOR, viewer=Role.VIEWER)
    yesterday = datetime.now(UTC).date() - timedelta(days=2)
    add_member(session, own.id, "contributor", Role.CONTRIBUTOR, sections=["1"])
    add_member(session, own.id, "expired", Role.VIEWER, until=yesterday)
    foreign = make_organisation(session, "B GmbH", stranger=Role.OWNER)
    make_account(session, "operator@example.org", name="Operator", is_operator=True)
    cluster = make_cluster(
        session, "Cluster Nord", manager=ClusterRole.MANAGER, reviewer=ClusterRole.REVIEWER
    )
    foreign_cluster = make_cluster(session, "Cluster Süd", outsider=ClusterRole.MANAGER)
    for organisation, submitted_to in ((own, cluster), (foreign, foreign_cluster)):
        add_consent(session, organisation.id, submitted_to.id)
        declaration_of(session, organisation).cluster_id = submitted_to.id
    session.flush()
    return World(
        own.id,
        declaration_of(session, own).id,
        foreign.id,
        declaration_of(session, foreign).id,
        cluster.id,
        foreign_cluster.id,
    )


def sign_in(client: FlaskClient, email: str) -> None:
    """Signed in, with what the session holds after the form; see `sign_in_by_form` where that matters."""
    app, secret = client.application, secrets.token_hex(20)
    with app.extensions["dnk_session_factory"]() as session:
        known = session.scalars(select(Account).where(Account.email == email)).one()
    with client.session_transaction("/anmelden", method="POST") as opened:
        opened |= {
            "_user_id": known.fs_uniquifier,
            "_fresh": True,
            "fs_cc": "set",
            "fs_paa": time.time(),
            "csrf_token": secret,
        }
    with app.test_request_context():
        flask.session["csrf_token"] = secret
        _remember_token(client, generate_csrf())


def sign_in_by_form(client: FlaskClient, email: str, password: str = PASSWORD, **fields: Any) -> TestResponse:
    """Sign in through the form, as a browser does; each time from another network address."""
    [token, *_others] = _TOKEN.findall(client.get("/anmelden").text)
    answer = client.post(
        "/anmelden",
        data={"email": email, "password": password, "csrf_token": token, **fields},
        environ_overrides={"REMOTE_ADDR": f"10.{secrets.randbelow(250)}.0.{next(_addresses) % 250}"},
    )
    assert answer.status_code in (200, 303), answer.text
    return answer


def secured(client: FlaskClient) -> FlaskClient:
    """The browser of an installation with https, where a form says from which page it was sent."""
    client.environ_base["HTTP_REFERER"] = "https://localhost/"
    return client


def post(client: FlaskClient, path: str, data: dict[str, Any] | None = None, **given: Any) -> TestResponse:
    """Send a form with the token of the present session."""
    return client.post(path, data={**(data or {}), "csrf_token": token_of(client)}, **given)


def token_of(client: FlaskClient) -> str:
    """A form token of the present session: for who is signed in it stays the same until the next sign-in."""
    known: tuple[list[Any], str] | None = getattr(client, "known_token", None)
    if known and any(known[0]) and known[0] == _sign_in_cookies(client):
        return known[1]
    # A small page has one for whoever is signed in, to sign out.
    token_field = _TOKEN.search(client.get("/hilfe").text)
    token_field = token_field or _TOKEN.search(client.get("/konto", follow_redirects=True).text)
    assert token_field, "no page has a form"
    _remember_token(client, token_field[1])
    return token_field[1]


def _remember_token(client: Any, token: str) -> None:
    client.known_token = _sign_in_cookies(client), token


def _sign_in_cookies(client: FlaskClient) -> list[Any]:
    return [client.get_cookie(name) for name in ("dnk-sign-in", "__Host-dnk-sign-in")]


class _FormParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self._text: list[str] | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name")
        if tag == "form" and "dnk-header__search" not in (given.get("class") or ""):
            self.forms.append({})
        elif tag == "textarea" and name:
            self._text = self._field(name)
            self._text.append("")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._field(self._select)[:] = [given.get("value") or ""]
        elif tag == "option" and self._select and not self._field(self._select):
            self._field(self._select).append(given.get("value") or "")
        elif tag == "input" and name and self._is_sent(given):
            self._field(name).append(given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            self._text[-1] = self._text[-1].removeprefix("\n")
            self._text = None
        elif tag == "select":
            self._select = None

    def _field(self, name: str) -> list[str]:
        return self.forms[-1].setdefault(name, []) if self.forms else []

    @staticmethod
    def _is_sent(given: dict[str, str | None]) -> bool:
        if given.get("type") in ("submit", "button", "file"):
            return False
        return given.get("type") not in ("checkbox", "radio") or "checked" in given


def form_fields(html: str) -> dict[str, list[str]]:
    """The fields of the page's own form, as a browser would send them: the largest but for signing out."""
    parser = _FormParser()
    parser.feed(html)
    return max(parser.forms, key=lambda form: (len(form), sum(map(len, form.values()))), default={})


def fields_of_all_pages(client: FlaskClient, path: str) -> dict[str, list[str]]:
    """The fields of a criterion's texts and first page of figures, which a page of before had in one."""
    pages = (path, f"{path}/kennzahlen")
    return {name: value for page in pages for name, value in form_fields(client.get(page).text).items()}


def section_addresses(section: Section, declaration_id: int) -> list[str]:
    """The section's pages with fields."""
    return [_address(part, declaration_id) for part in section_parts(section)]


def section_address(selection: Selection, declaration_id: int, ref: str) -> str:
    """The page that holds a requirement or item, as the interface links to it."""
    return _address(part_of(selection.section_of[ref], ref), declaration_id)


def _address(part: SectionPart, declaration_id: int) -> str:
    page = f"/erklaerungen/{declaration_id}/kriterien/{part.section.ref}"
    if part.kind is PartKind.WORDS:
        return page
    if part.kind is PartKind.METHOD:
        return f"{page}/rechenweg"
    return f"{page}/kennzahlen/{part.first}" if part.first else f"{page}/kennzahlen"


def without_token(html: str) -> str:
    """A page without what differs each time."""
    return re.sub(r'name="(csrf_token|save_id)" value="[^"]*"', "", html)


def column_values(app: Flask, column: Any) -> list[Any]:
    """The values of a column in all rows, in their order."""
    with database_session(app) as session:
        return sorted(session.scalars(select(column)))


def number_of_rows(app: Flask, table: type[Any]) -> int:
    """How many rows a table has."""
    with database_session(app) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def own_answers(app: Flask, world: World) -> dict[str, AnswerRow]:
    """What is stored of the world's own declaration, by aspect."""
    with database_session(app) as session:
        rows = session.scalars(select(AnswerRow).where(AnswerRow.declaration_id == world.own_declaration))
        return {row.ref: row for row in rows}
