"""The operator's keys for seals, as PEM files: the present private key, and all public keys so far.

`seal/private.pem` in the instance folder is the present Ed25519 key (PKCS #8, readable by its owner only).
`seal/public/<key>.pem` are the public keys (SubjectPublicKeyInfo). Each file begins with the key's name, day
and number, in lines that readers of PEM skip. A public key whose file was deleted is no longer trusted.
"""

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dnk_tool.paths import write_private_file

FOLDER, PRIVATE, PUBLIC = "seal", "private.pem", "public"
KEY_LENGTH = 16
MAX_NAME_LENGTH = 100
MAX_FILE_BYTES = 100_000

_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----")


class NoKeyName(ValueError):
    """A key needs a name of at most MAX_NAME_LENGTH characters, without five hyphens in a row."""


class KeyExists(Exception):
    """There is a private key already, and it was not to be replaced."""


class UnreadableKey(Exception):
    """The file holds no Ed25519 key in PEM format."""


@dataclass(frozen=True)
class PublicKey:
    """Verifies seals. `number` is its name in seals: the first KEY_LENGTH hex digits of its SHA-256."""

    number: str
    name: str
    since: date | None
    key: Ed25519PublicKey

    def has_signed(self, signature: bytes, message: bytes) -> bool:
        """Whether this key made the signature of the message."""
        try:
            self.key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def to_pem(self) -> str:
        """The key as PEM, after lines with its name, its first day (ISO 8601) and its number."""
        pem = self.key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode()
        since = self.since.isoformat() if self.since else ""
        return f"Name: {self.name}\nSince: {since}\nKey: {self.number}\n{pem}"


@dataclass(frozen=True)
class SigningKey:
    """The private key that makes seals, with its public key."""

    public: PublicKey
    private: Ed25519PrivateKey


def new_key(instance: Path, name: str, *, on: date, replace: bool = False) -> PublicKey:
    """Generate and store the key for new seals, called `name`; public keys of earlier ones stay.

    Raises NoKeyName, and KeyExists if there is one and `replace` is not set.
    """
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME_LENGTH or "-----" in name:
        raise NoKeyName(name)
    folder = instance / FOLDER
    kept = folder / PRIVATE
    if kept.exists() and not replace:
        raise KeyExists(kept)
    private = Ed25519PrivateKey.generate()
    public = PublicKey(_number(private.public_key()), name, on, private.public_key())
    for directory in (folder, folder / PUBLIC):
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private_file(folder / PUBLIC / f"{public.number}.pem", public.to_pem())
    fresh = kept.with_name(f"{PRIVATE}.{secrets.token_hex(4)}")
    write_private_file(
        fresh,
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
    )
    fresh.replace(kept)
    return public


def signing_key(instance: Path) -> SigningKey | None:
    """The present key for seals; None if there is none or its public key is no longer trusted.

    Raises UnreadableKey.
    """
    path = instance / FOLDER / PRIVATE
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        private = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError) as error:
        raise UnreadableKey(path) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise UnreadableKey(path)
    public = public_keys(instance).get(_number(private.public_key()))
    return SigningKey(public, private) if public else None


def public_keys(instance: Path) -> Mapping[str, PublicKey]:
    """The public keys that this installation trusts, by number, the latest first. Raises UnreadableKey."""
    keys: list[PublicKey] = []
    for path in (instance / FOLDER / PUBLIC).glob("*.pem"):
        keys += read_keys(path)
    keys.sort(key=lambda key: (key.since or date.min, key.number), reverse=True)
    return {key.number: key for key in keys}


def read_keys(path: Path) -> list[PublicKey]:
    """The public keys in a file, which may hold several. Raises OSError and UnreadableKey."""
    with path.open("rb") as file:
        text = file.read(MAX_FILE_BYTES).decode("utf-8", "replace")
    keys = list(_keys(text, path))
    if not keys:
        raise UnreadableKey(path)
    return keys


def _keys(text: str, path: Path) -> Iterator[PublicKey]:
    end = 0
    for match in _PEM.finditer(text):
        try:
            key = serialization.load_pem_public_key(match[0].encode())
        except ValueError as error:
            raise UnreadableKey(path) from error
        if not isinstance(key, Ed25519PublicKey):
            raise UnreadableKey(path)
        said, end = text[end : match.start()], match.end()
        yield PublicKey(_number(key), _header_value(said, "Name"), _day(_header_value(said, "Since")), key)


def _header_value(text: str, label: str) -> str:
    match = re.search(rf"^{label}: *(.*)$", text, re.MULTILINE)
    return match[1].strip()[:MAX_NAME_LENGTH] if match else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(key: Ed25519PublicKey) -> str:
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:KEY_LENGTH]
