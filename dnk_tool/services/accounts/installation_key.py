"""Whether the secret key at hand is the installation's: with another one, what it sealed is void.

The database holds a fingerprint of the key. One of an earlier version has none; there the authenticator
apps tell, whose secrets only the right key decrypts.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from dnk_tool import config
from dnk_tool.config import ConfigurationError, Settings
from dnk_tool.secret_keys import KEY_FILE
from dnk_tool.services.accounts import encryption, second_factor
from dnk_tool.store import installation_state
from dnk_tool.store.accounts import second_factors, sign_ins
from dnk_tool.store.inspection import KeyTraces, read_key_traces
from dnk_tool.store.tables.accounts import Account

PURPOSE = b"dnk-tool fingerprint of the key"


class KeyProblem(StrEnum):
    """What is wrong with the secret key of an installation that has accounts."""

    MISSING = "missing"
    FOREIGN = "foreign"


@dataclass(frozen=True)
class AcceptedKey:
    """Whose authenticator apps the accepted key does not decrypt, and who of them has no other second factor.

    `without_another`: people without a passkey and without a recovery code.
    """

    void: tuple[Account, ...]
    without_another: tuple[Account, ...]


def key_problem(session: Session, settings: Settings) -> KeyProblem | None:
    """What is wrong with the key; None for the right one, and without accounts. Changes nothing.

    Works on the tables of any version. Raises ConfigurationError for a key that is weak or unreadable.
    """
    key = config.known_secret_key(settings)
    traces = read_key_traces(session.connection())
    if not traces.has_accounts:
        return None
    if key is None:
        return KeyProblem.MISSING
    return None if _fits(key, traces) else KeyProblem.FOREIGN


def require_key(engine: Engine, settings: Settings) -> str:
    """The key of the installation, created if there is neither one nor an account.

    Raises ConfigurationError for one that is missing or another than before; then nothing is created.
    """
    with Session(engine) as session:
        problem = key_problem(session, settings)
    if problem:
        raise ConfigurationError([problem_text(problem, settings)])
    return config.create_secret_key(settings)


def problem_text(problem: KeyProblem, settings: Settings) -> str:
    """What is wrong with the key and what to do, in the English of the start. Names no key."""
    file = settings.instance.resolve() / KEY_FILE
    if problem is KeyProblem.MISSING:
        said = f"The secret key is missing: DNK_SECRET_KEY is not set, and there is no {file}."
        last = "If it is lost for good: dnk accept-key --new"
    else:
        place = "DNK_SECRET_KEY" if settings.secret_key else f"The key in {file}"
        said = f"{place} is not the secret key that this installation was used with."
        last = "If you have changed it on purpose: dnk accept-key"
    return (
        f"{said} With another one every authenticator app and every link for a new password is void, so "
        "nothing was started or changed.\n"
        "    Put back the key of before: set DNK_SECRET_KEY as it was, or take it out of a backup:\n"
        f"      (umask 077; tar -xzOf BACKUP instance/{KEY_FILE} > {file})\n"
        f"    {last}"
    )


def begin_with_key(session: Session, settings: Settings, *, now: datetime) -> None:
    """Create and note the key of an installation that has no account yet. Raises ConfigurationError."""
    if not read_key_traces(session.connection()).has_accounts:
        note_key(session, config.create_secret_key(settings), now=now)


def note_key(session: Session, key: str, *, now: datetime) -> None:
    """Note the key as the installation's own."""
    fingerprint = fingerprint_of(key)
    if installation_state.read(session, installation_state.KEY_FINGERPRINT) != fingerprint:
        installation_state.write(session, installation_state.KEY_FINGERPRINT, fingerprint, now=now)


def accept_key(session: Session, key: str, *, is_resetting_apps: bool, now: datetime) -> AcceptedKey:
    """Note another key as the installation's own, and end every sign-in. Checks no permission itself.

    `is_resetting_apps`: removes the apps that the key does not decrypt, so that the password alone signs in.
    Otherwise these people need a recovery code or a passkey as before.
    """
    void = tuple(
        account
        for account, app in second_factors.accounts_with_apps(session)
        if not _decrypts(key, app.secret)
    )
    if is_resetting_apps:
        for account in void:
            second_factor.remove_app_of(session, account.id)
    sign_ins.remove_all(session)
    note_key(session, key, now=now)
    return AcceptedKey(void, tuple(_without_another(session, void)))


def fingerprint_of(key: str) -> str:
    """Tells keys apart without saying anything of them."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode()).hex()


def _without_another(session: Session, accounts: Iterable[Account]) -> Iterable[Account]:
    for account in accounts:
        has_codes = second_factors.count_recovery_codes(session, account.id)
        if not has_codes and not second_factors.passkeys_of(session, account.id):
            yield account


def _fits(key: str, traces: KeyTraces) -> bool:
    if traces.fingerprint:
        return hmac.compare_digest(traces.fingerprint, fingerprint_of(key))
    return not traces.encrypted or any(_decrypts(key, secret) for secret in traces.encrypted)


def _decrypts(key: str, secret: str) -> bool:
    try:
        encryption.decrypt(key, secret)
    except encryption.DecryptionFailed:
        return False
    return True
