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

from dnk_tool.services.exports import pdf_cache
from dnk_tool.services.exports.render_queue import RenderQueue, RenderStage
from dnk_tool.web.http.rate_limits import by_address
from dnk_tool.web.http.settings import current_settings

SESSION_KEY, ORDER_ARGUMENT = "prints", "auftrag"
MAX_PENDING, PENDING_SECONDS = 4, 30 * 60
MAX_ADDRESS_LENGTH = 200  # ours have less than half of it
MAX_NOTICES = 3  # so many pages say that a file is ready
WAIT_SECONDS = 1.5


@dataclass(slots=True)
class PendingPdf:
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
        return f"{self.address}{'&' if '?' in self.address else '?'}{ORDER_ARGUMENT}={self.id}"


@dataclass(frozen=True, slots=True)
class PdfNotice:
    """A line about a PDF on a page that is not its own: `stage` is `ready`, `failed`, or it is on its way."""

    stage: str
    name: str
    href: str
    id: str


class SharedRenderQueue:
    """What the pages of an application share: the order book, and how long a request waits for a file."""

    def __init__(self) -> None:
        self.queue = RenderQueue()
        self.patience_seconds = WAIT_SECONDS


class PdfNotices:
    """What to say about PDFs on this page; counted as said only by a template that shows them."""

    def __iter__(self) -> Iterator[PdfNotice]:
        if g.get("error_page") or g.get("account") is None:
            return
        entries = _pending_pdfs()
        for entry in entries:
            stage = _stage(entry) if entry.told < MAX_NOTICES and entry.id != g.get("print_here") else ""
            if stage in (RenderStage.READY, RenderStage.FAILED):
                entry.told = entry.told + 1 if stage == RenderStage.READY else MAX_NOTICES
            if stage:
                yield PdfNotice(stage, entry.name, entry.href, entry.id)
        _save_pending_pdfs(entries)


def init_app(app: Flask) -> None:
    """Open the book."""
    app.extensions["dnk_printing"] = SharedRenderQueue()


def shared_render_queue() -> SharedRenderQueue:
    """The order book of this application, and its patience."""
    return cast(SharedRenderQueue, current_app.extensions["dnk_printing"])


def order_owner() -> str:
    """Who orders: an account, else a network address."""
    account = g.get("account")
    return f"account:{account.id}" if account else by_address()


def address_without_order() -> str:
    """This address without the mark of an order."""
    arguments = [(key, one) for key, one in request.args.items(multi=True) if key != ORDER_ARGUMENT]
    return request.path + (f"?{urlencode(arguments)}" if arguments else "")


def requested_pdf() -> PendingPdf | None:
    """The order that this request asks for: one of the person's own, made at this address."""
    wanted, here = request.args.get(ORDER_ARGUMENT, ""), address_without_order()
    return next(
        (
            pending_pdf
            for pending_pdf in _pending_pdfs()
            if pending_pdf.id == wanted and pending_pdf.address == here
        ),
        None,
    )


def remember_pdf(file: str, name: str) -> PendingPdf | None:
    """Note that the person waits for a file from this address; None for a visitor, who has no other pages,
    and for an address that somebody made so long that the cookie could hold nothing else.
    """
    account = g.get("account")
    if account is None or len(address_without_order()) > MAX_ADDRESS_LENGTH:
        return None
    entries = _pending_pdfs()
    known = next(
        (entry for entry in entries if (entry.file, entry.address) == (file, address_without_order())), None
    )
    if known is not None:
        return known
    new = PendingPdf(account.id, address_without_order(), file, name, int(time.time()))
    _save_pending_pdfs([*entries, new][-MAX_PENDING:])
    return new


def mark_fetched(file: str) -> None:
    """The person has the file: nothing more is said of it."""
    entries = _pending_pdfs()
    for entry in entries:
        if entry.file == file:
            entry.told = MAX_NOTICES
    _save_pending_pdfs(entries)


def forget_pending_pdfs() -> None:
    """Forget what somebody waited for who signs out: the next person at this browser is not told."""
    session.pop(SESSION_KEY, None)


def pdf_cache_folder() -> Path:
    """Where finished PDFs are kept."""
    return instance_folder() / pdf_cache.FOLDER


def instance_folder() -> Path:
    """The folder of the instance."""
    return current_settings().instance


def _stage(entry: PendingPdf) -> str:
    if pdf_cache.has(pdf_cache_folder(), entry.file):
        return RenderStage.READY
    order = shared_render_queue().queue.find(entry.file)
    if order is None:
        return ""  # another process makes it, or a restart forgot it
    if order.stage is not RenderStage.FAILED:
        return order.stage
    return RenderStage.FAILED if order_owner() not in order.failure_shown_to else ""


def _pending_pdfs() -> list[PendingPdf]:
    account, oldest = g.get("account"), time.time() - PENDING_SECONDS
    found: list[list[Any]] = session.get(SESSION_KEY, [])
    entries = [
        PendingPdf(*one) for one in found if len(one) == len(fields(PendingPdf))
    ]  # an older program's may differ
    return [entry for entry in entries if account and entry.who == account.id and entry.at >= oldest]


def _save_pending_pdfs(entries: list[PendingPdf]) -> None:
    stored = [list(asdict(entry).values()) for entry in entries]
    if stored == session.get(SESSION_KEY, []):
        return
    if stored:
        session[SESSION_KEY] = stored
    else:
        session.pop(SESSION_KEY, None)
