"""Cleans up files after a deletion, and deletes again what a restored backup brought back."""

import logging
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.services.evidence.contents import remove_unused_contents
from dnk_tool.services.exports import pdf_cache
from dnk_tool.store.database import write_session
from dnk_tool.store.evidence.blob_store import BlobStore, StorageDown
from dnk_tool.store.privacy import deletion
from dnk_tool.store.privacy.deletion import DatabaseDeletion
from dnk_tool.store.privacy.erasure_log import (
    DELETED_KINDS,
    copy_log_to_backups,
    log_deletion,
    logged_deletions,
)

log = logging.getLogger(__name__)


def finish_deletion(
    factory: sessionmaker[Session],
    blobs: BlobStore,
    instance: Path,
    deleted: DatabaseDeletion,
    *,
    now: datetime,
    backups: Path | None = None,
) -> None:
    """Log the deletion, and delete evidence and cached PDFs; to be called after the commit.

    What cannot be deleted now is unused, and is removed when retention is applied.
    """
    log_deletion(instance, deleted.kind, deleted.number, now)
    copy_log_to_backups(instance, backups)
    delete_prints(instance, deleted)
    if deleted.organisation_id is not None:
        try:
            remove_unused_contents(factory, blobs, deleted.organisation_id, deleted.contents)
        except StorageDown as error:
            log.warning("contents of company %s wait to be removed: %s", deleted.organisation_id, error)


def delete_prints(instance: Path, deleted: DatabaseDeletion) -> None:
    """Delete the cached PDFs of the versions, and all drafts: nothing records whose they are."""
    folder = instance / pdf_cache.FOLDER
    for sha256 in deleted.prints:
        pdf_cache.delete_version(folder, sha256)
    pdf_cache.delete_drafts(folder)


def reapply_deletions(factory: sessionmaker[Session], instance: Path) -> int:
    """Delete again what a restored backup brought back. Returns how many.

    Log and journal are merged before. Evidence files that nothing refers to then go with retention.
    """
    count = 0
    order = sorted(logged_deletions(instance), key=lambda it: (DELETED_KINDS.index(it[1]), it[0]))
    for deleted_at, kind, number in order:
        with write_session(factory) as session, session.begin():
            deleted = deletion.delete_again(session, kind, number, deleted_at=deleted_at)
        if deleted is not None:
            delete_prints(instance, deleted)
            log.info("%s %s was deleted once more", kind, number)
            count += 1
    return count
