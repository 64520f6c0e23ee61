"""Lets writers of this process begin one after another, first come, first served.

SQLite's own waiting polls with growing pauses, so whoever comes fresh overtakes those who wait, for seconds.
"""

import threading
import time
from collections import deque

# With nobody getting the lock for so long, another process holds it, or one transaction takes long.
STANDSTILL_SECONDS = 0.5


class WriteQueue:
    """The order in which transactions take the write lock. Thread-safe.

    `most_held_up`: writers that a lock which stands still may hold up; further ones are refused at once then,
    so that threads stay free for those who read. While the lock moves, any number may wait.
    """

    def __init__(self, most_held_up: int) -> None:
        self._most_waiting = max(0, most_held_up - 1)  # beside the first, whose turn it is
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False
        self._moved_at = 0.0

    def enter(self, until: float) -> bool:
        """Wait for one's turn, at most until this moment of the monotonic clock. Returns whether it came."""
        with self._lock:
            if not self._is_taken:
                self._is_taken, self._moved_at = True, time.monotonic()
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        while not turn.wait(self._seconds_to_decide(turn, until)):
            with self._lock:
                if not turn.is_set() and self._is_refused(turn, until):
                    self._waiting.remove(turn)
                    return False
        return True

    def note_lock(self) -> None:
        """Say that the writer whose turn it is has got the lock."""
        self._moved_at = time.monotonic()

    def leave(self) -> None:
        """Let the next one have its turn."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False

    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    def _seconds_to_decide(self, turn: threading.Event, until: float) -> float:
        with self._lock:
            if self._is_one_too_many(turn):
                until = min(until, self._moved_at + STANDSTILL_SECONDS)
        return max(0.0, until - time.monotonic())

    def _is_refused(self, turn: threading.Event, until: float) -> bool:
        now = time.monotonic()
        is_still = now - self._moved_at >= STANDSTILL_SECONDS
        return now >= until or (is_still and self._is_one_too_many(turn))

    def _is_one_too_many(self, turn: threading.Event) -> bool:
        return turn in self._waiting and self._waiting.index(turn) >= self._most_waiting
