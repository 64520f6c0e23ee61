"""What every test may use: an application on its own SQLite file, and browsers without windows.

What only some tests need is imported where it is made: a test of the domain begins without the application.
"""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.support.machine import MEMORY, in_memory, is_random, made_once

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from dnk_tool.config import Settings
    from tests.support.app import World
    from tests.support.applications import Applications
    from tests.support.postgresql import EmptiedDatabase

pytest_plugins = ["tests.support.selection", "tests.runs.seen_prints", "tests.runs.watchdog"]
# Objects, and rounds among the young ones: looking so often as usual takes a tenth of the processor's time.
COLLECTED_AFTER = 50_000, 20, 20

if in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # until everything is collected: nothing of it is garbage
    # No test depends on a quick machine, and none fails by chance where nothing was changed.
    hypothesis.settings.register_profile("any machine", deadline=None, derandomize=not is_random())
    hypothesis.settings.load_profile("any machine")
    if not is_random():
        _draw_no_constants_of_ours()
    config.addinivalue_line("markers", "own_app: changes its application, which nobody else may get then")
    config.addinivalue_line("markers", "sqlite: looks into the file of an SQLite database")


def _draw_no_constants_of_ours() -> None:
    """Let property tests draw the same values whatever is loaded; `make soak` draws our constants, too.

    Hypothesis would read each module of ours that is loaded by then, and look through all their constants
    for each strategy, which takes longer than the tests.
    """
    providers = import_module("hypothesis.internal.conjecture.providers")
    providers._get_local_constants = lambda: providers._local_constants


def pytest_collection(session: pytest.Session) -> None:
    """Let each of several processes begin with tests of its own, which are then compiled for all of them."""
    from tests.support.selection import is_another_shards

    config = session.config
    if place := getattr(config, "workerinput", None):
        given = (file for argument in config.args for file in Path(argument).rglob("test_*.py"))
        files = sorted(file for file in given if not is_another_shards(file))
        for file in files[int(place["workerid"].removeprefix("gw")) :: place["workercount"]]:
            sys.path.insert(0, str(file.parent))  # as pytest does when it comes to the file
            with suppress(Exception, pytest.skip.Exception):  # which it then tells
                import_module(file.stem)


def pytest_collection_finish() -> None:
    """Thousands of tests live to the end: the collector of garbage need not look at them each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)
    gc.enable()


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests do not depend on whose machine they run on."""
    for name in [name for name in os.environ if name.startswith("DNK_") and not name.startswith("DNK_TEST_")]:
        monkeypatch.delenv(name)
    # Who needs a second factor by default could use nothing before setting it up.
    monkeypatch.setenv("DNK_SECOND_FACTOR_FOR", "[]")


@pytest.fixture(scope="session")
def warm_printer() -> None:
    """As in a server, one render after the other goes to one child, which knows what it printed before."""
    from dnk_tool.report import renderer

    renderer.keep_warm()


@pytest.fixture(scope="session")
def fast_hashes() -> Iterator[None]:
    """Real argon2, but cheap. What the true parameters cost is measured elsewhere."""
    from argon2 import PasswordHasher

    from dnk_tool.services.accounts import passwords

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without rows, to be copied."""
    from dnk_tool.store import schema
    from dnk_tool.store.database import make_engine

    def make(folder: Path) -> None:
        engine = make_engine(f"sqlite:///{folder / 'empty.sqlite3'}")
        schema.upgrade(engine)
        engine.dispose()

    return made_once(tmp_path_factory, "database", make) / "empty.sqlite3"


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each process of a run finds the templates that another has compiled."""
    return made_once(tmp_path_factory, "templates", lambda _folder: None)


@pytest.fixture(scope="session")
def instance_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this process's applications have their instance; each test finds it new."""
    return tmp_path_factory.mktemp("application") / "instance"


@pytest.fixture(scope="session")
def applications(empty_database: Path, compiled_templates: Path) -> "Applications":
    """The applications of this process."""
    from tests.support.app import TEMPLATE_CACHE
    from tests.support.applications import Applications

    TEMPLATE_CACHE.share(compiled_templates)
    return Applications(empty_database)


def owns_application(request: pytest.FixtureRequest) -> bool:
    """Whether the test changes its application, or leaves something running in it."""
    return request.node.get_closest_marker("own_app") is not None


@pytest.fixture
def settings(request: pytest.FixtureRequest, instance_folder: Path, tmp_path: Path) -> "Settings":
    """Settings of a fresh installation, on PostgreSQL if DNK_TEST_ENGINE says so."""
    from tests.support.applications import fresh_settings

    folder = tmp_path / "instance" if owns_application(request) else instance_folder
    if os.environ.get("DNK_TEST_ENGINE") != "postgresql":
        return fresh_settings(folder)
    if request.node.get_closest_marker("sqlite"):
        pytest.skip("about SQLite")
    url = request.getfixturevalue("postgres_store_url")
    # So that commands find the same database.
    request.getfixturevalue("monkeypatch").setenv("DNK_DATABASE_URL", url)
    return fresh_settings(folder, url)


@pytest.fixture
def app(
    request: pytest.FixtureRequest, settings: "Settings", applications: "Applications"
) -> Iterator["Flask"]:
    """The application on a database of its own. Errors of ours are raised, not shown as a page."""
    app = applications.open(settings, is_own=owns_application(request))
    yield app
    applications.close(app)


@pytest.fixture
def client(app: "Flask") -> "FlaskClient":
    """A browser that has not been here before."""
    return app.test_client()


@pytest.fixture
def world(app: "Flask") -> "World":
    """Two companies and everybody who might try; see `support.make_world`."""
    from tests.support.app import make_world

    return make_world(app)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL database of this process: on the given server, else of a private cluster."""
    from tests.support import postgresql

    if given := os.environ.get("DNK_TEST_POSTGRES_URL"):
        with postgresql.own_database(given) as url:  # other processes empty theirs at any moment
            yield url
        return
    if postgresql.programs() is None:
        pytest.skip("no PostgreSQL here; set DNK_TEST_POSTGRES_URL to test on one")
    with postgresql.cluster() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_database(postgres_url: str) -> Iterator["EmptiedDatabase"]:
    """A migrated PostgreSQL database for the tests of this process, one after the other."""
    from tests.support import postgresql

    with postgresql.emptied_database(postgres_url) as database:
        yield database


@pytest.fixture
def postgres_store_url(postgres_database: "EmptiedDatabase") -> str:
    """An empty, migrated PostgreSQL database."""
    postgres_database.empty()
    return postgres_database.url
