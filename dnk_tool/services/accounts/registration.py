"""How somebody new gets an account: who may, and by which steps."""

import secrets
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy.orm import Session

from dnk_tool.config import Settings
from dnk_tool.language import Language
from dnk_tool.services.accounts.lifecycle import AddressTaken, create_account, normalised_address
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.accounts import registrations
from dnk_tool.store.accounts.sign_ins import hash_sign_in_id
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.tables.accounts import Account, Registration

VALID_FOR = timedelta(hours=24)


class InvalidRegistrationLink(Exception):
    """The link was used, is too old, or was never made."""


def may_register(session: Session, email: str, settings: Settings, *, now: datetime) -> bool:
    """Whether somebody new with this address may have an account: everybody, or who was invited."""
    return settings.self_registration or invitations.has_open_invitation(session, email, now=now)


def register(session: Session, *, email: str, language: Language, now: datetime) -> str:
    """Note that somebody wants an account; gives the token for the mail. Raises InvalidAddress.

    Whether there is an account already is the mail's business: here it makes no difference.
    """
    token = secrets.token_urlsafe(32)
    session.add(
        Registration(
            token_hash=hash_sign_in_id(token),
            email=normalised_address(email),
            language=language,
            created_at=now,
        )
    )
    return token


def find_registration(session: Session, token: str, *, now: datetime) -> Registration:
    """Who registered, while the link is good. Raises InvalidRegistrationLink."""
    row = registrations.by_token_hash(session, hash_sign_in_id(token))
    if row is None or now >= row.created_at + VALID_FOR or accounts.by_email(session, row.email):
        raise InvalidRegistrationLink
    return row


def confirm_registration(
    session: Session, token: str, *, name: str, password_hash: str, now: datetime
) -> Account:
    """Make the account with what the holder of the link chose, nobody before. Raises LinkOver.

    The hash comes from `passwords.hashed`, made before the transaction began.
    """
    registrations.lock(session, hash_sign_in_id(token))
    row = find_registration(session, token, now=now)
    try:
        account = create_account(
            session,
            email=row.email,
            name=name,
            password_hash=password_hash,
            language=cast(Language, row.language),
            now=now,
        )
    except AddressTaken as error:
        raise InvalidRegistrationLink from error
    registrations.remove_by_email(session, row.email)
    return account
