"""Stores the contents of evidence before their rows, and deletes them after their last row."""

from collections.abc import Sequence

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.services.uploads.inspection import InspectedFile
from dnk_tool.store import installation_state
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.evidence.blob_store import BlobKey, BlobStore


def store_contents(blobs: BlobStore, organisation_id: int, files: Sequence[InspectedFile]) -> None:
    """Store the contents that the blob store does not have yet; call it before adding their rows.

    If no rows follow, `remove_unused_contents` deletes them again. Raises StorageFull and StorageDown.
    """
    for file in files:
        key = BlobKey(organisation_id, file.sha256)
        if not blobs.exists(key):
            blobs.put(key, file.content)


def remove_unused_contents(
    factory: sessionmaker[Session], blobs: BlobStore, organisation_id: int, hashes: frozenset[str]
) -> None:
    """Delete those contents of a company that no row uses. Call it after a commit, never before.

    A restored copy that is still quiet deletes none, as the original may need them.
    Locks the company: somebody who adds the same content at this moment waits, and then stores it again.
    """
    if not hashes:
        return
    with write_session(factory) as session, session.begin():
        if installation_state.quiet_since(session):
            return
        if declarations.find_organisation(session, organisation_id) is not None:
            declarations.lock_organisation(session, organisation_id, even_archived=True)
        for sha256 in hashes - evidence.content_hashes(session, organisation_id, hashes):
            blobs.delete(BlobKey(organisation_id, sha256))
