"""Creates accounts, changes them, and signs people out."""

import secrets
from datetime import datetime

from email_validator import (
    SPECIAL_USE_DOMAIN_NAMES,
    EmailNotValidError,
    ValidatedEmail,
    validate_email,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.domain.text import normalised
from dnk_tool.language import Language
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.accounts import sign_ins
from dnk_tool.store.tables.accounts import Account, SignIn

# Companies use addresses such as name@firma.local inside their own network.
SPECIAL_USE_DOMAIN_NAMES.clear()


class InvalidAddress(ValueError):
    """This is no e-mail address."""


class AddressTaken(Exception):
    """There is an account with this address already."""


def normalised_address(text: str) -> str:
    """The e-mail address in the spelling that is kept. Asks no name server. Raises InvalidAddress."""
    return _validated(text).normalized.lower()


def ascii_address(text: str) -> str:
    """The address as every mail server reads it: info@müller.de is info@xn--mller-kva.de.

    What is ASCII already stays as it is. Raises InvalidAddress.
    """
    return text if text.isascii() else str(_validated(text).ascii_email)


def _validated(text: str) -> ValidatedEmail:
    try:
        # Companies use addresses such as name@firma.local inside their own network. Without SMTPUTF8 only
        # the domain may hold other letters, so that there is always a spelling in ASCII.
        return validate_email(
            text.strip(), check_deliverability=False, globally_deliverable=False, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise InvalidAddress(str(error)) from error


def one_line(text: str) -> str:
    """A name without line breaks and control characters."""
    return " ".join(normalised(text).split())


def create_account(
    session: Session,
    *,
    email: str,
    name: str,
    password_hash: str,
    language: Language,
    now: datetime,
    is_operator: bool = False,
) -> Account:
    """A new account. The hash comes from `passwords.hashed`, made before the transaction began.

    Raises InvalidAddress and AddressTaken, also where somebody else makes it at this moment.
    """
    email = normalised_address(email)
    if accounts.by_email(session, email):
        raise AddressTaken(email)
    account = Account(
        email=email,
        name=one_line(name),
        password_hash=password_hash,
        fs_uniquifier=secrets.token_hex(16),
        language=language,
        is_operator=is_operator,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError as error:
        raise AddressTaken(email) from error
    return account


def guest_account(session: Session, *, email: str, name: str, language: Language, now: datetime) -> Account:
    """The account of the address, or a new one without a password: nobody can sign in to it.

    Raises InvalidAddress.
    """
    email = normalised_address(email)
    account = accounts.by_email(session, email)
    if account is not None:
        return account
    try:
        return create_account(session, email=email, name=name, password_hash="", language=language, now=now)
    except AddressTaken:
        # The same person answers somebody else at this moment.
        account = accounts.by_email(session, email)
        if account is None:
            raise
        return account


def change_account(account: Account, *, name: str, language: Language, actor: Actor) -> None:
    """A person's own name and language. Raises NotPermitted."""
    require(Permission.ACCOUNT, actor)
    account.name, account.language = one_line(name), language


def end_sign_in(session: Session, account: Account, id_hash: str) -> bool:
    """Sign the person out in one browser; whether they were signed in there."""
    row = session.get(SignIn, id_hash)
    if row is None or row.account_id != account.id:
        return False
    sign_ins.remove(session, id_hash)
    return True


def end_every_sign_in(session: Session, account: Account) -> None:
    """Sign the person out in every browser."""
    account.fs_uniquifier = secrets.token_hex(16)
    sign_ins.remove_all_of(session, account.id)
