"""Queries of registrations: accounts requested whose address is not yet confirmed."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from dnk_tool.store.tables.accounts import Registration

RETENTION = timedelta(days=7)


def by_token_hash(session: Session, token_hash: str) -> Registration | None:
    """The registration of a mailed link, by the hash of its token."""
    return session.get(Registration, token_hash)


def lock(session: Session, token_hash: str) -> None:
    """Lock the registration until the transaction ends, so that nobody else confirms it meanwhile."""
    session.get(Registration, token_hash, with_for_update=True, populate_existing=True)


def remove_by_email(session: Session, email: str) -> None:
    """Delete every registration of an address, once one of them was confirmed."""
    session.execute(delete(Registration).where(Registration.email == email))


def remove_old(session: Session, *, now: datetime) -> None:
    """Delete registrations older than `RETENTION`, which nobody confirmed."""
    session.execute(delete(Registration).where(Registration.created_at < now - RETENTION))
