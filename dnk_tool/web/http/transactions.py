"""One database session per request: a POST is kept whole or not at all, a GET can never write."""

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy import Engine, event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, sessionmaker

from dnk_tool.store.database import TRANSACTION_ENDED, write_session

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class WriteInSafeRequest(RuntimeError):
    """A view that only reads tried to write: a mistake of ours."""


class ReadOnlySession(Session):
    """A session that refuses to write. What slips past is rolled back at the end of the request."""

    def commit(self) -> None:
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
    """Begin lazily, end with the response."""
    app.extensions["dnk_session_factory"] = factory
    app.extensions["dnk_reading_factory"] = sessionmaker(
        engine, class_=ReadOnlySession, expire_on_commit=False
    )
    app.after_request(_end)
    app.teardown_request(_close)


def session_factory() -> sessionmaker[Session]:
    """For the few who need a transaction of their own, apart from the request's."""
    return cast("sessionmaker[Session]", current_app.extensions["dnk_session_factory"])


def is_safe() -> bool:
    """Whether this request only reads."""
    return request.method in SAFE_METHODS


def db() -> Session:
    """The request's session. On an unsafe method it holds the write lock from its first use to the end."""
    if "db" not in g:
        g.db = (
            current_app.extensions["dnk_reading_factory"]() if is_safe() else write_session(session_factory())
        )
    return cast(Session, g.db)


def end_transaction() -> None:
    """End the transaction before something slow, such as hashing a password; the next use begins anew.

    Raises RuntimeError if something has been written: it would be kept although the request may yet fail.
    """
    session: Session | None = g.get("db")
    if session is None or isinstance(session, ReadOnlySession):
        return
    if session.info.get("wrote") or session.new or session.dirty or session.deleted:
        raise RuntimeError("the transaction has written already; do the slow work first")
    session.commit()  # of nothing: a rollback would forget what was read
    session.info[TRANSACTION_ENDED] = True


def after_commit(job: Callable[[], object]) -> None:
    """Do something once what this request writes is kept, and not if it fails; at once if it only reads.

    It finds the request but must not use its session.
    """
    if is_safe():
        job()
    else:
        g.setdefault("after_commit", []).append(job)


def discard_transaction() -> None:
    """Keep nothing of this request and let the database go; what was loaded must not be used any more."""
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
