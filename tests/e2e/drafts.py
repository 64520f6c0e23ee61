"""What a browser keeps of text that is not saved yet: until the server has it, and after a crash."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Error, Page, expect

from tests.e2e.driving import status_line

SAVED = re.compile(r"^Gespeichert um \d\d:\d\d")
_ALL = "JSON.stringify(Object.entries(localStorage).sort())"
_HAS_NONE = """() => {
  const { draftKey } = document.querySelector("form[data-autosave]").dataset;
  return !Object.keys(localStorage).some((key) => key.startsWith(`dnk-draft:${draftKey}:`));
}"""


def drafts(page: Page) -> list[str]:
    """The names of all drafts that this browser keeps."""
    found: list[str] = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('dnk-draft'))")
    return found


def expect_saved(page: Page, words: str | re.Pattern[str] = SAVED) -> None:
    """Wait until the line says so and no draft of this form is left.

    The line alone may still speak of an earlier save, and the next page would be asked for too soon.
    """
    expect(status_line(page)).to_have_text(words)
    page.wait_for_function(_HAS_NONE)


def stop_clock(page: Page) -> None:
    """Nothing happens by itself any more, however long the test takes: the page's time is run by hand."""
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))  # what is past cannot be paused at


def crash(page: Page) -> None:
    """The page's process ends without a word; closing a tab would leave it time to send something.

    The browser keeps what a page stores, but not in the same moment: a page beside it, which needs no
    network, sees it once it is kept.
    """
    witness = page.context.new_page()
    witness.route("**/*", lambda route: route.fulfill(content_type="text/html", body=""))
    witness.goto("/")
    witness.wait_for_function(f"stored => {_ALL} === stored", arg=page.evaluate(_ALL))
    witness.close()
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash")
    page.close()
