"""Which account somebody from the provider signs in to. A matching address alone never opens an account."""

from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.language import Language
from dnk_tool.services.accounts.accounts import InvalidAddress, address, guest_account
from dnk_tool.services.accounts.registration import may_join
from dnk_tool.services.accounts.single_sign_on import Person
from dnk_tool.store.accounts import identities, second_factors
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.accounts.identities import Identity
from dnk_tool.store.accounts.queries import Account


class NotVouchedFor(Exception):
    """The provider does not say that the address belongs to the person, or names none."""


class LinkFirst(Exception):
    """There is an account with the address, and only its owner may link it."""


class MayNotJoin(Exception):
    """Nobody invited the person, and not everybody may create an account."""


class LinkedElsewhere(Exception):
    """The provider's person signs in to another account."""


def account_for(
    session: Session, person: Person, *, settings: Settings, language: Language, now: datetime
) -> Account:
    """The account that the person signs in to, made and linked if need be.

    Raises NotVouchedFor, LinkFirst and MayNotJoin.
    """
    account = identities.account_of(session, person.issuer, person.subject)
    if account is not None:
        return account
    email = _vouched_for(person)
    if accounts.by_email(session, email) is None and not may_join(session, email, settings, now=now):
        raise MayNotJoin
    account = guest_account(session, email=email, name=person.name, language=language, now=now)
    if not is_unclaimed(session, account):
        raise LinkFirst
    _add(session, person, account, now=now)
    return account


def link(session: Session, person: Person, account: Account, *, actor: Actor, now: datetime) -> None:
    """Let the person sign in to the account from now on. Raises LinkedElsewhere."""
    require(Permission.ACCOUNT, actor)
    known = identities.account_of(session, person.issuer, person.subject)
    if known is not None and known.id != account.id:
        raise LinkedElsewhere
    if known is None:
        identities.remove_of(session, account.id)
        _add(session, person, account, now=now)


def unlink(session: Session, account: Account, *, actor: Actor) -> bool:
    """The provider no longer opens the account; whether it did."""
    require(Permission.ACCOUNT, actor)
    was_linked = bool(identities.of_account(session, account.id))
    identities.remove_of(session, account.id)
    return was_linked


def _vouched_for(person: Person) -> str:
    if not person.is_email_verified:
        raise NotVouchedFor
    try:
        return address(person.email)
    except InvalidAddress as error:
        raise NotVouchedFor from error


def is_unclaimed(session: Session, account: Account) -> bool:
    """Whether nobody can have signed in to the account yet but by the address itself."""
    return not (
        account.password_hash
        or identities.of_account(session, account.id)
        or second_factors.has_any(session, account.id)
    )


def _add(session: Session, person: Person, account: Account, *, now: datetime) -> None:
    session.add(
        Identity(
            issuer=person.issuer,
            subject=person.subject,
            account_id=account.id,
            email=person.email[:320],
            created_at=now,
        )
    )
    session.flush()
