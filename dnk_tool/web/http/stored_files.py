"""Streams evidence files as attachments, never as pages, and has single pages drawn as pictures."""

import codecs
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import cast

from flask import Response, abort, current_app

from dnk_tool.domain.evidence import MEDIA_TYPES, Evidence
from dnk_tool.services.privacy import deletion_files
from dnk_tool.services.uploads.page_images import PageImage, page_image
from dnk_tool.store.evidence.blob_store import BlobKey, BlobMissing, BlobStore, StorageDown
from dnk_tool.store.privacy.deletion import DatabaseDeletion
from dnk_tool.web.http.headers import request_id, set_download_name
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import after_commit, session_factory

log = logging.getLogger(__name__)


def blob_store() -> BlobStore:
    """The application's store of file contents."""
    return cast(BlobStore, current_app.extensions["dnk_blobs"])


def finish_deletion(deleted: DatabaseDeletion, *, now: datetime) -> None:
    """Log the deletion and delete its files, once the request's transaction is committed."""
    settings = current_settings()
    after_commit(
        lambda: deletion_files.finish_deletion(
            session_factory(),
            blob_store(),
            settings.instance,
            deleted,
            now=now,
            backups=settings.backup_folder,
        )
    )


def evidence_attachment(evidence: Evidence, organisation_id: int) -> Response:
    """Stream the file as an attachment.

    Aborts with 500 if the content is missing, with 503 if the store does not answer. `headers.py` adds the
    policy that keeps browsers from running any of it.
    """
    with _faults_as_errors(evidence, organisation_id):
        pieces = blob_store().open(BlobKey(organisation_id, evidence.sha256))
    response = _response(iter(pieces), MEDIA_TYPES[evidence.kind])
    response.content_length = evidence.size
    set_download_name(response, evidence.name)
    return response


def evidence_page(evidence: Evidence, organisation_id: int, number: int) -> PageImage:
    """A page of the file as `stored_page` draws it. Raises FileRejected; aborts as `evidence_attachment`."""
    with _faults_as_errors(evidence, organisation_id):
        return stored_page(evidence, organisation_id, number)


def stored_page(evidence: Evidence, organisation_id: int, number: int) -> PageImage:
    """A page of the file, drawn or held from before. Raises FileRejected, BlobMissing and StorageDown."""
    key = BlobKey(organisation_id, evidence.sha256)
    return page_image(evidence.sha256, evidence.kind, number, lambda: b"".join(blob_store().open(key)))


@contextmanager
def _faults_as_errors(evidence: Evidence, organisation_id: int) -> Iterator[None]:
    try:
        yield
    except BlobMissing:
        path = BlobKey(organisation_id, evidence.sha256).path
        log.error("the content %s is missing (request %s)", path, request_id())
        abort(500)
    except StorageDown as error:
        log.error("the store of evidence does not answer: %s (request %s)", error, request_id())
        abort(503)


def _response(pieces: Iterator[bytes], media_type: str) -> Response:
    if not media_type.startswith("text/"):
        return Response(pieces, content_type=media_type)
    first = next(pieces, b"")
    return Response(_joined(first, pieces), content_type=f"{media_type}; charset={_charset(first)}")


def _joined(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


def _charset(start: bytes) -> str:
    """The character set that the beginning of a text shows; the upload accepts no others."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"
