"""Files that a form sends as evidence: inspected, then stored for one target; every fault in words."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from dnk_tool.domain.evidence import (
    LONGEST_NAME,
    MAX_FILES_AT_ONCE,
    EvidenceTarget,
    FileRejected,
    FileRejectionReason,
    base_name,
    visible_text,
)
from dnk_tool.services.evidence import files as evidence_files
from dnk_tool.services.evidence.contents import store_contents
from dnk_tool.services.evidence.files import AddedEvidence, EvidenceDetails, QuotaExceeded
from dnk_tool.services.uploads.inspection import InspectedFile, inspect_file
from dnk_tool.store.evidence.blob_store import StorageDown, StorageFull
from dnk_tool.web.evidence.labels import file_rejection_text, size_text
from dnk_tool.web.evidence.routes import delete_unused_contents, largest_file, quota
from dnk_tool.web.http.access import current_declaration, current_work
from dnk_tool.web.http.stored_files import blob_store
from dnk_tool.web.http.transactions import db
from dnk_tool.web.uploads import record_refused_file

STORAGE_ERRORS = (QuotaExceeded, StorageFull, StorageDown)


@dataclass
class UploadedFiles:
    """The inspected files of a form, and messages about those that were rejected."""

    files: list[InspectedFile] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def inspect_uploads(chosen: Sequence[FileStorage]) -> UploadedFiles:
    """Inspect each file that was sent; a message if there are none or too many.

    Parts of a request without a name are empty file fields: the caller leaves them out.
    """
    uploaded_files = UploadedFiles()
    if not chosen:
        uploaded_files.errors.append(_("Wählen Sie mindestens eine Datei aus."))
    if len(chosen) > MAX_FILES_AT_ONCE:
        uploaded_files.errors.append(
            _("Wählen Sie höchstens %(count)s Dateien auf einmal aus.", count=MAX_FILES_AT_ONCE)
        )
        return uploaded_files
    for upload in chosen:
        name = upload.filename or ""
        with closing(upload):
            try:
                uploaded_files.files.append(inspect_file(name, upload.read(), largest=largest_file()))
            except FileRejected as refused:
                shown = visible_text(base_name(name))[-LONGEST_NAME:]
                uploaded_files.errors.append(f"„{shown}“: {file_rejection_text(name, refused.why)}")
                if refused.why is FileRejectionReason.BUSY:
                    break  # the remaining files would only wait as well
                record_refused_file(refused.why)
    return uploaded_files


def store_files(
    target: EvidenceTarget, files: Sequence[InspectedFile], about: EvidenceDetails
) -> AddedEvidence:
    """Write contents before rows: if the process ends in between, only unused contents remain.

    If it fails, the request's transaction is rolled back. Raises what `add_evidence` raises.
    """
    declaration, is_kept = current_declaration(), False
    owner = declaration.organisation_id  # reading it after the rollback would begin a transaction
    try:
        store_contents(blob_store(), owner, files)
        added = evidence_files.add_evidence(
            current_work(), blob_store(), declaration, target, files, about, quota=quota()
        )
        is_kept = True
        return added
    finally:
        if not is_kept:
            db().rollback()
            delete_unused_contents(owner, frozenset(file.sha256 for file in files))


def storage_error_text(error: Exception) -> tuple[str, int]:
    """What a person is told where files cannot be stored, and the status of the answer."""
    if isinstance(error, QuotaExceeded):
        return _quota_text(error), 422
    if isinstance(error, StorageFull):
        text = _(
            "Der Speicher dieser Installation ist voll. Bitte sagen Sie es der Person, die sie betreibt, und "
            "versuchen Sie es später noch einmal."
        )
        return str(text), 507
    text = _(
        "Der Speicher für Belege antwortet gerade nicht. Versuchen Sie es in einigen Minuten noch einmal."
    )
    return str(text), 503


def _quota_text(error: QuotaExceeded) -> str:
    return str(
        _(
            "Dafür reicht der Platz nicht: Sie brauchen %(needed)s, frei sind %(free)s. Entfernen Sie "
            "Belege, die Sie nicht mehr brauchen, oder laden Sie kleinere Dateien hoch.",
            needed=size_text(error.needed),
            free=size_text(error.free) if error.free else "0 kB",
        )
    )
