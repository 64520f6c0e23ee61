"""Queries of the single sign-on identities that accounts are linked with."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dnk_tool.store.tables.accounts import Account, Identity


def account_of(session: Session, issuer: str, subject: str) -> Account | None:
    """The account linked with this identity of a provider; None if it is linked with none."""
    row = session.get(Identity, (issuer, subject))
    return session.get(Account, row.account_id) if row else None


def of_account(session: Session, account_id: int) -> list[Identity]:
    """The single sign-on identities of an account."""
    return list(session.scalars(select(Identity).where(Identity.account_id == account_id)))


def unlink_account(session: Session, account_id: int) -> None:
    """Unlink the account from every provider."""
    session.execute(delete(Identity).where(Identity.account_id == account_id))
