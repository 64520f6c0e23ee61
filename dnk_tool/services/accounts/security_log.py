"""The security log: one line for each event that somebody who watches for misuse wants to count.

Accounts and addresses stand there as keyed hashes: lines of the same one can be joined, but nobody reads or
guesses whose they are without the instance's secret key.
"""

import hashlib
import hmac
import logging
from enum import StrEnum
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

log = logging.getLogger("dnk.security")

PURPOSE = b"dnk-tool security log"
HASH_LENGTH = 20


class SecurityEvent(StrEnum):
    """What happened. TOKEN_REFUSED: a form's token or a secret link; FACTORS_CHANGED: how one signs in."""

    SIGN_IN_ACCEPTED = "sign-in-accepted"
    SIGN_IN_REFUSED = "sign-in-refused"
    SECOND_STEP_REFUSED = "second-step-refused"
    STEP_UP_ACCEPTED = "step-up-accepted"
    STEP_UP_REFUSED = "step-up-refused"
    LIMIT_REACHED = "limit-reached"
    TOKEN_REFUSED = "token-refused"  # noqa: S105 -- no password
    HOST_REFUSED = "host-refused"
    FILE_REFUSED = "file-refused"
    PERMISSION_DENIED = "permission-denied"
    FACTORS_CHANGED = "factors-changed"
    ACCOUNT_LOCKED = "account-locked"
    ACCOUNT_UNLOCKED = "account-unlocked"
    SIGN_INS_ENDED = "sign-ins-ended"
    OPERATOR_ADDED = "operator-added"
    OPERATOR_REMOVED = "operator-removed"
    ACCOUNT_ERASED = "account-erased"
    LEGAL_TEXT_CHANGED = "legal-text-changed"
    ARCHIVE_CHANGED = "archive-changed"
    DELETED = "deleted"


# Nothing was refused: what people or the operator did.
REGULAR = frozenset(
    {
        SecurityEvent.SIGN_IN_ACCEPTED,
        SecurityEvent.STEP_UP_ACCEPTED,
        SecurityEvent.FACTORS_CHANGED,
        SecurityEvent.ACCOUNT_LOCKED,
        SecurityEvent.ACCOUNT_UNLOCKED,
        SecurityEvent.SIGN_INS_ENDED,
        SecurityEvent.OPERATOR_ADDED,
        SecurityEvent.OPERATOR_REMOVED,
        SecurityEvent.ACCOUNT_ERASED,
        SecurityEvent.LEGAL_TEXT_CHANGED,
        SecurityEvent.ARCHIVE_CHANGED,
        SecurityEvent.DELETED,
    }
)


def record(
    event: SecurityEvent, key: str, *, account: str = "", address: str = "", request: str = "", **facts: str
) -> None:
    """Log the event. `key`: the instance's secret key; `facts` must name nobody.

    `account`: from `account_name` or `email_name`; `address`: the network that the request came from. Empty
    values are left out.
    """
    fields = {
        "event": event.value,
        "account": keyed_hash(key, account) if account else "",
        "address": keyed_hash(key, f"network:{address}") if address else "",
        "request": request,
        **facts,
    }
    level = logging.INFO if event in REGULAR else logging.WARNING
    log.log(level, event.value, extra={"fields": {name: text for name, text in fields.items() if text}})


def account_name(account_id: int) -> str:
    """What `record` hashes for an account."""
    return f"account:{account_id}"


def email_name(email: str) -> str:
    """What `record` hashes for a normalised address without an account."""
    return f"email:{email}"


def keyed_hash(key: str, text: str) -> str:
    """The first signs of an HMAC-SHA-256 with a key that is derived from the instance's secret key."""
    return hmac.new(_derived(key), text.encode(), hashlib.sha256).hexdigest()[:HASH_LENGTH]


@lru_cache(maxsize=4)
def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
