"""The table of registrations: who wants an account and has not yet opened the mail."""

from datetime import datetime, timedelta

from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from dnk_tool.store.base import Base, UtcDateTime

RETENTION = timedelta(days=7)


class Registration(Base):
    """An account in waiting. Only the hash of the mailed link's token is kept.

    Not an account yet: whoever types somebody else's address must not block or prepare an account there. So
    name and password are asked for only of whoever opens the mail.
    """

    __tablename__ = "registration"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    email: Mapped[str] = mapped_column(String(320), index=True)
    language: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


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
