"""The operator's seal on finished versions: a detached Ed25519 signature that anybody can verify.

A seal is a small JSON object. The signature covers the object without its `signature`, in canonical form:
UTF-8, sorted keys, no spaces, one line end.
"""

import base64
import binascii
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.language import local_day
from dnk_tool.services.publication.seal_keys import PublicKey, SigningKey, public_keys, signing_key
from dnk_tool.store.database import write_session
from dnk_tool.store.publication import proofs

log = logging.getLogger(__name__)

FORMAT, VERSION, ALGORITHM = "dnk-seal", 1, "Ed25519"
MAX_SEAL_LENGTH = 10_000
_TEXTS = frozenset({"format", "algorithm", "by", "key", "sealed_on", "sha256", "signature"})


class NotASeal(ValueError):
    """The content is no seal in the format and version that this program knows."""


class SealVerdict(StrEnum):
    """What a seal proves of some data."""

    VALID = "valid"
    OTHER_DATA = "other-data"
    FORGED = "forged"
    UNKNOWN_KEY = "unknown-key"


@dataclass(frozen=True)
class Seal:
    """Who sealed the data with this fingerprint, and when. Proves nothing until `verify_seal` says VALID."""

    sha256: str
    by: str
    key: str
    sealed_on: date
    signature: bytes

    @property
    def statement(self) -> bytes:
        """The bytes that the signature covers."""
        return _canonical(self._fields())

    def to_json(self) -> str:
        """The content of the seal's file, in canonical form."""
        signature = base64.b64encode(self.signature).decode()
        return _canonical(self._fields() | {"signature": signature}).decode()

    def _fields(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "algorithm": ALGORITHM,
            "by": self.by,
            "key": self.key,
            "sealed_on": self.sealed_on.isoformat(),
            "sha256": self.sha256,
        }


def create_seal(fingerprint: str, key: SigningKey, *, on: date) -> Seal:
    """Sign the fingerprint, with the day of the seal, by the operator's key."""
    public = key.public
    bare = Seal(fingerprint, public.name, public.number, on, b"")
    return Seal(fingerprint, public.name, public.number, on, key.private.sign(bare.statement))


def parse_seal(content: str | bytes) -> Seal:
    """Read a seal from the content of its file, without verifying it. Raises NotASeal."""
    if len(content) > MAX_SEAL_LENGTH:
        raise NotASeal("too large")
    try:
        entries = json.loads(content)
        if not isinstance(entries, dict) or entries.keys() != _TEXTS | {"version"}:
            raise NotASeal("not these entries")
        if not all(isinstance(entries[text], str) for text in _TEXTS):
            raise NotASeal("not all are texts")
        if (entries["format"], entries["version"], entries["algorithm"]) != (FORMAT, VERSION, ALGORITHM):
            raise NotASeal("another format")
        signature = base64.b64decode(entries["signature"], validate=True)
        sealed_on = date.fromisoformat(entries["sealed_on"])
    except (ValueError, RecursionError, binascii.Error) as error:
        raise NotASeal(str(error)) from error
    return Seal(entries["sha256"], entries["by"], entries["key"], sealed_on, signature)


def verify_seal(seal: Seal, fingerprint: str, keys: Mapping[str, PublicKey]) -> SealVerdict:
    """What the seal proves about the data with this fingerprint, if `keys` (by number) are trusted."""
    key = keys.get(seal.key)
    if key is None:
        return SealVerdict.UNKNOWN_KEY
    if not key.has_signed(seal.signature, seal.statement):
        return SealVerdict.FORGED
    return SealVerdict.VALID if seal.sha256 == fingerprint else SealVerdict.OTHER_DATA


def seal_due(factory: sessionmaker[Session], instance: Path, *, now: datetime) -> int:
    """Seal the approved and finished versions that have no seal; returns how many.

    Does nothing without a key. Raises UnreadableKey.
    """
    key = signing_key(instance)
    if key is None:
        return 0
    with factory() as session:
        due = proofs.unsealed_versions(session)
    return _seal_all(factory, due, key, now=now) if due else 0


def reseal(factory: sessionmaker[Session], instance: Path, *, now: datetime) -> int:
    """Replace the seals that no trusted key verifies any more; returns how many. Raises UnreadableKey."""
    key, keys = signing_key(instance), public_keys(instance)
    if key is None:
        return 0
    with factory() as session:
        seals = proofs.seals(session)
    due = [(number, sha256) for number, sha256, seal in seals if not _is_valid(seal, sha256, keys)]
    return _seal_all(factory, due, key, now=now)


def _is_valid(text: str, fingerprint: str, keys: Mapping[str, PublicKey]) -> bool:
    try:
        return verify_seal(parse_seal(text), fingerprint, keys) is SealVerdict.VALID
    except NotASeal:
        return False


def _seal_all(
    factory: sessionmaker[Session], due: Sequence[tuple[int, str]], key: SigningKey, *, now: datetime
) -> int:
    on = local_day(now)
    with write_session(factory) as session, session.begin():
        for number, sha256 in due:
            proofs.save_seal(session, number, create_seal(sha256, key, on=on).to_json())
    log.info("%s versions sealed with key %s", len(due), key.public.number)
    return len(due)


def _canonical(said: Mapping[str, Any]) -> bytes:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{text}\n".encode()
