"""The first start: a token, printed once on the console, lets the operator create the first account.

An instance that was marked as a demo stays one, because its passwords are public.
"""

import hmac
import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from dnk_tool.language import Language
from dnk_tool.paths import write_private_file
from dnk_tool.services.accounts.lifecycle import create_account
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.accounts.sign_ins import hash_sign_in_id
from dnk_tool.store.tables.accounts import Account


class AlreadySetUp(Exception):
    """There is an account already, or the token is not the one that was printed."""


def issue_setup_token(session: Session, instance: Path) -> str | None:
    """Issue a new setup token and void the previous one. None if an account exists already.

    The instance folder keeps only the token's hash.
    """
    file = _token_file(instance)
    file.unlink(missing_ok=True)
    if accounts.any_exists(session):
        return None
    token = secrets.token_urlsafe(32)
    write_private_file(file, hash_sign_in_id(token))
    return token


def is_valid_setup_token(instance: Path, token: str) -> bool:
    """Whether this is the token printed last and it is still unused."""
    try:
        kept = _token_file(instance).read_text("utf-8").strip()
    except FileNotFoundError:
        return False
    return hmac.compare_digest(kept, hash_sign_in_id(token))


def create_operator(
    session: Session,
    instance: Path,
    token: str,
    *,
    email: str,
    name: str,
    password_hash: str,
    language: Language,
    now: datetime,
) -> Account:
    """Create the first account, an operator's. The caller discards the token after the commit.

    Raises AlreadySetUp, and InvalidAddress for a malformed address.
    """
    if not is_valid_setup_token(instance, token) or accounts.any_exists(session):
        raise AlreadySetUp
    return create_account(
        session,
        email=email,
        name=name,
        password_hash=password_hash,
        language=language,
        now=now,
        is_operator=True,
    )


def discard_setup_token(instance: Path) -> None:
    """Delete the token; to be called once the operator's account is committed."""
    _token_file(instance).unlink(missing_ok=True)


def mark_as_demo(instance: Path) -> None:
    """Mark the instance for good as one whose accounts have a public password."""
    _demo_marker(instance).write_text("The accounts of this instance have a public password.\n", "utf-8")


def is_demo(instance: Path) -> bool:
    """Whether the instance was ever marked as a demo."""
    return _demo_marker(instance).exists()


def _demo_marker(instance: Path) -> Path:
    return instance / "demo"


def _token_file(instance: Path) -> Path:
    return instance / "setup-token"
