"""A real store for services: SQLite always, PostgreSQL where the machine has it."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask, g, has_request_context, request
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.cli.demo import command
from dnk_tool.cli.main import cli
from dnk_tool.domain.figures.plausibility import warning_text
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.permissions import SHELL, Actor, Role
from dnk_tool.services.accounts.lifecycle import create_account
from dnk_tool.services.declarations.start import start_declaration
from dnk_tool.services.editing.settings import DeclarationSettings
from dnk_tool.services.figures.plausibility import plausibility_findings
from dnk_tool.services.people.organisations import add_member, create_organisation
from dnk_tool.services.work import Work
from dnk_tool.store.database import make_engine, session_factory, write_session
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.mail import Mail
from tests.support.app import World, database_session
from tests.support.applications import Applications, empty_file, empty_instance, fresh_settings
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import DeclarationScenario, make_scenario
from tests.support.machine import made_once
from tests.support.smtp_server import RecordingSmtpServer, running_smtp_server

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
GRI = DeclarationSettings("gri", "de")


@pytest.fixture(scope="session", autouse=True)
def as_in_a_server(warm_printer: None, fast_hashes: None) -> None:
    """Prints and passwords take as little time as they can."""


@pytest.fixture(scope="session")
def engines() -> dict[str, Engine]:
    """One engine for each address: it keeps the statements that it has compiled, and no connection."""
    return {}


def odd_figures(session: Session) -> list[tuple[str, int, str, str]]:
    """What looks odd in all declarations: company, year, rule, and the question."""
    rules = load_plausibility()
    return [
        (
            declaration.organisation.name,
            declaration.reporting_year,
            finding.warning.rule,
            warning_text(rules, finding.warning, "de").odd,
        )
        for declaration in session.scalars(select(Declaration))
        for finding in plausibility_findings(session, declaration)
        if finding.is_open
    ]


@pytest.fixture
def store(database_url: str, engines: dict[str, Engine]) -> Iterator[sessionmaker[Session]]:
    """Sessions on an empty, migrated database."""
    engine = engines.setdefault(database_url, make_engine(database_url))
    yield session_factory(engine)
    engine.dispose()


@pytest.fixture
def session(store: sessionmaker[Session]) -> Iterator[Session]:
    """A session that may write; nothing is committed unless the test does it."""
    with write_session(store) as session:
        yield session


@pytest.fixture
def one_day() -> Iterator[None]:
    """The clock goes on from NOW, so that the test and the program read the same day and year."""
    with time_machine.travel(NOW):
        yield


def person(session: Session, name: str) -> Actor:
    account = create_account(
        session,
        email=f"{name}@example.org",
        name=name.title(),
        password_hash="unused",
        language="de",
        now=NOW,
    )
    session.flush()
    return Actor(account.id)


def company_with_people(session: Session, *, owner: Actor, others: tuple[Actor, ...] = ()) -> Declaration:
    """A company with its people and an empty declaration."""
    organisation = create_organisation(Work(session, SHELL, NOW), Profile("Beck GmbH"))
    for actor, role in ((owner, Role.OWNER), *((editor, Role.EDITOR) for editor in others)):
        if actor.user_id is not None:
            add_member(session, organisation, actor.user_id, role, now=NOW)
    return start_declaration(
        Work(session, SHELL, NOW), organisation, edition="dnk-2017", reporting_year=2025, settings=GRI
    )


@pytest.fixture
def declaration(session: Session) -> Declaration:
    """An empty declaration of a company in which Petra and Mehmet work."""
    return company_with_people(session, owner=person(session, "petra"), others=(person(session, "mehmet"),))


@pytest.fixture
def organisation_id(declaration: Declaration) -> int:
    return declaration.organisation_id


@pytest.fixture
def actor(declaration: Declaration) -> Actor:
    """Who works on the declaration; a colleague does, too."""
    return Actor(1, {declaration.organisation_id: Role.OWNER})


@pytest.fixture
def colleague(declaration: Declaration) -> Actor:
    return Actor(2, {declaration.organisation_id: Role.EDITOR})


@pytest.fixture
def fresh_declaration(store: sessionmaker[Session]) -> Callable[[], tuple[int, dict[str, Actor]]]:
    """Makes one more committed declaration, for tests that need many."""
    count = 0

    def make() -> tuple[int, dict[str, Actor]]:
        nonlocal count
        count += 1
        with write_session(store) as session:
            people = {name: person(session, f"{name}{count}") for name in ("petra", "mehmet")}
            made = company_with_people(session, owner=people["petra"], others=(people["mehmet"],))
            session.commit()
            roles = {made.organisation_id: Role.EDITOR}
            return made.id, {name: Actor(actor.user_id, roles) for name, actor in people.items()}

    return make


@pytest.fixture(autouse=True)
def one_mail_a_person_and_request() -> Iterator[None]:
    """Whatever a request does, nobody gets two mails for it: one digest per event."""

    def watch(session: Session, _context: object, _instances: object) -> None:
        if not has_request_context():
            return
        new = [mail.recipient for mail in session.new if isinstance(mail, Mail) and mail.recipient]
        mailed = g.setdefault("mailed", [])
        mailed.extend(new)
        assert len(mailed) == len(set(mailed)), f"{request.endpoint} writes twice to the same person"

    event.listen(Session, "before_flush", watch)
    yield
    event.remove(Session, "before_flush", watch)


@pytest.fixture
def inbox() -> Iterator[RecordingSmtpServer]:
    """A real SMTP server of this test's own."""
    with running_smtp_server() as server:
        yield server


