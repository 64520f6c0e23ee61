"""Streams evidence files as attachments, never as pages."""

import logging
from typing import cast

from flask import Response, abort, current_app

from dnk_tool.domain.evidence import MEDIA_TYPES, Evidence
from dnk_tool.store.evidence.blob_store import BlobKey, BlobMissing, BlobStore, StorageDown
from dnk_tool.web.http.headers import request_id, set_download_name

log = logging.getLogger(__name__)


def blob_store() -> BlobStore:
    """The application's store of file contents."""
    return cast(BlobStore, current_app.extensions["dnk_blobs"])


def evidence_attachment(evidence: Evidence, organisation_id: int) -> Response:
    """Stream the file as an attachment.

    Aborts with 500 if the content is missing, with 503 if the store does not answer. `headers.py` adds the
    policy that keeps browsers from running any of it.
    """
    key = BlobKey(organisation_id, evidence.sha256)
    try:
        pieces = blob_store().open(key)
    except BlobMissing:
        log.error("the content %s is missing (request %s)", key.path, request_id())
        abort(500)
    except StorageDown as error:
        log.error("the store of evidence does not answer: %s (request %s)", error, request_id())
        abort(503)
    response = Response(pieces, content_type=MEDIA_TYPES[evidence.kind])
    response.content_length = evidence.size
    set_download_name(response, evidence.name)
    return response
