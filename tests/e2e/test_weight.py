"""What a first visit weighs, as the browser received it."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from dnk_tool.domain.permissions import Role
from dnk_tool.web.template_context import STATIC
from tests.e2e.conftest import Visit
from tests.e2e.driving import Server, section_path
from tests.support.instance import IN_PROGRESS

pytestmark = pytest.mark.e2e

KB = 1000
FIRST_PAGE, REQUESTS, SCRIPT, NEXT_PAGE = 40 * KB, 6, 20 * KB, 10 * KB
HIGHEST = 3_000  # pixels at a desk


@pytest.fixture(scope="module")
def declaration(server: Server) -> int:
    made = server.seed(IN_PROGRESS, jonas=Role.OWNER)
    server.start()
    return made


@dataclass
class Traffic:
    """What a page loaded: addresses, and bytes on the wire with all headers."""

    addresses: list[str] = field(default_factory=list)
    received: int = 0

    def watch(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)

    def _sent(self, event: dict[str, Any]) -> None:
        self.addresses.append(event["request"]["url"])

    def _finished(self, event: dict[str, Any]) -> None:
        self.received += int(event["encodedDataLength"])


def traffic_of(page: Page, path: str) -> Traffic:
    traffic = Traffic()
    traffic.watch(page)
    page.goto(path, wait_until="networkidle")
    return traffic


def test_the_first_page(visit: Visit, server: Server, declaration: int) -> None:
    page = visit().page()
    traffic = traffic_of(page, "/")
    # A browser without windows does not fetch the icon.
    icon = page.locator("link[rel=icon]").get_attribute("href") or ""
    size = traffic.received + len(page.request.get(icon).body())
    assert size <= FIRST_PAGE
    assert len({*traffic.addresses, f"{server.address}{icon}"}) <= REQUESTS
    assert {urlsplit(address).port for address in traffic.addresses} == {server.port}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "kriterien/1",
        "kriterien/11",
        "selbsteinschaetzung/",
        "was-fehlt-noch",
        "kriterien/12/kennzahlen/GRI-SRS-302-1.c-i",
    ],
)
def test_a_next_page(visit: Visit, declaration: int, path: str) -> None:
    """With style and script in the browser's store only the page itself travels."""
    visitor = visit()
    page = visitor.sign_in("jonas")
    traffic = traffic_of(page, f"/erklaerungen/{declaration}/{path}")
    assert traffic.received <= NEXT_PAGE


def test_the_heaviest_and_highest_pages(visit: Visit, declaration: int) -> None:
    """Goals, many texts, texts with figures, and many figures."""
    page = visit().sign_in("jonas")
    figures = ("12/kennzahlen/GRI-SRS-303-3", "16/kennzahlen/GRI-SRS-403-10", "16/kennzahlen/GRI-SRS-405-1")
    for ref in ("3", "12", "13", "14", "16", "19", "20", *figures):
        assert traffic_of(page, section_path(declaration, ref)).received <= NEXT_PAGE, ref
        assert page.evaluate("document.documentElement.scrollHeight") <= HIGHEST, ref
    assert traffic_of(page, section_path(declaration, "16/kennzahlen")).received <= NEXT_PAGE


def test_the_script() -> None:
    names = json.loads((STATIC / "manifest.json").read_text("utf-8"))
    scripts = [STATIC / name for name in names if name.endswith(".js")]
    # All of them together, as they are before the transport compresses them.
    assert sum(script.stat().st_size for script in scripts) <= SCRIPT
