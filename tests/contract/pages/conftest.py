"""One application for the states of a file, on a copy of the instance that the browser's tests copy, too."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from dnk_tool import config
from tests.e2e.driving import other_address
from tests.support.app import TEMPLATE_CACHE, sign_in
from tests.support.applications import make_application
from tests.support.instance import Instance
from tests.support.pages.plain_tab import PlainTab
from tests.support.pages.state import State
from tests.support.pages.world.world import World
from tests.support.pages.written import copy_instance, sign_in_settings, world_of, written_instance

KEY = "only for tests " * 4
Read = Callable[[State], PlainTab]


@pytest.fixture(scope="module")
def pages_instance(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> tuple[Instance, World]:
    written = written_instance(tmp_path_factory, empty_database)
    own = Instance(tmp_path_factory.mktemp("pages"))
    copy_instance(written, own)
    return own, world_of(written, own, KEY)


@pytest.fixture(scope="module")
def pages_app(pages_instance: tuple[Instance, World], compiled_templates: Path) -> Iterator[Flask]:
    TEMPLATE_CACHE.share(compiled_templates)
    settings = config.load_settings(
        instance=pages_instance[0].instance, secret_key=KEY, second_factor_for=(), **sign_in_settings()
    )
    app = make_application(settings)
    yield app
    app.extensions["dnk_engine"].dispose()


@pytest.fixture
def read(pages_app: Flask, pages_instance: tuple[Instance, World]) -> Read:
    """Opens a page in a state, as a browser without scripts does."""

    def open_state(state: State) -> PlainTab:
        client = pages_app.test_client()
        client.environ_base["REMOTE_ADDR"] = other_address()["X-Forwarded-For"]
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = state.language
        if state.who:
            sign_in(client, f"{state.who}@example.org")
            client.get(f"/sprache/{state.language}")
        world = pages_instance[1]
        tab = PlainTab(client, state.address(world))
        if state.go:
            state.go(tab, world)
        return tab

    return open_state
