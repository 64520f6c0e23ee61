"""The table of registrations: who wants an account and has not yet opened the mail."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from dnk_tool.store.tables.accounts import Registration

RETENTION = timedelta(days=7)


def by_token_hash(session: Session, token_hash: str) -> Registration | None:
    """The registration that a mailed link speaks of."""
    return session.get(Registration, token_hash)


def lock(session: Session, token_hash: str) -> None:
    """Hold the registration until the transaction ends: nobody else confirms it meanwhile."""
    session.get(Registration, token_hash, with_for_update=True, populate_existing=True)


def remove_by_email(session: Session, email: str) -> None:
    """Forget every registration of an address, once one of them was confirmed."""
    session.execute(delete(Registration).where(Registration.email == email))


def remove_old(session: Session, *, now: datetime) -> None:
    """Forget registrations that nobody confirmed."""
    session.execute(delete(Registration).where(Registration.created_at < now - RETENTION))
