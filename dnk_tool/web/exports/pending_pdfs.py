"""Which PDFs a person waits for: remembered in their own cookie, told on every page once they are ready.

An entry opens nothing: who may have the file is decided anew by the address that gives it.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from flask import Flask, current_app, g, request, session

from dnk_tool.config import Settings
from dnk_tool.services.exports import pdf_cache
from dnk_tool.services.exports.render_queue import OrderBook, Stage
from dnk_tool.web.http.rate_limits import by_address

KEY, ARGUMENT = "prints", "auftrag"
MOST_REMEMBERED, REMEMBERED_SECONDS = 4, 30 * 60
LONGEST_ADDRESS = 200  # ours have less than half of it
MOST_TOLD = 3  # so many pages say that a file is ready
PATIENCE_SECONDS = 1.5


@dataclass(slots=True)
class Entry:
    """A PDF that an account waits for. `file` is its name among what is kept, `told` counts pages."""

    who: int
    address: str
    file: str
    name: str
    at: int
    told: int = 0

    @property
    def id(self) -> str:
        """What an address says to mean this very file, though a newer one may be there."""
        return self.file[-16:-4]

    @property
    def href(self) -> str:
        """Where the file comes from."""
        return f"{self.address}{'&' if '?' in self.address else '?'}{ARGUMENT}={self.id}"


@dataclass(frozen=True, slots=True)
class Notice:
    """A line about a PDF on a page that is not its own: `stage` is `ready`, `failed`, or it is on its way."""

    stage: str
    name: str
    href: str
    id: str


class Printing:
    """What the pages of an application share: the order book, and how long a request waits for a file."""

    def __init__(self) -> None:
        self.book = OrderBook()
        self.patience_seconds = PATIENCE_SECONDS


class Notices:
    """What to say about PDFs on this page; counted as said only by a template that shows them."""

    def __iter__(self) -> Iterator[Notice]:
        if g.get("error_page") or g.get("account") is None:
            return
        entries = _entries()
        for entry in entries:
            stage = _stage(entry) if entry.told < MOST_TOLD and entry.id != g.get("print_here") else ""
            if stage in (Stage.READY, Stage.FAILED):
                entry.told = entry.told + 1 if stage == Stage.READY else MOST_TOLD
            if stage:
                yield Notice(stage, entry.name, entry.href, entry.id)
        _save(entries)


def init_app(app: Flask) -> None:
    """Open the book."""
    app.extensions["dnk_printing"] = Printing()


def printing_here() -> Printing:
    """The order book of this application, and its patience."""
    return cast(Printing, current_app.extensions["dnk_printing"])


def owner() -> str:
    """Who orders: an account, else a network address."""
    account = g.get("account")
    return f"account:{account.id}" if account else by_address()


def address() -> str:
    """This address without the mark of an order."""
    arguments = [(key, one) for key, one in request.args.items(multi=True) if key != ARGUMENT]
    return request.path + (f"?{urlencode(arguments)}" if arguments else "")


def own() -> Entry | None:
    """The order that this request asks for: one of the person's own, made at this address."""
    wanted, here = request.args.get(ARGUMENT, ""), address()
    return next((one for one in _entries() if one.id == wanted and one.address == here), None)


def remember(file: str, name: str) -> Entry | None:
    """Note that the person waits for a file from this address; None for a visitor, who has no other pages,
    and for an address that somebody made so long that the cookie could hold nothing else.
    """
    account = g.get("account")
    if account is None or len(address()) > LONGEST_ADDRESS:
        return None
    entries = _entries()
    known = next((one for one in entries if (one.file, one.address) == (file, address())), None)
    if known is not None:
        return known
    new = Entry(account.id, address(), file, name, int(time.time()))
    _save([*entries, new][-MOST_REMEMBERED:])
    return new


def fetched(file: str) -> None:
    """The person has the file: nothing more is said of it."""
    entries = _entries()
    for one in entries:
        if one.file == file:
            one.told = MOST_TOLD
    _save(entries)


def forget() -> None:
    """Forget what somebody waited for who signs out: the next person at this browser is not told."""
    session.pop(KEY, None)


def folder() -> Path:
    """Where finished PDFs are kept."""
    return instance() / pdf_cache.FOLDER


def instance() -> Path:
    """The folder of the instance."""
    return cast(Settings, current_app.extensions["dnk_settings"]).instance


def _stage(entry: Entry) -> str:
    if pdf_cache.has(folder(), entry.file):
        return Stage.READY
    order = printing_here().book.find(entry.file)
    if order is None:
        return ""  # another process makes it, or a restart forgot it
    if order.stage is not Stage.FAILED:
        return order.stage
    return Stage.FAILED if owner() not in order.told else ""


def _entries() -> list[Entry]:
    account, oldest = g.get("account"), time.time() - REMEMBERED_SECONDS
    found: list[list[Any]] = session.get(KEY, [])
    entries = [
        Entry(*one) for one in found if len(one) == len(fields(Entry))
    ]  # an older program's may differ
    return [one for one in entries if account and one.who == account.id and one.at >= oldest]


def _save(entries: list[Entry]) -> None:
    stored = [list(asdict(one).values()) for one in entries]
    if stored == session.get(KEY, []):
        return
    if stored:
        session[KEY] = stored
    else:
        session.pop(KEY, None)
