"""The one thread beside the requests: delivers mails and forgets what is over."""

import logging
import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.config import Settings
from dnk_tool.services import mailing
from dnk_tool.store import limits, mail, sign_ins
from dnk_tool.store.database import writing

log = logging.getLogger(__name__)

PAUSE_SECONDS = 20.0
TIDY_EVERY = timedelta(hours=1)


class Background:
    """Started by the embedded server; `wake` after a commit makes it look at once."""

    def __init__(self, factory: sessionmaker[Session], settings: Settings) -> None:
        self._factory, self._settings = factory, settings
        self._deliver = mailing.delivery(settings)
        self._woken, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="dnk-background", daemon=True)
        self._tidied = datetime.min.replace(tzinfo=UTC)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    def stop(self, patience_seconds: float = 5.0) -> None:
        """End, after the mail that is under way."""
        self._stopped.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(patience_seconds)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._woken.clear()
            try:
                mailing.deliver_due(self._factory, self._deliver)
                self._tidy(datetime.now(UTC))
            except Exception:
                # Nobody restarts this thread: were it to end, no mail would be sent until the next start.
                log.exception("the background work will be tried again")
            self._woken.wait(PAUSE_SECONDS)

    def _tidy(self, now: datetime) -> None:
        if now - self._tidied < TIDY_EVERY:
            return
        with writing(self._factory) as session, session.begin():
            sign_ins.remove_finished(session, now=now, idle=self._settings.idle)
            limits.remove_finished(session, now=now)
            mail.remove_old(session, now=now)
        self._tidied = now