@pytest.fixture
def any_app(
    request: pytest.FixtureRequest, database_url: str, instance_folder: Path, applications: Applications
) -> Iterator[Flask]:
    """The application on an empty database of each kind."""
    settings = fresh_settings(instance_folder, database_url)
    is_own = request.node.get_closest_marker("own_app") is not None
    app = applications.open(settings, is_own=is_own)
    yield app
    applications.close(app)


@pytest.fixture
def command_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_database: Path) -> Path:
    """The instance that the tool's commands find in their environment: empty, its database migrated."""
    folder = tmp_path / "instance"
    empty_instance(folder, empty_database)
    monkeypatch.setenv("DNK_INSTANCE", str(folder))
    return folder


@pytest.fixture(scope="session")
def seeded_demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The instance of a first `dnk demo`, which takes many seconds, and what the command said.

    It is made once for all processes of a run: read it, or change a copy.
    """

    def make(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("DNK_")]:
                patch.delenv(name)
            patch.setenv("DNK_INSTANCE", str(folder / "instance"))
            patch.chdir(folder)
            # The sample declaration takes seconds, and is no matter here.
            patch.setattr(command, "_render_sample", lambda *_given: None)
            first = CliRunner().invoke(cli, ["demo", "--no-serve"])
        assert first.exit_code == 0, first.output
        (folder / "said.txt").write_text(first.output, "utf-8")

    folder = made_once(tmp_path_factory, "demo", make)
    return folder / "instance", (folder / "said.txt").read_text("utf-8")


@pytest.fixture(scope="session")
def database_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the SQLite database of this process's tests lies; each test finds it empty."""
    return tmp_path_factory.mktemp("store") / "store.sqlite3"


@pytest.fixture
def sqlite_url(database_file: Path, empty_database: Path) -> str:
    """An empty, migrated SQLite database."""
    empty_file(database_file, empty_database)
    return f"sqlite:///{database_file}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty, migrated database of each kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_store_url")
    return url


@pytest.fixture
def manager(app: Flask, world: World) -> FlaskClient:
    """The browser of whoever leads the world's cluster."""
    return signed_in(app, "manager")


@pytest.fixture
def owner(app: Flask, world: World) -> FlaskClient:
    """The browser of whoever leads the world's own company."""
    return signed_in(app, "owner")


@pytest.fixture
def editor(app: Flask, world: World) -> FlaskClient:
    """The browser of somebody who writes the declaration of the world's own company."""
    return signed_in(app, "editor")


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """The browser of somebody without an account."""
    return app.test_client()


@pytest.fixture
def play(app: Flask) -> DeclarationScenario:
    """A company, its cluster and their people around a declaration."""
    with database_session(app) as session:
        return make_scenario(session)
