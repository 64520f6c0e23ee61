"""Registers new accounts: decides who may register, and creates the account once the address is confirmed."""

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
    """The confirmation link is unknown, expired or used, or its address has an account by now."""


def may_register(session: Session, email: str, settings: Settings, *, now: datetime) -> bool:
    """Whether this address may register: always with self-registration, otherwise with an open invitation."""
    return settings.self_registration or invitations.has_open_invitation(session, email, now=now)


def register(session: Session, *, email: str, language: Language, now: datetime) -> str:
    """Save a registration and return the token for the confirmation mail. Raises InvalidAddress.

    An existing account makes no difference here, so that the page does not reveal it; only the mail differs.
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
    """The registration of a link that still works (VALID_FOR). Raises InvalidRegistrationLink."""
    row = registrations.by_token_hash(session, hash_sign_in_id(token))
    if row is None or now >= row.created_at + VALID_FOR or accounts.by_email(session, row.email):
        raise InvalidRegistrationLink
    return row


def confirm_registration(
    session: Session, token: str, *, name: str, password_hash: str, now: datetime
) -> Account:
    """Create the account with the name and password chosen by the holder of the link.

    All registrations of the address are removed. `password_hash` comes from `passwords.hashed`, made before
    the transaction begins. Raises InvalidRegistrationLink.
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
