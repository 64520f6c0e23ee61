"""Runs work in the background: delivers mails and runs periodic jobs such as reminders and retention."""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.config import Settings
from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.services.privacy import retention
from dnk_tool.services.publication import seals
from dnk_tool.store import installation_state
from dnk_tool.store.database import is_connection_lost, write_session

log = logging.getLogger(__name__)

POLL_INTERVAL_SECONDS = 20.0
SEAL_INTERVAL = timedelta(minutes=1)
HEARTBEAT_INTERVAL = timedelta(minutes=5)


@dataclass(frozen=True)
class PeriodicJob:
    """A job to run periodically, called with the time. `from_hour`: earliest hour of the day, local time.

    `is_long`: it runs in a thread of its own, so that no mail waits for it; never twice at the same time.
    """

    name: str
    run: Callable[[datetime], object]
    every: timedelta
    from_hour: int = 0
    is_long: bool = False


class BackgroundWorker:
    """A thread of the embedded server or of `dnk worker` that delivers mails and runs periodic jobs.

    Call `wake` after a commit to have mails delivered at once instead of after `pause_seconds`.
    """

    def __init__(
        self,
        factory: sessionmaker[Session],
        settings: Settings,
        chores: Iterable[PeriodicJob] = (),
        *,
        pause_seconds: float = POLL_INTERVAL_SECONDS,
    ) -> None:
        self._factory, self._pause_seconds = factory, pause_seconds
        self._deliver = mail_delivery.mail_transport(settings)
        self._chores = (
            PeriodicJob("heartbeat", self._note_heartbeat, HEARTBEAT_INTERVAL),
            *chores,
            PeriodicJob(
                "seals", lambda now: seals.seal_due(factory, settings.instance, now=now), SEAL_INTERVAL
            ),
            PeriodicJob(
                "tidy", lambda now: retention.remove_expired(factory, settings, now=now), timedelta(hours=1)
            ),
            PeriodicJob(
                "retention",
                lambda now: retention.apply_retention(factory, settings, now=now),
                timedelta(days=1),
            ),
        )
        self._done: dict[str, datetime] = {}
        self._long: dict[str, threading.Thread] = {}
        self._woken, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="dnk-background", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wake(self) -> None:
        """Have the thread look for work at once."""
        self._woken.set()

    def stop(self, patience_seconds: float = 5.0) -> None:
        """Stop the thread after the current mail or job; wait for it at most `patience_seconds`."""
        self._stopped.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(patience_seconds)

    def run_once(self) -> bool:
        """Run all jobs and deliver all due mails now, regardless of the hour. Returns whether none failed."""
        return self._round(self._chores, datetime.now(UTC))

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._woken.clear()
            now = datetime.now(UTC)
            self._round([chore for chore in self._chores if self._is_due(chore, now)], now)
            self._woken.wait(self._pause_seconds)

    def _round(self, chores: Iterable[PeriodicJob], now: datetime) -> bool:
        """Run the jobs, then deliver mails, which jobs may have queued. A failure stops none of the others.

        Returns whether none failed.
        """
        went_well = True
        for chore in chores:
            if self._stopped.is_set():
                return went_well
            if chore.is_long and threading.current_thread() is self._thread:
                self._begin_long(chore, now)
            else:
                went_well &= self._attempt(chore.name, partial(chore.run, now))
            self._done[chore.name] = now
        deliver = partial(mail_delivery.deliver_due, self._factory, self._deliver, self._stopped.is_set)
        return self._attempt("mails", deliver) and went_well

    def _begin_long(self, chore: PeriodicJob, now: datetime) -> None:
        """Run the job in a thread of its own, unless the last run goes on. It ends with the process."""
        last = self._long.get(chore.name)
        if last is None or not last.is_alive():
            job = partial(self._attempt, chore.name, partial(chore.run, now))
            self._long[chore.name] = threading.Thread(target=job, name=f"dnk-{chore.name}", daemon=True)
            self._long[chore.name].start()

    def _is_due(self, chore: PeriodicJob, now: datetime) -> bool:
        last = self._done.get(chore.name)
        is_time = last is None or not timedelta(0) <= now - last < chore.every
        return is_time and now.astimezone(LOCAL_TIME_ZONE).hour >= chore.from_hour

    def _note_heartbeat(self, now: datetime) -> None:
        """Note that background work is done, so that the operator sees when it no longer is."""
        with write_session(self._factory) as session, session.begin():
            installation_state.write(session, installation_state.BACKGROUND_SEEN, now.isoformat(), now=now)

    def _attempt(self, name: str, job: Callable[[], object]) -> bool:
        try:
            job()
        except Exception as error:
            # Nothing restarts this thread: if it ended, no mail would be sent until the next start.
            has_traceback = not is_connection_lost(error)  # an outage needs one line each time
            log.error("%s: will be tried again", name, exc_info=has_traceback)
            return False
        return True
