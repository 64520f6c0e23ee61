"""Where the contents of evidence lie: one small interface with a folder or an S3-compatible store behind."""

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from dnk_tool.config import Settings

CHUNK_BYTES = 256 * 1024
DISK_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
EVIDENCE_FOLDER = "evidence"
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


def open_blob_store(settings: Settings) -> BlobStore:
    """The store that the settings name."""
    if settings.evidence_store == "s3":
        # Loaded only where it is used: the library is large.
        from dnk_tool.store.evidence.s3_blob_store import open_s3_blob_store  # noqa: PLC0415

        return open_s3_blob_store(settings)
    return FileBlobStore(settings.instance / EVIDENCE_FOLDER)


class FileBlobStore:
    """Contents as files that nobody else on the machine can read, outside of everything that is served."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: BlobKey, content: bytes) -> None:
        target = self._folder / key.path
        with _translate_os_errors(), _temporary_file(self._folder) as (descriptor, path):
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            between = [*reversed(target.relative_to(self._folder).parents)]
            for folder in between:
                (self._folder / folder).mkdir(exist_ok=True, mode=0o700)
            os.replace(path, target)
            for folder in between:
                _sync_folder(self._folder / folder)

    def open(self, key: BlobKey) -> Iterator[bytes]:
        try:
            with _translate_os_errors():
                file = (self._folder / key.path).open("rb")
        except FileNotFoundError:
            raise BlobMissing(key) from None

        def pieces() -> Iterator[bytes]:
            with file:
                while piece := file.read(CHUNK_BYTES):
                    yield piece

        return pieces()

    def exists(self, key: BlobKey) -> bool:
        return (self._folder / key.path).is_file()

    def delete(self, key: BlobKey) -> None:
        self.delete_path(key.path)

    def all(self) -> Iterator[StoredBlob]:
        for folder, _folders, names in os.walk(self._folder):
            for name in names:
                file = Path(folder) / name
                with suppress(FileNotFoundError):
                    changed = datetime.fromtimestamp(file.lstat().st_mtime, UTC)
                    path = file.relative_to(self._folder).as_posix()
                    yield StoredBlob(path, parse_blob_path(path), changed)

    def delete_path(self, path: str) -> None:
        with _translate_os_errors():
            (self._folder / path).unlink(missing_ok=True)


def parse_blob_path(path: str) -> BlobKey | None:
    """The key whose content lies under the path."""
    found = _BLOB_PATH.fullmatch(path)
    key = BlobKey(int(found[1]), found[2]) if found else None
    return key if key and key.path == path else None


@contextmanager
def _temporary_file(folder: Path) -> Iterator[tuple[int, Path]]:
    """A new file that is gone afterwards, unless it was moved to its place."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"new-{secrets.token_hex(8)}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield descriptor, path
    finally:
        path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _translate_os_errors() -> Iterator[None]:
    """Turn what the machine says into what the caller can tell people."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in DISK_FULL_ERRNOS:
            raise StorageFull from error
        raise StorageDown(type(error).__name__) from error
