"""Encrypts secrets that the program must read again, with a key derived from the instance's secret key.

A copy of the database alone does not reveal them.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"dnk-tool second factor"


class DecryptionFailed(Exception):
    """The text was encrypted with another key, or is damaged."""


def encrypt(key: str, text: str) -> str:
    """Encrypt the text with a key derived from `key` (HKDF-SHA256, Fernet)."""
    return _fernet(key).encrypt(text.encode()).decode()


def decrypt(key: str, text: str) -> str:
    """Decrypt what `encrypt` returned. Raises DecryptionFailed if it was encrypted with another key."""
    try:
        return _fernet(key).decrypt(text).decode()
    except InvalidToken as error:
        raise DecryptionFailed from error


def _fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
