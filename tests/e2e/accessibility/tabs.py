"""Tabs that are as good as new for every state."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tests.e2e.accessibility.checks import HEIGHT, WIDTHS
from tests.e2e.conftest import new_visitor
from tests.e2e.driving import Server, Visitor, other_address


class Tabs:
    """One tab for each kind of browser, as good as new for every state.

    A new one would begin a process and read styles and axe-core again, which takes longer than most pages.
    """

    def __init__(self, browser: Browser, server: Server) -> None:
        self._browser, self._server = browser, server
        self._kept: dict[object, tuple[Visitor, Page]] = {}

    @contextmanager
    def open(self, *, javascript: bool, **options: str) -> Iterator[tuple[Visitor, Page]]:
        """A visitor whom nobody knows, and their tab. After a failure the next one gets another."""
        key = javascript, *options.items()
        visitor, page = self._kept.pop(key, None) or self._make(javascript=javascript, **options)
        visitor.context.set_extra_http_headers(other_address())
        page.set_viewport_size({"width": max(WIDTHS), "height": HEIGHT})
        try:
            yield visitor, page
            assert not visitor.faults
            self._forget(visitor, page)
        except BaseException:
            visitor.context.close()
            raise
        self._kept[key] = visitor, page

    def _make(self, *, javascript: bool, **options: str) -> tuple[Visitor, Page]:
        visitor = new_visitor(self._browser, self._server, **options)
        if not javascript:
            # axe-core is a script itself, so the page is without its own only.
            visitor.context.route("**/app*.js", lambda route: route.abort())
        return visitor, visitor.page()

    def _forget(self, visitor: Visitor, page: Page) -> None:
        """Leave the page and what it kept in the browser; it may keep something while it is left.

        The next place is one of the same server: for another the browser would begin a process.
        """
        page.goto("/robots.txt")
        page.unroute_all()
        visitor.context.clear_cookies()
        storage = visitor.context.new_cdp_session(page)
        storage.send("Storage.clearDataForOrigin", {"origin": self._server.address, "storageTypes": "all"})
        storage.detach()

    def close(self) -> None:
        for visitor, _page in self._kept.values():
            visitor.context.close()
