"""Remembers forms that were carried out for some hours, with the address to which their answer led."""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from dnk_tool.store.tables.sent_forms import SentForm

LIFETIME = timedelta(hours=6)


def location_of(session: Session, key: str) -> str | None:
    """Where the answer to this form led to; None if it was not carried out."""
    row = session.get(SentForm, key, populate_existing=True)
    return row.location if row else None


def remember(session: Session, key: str, location: str, *, now: datetime) -> None:
    """Note that the form is carried out, in the transaction of its work.

    Waits for a concurrent transaction with the same form. Raises IntegrityError if that one came first; flush
    before, so that an error of the work itself is not taken for it.
    """
    session.execute(insert(SentForm).values(key=key, location=location, sent_at=now))


def remove_old(session: Session, *, now: datetime) -> None:
    """Forget forms that were carried out more than `LIFETIME` ago."""
    session.execute(delete(SentForm).where(SentForm.sent_at < now - LIFETIME))
