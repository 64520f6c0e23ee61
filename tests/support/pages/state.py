"""What a page in one state is, and the steps that lead there, with a browser or without one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from playwright.sync_api import Page

from tests.support.pages.world.world import World

BOTH = (True, False)
OWN_GOAL = "/unternehmen/{half_company}/gemeinsames-ziel"
POWER, COOLING = "energy.electricity.consumption", "energy.cooling.consumption"
HALF, EMPTY, DONE, COMPLETED, AFTER = "half", "empty", "finished", "complete", "year_after"


@dataclass(frozen=True)
class ChosenFile:
    """A file that somebody chose to send."""

    name: str
    content: bytes
    kind: str = "application/octet-stream"


class Tab(Protocol):
    """What a person does on a page. Labels, texts of links and buttons: whole, or else a part."""

    @property
    def path(self) -> str: ...
    def visit(self, path: str) -> None: ...
    def other(self) -> "Tab":
        """Another tab of the same person, at the same page."""

    def fill(self, label: str, text: str, *, group: str = "") -> None: ...
    def fill_field(self, name: str, text: str) -> None: ...
    def replace(self, name: str, value: str) -> None:
        """Let a hidden field say what it said on an earlier page."""

    def tick(self, label: str, *, number: int = 0) -> None: ...
    def choose(self, label: str, option: str) -> None: ...
    def upload(self, file: ChosenFile, *, label: str = "") -> None: ...
    def unfold(self, summary: str) -> None: ...
    def press(self, button: str) -> None: ...
    def press_value(self, beginning: str) -> None:
        """Press the first button that sends a value with this beginning."""

    def follow(self, link: str) -> None: ...
    def sees(self, text: str) -> bool: ...
    def has_button(self, button: str) -> bool: ...
    def has_field(self, label: str, *, group: str = "") -> bool: ...
    def download(self, path: str) -> bytes: ...
    def send(self, path: str, fields: dict[str, str]) -> None:
        """Send a form beside the page, with its token."""

    def forget_session(self) -> None: ...
    def aim_form(self, form: str, path: str) -> None:
        """Let a form, by its id, be sent to another address."""


Way = Callable[[Tab, World], None]
Script = Callable[[Page, World], None]


@dataclass(frozen=True)
class State:
    """A page in one state: `who` is signed in, `go` leads there from `path`, and in a browser `script` on.

    `javascript`: whether the browser reads it with the page's scripts, without them, or both.
    """

    name: str
    who: str = ""
    path: str = ""
    go: Way | None = None
    heading: str = ""
    javascript: tuple[bool, ...] = (True,)
    options: dict[str, str] = field(default_factory=dict)
    script: Script | None = None

    @property
    def language(self) -> str:
        return self.options.get("locale", "de")[:2]

    def address(self, world: World) -> str:
        return self.path.format_map(vars(world))


def of(declaration: str, rest: str = "") -> str:
    """A page of a declaration."""
    return f"/erklaerungen/{{{declaration}}}/{rest}"


def follow(link: str) -> Way:
    """Follow the link to another page."""
    return lambda tab, _world: tab.follow(link)


def press(button: str) -> Way:
    """Press it and wait for the answer."""
    return lambda tab, _world: tab.press(button)
