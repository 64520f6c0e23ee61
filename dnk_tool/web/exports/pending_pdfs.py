"""PDFs that a person waits for, kept in their cookie; each page tells when they are ready.

An entry grants no access: the view at its address checks permissions anew.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from flask import Flask, current_app, g, request, session

from dnk_tool.services.exports import pdf_cache
from dnk_tool.services.exports.opened_drafts import DraftCounts
from dnk_tool.services.exports.render_queue import RenderQueue, RenderStage
from dnk_tool.web.http.rate_limits import by_network
from dnk_tool.web.http.settings import current_settings

SESSION_KEY, ORDER_ARGUMENT = "prints", "auftrag"
MAX_PENDING, PENDING_SECONDS = 4, 30 * 60
MAX_ADDRESS_LENGTH = 200  # our own addresses are less than half as long
MAX_NOTICES = 3  # so many pages tell that a file is ready
WAIT_SECONDS = 1.5


@dataclass(slots=True)
class PendingPdf:
    """A PDF that an account waits for. `file`: its name in the PDF cache; `told`: pages that told it."""

    who: int
    address: str
    file: str
    name: str
    at: int
    told: int = 0

    @property
    def id(self) -> str:
        """Identifies this very file in an address, even if a newer one is there."""
        return self.file[-16:-4]

    @property
    def href(self) -> str:
        """The address that returns the file."""
        return f"{self.address}{'&' if '?' in self.address else '?'}{ORDER_ARGUMENT}={self.id}"


@dataclass(frozen=True, slots=True)
class PdfNotice:
    """A notice about a PDF. `stage`: `ready`, `failed`, or a stage of a render job in progress."""

    stage: str
    name: str
    href: str
    id: str


class SharedRenderQueue:
    """The render queue, how many seconds a request waits for a file, and what was made ahead."""

    def __init__(self) -> None:
        self.queue = RenderQueue()
        self.drafts = DraftCounts()
        self.patience_seconds = WAIT_SECONDS


class PdfNotices:
    """Notices for the current page; counted as shown only when a template iterates over them."""

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
    """Create the render queue."""
    app.extensions["dnk_printing"] = SharedRenderQueue()


def shared_render_queue() -> SharedRenderQueue:
    """The application's render queue and waiting time."""
    return cast(SharedRenderQueue, current_app.extensions["dnk_printing"])


def order_owner() -> str:
    """The owner of render jobs in this request: an account, or a visitor's network address."""
    account = g.get("account")
    return f"account:{account.id}" if account else by_network()


def address_without_order() -> str:
    """This request's address without the job parameter."""
    arguments = [(key, value) for key, value in request.args.items(multi=True) if key != ORDER_ARGUMENT]
    return request.path + (f"?{urlencode(arguments)}" if arguments else "")


def requested_pdf() -> PendingPdf | None:
    """The person's pending PDF that this address names; None without one."""
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
    """Note that the person waits for a file from this address; None if it cannot be noted.

    It cannot for visitors, who have no other pages, and for very long addresses, which would fill the cookie.
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
    """Tell nothing more about a file that was downloaded."""
    entries = _pending_pdfs()
    for entry in entries:
        if entry.file == file:
            entry.told = MAX_NOTICES
    _save_pending_pdfs(entries)


def forget_pending_pdfs() -> None:
    """Forget the pending PDFs on sign-out, so that the browser's next user is not told about them."""
    session.pop(SESSION_KEY, None)


def pdf_cache_folder() -> Path:
    """The folder of the PDF cache."""
    return instance_folder() / pdf_cache.FOLDER


def instance_folder() -> Path:
    """The instance folder."""
    return current_settings().instance


def _stage(entry: PendingPdf) -> str:
    if pdf_cache.has(pdf_cache_folder(), entry.file):
        return RenderStage.READY
    order = shared_render_queue().queue.find(entry.file)
    if order is None:
        return ""  # rendered by another process, or lost in a restart
    if order.stage is not RenderStage.FAILED:
        return order.stage
    return RenderStage.FAILED if order_owner() not in order.failure_shown_to else ""


def _pending_pdfs() -> list[PendingPdf]:
    account, oldest = g.get("account"), time.time() - PENDING_SECONDS
    stored_entries: list[list[Any]] = session.get(SESSION_KEY, [])
    entries = [
        PendingPdf(*entry) for entry in stored_entries if len(entry) == len(fields(PendingPdf))
    ]  # entries of an older release may differ
    return [entry for entry in entries if account and entry.who == account.id and entry.at >= oldest]


def _save_pending_pdfs(entries: list[PendingPdf]) -> None:
    stored = [list(asdict(entry).values()) for entry in entries]
    if stored == session.get(SESSION_KEY, []):
        return
    if stored:
        session[SESSION_KEY] = stored
    else:
        session.pop(SESSION_KEY, None)
