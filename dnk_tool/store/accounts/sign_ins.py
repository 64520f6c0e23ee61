"""The table of sign-ins: what a cookie's random id opens, for how long, and how it is taken back."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from dnk_tool.store.tables.accounts import SignIn


def hash_sign_in_id(secret_id: str) -> str:
    """What is kept of a cookie's id. It is random and long, so a plain hash protects it."""
    return hashlib.sha256(secret_id.encode()).hexdigest()


def find(session: Session, secret_id: str, *, now: datetime, idle: timedelta) -> SignIn | None:
    """The sign-in that the id opens, unless it is over."""
    row = session.get(SignIn, hash_sign_in_id(secret_id))
    return row if row and now < row.expires_at and now < row.last_seen_at + idle else None


def of_account(session: Session, account_id: int, *, now: datetime, idle: timedelta) -> list[SignIn]:
    """Where the person is signed in, latest use first."""
    rows = session.scalars(
        select(SignIn)
        .where(SignIn.account_id == account_id, SignIn.expires_at > now, SignIn.last_seen_at > now - idle)
        .order_by(SignIn.last_seen_at.desc())
    )
    return list(rows)


def touch(session: Session, id_hash: str, *, now: datetime) -> None:
    """Note that the sign-in is in use."""
    session.execute(update(SignIn).where(SignIn.id_hash == id_hash).values(last_seen_at=now))


def remove(session: Session, id_hash: str) -> None:
    """Sign out one browser."""
    session.execute(delete(SignIn).where(SignIn.id_hash == id_hash))


def remove_all_of(session: Session, account_id: int) -> None:
    """Sign out everywhere."""
    session.execute(delete(SignIn).where(SignIn.account_id == account_id))


def remove_finished(session: Session, *, now: datetime, idle: timedelta) -> None:
    """Forget sign-ins that are over."""
    over = or_(SignIn.expires_at <= now, SignIn.last_seen_at <= now - idle)
    session.execute(delete(SignIn).where(over))
