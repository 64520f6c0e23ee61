"""Stores the contents of evidence before their rows, and takes them away after their last row."""

from collections.abc import Sequence

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.services.uploads.inspection import Inspected
from dnk_tool.store.database import writing
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.evidence.blob_store import Blobs, Key


def keep(blobs: Blobs, organisation_id: int, files: Sequence[Inspected]) -> None:
    """Store the contents before their rows; without rows `sweep` takes them away again.

    Raises StorageFull and StorageDown.
    """
    for one in files:
        key = Key(organisation_id, one.sha256)
        if not blobs.exists(key):
            blobs.put(key, one.content)


def sweep(factory: sessionmaker[Session], blobs: Blobs, organisation_id: int, hashes: frozenset[str]) -> None:
    """Take away those contents of a company that no row uses. Only after a commit, never before it.

    Whoever adds the same content at this moment waits for it to be gone, and puts it there again.
    """
    if not hashes:
        return
    with writing(factory) as session, session.begin():
        declarations.lock(session, organisation_id)
        for sha256 in hashes - evidence.contents(session, organisation_id, hashes):
            blobs.delete(Key(organisation_id, sha256))
