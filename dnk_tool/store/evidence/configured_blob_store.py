"""Opens the store of evidence that the settings name: a folder, or a bucket of an S3-compatible service."""

from dnk_tool.config import Settings
from dnk_tool.store.evidence.blob_store import BlobStore
from dnk_tool.store.evidence.file_blob_store import EVIDENCE_FOLDER, FileBlobStore


def open_blob_store(settings: Settings) -> BlobStore:
    """The evidence store of the settings: a bucket for `evidence_store` "s3", else a folder."""
    if settings.evidence_store == "s3":
        # Loaded only where it is used: the library is large.
        from dnk_tool.store.evidence.s3_blob_store import open_s3_blob_store  # noqa: PLC0415

        return open_s3_blob_store(settings)
    return FileBlobStore(settings.instance / EVIDENCE_FOLDER)
