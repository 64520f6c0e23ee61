"""The order book: files that take a while are made one after another, once for everybody who asks.

It lives in the memory of one process. Who is served next goes round the people who wait, so that nobody who
orders much holds up the others; what failed is not tried again at once.
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
# Each one who waits in a request keeps a thread of the server from its other work.
MAX_BLOCKED_REQUESTS = 3

ProgressCallback = Callable[[int, int], None]


class RenderStage(StrEnum):
    """How far an order is."""

    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


class RenderLimitReached(Exception):
    """Nothing more is ordered now: the book is full, or this person has enough orders in it."""

    def __init__(self, reason: Literal["full", "own"]) -> None:
        self.reason = reason
        super().__init__(reason)


class RenderJob:
    """Something that is made. `progress` counts steps: done, of how many; (0, 0) before the first."""

    def __init__(self, key: str, make: Callable[[ProgressCallback], None], owner: str) -> None:
        self.key, self.owner = key, owner
        self.stage = RenderStage.WAITING
        self.progress = 0, 0
        self.failure_shown_to: set[str] = set()  # who was told that it failed
        self.failure: RenderFailed | None = None  # why it failed, if that is known
        self._make = make
        self._ended = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Whether it ends within so many seconds, well or not."""
        return self._ended.wait(seconds)

    def run(self) -> None:
        """Make it; what goes wrong is noted."""
        make, self._make = self._make, _no_work  # it holds a whole document
        failed = True
        try:
            make(self._note)
            failed = False
        except RenderFailed as error:
            self.failure = error.with_traceback(None)  # it would hold the document
            log.error("a file cannot be made: %s", error)
        except Exception:
            # Nobody restarts the thread at this moment: the next order counts on it.
            log.exception("a file cannot be made")
        self.stage = RenderStage.FAILED if failed else RenderStage.READY
        self._ended.set()

    def _note(self, done: int, steps: int) -> None:
        self.progress = done, steps


def _no_work(_progress: ProgressCallback) -> None:
    """Nothing is left to do."""


class RenderQueue:
    """What is being made in this process and what waits for its turn."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._orders: dict[str, RenderJob] = {}  # those under way
        self._queues: dict[str, deque[RenderJob]] = {}  # by who waits, next first
        self._failed: dict[str, tuple[RenderJob, float]] = {}
        self._patient = threading.BoundedSemaphore(MAX_BLOCKED_REQUESTS)
        self._thread: threading.Thread | None = None
        self._is_stopped = False

    def find(self, key: str) -> RenderJob | None:
        """The order under way, or the one that failed lately."""
        with self._lock:
            return self._find(key)

    def enqueue(self, key: str, make: Callable[[ProgressCallback], None], *, owner: str) -> RenderJob:
        """Order something, or join those who wait for the same. Raises Refused.

        `make` is called in another thread with what it may tell its progress to; it fails by an exception.
        """
        with self._lock:
            order = self._find(key)
            if order is None:
                self._refuse_too_many(owner)
                order = self._orders[key] = RenderJob(key, make, owner)
            if order.stage is RenderStage.WAITING:
                queue = self._queues.setdefault(owner, deque())
                if order not in queue:
                    queue.append(order)
            self._start()
            return order

    def wait(self, order: RenderJob, seconds: float) -> bool:
        """Whether it ends within so many seconds; not worth waiting where others do already."""
        if not self._patient.acquire(blocking=False):
            return order.wait(0)
        try:
            return order.wait(seconds)
        finally:
            self._patient.release()

    def ahead_of(self, order: RenderJob) -> int:
        """How many others come first."""
        with self._lock:
            turns = [turn.key for turn in self._turns()]
            making = sum(one.stage is RenderStage.MAKING for one in self._orders.values())
            return making + turns.index(order.key) if order.key in turns else 0

    def stop(self, patience_seconds: float = 5.0) -> None:
        """Take no more orders, forget those that wait, and end with the one under way."""
        with self._lock:
            self._is_stopped = True
            thread = self._thread
            for order in self._turns():
                del self._orders[order.key]
            self._queues.clear()
        if thread is not None:
            thread.join(patience_seconds)

    def _find(self, key: str) -> RenderJob | None:
        found = self._failed.get(key)
        if found and self._clock() - found[1] >= FAILED_SECONDS:
            del self._failed[key]
            found = None
        return self._orders.get(key) or (found[0] if found else None)

    def _refuse_too_many(self, owner: str) -> None:
        waiting = sum(order.stage is RenderStage.WAITING for order in self._orders.values())
        if waiting >= MAX_WAITING or self._is_stopped:
            raise RenderLimitReached("full")
        if sum(order.owner == owner for order in self._orders.values()) >= MAX_PER_OWNER:
            raise RenderLimitReached("own")

    def _turns(self) -> Iterator[RenderJob]:
        """Who waits, in the order of their turns: round by round, each person one."""
        seen: set[str] = set()
        queues = [list(queue) for queue in self._queues.values()]
        for turn in range(max(map(len, queues), default=0)):
            for queue in queues:
                if turn < len(queue) and queue[turn].key not in seen:
                    seen.add(queue[turn].key)
                    yield queue[turn]

    def _start(self) -> None:
        if self._thread is None and self._queues and not self._is_stopped:
            self._thread = threading.Thread(target=self._work, name="dnk-prints", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while (order := self._next()) is not None:
            order.run()
            with self._lock:
                self._orders.pop(order.key, None)
                if order.stage is RenderStage.FAILED:
                    self._failed[order.key] = order, self._clock()
                    while len(self._failed) > MAX_FAILED:
                        del self._failed[next(iter(self._failed))]

    def _next(self) -> RenderJob | None:
        """The next in turn; whoever is served goes to the end of the round."""
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
