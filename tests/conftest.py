"""What every test may use: an application on its own SQLite file, and browsers without windows."""

import gc
import os
import shutil
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
from tests.support import postgresql
from tests.support.app import TEMPLATE_CACHE, Browser, World, make_world
from tests.support.machine import MEMORY, in_memory

pytest_plugins = ["tests.support.watchdog"]

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
    app.jinja_env.bytecode_cache = TEMPLATE_CACHE
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


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL database: the given one, else one of a private cluster."""
    if given := os.environ.get("DNK_TEST_POSTGRES_URL"):
        yield given
        return
    if postgresql.programs() is None:
        pytest.skip("no PostgreSQL here; set DNK_TEST_POSTGRES_URL to test on one")
    with postgresql.cluster() as url:
        yield url
