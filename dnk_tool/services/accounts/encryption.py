"""Seals what must be read again but never lie open in the database, with a key made of the instance's own."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"dnk-tool second factor"


class DecryptionFailed(Exception):
    """This was sealed with another key."""


def encrypt(key: str, text: str) -> str:
    """The text, unreadable without the key."""
    return _fernet(key).encrypt(text.encode()).decode()


def decrypt(key: str, text: str) -> str:
    """What was sealed. Raises DecryptionFailed."""
    try:
        return _fernet(key).decrypt(text).decode()
    except InvalidToken as error:
        raise DecryptionFailed from error


def _fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
