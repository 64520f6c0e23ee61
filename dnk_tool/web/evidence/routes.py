"""The blueprint of this package, and what its modules share: limits, and finding a file."""

import logging

from flask import Blueprint, abort
from flask_babel import gettext as _

from dnk_tool.domain.evidence import Evidence
from dnk_tool.services.evidence.access import may_open_evidence
from dnk_tool.services.evidence.contents import remove_unused_contents
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.evidence.blob_store import StorageDown
from dnk_tool.web.http.access import current_actor, current_declaration
from dnk_tool.web.http.request_limits import DEFAULT_MAX_REQUEST_BYTES
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.stored_files import blob_store
from dnk_tool.web.http.transactions import db, session_factory

log = logging.getLogger(__name__)

blueprint = Blueprint("evidence", __name__, url_prefix="/erklaerungen/<int:declaration_id>/belege")

MEGABYTE = 1_000_000


def largest_file() -> int:
    """Largest permitted file, in bytes."""
    return current_settings().evidence_file_mb * MEGABYTE


def largest_upload() -> int:
    """Largest permitted sum of all files of a request, in bytes."""
    return 5 * largest_file()


def largest_request() -> int:
    """Largest permitted request with files and form fields, in bytes."""
    return largest_upload() + DEFAULT_MAX_REQUEST_BYTES


def too_large_text() -> tuple[str, str]:
    """Title and text of the page for a request that is too large."""
    return _("Diese Dateien sind zusammen zu groß"), _(
        "Es wurde nichts gespeichert. Gehen Sie zurück, und laden Sie die Dateien in mehreren Schritten hoch."
    )


def quota() -> int:
    """Largest permitted sum of a company's files, in bytes."""
    return current_settings().evidence_quota_mb * MEGABYTE


def file_or_404(file_id: int) -> Evidence:
    """The file if it belongs to this year and the person may open it; aborts with 404 otherwise."""
    declaration = current_declaration()
    row = evidence.find_file(db(), declaration, file_id) if file_id < 2**31 else None
    file = evidence.to_evidence(row, declaration) if row else None
    if file is None or not may_open_evidence(declaration, file.targets, current_actor()):
        abort(404)
    return file


def delete_unused_contents(organisation_id: int, hashes: frozenset[str]) -> None:
    """Delete contents that no row uses. Must come after the request's transaction has ended.

    If the store does not answer, the contents stay until retention is applied; the request does not fail.
    """
    try:
        remove_unused_contents(session_factory(), blob_store(), organisation_id, hashes)
    except StorageDown as error:
        log.warning("contents of company %s wait to be removed: %s", organisation_id, error)
