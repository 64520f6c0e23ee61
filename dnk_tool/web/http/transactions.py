"""One database session per request: a POST commits as a whole or not at all, a GET never writes.

On PostgreSQL a request is repeated whose transaction ended before its commit because the connection was lost:
nothing of it was kept, and nothing was sent.
"""

import logging
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy import Engine, event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, sessionmaker

from dnk_tool.store.database import MAIL_QUEUED, TRANSACTION_ENDED, is_connection_lost, write_session

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

# How long a request is repeated, and the pause before each time.
REPEAT_SECONDS, PAUSE_SECONDS = 5.0, 0.1
# In the environ of a request: until when it may be repeated, and that it has to be.
_UNTIL, _REPEATS = "dnk.repeated_until", "dnk.repeats"
_ENDS_EMPTY = "ends empty"  # in `Session.info` while a transaction is committed that has written nothing

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class WriteInSafeRequest(RuntimeError):
    """A safe request (such as GET) tried to write; a programming error."""


class ReadOnlySession(Session):
    """A session that refuses to write, by ORM or by statement."""

    def commit(self) -> None:
        """Raises WriteInSafeRequest."""
        raise WriteInSafeRequest("a GET never commits")


@event.listens_for(ReadOnlySession, "before_flush")
def _refuse(session: Session, _context: Any, _instances: Any) -> None:
    if session.new or session.dirty or session.deleted:
        raise WriteInSafeRequest("a GET never changes a row")


@event.listens_for(Session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        if isinstance(state.session, ReadOnlySession):
            raise WriteInSafeRequest("a GET never changes a row")
        state.session.info["wrote"] = True


@event.listens_for(Session, "after_flush")
def _note_write(session: Session, _context: Any) -> None:
    session.info["wrote"] = True


@event.listens_for(Session, "before_commit")
def _note_commit(session: Session) -> None:
    """From here on nobody knows whether a transaction was kept whose connection is lost."""
    if has_request_context() and session is g.get("db") and not session.info.get(_ENDS_EMPTY):
        session.flush()
        g.commit_begun = True


@event.listens_for(Session, "after_transaction_end")
def _note_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop("wrote", None)


def init_app(app: Flask, engine: Engine, factory: sessionmaker[Session]) -> None:
    """Commit or roll back after each response; sessions are opened on first use."""
    app.extensions["dnk_session_factory"] = factory
    app.extensions["dnk_reading_factory"] = sessionmaker(
        engine, class_=ReadOnlySession, expire_on_commit=False
    )
    app.after_request(_end)
    app.teardown_request(_close)
    if engine.dialect.name == "postgresql":
        app.wsgi_app = RepeatingApp(app.wsgi_app)  # type: ignore[method-assign]  # Flask's documented place


def session_factory() -> sessionmaker[Session]:
    """Creates sessions for transactions apart from the request's."""
    return cast("sessionmaker[Session]", current_app.extensions["dnk_session_factory"])


def is_safe() -> bool:
    """Whether the request's method only reads."""
    return request.method in SAFE_METHODS


def db() -> Session:
    """The request's session. For unsafe methods it holds the write lock from its first use to the end."""
    if "db" not in g:
        g.db = (
            current_app.extensions["dnk_reading_factory"]() if is_safe() else write_session(session_factory())
        )
    return cast(Session, g.db)


def end_transaction() -> None:
    """End the transaction before slow work, such as hashing a password; the next use begins a new one.

    Raises RuntimeError if something has been written, which would stay even if the request fails later.
    """
    session: Session | None = g.get("db")
    if session is None or isinstance(session, ReadOnlySession):
        return
    if session.info.get("wrote") or session.new or session.dirty or session.deleted:
        raise RuntimeError("the transaction has written already; do the slow work first")
    session.info[_ENDS_EMPTY] = True
    try:
        session.commit()  # commits nothing; a rollback would expire what was read
    finally:
        del session.info[_ENDS_EMPTY]
    session.info[TRANSACTION_ENDED] = True


def after_commit(job: Callable[[], object]) -> None:
    """Run the job after the request's commit, and not if it fails; at once if it only reads.

    The job may use the request but not its session.
    """
    if is_safe():
        job()
    else:
        g.setdefault("after_commit", []).append(job)


def discard_transaction() -> None:
    """Roll back and close the session; objects loaded from it must not be used any more."""
    _close(None)


def _end(response: Response) -> Response:
    session: Session | None = g.get("db")
    if session is None and not is_safe():
        g.commit_begun = True  # the sign-in may be changed next
    elif session is not None and not is_safe():
        if response.status_code < 400:
            session.commit()
            if session.info.pop(
                MAIL_QUEUED, False
            ):  # a save need not take the lock once more to look for mails
                wake_background()
            for job in g.pop("after_commit", ()):
                job()
        else:
            session.rollback()
    return response


def wake_background() -> None:
    """Have the background work of this server look for something to do at once."""
    background = current_app.extensions.get("dnk_background")
    if background is not None:
        background.wake()


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("db", None)
    if session is not None:
        session.close()


def will_be_repeated(error: BaseException | None = None) -> bool:
    """Whether this request, which failed, is repeated; then its response is never sent.

    `error`: decides about it if it tells that the connection was lost, before the commit and in time.
    Who asks for the server's health is answered at once.
    """
    environ = request.environ
    is_in_time = time.monotonic() < environ.get(_UNTIL, 0.0) and request.blueprint != "health"
    if is_in_time and is_connection_lost(error) and not g.get("commit_begun"):
        environ[_REPEATS] = True
    return bool(environ.get(_REPEATS))


class RepeatingApp:
    """Repeats requests as `will_be_repeated` says, if their body can be read again."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer with the first response that is not to be repeated."""
        body: Any = environ["wsgi.input"]
        if not (hasattr(body, "seekable") and body.seekable()):
            return self._app(environ, start_response)
        began, start, count = time.monotonic(), body.tell(), 0
        environ[_UNTIL] = began + REPEAT_SECONDS
        while True:
            head: list[Any] = []
            answer = self._app(environ, lambda *given, head=head: head.append(given))
            if not environ.pop(_REPEATS, False):
                break
            count += 1
            _close_answer(answer)
            time.sleep(PAUSE_SECONDS)
            body.seek(start)
        if count:
            log.warning("a request waited %.1f s for the database", time.monotonic() - began)
        start_response(*head[-1])
        return answer


def _close_answer(answer: Iterable[bytes]) -> None:
    close = getattr(answer, "close", None)
    if close is not None:
        close()
