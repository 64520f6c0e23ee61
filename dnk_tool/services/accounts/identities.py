"""Links people of the single sign-on provider to accounts. A matching address alone opens no account."""

from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.language import Language
from dnk_tool.services.accounts.lifecycle import InvalidAddress, guest_account, normalised_address
from dnk_tool.services.accounts.registration import may_register
from dnk_tool.services.accounts.single_sign_on import ProviderUser
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import identities, second_factors
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.tables.accounts import Account, Identity


class EmailNotVerified(Exception):
    """The provider gives no valid e-mail address, or does not confirm that it belongs to the person."""


class AccountNotLinked(Exception):
    """An account with this address exists, and only its owner may link it after signing in."""


class RegistrationNotAllowed(Exception):
    """The person was not invited, and the installation does not allow self-registration."""


class IdentityLinkedElsewhere(Exception):
    """This person of the provider is already linked to another account."""


def account_for(
    session: Session, person: ProviderUser, *, settings: Settings, language: Language, now: datetime
) -> Account:
    """The account that the person signs in to; creates and links it if necessary.

    Raises EmailNotVerified, RegistrationNotAllowed and AccountNotLinked.
    """
    account = identities.account_of(session, person.issuer, person.subject)
    if account is not None:
        return account
    email = _verified_email(person)
    if accounts.by_email(session, email) is None and not may_register(session, email, settings, now=now):
        raise RegistrationNotAllowed
    account = guest_account(session, email=email, name=person.name, language=language, now=now)
    if not is_unclaimed(session, account):
        raise AccountNotLinked
    _add(session, person, account, now=now)
    return account


def link_identity(work: Work, person: ProviderUser, account: Account) -> None:
    """Link the provider's person to the account, in place of any earlier link.

    Raises NotPermitted and IdentityLinkedElsewhere.
    """
    require(Permission.ACCOUNT, work.actor)
    known = identities.account_of(work.session, person.issuer, person.subject)
    if known is not None and known.id != account.id:
        raise IdentityLinkedElsewhere
    if known is None:
        identities.unlink_account(work.session, account.id)
        _add(work.session, person, account, now=work.now)


def unlink_identity(session: Session, account: Account, *, actor: Actor) -> bool:
    """Remove the account's link to the provider. Returns whether there was one. Raises NotPermitted."""
    require(Permission.ACCOUNT, actor)
    was_linked = bool(identities.of_account(session, account.id))
    identities.unlink_account(session, account.id)
    return was_linked


def _verified_email(person: ProviderUser) -> str:
    if not person.is_email_verified:
        raise EmailNotVerified
    try:
        return normalised_address(person.email)
    except InvalidAddress as error:
        raise EmailNotVerified from error


def is_unclaimed(session: Session, account: Account) -> bool:
    """Whether the account has neither password, linked identity nor second factor.

    Nobody can sign in to such an account yet; a person who proves to hold its address may claim it.
    """
    return not (
        account.password_hash
        or identities.of_account(session, account.id)
        or second_factors.has_any(session, account.id)
    )


def _add(session: Session, person: ProviderUser, account: Account, *, now: datetime) -> None:
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
