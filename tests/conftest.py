"""What every test may use: an application on its own SQLite file, and browsers without windows."""

import gc
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from dnk_tool import config
from dnk_tool.app import create_app
from dnk_tool.config import Settings
from dnk_tool.report import renderer
from dnk_tool.services.accounts import passwords
from dnk_tool.store import schema
from dnk_tool.store.database import make_engine
from tests.support.app import COMPILED, Browser, World, make_world

pytest_plugins = ["tests.support.watchdog"]

# Where files cost no disk: some thousand databases are made, written with every safety, and thrown away.
MEMORY, ENOUGH = Path("/dev/shm"), 3 * 1024**3  # noqa: S108
POSTGRESQL_OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"


def in_memory() -> bool:
    """Whether this machine has a file system in memory that is large enough."""
    return os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH


if in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_finish() -> None:
    """Thousands of tests live to the end: the collector of garbage need not look at them each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def routes_compiled_once() -> Iterator[None]:
    """Werkzeug writes two functions per route for each application: nearly all that making one takes.

    They depend on the route alone, so one application takes them from the other.
    """
    written: dict[object, Any] = {}
    write = Rule._compile_builder

    def kept(rule: Rule, append_unknown: bool = True) -> Any:
        key = tuple(rule._trace), repr(rule.defaults), append_unknown
        if key not in written:
            written[key] = write(rule, append_unknown)
        return written[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", kept)
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Each application has an engine, and each engine would turn the same statements into SQL again.

    What it makes of one depends on the kind of database alone, so one engine takes it from the other.
    """
    compiled: dict[type[Dialect], LRUCache[Any, Any]] = {}
    make = Engine.__init__

    def begin(engine: Engine, *given: Any, **options: Any) -> None:
        make(engine, *given, **options)
        engine._compiled_cache = compiled.setdefault(type(engine.dialect), LRUCache(5_000))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "__init__", begin)
        patch.setattr(DefaultDialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(DefaultDialect, "__hash__", lambda one: hash(type(one)))
        yield


@pytest.fixture(scope="session", autouse=True)
def warm_printer() -> None:
    """As in a server, one render after the other goes to one child, which knows what it printed before."""
    renderer.keep_warm()


@pytest.fixture(scope="session", autouse=True)
def fast_hashes() -> Iterator[None]:
    """Real argon2, but cheap. What the true parameters cost is measured elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests do not depend on whose machine they run on."""
    for name in [name for name in os.environ if name.startswith("DNK_") and name != "DNK_TEST_POSTGRES_URL"]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without rows, to be copied."""
    file = tmp_path_factory.mktemp("database") / "empty.sqlite3"
    engine = make_engine(f"sqlite:///{file}")
    schema.upgrade(engine)
    engine.dispose()
    return file


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a fresh installation."""
    return config.load_settings(instance=tmp_path / "instance", secret_key="only for tests " * 4)


@pytest.fixture
def app(settings: Settings, empty_database: Path) -> Iterator[Flask]:
    """The application on a database of its own. Errors of ours are raised, not shown as a page."""
    settings.instance.mkdir()
    shutil.copy(empty_database, settings.instance / "dnk.sqlite3")
    app = create_app(settings)
    app.testing = True
    app.test_client_class = Browser
    app.jinja_env.bytecode_cache = COMPILED
    app.extensions["dnk_printing"].patience_seconds = 60  # a PDF comes at once, as from a fast machine
    yield app
    app.extensions["dnk_engine"].dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that has not been here before."""
    return app.test_client()


@pytest.fixture
def world(app: Flask) -> World:
    """Two companies and everybody who might try; see `support.make_world`."""
    return make_world(app)


def binaries() -> Path | None:
    """Where PostgreSQL's programs are, if it is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    program = shutil.which("initdb")
    return Path(program).parent if program else None


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty PostgreSQL database: the given one, else a private cluster that listens on a socket only."""
    if given := os.environ.get("DNK_TEST_POSTGRES_URL"):
        yield given
        return
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL here; set DNK_TEST_POSTGRES_URL to test on one")
    # A socket's path may have hardly more than 100 letters, so not below pytest's folders.
    folder = Path(tempfile.mkdtemp(prefix="dnk-pg-", dir=MEMORY if in_memory() else "/tmp"))  # noqa: S108
    # initdb refuses to work for root.
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres", "postgres")
    run: dict[str, Any] = {
        "check": True,
        "cwd": "/",
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    data, options = folder / "data", f"-c listen_addresses='' -k {folder} {POSTGRESQL_OPTIONS}"
    subprocess.run([*user, programs / "initdb", "-D", data, "-U", "dnk", "-A", "trust", "-E", "UTF8"], **run)
    control = [*user, programs / "pg_ctl", "-D", data, "-w"]
    try:
        subprocess.run([*control, "-l", folder / "log", "-o", options, "start"], **run)
        yield f"postgresql+psycopg://dnk@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **{**run, "check": False})
        shutil.rmtree(folder, ignore_errors=True)
