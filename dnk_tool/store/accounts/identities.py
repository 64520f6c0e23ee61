"""The table of single sign-on: which person of the provider's belongs to which account here."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dnk_tool.store.tables.accounts import Account, Identity


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
