"""The second factor: who needs one, codes of an authenticator app (TOTP), and recovery codes."""

import hashlib
import hmac
import logging
import secrets
from collections.abc import Collection
from datetime import datetime

from passlib.exc import TokenError
from passlib.totp import TOTP
from sqlalchemy.orm import Session

from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Actor, Permission, Role, require
from dnk_tool.services.accounts import encryption, first_start
from dnk_tool.services.accounts.lifecycle import end_every_sign_in
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import second_factors
from dnk_tool.store.tables.accounts import Account, AuthenticatorApp, RecoveryCode

log = logging.getLogger(__name__)

DEMANDED_BY_DEFAULT = ("operator", "manager")
STEP_SECONDS, CLOCK_TOLERANCE_SECONDS = (
    30,
    60,
)  # the latter is what the clocks of several servers may differ by
WINDOW_SECONDS = 30  # a code is accepted 30 s longer than the app shows it: clocks differ, people type
RECOVERY_CODES = 10
CODE_LENGTH, GROUP_LENGTH = 24, 4
# Neither 0 and o nor 1, i and l: people type these from paper. 118 bits in all: more than the 112 from which
# a salted SHA-256 is enough (ASVS 6.5.2). Unlike a keyed hash it survives a change of the secret key.
CODE_CHARACTERS = "23456789abcdefghjkmnpqrstuvwxyz"
SALT_BYTES = 16


class WrongCode(Exception):
    """The code is wrong, expired or used, or the account has no authenticator app."""


def demanded_roles(session: Session, settings: Settings) -> tuple[str, ...]:
    """The roles that need a second factor: as set; by default those who run the installation or a cluster.

    By default nobody needs one in a demo, whose passwords are public, and in an installation that is older
    than this default.
    """
    if settings.second_factor_for is not None:
        return settings.second_factor_for
    if first_start.is_demo(settings.instance):
        return ()
    earlier = second_factors.default_of_earlier_version(session)
    return DEMANDED_BY_DEFAULT if earlier is None else earlier


def is_second_factor_required(actor: Actor, demanded: Collection[str]) -> bool:
    """Whether one of the actor's roles is among those of which a second factor is demanded."""
    roles = {role.value for role in (*actor.roles.values(), *actor.clusters.values())}
    roles |= {"operator"} if actor.is_operator else set()
    return not roles.isdisjoint(demanded)


def should_offer(session: Session, account: Account, actor: Actor) -> bool:
    """Whether to offer a second factor: to owners with a finished version, until set up or declined."""
    owned = [key for key, role in actor.roles.items() if role is Role.OWNER]
    if account.declined_second_factor or not owned:
        return False
    return second_factors.has_versions_and_no_factor(session, account.id, owned)


def decline_offer(account: Account, *, actor: Actor) -> None:
    """Put the offer of a second factor away. Raises NotPermitted."""
    require(Permission.ACCOUNT, actor)
    account.declined_second_factor = True


def new_secret() -> str:
    """A new secret for an authenticator app, in Base32, so that it can be typed."""
    return str(TOTP.new().base32_key)


def otpauth_uri(secret: str, *, email: str, installation: str) -> str:
    """The `otpauth:` address that an authenticator app reads from the QR code."""
    label, issuer = (text.replace(":", " ") for text in (email, installation))
    return str(_totp(secret).to_uri(label=label, issuer=issuer))


def add_app(work: Work, account: Account, *, secret: str, code: str, key: str) -> None:
    """Save the authenticator app in place of the previous one, once its `code` matches the secret.

    `key` encrypts the secret. Raises NotPermitted and WrongCode.
    """
    require(Permission.ACCOUNT, work.actor)
    counter = _counter(secret, code, last=-1, now=work.now)
    app = second_factors.app_of(work.session, account.id)
    if app is None:
        app = AuthenticatorApp(account_id=account.id)
        work.session.add(app)
    app.secret, app.last_counter, app.created_at = encryption.encrypt(key, secret), counter, work.now
    work.session.flush()


