"""The interface of a store of evidence, its errors, and the keys under which contents lie."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

CHUNK_BYTES = 256 * 1024
_BLOB_PATH = re.compile(r"([1-9][0-9]{0,9})/[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})")


class BlobMissing(LookupError):
    """There is no content under this key."""


class StorageFull(Exception):
    """The store has no room left; nothing of the content was kept."""


class StorageDown(Exception):
    """The store does not answer, or does not let us in."""


@dataclass(frozen=True, slots=True, order=True)
class BlobKey:
    """Names a content: whose it is, and its SHA-256. Companies never share one."""

    organisation_id: int
    sha256: str

    @property
    def path(self) -> str:
        return f"{self.organisation_id}/{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A content that lies in the store; `key` is None for what was never put there by us."""

    path: str
    key: BlobKey | None
    changed_at: datetime


class BlobStore(Protocol):
    """What a store of contents can do. Each may raise StorageDown."""

    def put(self, key: BlobKey, content: bytes) -> None:
        """Keep the content so that it survives a power cut. Raises StorageFull, and keeps no part then."""

    def open(self, key: BlobKey) -> Iterator[bytes]:
        """The content in pieces. Raises BlobMissing at once, not while it is read."""

    def exists(self, key: BlobKey) -> bool:
        """Whether the content is there."""

    def delete(self, key: BlobKey) -> None:
        """Forget the content; one that is not there is forgotten already."""

    def all(self) -> Iterator[StoredBlob]:
        """Everything that lies in the store."""

    def delete_path(self, path: str) -> None:
        """Forget what `all` found, whatever it is."""


def parse_blob_path(path: str) -> BlobKey | None:
    """The key whose content lies under the path."""
    found = _BLOB_PATH.fullmatch(path)
    key = BlobKey(int(found[1]), found[2]) if found else None
    return key if key and key.path == path else None
