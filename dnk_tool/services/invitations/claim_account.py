"""Gives an account to the holder of an invitation's link, which proves that the address is theirs."""

from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.language import Language
from dnk_tool.services.accounts.identities import is_unclaimed
from dnk_tool.services.accounts.lifecycle import AddressTaken, create_account, one_line
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.invitations import Invitation


def claimed_account(session: Session, invitation: Invitation) -> Account | None:
    """The account of the address that the link was sent to, if its owner must sign in.

    None if there is no account, or one that `claim_invited_account` can claim.
    """
    account = accounts.by_email(session, invitation.email)
    return None if account is None or _is_claimable(session, account) else account


def _is_claimable(session: Session, account: Account) -> bool:
    return account.active and is_unclaimed(session, account)


def claim_invited_account(
    session: Session,
    invitation: Invitation,
    *,
    name: str,
    password_hash: str,
    language: Language,
    now: datetime,
) -> Account:
    """Create an account for the address that the link was sent to, or claim one that permits no sign-in yet.

    `password_hash` comes from `passwords.hashed`, made before the transaction begins. Raises AddressTaken if
    the account can be signed in to or is blocked.
    """
    account = accounts.by_email(session, invitation.email)
    if account is not None:
        # A concurrent transaction may have claimed it.
        session.refresh(account, with_for_update=True)
        if not _is_claimable(session, account):
            raise AddressTaken(invitation.email)
        account.name, account.password_hash, account.language = one_line(name), password_hash, language
        session.flush()
        return account
    return create_account(
        session, email=invitation.email, name=name, password_hash=password_hash, language=language, now=now
    )
