"""A real Chromium before a real `dnk serve`; nothing is simulated but the network's failures."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.driving import Server, Visitor, other_address

# The browser without its windows and menus: the same pages for half the time of the processor.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium") or "/usr/bin/chromium"
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page lives for seconds: what the slower compilers make of its scripts comes too late to be of use.
    "--js-flags=--no-turbofan --no-maglev",
    # Pictures are painted in the browser itself, not by a process of their own.
    "--in-process-gpu",
)
# Read before the settings of this machine are put aside.
SHOTS = Path("/tmp/e2e-shots") if os.environ.get("DNK_TEST_SHOTS") else None  # noqa: S108  asked for by name

Visit = Callable[..., Visitor]
Shot = Callable[[Page, str], None]


@pytest.fixture(scope="session", autouse=True)
def as_in_a_server(warm_printer: None, fast_hashes: None) -> None:
    """Prints and passwords take as little time as they can."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests here that a process runs, and none beside its other tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def new_server(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path, compiled_templates: Path
) -> Iterator[Callable[..., Server]]:
    """Makes instances, not yet started; all are stopped at the end."""
    made: list[Server] = []

    def make(**settings: str) -> Server:
        folder = tmp_path_factory.mktemp("server")
        own = {"empty_database": empty_database, "compiled_templates": compiled_templates}
        made.append(Server(folder, **own, **settings))
        return made[-1]

    yield make
    for server in made:
        server.close()


def new_visitor(
    browser: Browser,
    server: Server,
    *,
    javascript: bool = True,
    width: int = 1280,
    height: int = 800,
    **options: Any,
) -> Visitor:
    """A browser that was nowhere before, with a network address that nobody else has."""
    context = browser.new_context(
        base_url=server.address,
        java_script_enabled=javascript,
        viewport={"width": width, "height": height},
        locale=options.pop("locale", "de-DE"),
        extra_http_headers=other_address(),
        **options,
    )
    return Visitor(context, server)


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """Makes browsers of people who do not know each other. None of their pages may do what is forbidden."""
    visitors: list[Visitor] = []

    def make(*, at: Server = server, javascript: bool = True, width: int = 1280, **options: Any) -> Visitor:
        visitors.append(new_visitor(browser, at, javascript=javascript, width=width, **options))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.context.close()
    assert not [fault for visitor in visitors for fault in visitor.faults]


@pytest.fixture
def shot() -> Shot:
    """Keeps a picture of the whole page in /tmp/e2e-shots if DNK_TEST_SHOTS is set."""

    def take(page: Page, name: str) -> None:
        if SHOTS:
            SHOTS.mkdir(exist_ok=True)
            page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    return take


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    """The server of a file's tests, which is not started yet."""
    return new_server()
