"""One server for all states of a process, axe-core, tabs, and people who sign in once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.accessibility.tabs import Tabs
from tests.e2e.axe import script
from tests.e2e.driving import Server, Visitor
from tests.support.pages.world.world import World
from tests.support.pages.written import copy_instance, sign_in_settings, world_of, written_instance


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core, which came with the installation."""
    return script()


@pytest.fixture(scope="package")
def pages_server(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path, compiled_templates: Path
) -> Iterator[tuple[Server, World]]:
    """All that the pages show, written by the first process of a run and copied by the others."""
    written = written_instance(tmp_path_factory, empty_database)
    settings = {f"DNK_{name.upper()}": str(value) for name, value in sign_in_settings().items()}
    server = Server(tmp_path_factory.mktemp("server"), compiled_templates=compiled_templates, **settings)
    copy_instance(written, server)
    server.start()
    key = (server.instance / "secret-key").read_text("utf-8").strip()
    yield server, world_of(written, server, key)
    server.close()


@pytest.fixture(scope="package")
def server(pages_server: tuple[Server, World]) -> Server:
    return pages_server[0]


@pytest.fixture(scope="package")
def world(pages_server: tuple[Server, World]) -> World:
    return pages_server[1]


@pytest.fixture(scope="package")
def tabs(browser: Browser, server: Server) -> Iterator[Tabs]:
    tabs = Tabs(browser, server)
    yield tabs
    tabs.close()


@pytest.fixture(scope="package")
def signed_in(server: Server) -> Callable[[Visitor, str], None]:
    """Signs people in, only once each."""
    cookies: dict[str, Any] = {}

    def sign_in(visitor: Visitor, name: str) -> None:
        if name in cookies:
            visitor.context.add_cookies(cookies[name])
        else:
            visitor.come_in(name)
            cookies[name] = visitor.context.cookies()

    return sign_in
