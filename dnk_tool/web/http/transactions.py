"""One database session per request: a POST commits as a whole or not at all, a GET never writes."""

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy import Engine, event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, sessionmaker

from dnk_tool.store.database import TRANSACTION_ENDED, write_session

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
    session.commit()  # commits nothing; a rollback would expire what was read
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
    if session is not None and not is_safe():
        if response.status_code < 400:
            session.commit()
            _wake_background()
            for job in g.pop("after_commit", ()):
                job()
        else:
            session.rollback()
    return response


def _wake_background() -> None:
    background = current_app.extensions.get("dnk_background")
    if background is not None:
        background.wake()


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("db", None)
    if session is not None:
        session.close()
