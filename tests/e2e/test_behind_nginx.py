"""Signing in and writing in a real Chromium, behind the real nginx of deploy/ with TLS."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Request, expect

from dnk_tool.domain.permissions import Role
from tests.e2e.conftest import Visit
from tests.e2e.driving import Server, section_path
from tests.support.instance import IN_PROGRESS
from tests.support.machine import free_port
from tests.support.proxies import PROGRAMS, proxy

pytestmark = pytest.mark.skipif(PROGRAMS["nginx"] is None, reason="nginx is not installed here")


class Site(Server):
    """A server as it is seen from before its proxy."""

    declaration = 0

    def seen_at(self, port: int) -> None:
        self.port, self.address = port, f"https://localhost:{port}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder, port = tmp_path_factory.mktemp("server"), free_port()
    site = Site(folder, DNK_PUBLIC_URL=f"https://localhost:{port}")
    site.declaration = site.seed(IN_PROGRESS, anna=Role.OWNER)
    server_port = site.port
    try:
        site.start()
        with proxy("nginx", folder / "proxy", port=port, server_port=server_port):
            site.seen_at(port)
            yield site
    finally:
        site.close()


def test_f1_a_browser_behind_nginx(server: Site, visit: Visit) -> None:
    visitor = visit(ignore_https_errors=True)
    page = visitor.page()
    failed: list[str] = []
    note: Callable[[Request], None] = lambda request: failed.append(request.url)  # noqa: E731
    page.on("requestfailed", note)
    answer = page.goto("/anmelden")
    assert answer
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    assert answer.request.url == f"{server.address}/anmelden"
    visitor.sign_in("anna", page=page)
    page.goto(section_path(server.declaration, "1"))
    expect(page.locator("textarea").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).fontFamily"), "styles are there"
    cookies = visitor.context.cookies()
    assert {"__Host-dnk", "__Host-dnk-sign-in"} <= {cookie["name"] for cookie in cookies}
    for cookie in cookies:
        assert cookie["secure"]
        assert cookie["httpOnly"]
        assert cookie["sameSite"] == "Lax"
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("isSecureContext")
    visitor.sign_out(page)
    assert page.url == f"{server.address}/"
    assert failed == []
