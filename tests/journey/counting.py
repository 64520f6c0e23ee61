"""A browser that counts: pages, clicks, fields, characters, heights, words, loads."""

import re
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

SCREEN = 900  # pixels
# The texts one has to read, each with its point: all in sight but the frame; in folded `<details>` is help.
LOOK = """() => {
  const frame = "nav, .dnk-map, .dnk-dock, .dnk-more, select, script, .govuk-visually-hidden";
  const texts = { read: [], help: [] };
  const nodes = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const it = nodes.currentNode.parentElement, folded = it.closest("details:not([open])");
    if (!it || it.closest(frame)) continue;
    const text = nodes.currentNode.data.trim(), point = it.closest("section[id^=ref-]")?.id ?? "";
    if (folded && !it.closest("summary")) texts.help.push([point, text]);
    else if (it.checkVisibility()) texts.read.push([point, text]);
  }
  const { loadEventEnd, startTime } = performance.getEntriesByType("navigation")[0];
  const { scrollHeight } = document.documentElement;
  return { height: scrollHeight, load: loadEventEnd - startTime, path: location.pathname, ...texts };
}"""
WORD = re.compile(r"\w+")


@dataclass
class Tally:
    """What one part of the way takes."""

    pages: int = 0
    clicks: int = 0
    fields: int = 0
    characters: int = 0
    height: int = 0
    loads: list[float] = field(default_factory=list)
    read: int = 0
    help: int = 0

    @property
    def screens(self) -> float:
        """How often the window would have to be filled anew to see all pages."""
        return self.height / SCREEN

    @property
    def median_load(self) -> float:
        """In milliseconds."""
        return statistics.median(self.loads) if self.loads else 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(**{name: value + getattr(other, name) for name, value in vars(self).items()})


class Reader:
    """Somebody who knows what they have read: such a text is recognised, and counts as one word on a page."""

    def __init__(self) -> None:
        self._read: set[str] = set()
        self._recognised: set[tuple[str, str]] = set()

    def words(self, path: str, texts: Iterable[str]) -> int:
        """How many words of the texts on this page are read."""
        count = 0
        for text in texts:
            if text not in self._read:
                self._read.add(text)
                count += len(WORD.findall(text))
            elif (path, text) not in self._recognised:
                count += 1
            self._recognised.add((path, text))
        return count


class Walker:
    """A person at a browser. Everything done through it is counted, under the part that is current.

    `decided`: the points and items where something was typed or chosen. `helped`: the points for which the
    program proposes the words, so that nobody unfolds the help beside them.
    """

    def __init__(self, page: Page) -> None:
        self.page, self.part = page, ""
        self.tallies: dict[str, Tally] = defaultdict(Tally)
        # Every page in its order: part, path, height, clicks.
        self.visits: list[tuple[str, str, int, int]] = []
        self._seen: dict[str, Any] = {}
        self.decided: set[str] = set()
        self.helped: set[str] = set()
        self._reader = Reader()
        self._clicks_here = 0

    @property
    def tally(self) -> Tally:
        return self.tallies[self.part]

    def open(self, address: str) -> None:
        """Come to the first page, by the link in the mail."""
        self.page.goto(address)
        self._click()

    def press(self, it: Locator) -> None:
        """Activate something that stays on the page."""
        it.click()
        self._click()

    def take(self, it: Locator) -> None:
        """Press what brings words into this page; its form comes anew, the page does not."""
        self.look()
        pressed = it.element_handle()
        it.click()
        self._click()
        pressed.wait_for_element_state("hidden")

    def go(self, it: Locator) -> None:
        """Activate something that leads to another page."""
        self.look()
        self._click()
        with self.page.expect_event("load"):
            it.click()
        self.leave()

    def unfold(self, it: Locator) -> None:
        """Open the `<details>` around something out of sight, the outermost first."""
        folded = it.locator("xpath=ancestor::details[not(@open)]")
        while not it.is_visible() and folded.count():
            self.press(folded.first.locator("summary").first)

    def type(self, box: Locator, text: str) -> None:
        """Write into a field, unless this is what it holds already."""
        if box.input_value() == text:
            return
        self.unfold(box)
        box.fill(text)
        self.tally.fields += 1
        self.tally.characters += len(text)

    def paste(self, box: Locator, text: str) -> None:
        """Paste what was copied elsewhere: a click, and nothing is typed."""
        box.fill(text)
        self.tally.fields += 1
        self._click()

    def attach(self, box: Locator, name: str, content: bytes) -> None:
        """Choose a file: a click on the button, and one in the window that opens."""
        box.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
        self.tally.fields += 1
        self._click()
        self._click()

    def add(self, box: Locator, text: str) -> None:
        """Write a paragraph below what a field holds."""
        before = box.input_value()
        box.fill(f"{before}\n\n{text}" if before else text)
        self.tally.fields += 1
        self.tally.characters += len(text)

    def choose(self, box: Locator) -> None:
        """A radio or a checkbox, unless it is chosen already."""
        if box.is_checked():
            return
        self.unfold(box)
        box.check()
        self.tally.fields += 1
        self._click()

    def select(self, box: Locator, value: str) -> None:
        """An option of a list, unless it is chosen already."""
        if box.input_value() == value:
            return
        self.unfold(box)
        box.select_option(value)
        self.tally.fields += 1
        self._click()

    def download(self, it: Locator, to: Path) -> bytes:
        """A file, which may take a while to be made; the page that says so counts."""
        before = self.page.url
        self.look()
        with self.page.expect_download(timeout=120_000) as download:
            it.click()
        self._click()
        download.value.save_as(to)
        if self.page.url != before:
            self.leave()
        return to.read_bytes()

    def look(self) -> None:
        """Measure the page as it is now, and read what is new; of several looks at it the highest counts."""
        now = self.page.evaluate(LOOK)
        read, folded = now.pop("read"), now.pop("help")
        self.tally.read += self._reader.words(now["path"], (text for _point, text in read))
        unaided = (text for point, text in folded if point.removeprefix("ref-") not in self.helped)
        self.tally.help += self._reader.words(now["path"], unaided)
        self._seen = {name: max(value, self._seen.get(name, value)) for name, value in now.items()}

    def leave(self) -> None:
        """Count the page that was looked at last."""
        seen, self._seen = self._seen, {}
        self.tally.pages += 1
        self.tally.height += seen["height"]
        self.tally.loads.append(seen["load"])
        self.visits.append((self.part, seen["path"], seen["height"], self._clicks_here))
        self._clicks_here = 0

    def _click(self) -> None:
        self.tally.clicks += 1
        self._clicks_here += 1
