"""What an operator does with other people's accounts. Nobody can lock, demote or erase the last operator.

Operators change other accounts, never their own, and each change locks the rows of all operators first: who
makes it can still sign in and runs the installation, and stays when it is done.
"""

from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import Actor, NotPermitted, Permission, require
from dnk_tool.services.accounts import lifecycle, second_factor
from dnk_tool.services.accounts.identities import is_unclaimed
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.tables.accounts import Account


class AccountGone(LookupError):
    """There is no such account, or its number belongs to somebody else by now."""


class OwnAccount(Exception):
    """Operators change their own account on its own pages; only others lock, demote or erase them here."""


class CannotSignIn(Exception):
    """The account is locked, or nobody has ever chosen how to sign in to it."""


def account_for_change(session: Session, account_id: int, email: str, *, actor: Actor) -> Account:
    """Another person's account, locked until the transaction ends.

    `email`: the address that the operator saw, as numbers of erased accounts are given again. Raises
    NotPermitted, also if the operator was locked or demoted meanwhile, OwnAccount and AccountGone.
    """
    require(Permission.INSTALLATION_RUN, actor)
    if not actor.is_shell and actor.user_id not in accounts.lock_active_operators(session):
        raise NotPermitted(Permission.INSTALLATION_RUN)
    if account_id == actor.user_id:
        raise OwnAccount
    account = accounts.find_for_update(session, account_id)
    if account is None or account.email != email:
        raise AccountGone(account_id)
    return account


def lock(session: Session, account_id: int, email: str, *, actor: Actor) -> Account:
    """Let nobody sign in to the account, as `lifecycle.lock_account`. Raises as `account_for_change`."""
    account = account_for_change(session, account_id, email, actor=actor)
    lifecycle.lock_account(session, account)
    return account


def unlock(session: Session, account_id: int, email: str, *, actor: Actor) -> Account:
    """Let the person sign in again. Raises as `account_for_change`."""
    account = account_for_change(session, account_id, email, actor=actor)
    lifecycle.unlock_account(account)
    return account


def end_sign_ins(session: Session, account_id: int, email: str, *, actor: Actor) -> Account:
    """Sign the person out in every browser. Raises as `account_for_change`."""
    account = account_for_change(session, account_id, email, actor=actor)
    lifecycle.end_every_sign_in(session, account)
    return account


def reset_factors(session: Session, account_id: int, email: str, *, actor: Actor) -> Account:
    """Take all second factors from a person who lost them, and end every sign-in.

    Raises as `account_for_change`.
    """
    account = account_for_change(session, account_id, email, actor=actor)
    second_factor.remove_all_factors(session, account)
    return account


def account_for_new_password(session: Session, account_id: int, email: str, *, actor: Actor) -> Account:
    """The account that gets a link for a new password.

    Raises as `account_for_change`, and CannotSignIn if it is locked.
    """
    account = account_for_change(session, account_id, email, actor=actor)
    if not account.active:
        raise CannotSignIn
    return account


def set_operator(
    session: Session, account_id: int, email: str, *, is_operator: bool, actor: Actor
) -> tuple[Account, bool]:
    """Let the person run the installation, or no longer. Returns the account and whether that is a change.

    Raises as `account_for_change`, and CannotSignIn for somebody who could not run anything.
    """
    account = account_for_change(session, account_id, email, actor=actor)
    if account.is_operator == is_operator:
        return account, False
    if is_operator and not can_sign_in(session, account):
        raise CannotSignIn
    account.is_operator = is_operator
    return account, True


def can_sign_in(session: Session, account: Account) -> bool:
    """Whether the account is open and the person chose how to sign in."""
    return account.active and not is_unclaimed(session, account)
