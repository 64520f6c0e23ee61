"""Makes the PDF of a draft ahead, so that it is there before somebody asks: the edition that was opened last.

It is made once nothing was saved in the company for a while, where a PDF of this draft was opened lately.
Everything else that the server has to do comes first. It takes a fifth of a core at most.
"""

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.config import Settings
from dnk_tool.domain.declarations.states import EDITABLE_STATES
from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.report.view.edition import ExportOptions
from dnk_tool.services.exports import opened_drafts, pdf_cache, rendering
from dnk_tool.services.exports.opened_drafts import DraftCounts, OpenedDraft
from dnk_tool.services.exports.print_records import recorder
from dnk_tool.services.exports.render_queue import (
    AHEAD,
    ProgressCallback,
    RenderDropped,
    RenderLimitReached,
    RenderQueue,
    RenderStage,
)
from dnk_tool.services.exports.rendering import PdfRequest
from dnk_tool.store import activity
from dnk_tool.store.database import is_connection_lost
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.privacy.erasure_log import erasure_log_size

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
# After work of t seconds it rests for so many times t.
REST_FACTOR = 4
# More drafts than these would push each other out of the cache.
MAX_DRAFTS = 100
# What a child that renders may hold (`report/process/limits`).
NEEDED_MEMORY_BYTES = 500_000_000
LOCK_FILE = ".ahead"


@dataclass(frozen=True, slots=True)
class _DraftState:
    """All that decides whether a draft is to be looked at again."""

    edition: ExportOptions
    changed_at: datetime
    day: date  # printed on each page
    erasures: int


class DraftWarmer:
    """A thread of the server. `count_requests`: how many requests are there and not answered yet."""

    def __init__(
        self,
        factory: sessionmaker[Session],
        settings: Settings,
        queue: RenderQueue,
        counts: DraftCounts,
        *,
        count_requests: Callable[[], int],
        free_memory: Callable[[], int | None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._factory, self._queue, self._counts = factory, queue, counts
        self._instance, self._pdfs = settings.instance, settings.instance / pdf_cache.FOLDER
        self._quiet = timedelta(seconds=settings.pdf_ahead_seconds)
        self._threads, self._count_requests = settings.threads, count_requests
        self._free_memory = free_memory or available_memory
        self._clock, self._now = clock, now
        self._rests_until = clock()
        self._seen: dict[int, _DraftState] = {}
        self._names: dict[int, str] = {}  # of what was made ahead last
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="dnk-ahead", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, patience_seconds: float = 5.0) -> None:
        """Stop the thread, and give up what is being made ahead; wait at most `patience_seconds`."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(patience_seconds)

    def _run(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception as error:
                # Nothing restarts this thread.
                is_outage = is_connection_lost(error)
                log.error("a draft cannot be made ahead", exc_info=not is_outage)
                if is_outage:
                    self._seen.clear()

    def look(self) -> None:
        """Look after one draft that has changed, and make its PDF unless it is there; then rest.

        Does nothing while it rests, while a request is there or a PDF is on order, and while memory is short.
        """
        began = self._clock()
        if began < self._rests_until or self._count_requests() or self._queue.count_open():
            return
        drafts = opened_drafts.opened_lately(self._pdfs, now=self._now())[:MAX_DRAFTS]
        due = self._due_draft(drafts) if drafts and self._has_memory() else None
        if due is None:
            return
        draft, state = due
        self._seen[draft.declaration_id] = state  # also where it fails: then the next change is waited for
        try:
            if not self._warm(draft, state.erasures):
                del self._seen[draft.declaration_id]
        finally:
            self._rests_until = self._clock() + REST_FACTOR * (self._clock() - began)

    def _due_draft(self, drafts: Sequence[OpenedDraft]) -> tuple[OpenedDraft, _DraftState] | None:
        """The first draft that has changed since it was looked at, and was quiet since."""
        now, erasures = self._now(), erasure_log_size(self._instance)
        with self._factory() as session:
            changes = activity.latest_changes(session, [draft.declaration_id for draft in drafts])
        self._seen = {key: state for key, state in self._seen.items() if key in changes}
        for draft in drafts:
            change = changes.get(draft.declaration_id)
            if change is None:  # it was deleted
                opened_drafts.forget(self._pdfs, draft.declaration_id)
                continue
            day = now.astimezone(LOCAL_TIME_ZONE).date()
            state = _DraftState(draft.edition, change.at, day, erasures)
            # The clock of another server may be ahead.
            is_quiet = abs(now - change.at) >= self._quiet
            is_new = self._seen.get(draft.declaration_id) != state
            if change.state in EDITABLE_STATES and is_quiet and is_new:
                return draft, state
        return None

    def _warm(self, draft: OpenedDraft, erasures: int) -> bool:
        """Make the PDF of the draft unless it is there. False: not now, but it is to be tried again."""
        with _locked(self._pdfs) as is_mine:
            if not is_mine:
                return False
            it = self._wanted(draft)
            return it is None or pdf_cache.has(self._pdfs, it.name) or self._make(it, draft, erasures)

    def _make(self, it: PdfRequest, draft: OpenedDraft, erasures: int) -> bool:
        """Make the PDF in the queue, and forget the one before. False if it was given up."""
        key, began = it.name, self._clock()

        def make(progress: ProgressCallback) -> None:
            def step(done: int, steps: int) -> None:
                if self._must_yield() and self._queue.drop_ahead(key):
                    raise RenderDropped
                progress(done, steps)

            rendering.render_to_cache(
                it,
                self._instance,
                step,
                erasures_before=erasures,
                record=recorder(self._factory),
                is_wanted=lambda: self._is_wanted(it, draft),
            )

        try:
            job = self._queue.enqueue(key, make, owner=AHEAD)
        except RenderLimitReached:
            return False
        while not job.wait(1.0) and not self._stopped.is_set():
            pass
        self._counts.seconds += self._clock() - began
        if job.stage is RenderStage.FAILED and not job.is_dropped:
            return True  # it would fail again
        if job.is_dropped or not pdf_cache.has(self._pdfs, key):
            self._counts.dropped += 1
            log.info("a PDF made ahead was dropped: %s", "others wait" if job.is_dropped else "outdated")
            return False
        self._counts.made += 1
        former = self._names.pop(draft.declaration_id, None)
        if former is not None and former != key:  # the same after an erasure, which takes all drafts
            pdf_cache.delete(self._pdfs, former)
        if job.owner == AHEAD:  # else somebody waits for it
            self._names[draft.declaration_id] = key
        return True

    def _wanted(self, draft: OpenedDraft) -> PdfRequest | None:
        """The PDF as it would be asked for now; None without the declaration."""
        with self._factory() as session:
            declaration = declarations.by_id(session, draft.declaration_id)
            if declaration is None:
                return None
            return rendering.current_pdf_request(session, declaration, draft.edition, now=self._now())

    def _is_wanted(self, it: PdfRequest, draft: OpenedDraft) -> bool:
        """Whether somebody waits for the PDF, or would be given this one now."""
        if not self._queue.is_ahead(it.name):
            return True
        newest = self._wanted(draft)
        return newest is not None and newest.name == it.name

    def _must_yield(self) -> bool:
        is_short = self._count_requests() > self._threads
        return is_short or self._queue.someone_waits() or self._stopped.is_set()

    def _has_memory(self) -> bool:
        free = self._free_memory()
        return free is None or free >= NEEDED_MEMORY_BYTES


def available_memory() -> int | None:
    """The bytes of memory that programs may still take; None where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return None


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Whether this process alone makes PDFs ahead in the folder; not in one that is read-only."""
    try:
        descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield False
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
