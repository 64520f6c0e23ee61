"""Counts attempts in the database, so that the counts hold across processes and restarts."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from limits.storage import Storage
from sqlalchemy import case, delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.store.database import write_session
from dnk_tool.store.tables.rate_limits import RateLimit

CHUNK = 5_000
# What the clocks of several servers may differ by.
CLOCK_TOLERANCE = timedelta(minutes=1)


def hit(session: Session, key: str, amount: int, *, window: timedelta, now: datetime) -> int:
    """Add `amount` to a counter in one atomic statement. Returns the count in the running window."""
    return hit_all(session, {key: amount}, window=window, now=now)[key]


def hit_all(
    session: Session, amounts: Mapping[str, int], *, window: timedelta, now: datetime
) -> dict[str, int]:
    """Add to several counters, up to 5,000 in a statement. Returns their counts in the running windows."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # No window ends later than one that begins now, unless the clock was ahead when it began.
    latest = now + window + CLOCK_TOLERANCE
    is_over = or_(RateLimit.expires_at <= now, RateLimit.expires_at > latest)
    counts: dict[str, int] = {}
    added = [
        {"key": key, "count": amount, "expires_at": now + window} for key, amount in sorted(amounts.items())
    ]
    for start in range(0, len(added), CHUNK):
        part = added[start : start + CHUNK]
        # SQLAlchemy keeps the statement of one row compiled.
        statement = insert(RateLimit).values(part if len(part) > 1 else part[0])
        fresh = statement.excluded
        statement = statement.on_conflict_do_update(
            index_elements=[RateLimit.key],
            set_={
                "count": case((is_over, fresh.count), else_=RateLimit.count + fresh.count),
                "expires_at": case((is_over, fresh.expires_at), else_=RateLimit.expires_at),
            },
        )
        rows = session.execute(statement.returning(RateLimit.key, RateLimit.count))
        counts |= {row.key: row[1] for row in rows}
    return counts


def take_back(session: Session, key: str, amount: int) -> None:
    """Subtract `amount` from a counter, which does not go below 0."""
    left = case((RateLimit.count > amount, RateLimit.count - amount), else_=0)
    session.execute(update(RateLimit).where(RateLimit.key == key).values(count=left))


def window_end(session: Session, key: str) -> datetime | None:
    """When the counter's window ends; None without a counter."""
    row = session.get(RateLimit, key, populate_existing=True)
    return row.expires_at if row else None


def count_hits(session: Session, key: str, *, window: timedelta, now: datetime) -> int:
    """The attempts in the running window; 0 if none runs."""
    row = session.get(RateLimit, key, populate_existing=True)
    return row.count if row and now < row.expires_at <= now + window + CLOCK_TOLERANCE else 0


def remove_finished(session: Session, *, now: datetime) -> None:
    """Delete counters whose window is over."""
    session.execute(delete(RateLimit).where(RateLimit.expires_at <= now))


class RateLimitStorage(Storage):
    """The storage of the `limits` library; each call runs in a transaction of its own."""

    # The library annotates an instance's attribute, and reads the class's.
    STORAGE_SCHEME: ClassVar[list[str] | None] = ["dnk-database"]  # type: ignore[misc]

    def __init__(self, factory: sessionmaker[Session]) -> None:
        super().__init__()
        self._factory = factory

    @property
    def base_exceptions(self) -> type[Exception]:
        """The exceptions that `limits` treats as failures of the storage."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count an attempt. `expiry`: window in seconds. Returns the count in the running window."""
        with write_session(self._factory) as session, session.begin():
            return hit(session, key, amount, window=timedelta(seconds=expiry), now=datetime.now(UTC))

    def get(self, key: str) -> int:
        """The attempts in the running window; 0 if none runs."""
        row = self._row(key)
        return row.count if row else 0

    def get_expiry(self, key: str) -> float:
        """The end of the running window as a Unix timestamp in seconds; now if none runs."""
        row = self._row(key)
        return row.expires_at.timestamp() if row else time.time()

    def _row(self, key: str) -> RateLimit | None:
        with self._factory() as session:
            row = session.get(RateLimit, key)
            return row if row and row.expires_at > datetime.now(UTC) else None

    def check(self) -> bool:
        """Always True; the database is not asked."""
        return True

    def reset(self) -> int:
        """Delete all counters. Returns their number."""
        with write_session(self._factory) as session, session.begin():
            return len(session.scalars(delete(RateLimit).returning(RateLimit.key)).all())

    def take_back(self, key: str) -> None:
        """Uncount one attempt."""
        with write_session(self._factory) as session, session.begin():
            take_back(session, key, 1)

    def clear(self, key: str) -> None:
        """Delete one counter."""
        with write_session(self._factory) as session, session.begin():
            session.execute(delete(RateLimit).where(RateLimit.key == key))
