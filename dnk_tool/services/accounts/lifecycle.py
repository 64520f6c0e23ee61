"""Creates accounts, changes them, and signs people out."""

import secrets
from datetime import datetime

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, ValidatedEmail, validate_email
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.domain.text import normalised
from dnk_tool.language import Language
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.accounts import registrations, sign_ins
from dnk_tool.store.tables.accounts import Account, SignIn

MAX_NAME_LENGTH = 200

# Companies use addresses such as name@firma.local inside their own network.
SPECIAL_USE_DOMAIN_NAMES.clear()


class InvalidAddress(ValueError):
    """The text is not a valid e-mail address."""


class AddressTaken(Exception):
    """An account with this address exists already."""


def normalised_address(text: str) -> str:
    """The e-mail address in the spelling that is stored: trimmed, in lower case, Unicode domain.

    Only the syntax is checked, no name server is asked. Raises InvalidAddress.
    """
    return _validated(text).normalized.lower()


def ascii_address(text: str) -> str:
    """The address with its domain in ASCII, as every mail server reads it.

    info@müller.de becomes info@xn--mller-kva.de; an ASCII address is returned unchanged and unchecked.
    Raises InvalidAddress.
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
    """The text on one line: normalised, with each run of whitespace as a single space."""
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
    """Create an account. `password_hash` comes from `passwords.hashed`; an empty one permits no sign-in.

    Hash before the transaction begins, because it is slow. Raises InvalidAddress, and AddressTaken even if
    the other account is created by a concurrent transaction.
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
    """The account with this address, or a new one without a password, which permits no sign-in.

    Raises InvalidAddress.
    """
    email = normalised_address(email)
    account = accounts.by_email(session, email)
    if account is not None:
        return account
    try:
        return create_account(session, email=email, name=name, password_hash="", language=language, now=now)
    except AddressTaken:
        # A concurrent transaction created it, for example because the person answers another question.
        account = accounts.by_email(session, email)
        if account is None:
            raise
        return account


def change_account(account: Account, *, name: str, language: Language, actor: Actor) -> None:
    """Change a person's own name and language. Raises NotPermitted."""
    require(Permission.ACCOUNT, actor)
    account.name, account.language = one_line(name), language


def end_sign_in(session: Session, account: Account, id_hash: str) -> bool:
    """Sign the person out in one browser. Returns whether they were signed in there.

    `id_hash`: hash of the sign-in's identifier. The sign-in of another account is left alone.
    """
    row = session.get(SignIn, id_hash)
    if row is None or row.account_id != account.id:
        return False
    sign_ins.remove(session, id_hash)
    return True


def lock_account(session: Session, account: Account) -> None:
    """Let nobody sign in to the account: sign-ins, half sign-ins and links for a new password end.

    Checks no permission itself.
    """
    account.active = False
    registrations.remove_by_email(session, account.email)
    end_every_sign_in(session, account)


def unlock_account(account: Account) -> None:
    """Let people sign in to the account again. Checks no permission itself."""
    account.active = True


def end_every_sign_in(session: Session, account: Account) -> None:
    """Sign the person out in every browser."""
    account.fs_uniquifier = secrets.token_hex(16)
    sign_ins.remove_all_of(session, account.id)