def remove_app(session: Session, account: Account, *, actor: Actor) -> bool:
    """Remove the authenticator app. Returns whether there was one. Raises NotPermitted.

    With the last second factor the recovery codes are removed, too.
    """
    require(Permission.ACCOUNT, actor)
    return remove_app_of(session, account.id)


def remove_app_of(session: Session, account_id: int) -> bool:
    """Remove the authenticator app as `remove_app` does. Checks no permission itself."""
    app = second_factors.app_of(session, account_id)
    if app is None:
        return False
    session.delete(app)
    session.flush()
    remove_unneeded_codes(session, account_id)
    return True


def check_code(session: Session, account_id: int, code: str, *, key: str, now: datetime) -> None:
    """Verify a code of the authenticator app; each code counts only once. Raises WrongCode."""
    app = second_factors.app_of(session, account_id)
    if app is None:
        raise WrongCode
    try:
        secret = encryption.decrypt(key, app.secret)
    except encryption.DecryptionFailed as error:
        log.error("the secret key was changed: apps must be set up anew, recovery codes still work")
        raise WrongCode from error
    latest = int(now.timestamp() + WINDOW_SECONDS + CLOCK_TOLERANCE_SECONDS) // STEP_SECONDS
    last = app.last_counter if app.last_counter <= latest else -1
    counter = _counter(secret, code, last=last, now=now)
    if not second_factors.consume_code_counter(session, account_id, counter, latest=latest):
        raise WrongCode


def renew_recovery_codes(session: Session, account: Account, *, actor: Actor) -> list[str]:
    """Replace the recovery codes and return the new ones, of which only salted hashes are stored.

    Raises NotPermitted.
    """
    require(Permission.ACCOUNT, actor)
    second_factors.remove_recovery_codes(session, account.id)
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    for code in codes:
        salt = secrets.token_hex(SALT_BYTES)
        session.add(RecoveryCode(code_hash=_hash(code, salt), salt=salt, account_id=account.id))
    return codes


def use_recovery_code(session: Session, account_id: int, code: str) -> None:
    """Verify a recovery code and use it up. Raises WrongCode."""
    matching = [
        row.code_hash
        for row in second_factors.recovery_codes_of(session, account_id)
        if hmac.compare_digest(_hash(code, row.salt), row.code_hash)
    ]
    if not matching or not second_factors.consume_recovery_code(session, account_id, matching[0]):
        raise WrongCode


def remove_all_factors(session: Session, account: Account) -> None:
    """Remove every second factor of a person who lost them all, and end every sign-in.

    A finder of the lost devices could be signed in. Checks no permission itself.
    """
    second_factors.remove_all_of(session, account.id)
    end_every_sign_in(session, account)


def remove_unneeded_codes(session: Session, account_id: int) -> None:
    """Remove the recovery codes once the account has no second factor left."""
    if not second_factors.has_any(session, account_id):
        second_factors.remove_recovery_codes(session, account_id)


def _counter(secret: str, code: str, *, last: int, now: datetime) -> int:
    """The TOTP counter (30 s steps) that the code belongs to, greater than `last`. Raises WrongCode."""
    if not code.isascii():
        raise WrongCode
    try:
        match = _totp(secret).match(code, time=now, window=WINDOW_SECONDS, last_counter=last)
    except TokenError as error:
        raise WrongCode from error
    return int(match.counter)


def _totp(secret: str) -> TOTP:
    return TOTP(key=secret, format="base32")


def _new_code() -> str:
    signs = "".join(secrets.choice(CODE_CHARACTERS) for _ in range(CODE_LENGTH))
    return "-".join(signs[start : start + GROUP_LENGTH] for start in range(0, CODE_LENGTH, GROUP_LENGTH))


def _hash(code: str, salt: str) -> str:
    """The stored hash; codes of earlier versions have no salt."""
    signs = "".join(sign for sign in code.lower() if sign.isalnum())
    return hashlib.sha256(salt.encode() + signs.encode()).hexdigest()
