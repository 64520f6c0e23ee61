"""Renders in a child process with limits: no text can exhaust the server's resources or read its secrets."""

import atexit
import base64
import hashlib
import logging
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date

from dnk_tool.domain.declarations.document import Document
from dnk_tool.report.files.attachments import Attachment, attachments_of
from dnk_tool.report.files.html import render_html
from dnk_tool.report.process.client import Progress, RenderFailed, RenderWorker, WorkerExited
from dnk_tool.report.process.engine_choice import are_pdfs_checked, chosen_engine
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.process.protocol import encode_job
from dnk_tool.report.process.size_limit import size_limit
from dnk_tool.report.text.unchecked import with_mark
from dnk_tool.report.view.branding import DEFAULT_BRANDING, Branding
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import FULL_EXPORT, ExportOptions
from dnk_tool.report.view.model import Issue

__all__ = ["Progress", "RenderFailed", "keep_warm", "page_issue", "render_job", "render_page", "render_pdf"]

log = logging.getLogger(__name__)

_render_lock = threading.Lock()
MAX_PAGE_SECONDS = 30  # what a page that somebody waits for may take
PAGE_LIMITS = RenderLimits(seconds=MAX_PAGE_SECONDS, cpu_seconds=MAX_PAGE_SECONDS)
MAX_WAIT_SECONDS = 10  # what a page that is asked for now waits for another render


def render_pdf(
    document: Document,
    issue: Issue,
    *,
    edition: ExportOptions = FULL_EXPORT,
    look: Branding = DEFAULT_BRANDING,
    limits: RenderLimits | None = None,
    on_progress: Progress | None = None,
) -> bytes:
    """The declaration as PDF/UA-1 and PDF/A-3a with its data inside. Raises RenderFailed.

    The same document, issue, edition and look give the same bytes. `on_progress` is called with the amounts
    done and in total. One render runs at a time in a process; callers decide who waits and for how long
    (`services/exports/render_queue`).
    """
    limits = limits or RenderLimits()
    with size_limit(document), _render_lock:
        return _run(declaration_job(document, issue, edition, look, limits), limits, on_progress)


def declaration_job(
    document: Document, issue: Issue, edition: ExportOptions, look: Branding, limits: RenderLimits
) -> bytes:
    """The encoded job for the child process that prints a declaration: all that decides how it is printed."""
    html = render_html(compose(document, issue, edition, look))
    language = edition.language or document.language
    files = attachments_of(document, issued_on=issue.issued_on, language=language, edition=edition)
    return build_job(html, issue, limits, files)


def render_page(
    html: str,
    *,
    issued_on: date,
    files: Sequence[Attachment] = (),
    seconds: float = MAX_WAIT_SECONDS,
    limits: RenderLimits = PAGE_LIMITS,
    on_progress: Progress | None = None,
) -> bytes:
    """A page that is no declaration, such as a protocol, as PDF/UA-1 and PDF/A-3a. Raises RenderFailed.

    Its metadata have the fingerprint of the page. Waits so many seconds for its turn, below zero for as long
    as it takes.
    """
    if not _render_lock.acquire(timeout=seconds):
        raise RenderFailed("busy")
    try:
        issue = page_issue(html, issued_on)
        return render_job(html, issue, limits, files, on_progress)
    finally:
        _render_lock.release()


def page_issue(html: str, issued_on: date) -> Issue:
    """The issue of a page that is no declaration; its fingerprint is that of the page."""
    mark = hashlib.sha256(html.encode()).hexdigest()
    return Issue(version=None, issued_on=issued_on, is_draft=False, fingerprint=mark)


def render_job(
    html: str,
    issue: Issue,
    limits: RenderLimits,
    files: Sequence[Attachment] = (),
    on_progress: Progress | None = None,
) -> bytes:
    """The page as PDF with embedded files, by a child process that gets nothing else. Raises RenderFailed."""
    return _run(build_job(html, issue, limits, files), limits, on_progress)


def build_job(html: str, issue: Issue, limits: RenderLimits, files: Sequence[Attachment]) -> bytes:
    """The encoded job for the child process: page, files and limits."""
    return encode_job(
        {
            "html": html if are_pdfs_checked() else with_mark(html),
            "fingerprint": issue.fingerprint,
            "issued_on": issue.issued_on.isoformat(),
            "cpu_seconds": limits.cpu_seconds,
            "memory": limits.memory,
            "files": [asdict(file) | {"content": base64.b64encode(file.content).decode()} for file in files],
        }
    )


def keep_warm() -> None:
    """Keep the child process and its caches for the next render from now on; for servers.

    It ends with this process in any case, and processes forked from this one do not use it.
    """
    if not _idle_worker.is_enabled:
        _idle_worker.is_enabled = True
        atexit.register(_idle_worker.shut_down)
        os.register_at_fork(after_in_child=_idle_worker.detach)


class _IdleWorker:
    """Holds the child process that waits for the next job, if there is one."""

    def __init__(self) -> None:
        self.is_enabled = False
        self._lock = threading.Lock()
        self._worker: RenderWorker | None = None

    def take(self) -> RenderWorker | None:
        """Take the child out; nobody else gets it before it is given back. None if there is none alive."""
        with self._lock:
            printer, self._worker = self._worker, None
        if printer is not None and not printer.is_alive:
            printer.kill()  # closes what is left of it
            return None
        return printer

    def give_back(self, printer: RenderWorker) -> None:
        """Keep the child, or end it if none is to be kept or there is one already."""
        with self._lock:
            if self.is_enabled and self._worker is None:
                self._worker = printer
                return
        printer.kill()

    def shut_down(self) -> None:
        """End the child in order, and keep none from now on."""
        self.is_enabled = False
        if (printer := self.take()) is not None:
            printer.shut_down()

    def detach(self) -> None:
        """Drop the child in a process forked from this one; the parent still uses it."""
        self._lock = threading.Lock()
        printer, self._worker = self._worker, None
        if printer is not None:
            printer.detach()


_idle_worker = _IdleWorker()


def _run(job: bytes, limits: RenderLimits, on_progress: Progress | None) -> bytes:
    """The child's answer. One that somebody else killed is replaced once. Raises RenderFailed."""
    try:
        return _ask_any(job, limits, on_progress)
    except RenderFailed as error:
        if error.reason != "killed":
            raise
        log.warning("the child that renders was killed from outside; the job is tried once more")
        return _ask(RenderWorker(), job, limits, on_progress)


def _ask_any(job: bytes, limits: RenderLimits, on_progress: Progress | None) -> bytes:
    # The caches of a child count, too: a job with a lower memory limit needs a new child.
    if limits.memory >= RenderLimits().memory and (waiting := _idle_worker.take()) is not None:
        if waiting.engine == chosen_engine():
            with suppress(WorkerExited):
                return _ask(waiting, job, limits, on_progress)
        waiting.kill()
    return _ask(RenderWorker(), job, limits, on_progress)


def _ask(printer: RenderWorker, job: bytes, limits: RenderLimits, on_progress: Progress | None) -> bytes:
    """Run the job; the child is kept only if it did not fail."""
    answer = printer.run_job(job, limits.seconds, on_progress, memory=limits.memory)
    _idle_worker.give_back(printer)
    return answer
