"""Queries of sign-ins: find the sign-in of a cookie's id, extend it, end it."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from dnk_tool.store.tables.accounts import Account, SignIn

# Run at each request, so built once.
_SIGN_IN = SignIn.__table__
_BY_ID = select(
    _SIGN_IN.c.id_hash, _SIGN_IN.c.data, _SIGN_IN.c.created_at, _SIGN_IN.c.last_seen_at, _SIGN_IN.c.expires_at
).where(_SIGN_IN.c.id_hash == bindparam("id_hash"))


class OpenedSignIn(NamedTuple):
    """What a request needs to know of its sign-in."""

    id_hash: str
    data: dict[str, Any]
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


def hash_sign_in_id(secret_id: str) -> str:
    """The SHA-256 stored instead of a cookie's id. The id is random and long, so no salt is needed."""
    return hashlib.sha256(secret_id.encode()).hexdigest()


def find(connection: Connection, secret_id: str, *, now: datetime, idle: timedelta) -> OpenedSignIn | None:
    """The sign-in with this id, unless it has expired or was unused for `idle`."""
    row = connection.execute(_BY_ID, {"id_hash": hash_sign_in_id(secret_id)}).one_or_none()
    found = OpenedSignIn(*row) if row else None
    return found if found and now < found.expires_at and now < found.last_seen_at + idle else None


def of_account(session: Session, account_id: int, *, now: datetime, idle: timedelta) -> list[SignIn]:
    """The person's valid sign-ins, latest use first."""
    rows = session.scalars(
        select(SignIn)
        .where(SignIn.account_id == account_id, SignIn.expires_at > now, SignIn.last_seen_at > now - idle)
        .order_by(SignIn.last_seen_at.desc())
    )
    return list(rows)


def latest(session: Session) -> datetime | None:
    """When anybody signed in or used a sign-in last; None if nobody ever did."""
    moments = (
        session.scalar(select(func.max(Account.last_sign_in_at))),
        session.scalar(select(func.max(SignIn.last_seen_at))),
    )
    return max((moment for moment in moments if moment), default=None)


def touch(session: Session, id_hash: str, *, now: datetime) -> None:
    """Store `now` as the time when the sign-in was last used."""
    session.execute(update(SignIn).where(SignIn.id_hash == id_hash).values(last_seen_at=now))


def remove(session: Session, id_hash: str) -> None:
    """Sign out one browser."""
    session.execute(delete(SignIn).where(SignIn.id_hash == id_hash))


def remove_all_of(session: Session, account_id: int) -> None:
    """Sign out all browsers of the account."""
    session.execute(delete(SignIn).where(SignIn.account_id == account_id))


def remove_all(session: Session) -> None:
    """End the sign-ins of everybody."""
    session.execute(delete(SignIn))


def remove_finished(session: Session, *, now: datetime, idle: timedelta) -> None:
    """Delete sign-ins that have expired or were unused for `idle`."""
    over = or_(SignIn.expires_at <= now, SignIn.last_seen_at <= now - idle)
    session.execute(delete(SignIn).where(over))
