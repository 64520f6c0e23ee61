"""The queue of render jobs: PDFs are made one after another, each once for everybody who asks for it.

It lives in the memory of one process. Owners take turns (round robin), so that nobody with many jobs holds up
the others. A job that failed is not tried again for FAILED_SECONDS, unless its child was killed from outside.
What nobody asked for yet belongs to AHEAD: it comes last, and is dropped where somebody waits for another.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Literal

from dnk_tool.report.process.client import RenderFailed

log = logging.getLogger(__name__)

MAX_WAITING, MAX_PER_OWNER = 20, 3
FAILED_SECONDS, MAX_FAILED = 180.0, 100
# Each request that waits blocks a thread of the server.
MAX_BLOCKED_REQUESTS = 3
AHEAD = "ahead"  # the owner of jobs that nobody asked for yet

ProgressCallback = Callable[[int, int], None]


class RenderStage(StrEnum):
    """How far a render job is."""

    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


class RenderLimitReached(Exception):
    """No job is accepted now. `reason`: "full" (or stopped) queue, or "own": the owner has MAX_PER_OWNER."""

    def __init__(self, reason: Literal["full", "own"]) -> None:
        self.reason = reason
        super().__init__(reason)


class RenderDropped(Exception):
    """A job of AHEAD is given up, as `RenderQueue.drop_ahead` allowed; nobody waits for it."""


class RenderJob:
    """A file being made or waiting. `progress`: steps done and steps in all; (0, 0) before the first."""

    def __init__(self, key: str, make: Callable[[ProgressCallback], None], owner: str) -> None:
        self.key, self.owner = key, owner
        self.stage = RenderStage.WAITING
        self.progress = 0, 0
        self.failure_shown_to: set[str] = set()  # owners who were told that it failed
        self.failure: RenderFailed | None = None  # why it failed, if that is known
        self.is_dropped = False
        self._make = make
        self._ended = threading.Event()

    def may_be_repeated(self, owner: str) -> bool:
        """Whether its content is not to blame for the failure, of which the owner was told."""
        failure = self.failure
        return failure is not None and failure.reason == "killed" and owner in self.failure_shown_to

    def wait(self, seconds: float) -> bool:
        """Wait at most so many seconds for its end; True if it has ended, well or not."""
        return self._ended.wait(seconds)

    def run(self) -> None:
        """Make the file and set the stage; it has ended only after `end`.

        Errors are logged, not raised; `failure` keeps a RenderFailed.
        """
        make, self._make = self._make, _no_work  # it holds a whole document
        failed = True
        try:
            make(self._note)
            failed = False
        except RenderDropped:
            self.is_dropped = True
        except RenderFailed as error:
            self.failure = error.with_traceback(None)  # it would hold the document
            log.error("a file cannot be made: %s", error)
        except Exception:
            # Keep the thread alive: nothing restarts it while the next job waits for it.
            log.exception("a file cannot be made")
        self.stage = RenderStage.FAILED if failed else RenderStage.READY

    def end(self) -> None:
        """Wake those who wait for the job; called after the queue has let go of it."""
        self._ended.set()

    def _note(self, done: int, steps: int) -> None:
        self.progress = done, steps


def _no_work(_progress: ProgressCallback) -> None:
    """Stands in for the work of a job that has run, to free the memory that it held."""


class RenderQueue:
    """The render jobs of this process. Thread-safe; `clock` counts seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._orders: dict[str, RenderJob] = {}  # waiting or being made, by key
        self._queues: dict[str, deque[RenderJob]] = {}  # waiting, by owner, next first
        self._failed: dict[str, tuple[RenderJob, float]] = {}
        self._patient = threading.BoundedSemaphore(MAX_BLOCKED_REQUESTS)
        self._thread: threading.Thread | None = None
        self._is_stopped = False

    def find(self, key: str) -> RenderJob | None:
        """The job that waits or runs under this key, or failed within the last FAILED_SECONDS."""
        with self._lock:
            return self._find(key)

    def enqueue(self, key: str, make: Callable[[ProgressCallback], None], *, owner: str) -> RenderJob:
        """Add a job, or join the one with the same key. Raises RenderLimitReached.

        `make` is called in another thread with a progress callback; it fails by raising an exception. A job
        that failed within the last FAILED_SECONDS is returned as it is, except `may_be_repeated`.
        """
        with self._lock:
            order = self._find(key)
            if order is None or order.may_be_repeated(owner):
                self._failed.pop(key, None)
                self._refuse_too_many(owner)
                order = self._orders[key] = RenderJob(key, make, owner)
            elif order.owner == AHEAD:
                order.owner = owner  # somebody waits for it now
            if order.stage is RenderStage.WAITING:
                queue = self._queues.setdefault(owner, deque())
                if order not in queue:
                    queue.append(order)
            self._start()
            return order

    def wait(self, order: RenderJob, seconds: float) -> bool:
        """Wait for the job at most so many seconds, or not at all behind MAX_BLOCKED_REQUESTS others.

        Returns whether it has ended.
        """
        if not self._patient.acquire(blocking=False):
            return order.wait(0)
        try:
            return order.wait(seconds)
        finally:
            self._patient.release()

    def ahead_of(self, order: RenderJob) -> int:
        """How many jobs are made before this one, as the queue is now; 0 if it does not wait."""
        with self._lock:
            turns = [turn.key for turn in self._turns()]
            making = sum(job.stage is RenderStage.MAKING for job in self._orders.values())
            return making + turns.index(order.key) if order.key in turns else 0

    def count_open(self) -> int:
        """How many jobs wait or are being made."""
        with self._lock:
            return len(self._orders)

    def someone_waits(self) -> bool:
        """Whether a job waits for its turn that somebody asked for."""
        with self._lock:
            jobs = self._orders.values()
            return any(job.stage is RenderStage.WAITING and job.owner != AHEAD for job in jobs)

    def is_ahead(self, key: str) -> bool:
        """Whether nobody has asked yet for the job that waits or runs under this key."""
        with self._lock:
            return key in self._orders and self._orders[key].owner == AHEAD

    def drop_ahead(self, key: str) -> bool:
        """Remove a job that nobody has asked for; its maker then raises RenderDropped.

        Returns False, and keeps the job, if somebody has asked for it meanwhile.
        """
        with self._lock:
            if key not in self._orders or self._orders[key].owner != AHEAD:
                return False
            del self._orders[key]
            return True

    def stop(self, patience_seconds: float = 5.0) -> None:
        """Accept no more jobs, drop the waiting ones, and give the running one `patience_seconds` to end."""
        with self._lock:
            self._is_stopped = True
            thread = self._thread
            for order in self._turns():
                del self._orders[order.key]
            self._queues.clear()
        if thread is not None:
            thread.join(patience_seconds)

    def _find(self, key: str) -> RenderJob | None:
        failure = self._failed.get(key)
        if failure and self._clock() - failure[1] >= FAILED_SECONDS:
            del self._failed[key]
            failure = None
        return self._orders.get(key) or (failure[0] if failure else None)

    def _refuse_too_many(self, owner: str) -> None:
        waiting = sum(order.stage is RenderStage.WAITING for order in self._orders.values())
        if waiting >= MAX_WAITING or self._is_stopped:
            raise RenderLimitReached("full")
        if sum(order.owner == owner for order in self._orders.values()) >= MAX_PER_OWNER:
            raise RenderLimitReached("own")

    def _turns(self) -> Iterator[RenderJob]:
        """The waiting jobs in the order of their turns: round by round, one of each owner; AHEAD last."""
        seen: set[str] = set()
        queues = [list(queue) for owner, queue in self._queues.items() if owner != AHEAD]
        rounds = [
            queue[turn]
            for turn in range(max(map(len, queues), default=0))
            for queue in queues
            if turn < len(queue)
        ]
        for job in [*rounds, *self._queues.get(AHEAD, ())]:
            if job.key not in seen:
                seen.add(job.key)
                yield job

    def _start(self) -> None:
        if self._thread is None and self._queues and not self._is_stopped:
            self._thread = threading.Thread(target=self._work, name="dnk-prints", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while (order := self._next()) is not None:
            order.run()
            with self._lock:
                if self._orders.get(order.key) is order:
                    del self._orders[order.key]
                if order.stage is RenderStage.FAILED and not order.is_dropped:
                    self._failed[order.key] = order, self._clock()
                    while len(self._failed) > MAX_FAILED:
                        del self._failed[next(iter(self._failed))]
            order.end()

    def _next(self) -> RenderJob | None:
        """Take the next job, and move its owner to the end of the round; None if none waits."""
        with self._lock:
            order = next(self._turns(), None)
            if order is None:
                self._thread = None
                return None
            order.stage = RenderStage.MAKING
            served = next(name for name, queue in self._queues.items() if queue[0] is order)
            self._queues[served] = self._queues.pop(served)
            for name, queue in list(self._queues.items()):
                if order in queue:
                    queue.remove(order)
                if not queue:
                    del self._queues[name]
            return order
