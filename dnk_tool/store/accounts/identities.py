"""The table of single sign-on: which person of the provider's belongs to which account here."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dnk_tool.store.accounts.queries import Account
from dnk_tool.store.base import Base, UtcDateTime


class Identity(Base):
    """A person as a provider knows them. Only issuer and subject identify; the address may change hands."""

    __tablename__ = "identity"

    issuer: Mapped[str] = mapped_column(String(500), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(320), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


def account_of(session: Session, issuer: str, subject: str) -> Account | None:
    """The account that the provider's person signs in to."""
    row = session.get(Identity, (issuer, subject))
    return session.get(Account, row.account_id) if row else None


def of_account(session: Session, account_id: int) -> list[Identity]:
    """What single sign-on the account is linked with."""
    return list(session.scalars(select(Identity).where(Identity.account_id == account_id)))


def unlink_account(session: Session, account_id: int) -> None:
    """Unlink the account from every provider."""
    session.execute(delete(Identity).where(Identity.account_id == account_id))
