"""Keeps the contents of evidence as objects in a bucket of any S3-compatible store."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from dnk_tool.config import Settings
from dnk_tool.store.evidence.blob_store import (
    CHUNK_BYTES,
    BlobKey,
    BlobMissing,
    StorageDown,
    StoredBlob,
    parse_blob_path,
)

if TYPE_CHECKING:
    from obstore import GetResult


class S3BlobStore:
    """Stores contents as objects of a bucket, which must be private and hold nothing else.

    `brisk` is the same bucket with a short timeout and no retries, for calls within a writing transaction.
    """

    def __init__(self, bucket: S3Store, brisk: S3Store) -> None:
        self._bucket, self._short_timeout_bucket = bucket, brisk

    def check(self) -> None:
        """List one object with the short timeout. Raises StorageDown, also if the bucket does not exist."""
        try:
            with _translate_s3_errors():
                next(iter(obstore.list(self._short_timeout_bucket, chunk_size=1)), None)
        except FileNotFoundError:
            raise StorageDown("there is no such bucket") from None

    def put(self, key: BlobKey, content: bytes) -> None:
        """Upload the content. Raises StorageDown, also if the bucket does not exist."""
        try:
            with _translate_s3_errors():
                obstore.put(self._bucket, key.path, content)
        except FileNotFoundError:
            raise StorageDown("there is no such bucket") from None

    def open(self, key: BlobKey) -> Iterator[bytes]:
        """Stream the object. Raises BlobMissing at the call, StorageDown also while reading."""
        try:
            with _translate_s3_errors():
                stored_object = obstore.get(self._bucket, key.path)
        except FileNotFoundError:
            raise BlobMissing(key) from None
        return _stream_chunks(stored_object)

    def exists(self, key: BlobKey) -> bool:
        """Whether the object exists; asked with the short timeout. Raises StorageDown."""
        try:
            with _translate_s3_errors():
                obstore.head(self._short_timeout_bucket, key.path)
        except FileNotFoundError:
            return False
        return True

    def delete(self, key: BlobKey) -> None:
        """Delete the object, if it is there; with the short timeout. Raises StorageDown."""
        self.delete_path(key.path)

    def all(self) -> Iterator[StoredBlob]:
        """All objects of the bucket, also those whose path is no key. Raises StorageDown."""
        with _translate_s3_errors():
            for some in obstore.list(self._bucket):
                for metadata in some:
                    yield StoredBlob(
                        metadata["path"], parse_blob_path(metadata["path"]), metadata["last_modified"]
                    )

    def delete_path(self, path: str) -> None:
        """Delete an object by its path, if it is there; with the short timeout. Raises StorageDown."""
        with _translate_s3_errors(), suppress(FileNotFoundError):
            obstore.delete(self._short_timeout_bucket, path)


def open_s3_blob_store(settings: Settings) -> S3BlobStore:
    """The bucket of the settings: 60 s timeout and 2 retries; the short timeout is 5 s without retries."""
    return S3BlobStore(
        _bucket(settings, timeout="60s", retries=2), _bucket(settings, timeout="5s", retries=0)
    )


def _bucket(settings: Settings, *, timeout: str, retries: int) -> S3Store:
    endpoint = settings.evidence_endpoint
    return S3Store(
        settings.evidence_bucket,
        endpoint=endpoint or None,
        region=settings.evidence_region,
        access_key_id=settings.evidence_access_key.get_secret_value(),
        secret_access_key=settings.evidence_secret_key.get_secret_value(),
        virtual_hosted_style_request=False,
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": "5s",
            "timeout": timeout,
        },
        retry_config={"max_retries": retries},
    )


def _stream_chunks(get_result: "GetResult") -> Iterator[bytes]:
    with _translate_s3_errors():
        for piece in get_result.stream(min_chunk_size=CHUNK_BYTES):
            yield bytes(piece)


@contextmanager
def _translate_s3_errors() -> Iterator[None]:
    """Raise StorageDown instead of the library's errors; FileNotFoundError passes."""
    try:
        yield
    except BaseError as error:
        # Only the type: the message may hold the address of the store and more.
        raise StorageDown(type(error).__name__) from error
