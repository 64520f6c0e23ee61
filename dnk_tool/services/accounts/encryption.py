"""Encrypts what the program must read again, with keys derived from the instance's secret key by purpose.

A copy of the database alone reveals no secrets, and a page no list that it carries.
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
    return encrypt_bytes(key, text.encode())


def decrypt(key: str, text: str) -> str:
    """Decrypt what `encrypt` returned. Raises DecryptionFailed if it was encrypted with another key."""
    return decrypt_bytes(key, text).decode()


def encrypt_bytes(key: str, content: bytes, *, purpose: bytes = PURPOSE) -> str:
    """Encrypt the content with a key for this purpose."""
    return _fernet(key, purpose).encrypt(content).decode()


def decrypt_bytes(key: str, text: str, *, purpose: bytes = PURPOSE, max_age: int | None = None) -> bytes:
    """Decrypt what `encrypt_bytes` returned. Raises DecryptionFailed, also after `max_age` seconds."""
    try:
        return _fernet(key, purpose).decrypt(text, ttl=max_age)
    except (InvalidToken, ValueError) as error:  # the latter for signs that no such text has
        raise DecryptionFailed from error


def _fernet(key: str, purpose: bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
