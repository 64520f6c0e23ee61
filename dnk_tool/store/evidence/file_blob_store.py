"""Keeps the contents of evidence as files in a folder of the instance."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from dnk_tool.paths import sync_to_disk
from dnk_tool.store.evidence.blob_store import (
    CHUNK_BYTES,
    BlobKey,
    BlobMissing,
    StorageDown,
    StorageFull,
    StoredBlob,
    parse_blob_path,
)

DISK_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
EVIDENCE_FOLDER = "evidence"


class FileBlobStore:
    """Stores contents as files that only the tool's system user can read, in a folder that is not served."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def check(self) -> None:
        """Raise StorageDown unless the folder, or the one that it will be made in, can be written."""
        folder = self._folder if self._folder.exists() else self._folder.parent
        if not (folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)):
            raise StorageDown("the folder cannot be written")

    def put(self, key: BlobKey, content: bytes) -> None:
        """Write a temporary file, sync it and move it into place. Raises StorageFull and StorageDown."""
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
                sync_to_disk(self._folder / folder)

    def open(self, key: BlobKey) -> Iterator[bytes]:
        """Read the file in pieces of `CHUNK_BYTES`. Raises BlobMissing and StorageDown at the call."""
        try:
            with _translate_os_errors():
                file = (self._folder / key.path).open("rb")
        except FileNotFoundError:
            raise BlobMissing(key) from None

        def pieces() -> Iterator[bytes]:
            """Yields the content and closes the file at the end. Raises OSError if reading fails."""
            with file:
                while piece := file.read(CHUNK_BYTES):
                    yield piece

        return pieces()

    def exists(self, key: BlobKey) -> bool:
        """Whether a regular file lies at the key's path."""
        return (self._folder / key.path).is_file()

    def delete(self, key: BlobKey) -> None:
        """Delete the file, if it is there. Raises StorageDown."""
        self.delete_path(key.path)

    def all(self) -> Iterator[StoredBlob]:
        """All files of the folder, also temporary ones that a crash left (`key` None)."""
        for folder, _folders, names in os.walk(self._folder):
            for name in names:
                file = Path(folder) / name
                with suppress(FileNotFoundError):
                    changed = datetime.fromtimestamp(file.lstat().st_mtime, UTC)
                    path = file.relative_to(self._folder).as_posix()
                    yield StoredBlob(path, parse_blob_path(path), changed)

    def delete_path(self, path: str) -> None:
        """Delete a file by its path relative to the folder, if it is there. Raises StorageDown."""
        with _translate_os_errors():
            (self._folder / path).unlink(missing_ok=True)


@contextmanager
def _temporary_file(folder: Path) -> Iterator[tuple[int, Path]]:
    """A new empty file, deleted afterwards unless it was moved away."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"new-{secrets.token_hex(8)}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield descriptor, path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _translate_os_errors() -> Iterator[None]:
    """Raise StorageFull or StorageDown instead of an OSError; FileNotFoundError passes."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in DISK_FULL_ERRNOS:
            raise StorageFull from error
        raise StorageDown(type(error).__name__) from error
