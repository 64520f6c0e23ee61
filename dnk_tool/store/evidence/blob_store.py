"""The interface of the evidence store, its errors and its keys."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

CHUNK_BYTES = 256 * 1024
_BLOB_PATH = re.compile(r"([1-9][0-9]{0,9})/[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})")


class BlobMissing(LookupError):
    """The store has no content under this key."""


class StorageFull(Exception):
    """The store is full; no part of the content was kept."""


class StorageDown(Exception):
    """The store does not answer or refuses access."""


@dataclass(frozen=True, slots=True, order=True)
class BlobKey:
    """The key of a content: its company and its SHA-256. Companies never share a content."""

    organisation_id: int
    sha256: str

    @property
    def path(self) -> str:
        """The path in the store: company, two levels of folders by hash, SHA-256."""
        return f"{self.organisation_id}/{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """An entry of the store; `key` is None if its path is not one that the tool makes."""

    path: str
    key: BlobKey | None
    changed_at: datetime


class BlobStore(Protocol):
    """A store of file contents. Each method may raise StorageDown."""

    def check(self) -> None:
        """Raise StorageDown unless the store can be reached, in at most some seconds. Nothing is written."""

    def put(self, key: BlobKey, content: bytes) -> None:
        """Store the content so that it survives a power cut. Raises StorageFull, and then keeps no part."""

    def open(self, key: BlobKey) -> Iterator[bytes]:
        """Read the content in pieces. Raises BlobMissing at the call, not while reading."""

    def exists(self, key: BlobKey) -> bool:
        """Whether the content is there."""

    def delete(self, key: BlobKey) -> None:
        """Delete the content; it is no error if there is none."""

    def all(self) -> Iterator[StoredBlob]:
        """All entries of the store, in no order."""

    def delete_path(self, path: str) -> None:
        """Delete an entry that `all` listed, also one without a key."""


def parse_blob_path(path: str) -> BlobKey | None:
    """The key that belongs to the path; None if the path is not one of a key."""
    match = _BLOB_PATH.fullmatch(path)
    key = BlobKey(int(match[1]), match[2]) if match else None
    return key if key and key.path == path else None
