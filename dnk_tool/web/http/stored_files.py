"""Hands out files of evidence: in pieces, as attachments, never as pages."""

import logging
from typing import cast

from flask import Response, abort, current_app

from dnk_tool.domain.evidence import MEDIA_TYPES, Evidence
from dnk_tool.store.evidence.blob_store import BlobMissing, Blobs, Key, StorageDown
from dnk_tool.web.http.headers import request_id, save_as

log = logging.getLogger(__name__)


def blobs() -> Blobs:
    """Where the contents lie."""
    return cast(Blobs, current_app.extensions["dnk_blobs"])


def handed_out(found: Evidence, organisation_id: int) -> Response:
    """The file as an attachment. `headers.py` adds what keeps a browser from running any of it."""
    key = Key(organisation_id, found.sha256)
    try:
        pieces = blobs().open(key)
    except BlobMissing:
        log.error("the content %s is missing (request %s)", key.path, request_id())
        abort(500)
    except StorageDown as error:
        log.error("the store of evidence does not answer: %s (request %s)", error, request_id())
        abort(503)
    response = Response(pieces, content_type=MEDIA_TYPES[found.kind])
    response.content_length = found.size
    save_as(response, found.name)
    return response
