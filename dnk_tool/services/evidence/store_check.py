"""Compares the evidence in the database with the contents of the blob store."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.services.uploads.virus_scan import VirusScanner
from dnk_tool.store import installation_state
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.evidence.blob_store import BlobKey, BlobMissing, BlobStore, StoredBlob

# A content is stored before its row, so the row of a young one may still follow.
GRACE = timedelta(hours=1)


class StillQuiet(Exception):
    """A restored copy deletes no files before it is resumed: others may need those it does not know."""


@dataclass(frozen=True, slots=True)
class EvidenceStoreReport:
    """What a check found.

    `checked`: how many contents rows need; `missing`: those that the store lacks; `wrong`: those whose hash
    differs. `orphans`: files in the store that no row needs. `infected`: contents in which the virus scanner
    found something; empty if none was asked.
    """

    checked: int
    missing: tuple[BlobKey, ...]
    wrong: tuple[BlobKey, ...]
    orphans: tuple[StoredBlob, ...]
    infected: tuple[BlobKey, ...] = ()

    @property
    def is_fine(self) -> bool:
        """Whether all contents that rows need are there, unchanged and clean; orphans do no harm."""
        return not (self.missing or self.wrong or self.infected)


def check_evidence_store(
    factory: sessionmaker[Session],
    blobs: BlobStore,
    *,
    actor: Actor,
    now: datetime,
    scanner: VirusScanner | None = None,
) -> EvidenceStoreReport:
    """Read every content, compare its hash, have it scanned if there is a `scanner`, and list orphans.

    Raises NotPermitted and StorageDown, and of the scanner ScannerAway and ScanRefused.
    """
    require(Permission.INSTALLATION_RUN, actor)
    with factory() as session:
        known = {BlobKey(*content_hash) for content_hash in evidence.all_content_hashes(session)}
    missing, wrong, infected = [], [], []
    for key in sorted(known):
        try:
            content = b"".join(blobs.open(key))
            if hashlib.sha256(content).hexdigest() != key.sha256:
                wrong.append(key)
            if scanner and scanner.finds_something(content):
                infected.append(key)
        except BlobMissing:
            missing.append(key)
    orphans = tuple(_orphans(factory, blobs, now=now))
    return EvidenceStoreReport(len(known), tuple(missing), tuple(wrong), orphans, tuple(infected))


def remove_orphans(factory: sessionmaker[Session], blobs: BlobStore, *, actor: Actor, now: datetime) -> int:
    """Delete the files that no row needs and that are older than GRACE; returns how many.

    Raises StillQuiet, NotPermitted and StorageDown.
    """
    require(Permission.INSTALLATION_RUN, actor)
    with factory() as session:
        if installation_state.quiet_since(session):
            raise StillQuiet
    return sum(_remove_orphan(factory, blobs, orphan) for orphan in list(_orphans(factory, blobs, now=now)))


def _orphans(factory: sessionmaker[Session], blobs: BlobStore, *, now: datetime) -> Iterator[StoredBlob]:
    lying = [blob for blob in blobs.all() if blob.changed_at < now - GRACE]
    with factory() as session:
        known = {BlobKey(*content_hash) for content_hash in evidence.all_content_hashes(session)}
    yield from (blob for blob in lying if blob.key not in known)


def _remove_orphan(factory: sessionmaker[Session], blobs: BlobStore, stored_blob: StoredBlob) -> bool:
    """Delete one orphan; False if a row needs it by now. Locks the company, so that nobody adds it again."""
    if stored_blob.key is None:
        blobs.delete_path(stored_blob.path)
        return True
    owner, sha256 = stored_blob.key.organisation_id, stored_blob.key.sha256
    with write_session(factory) as session, session.begin():
        if declarations.find_organisation(session, owner) is not None:
            declarations.lock_organisation(session, owner, even_archived=True)
        if evidence.content_hashes(session, owner, {sha256}):
            return False
        blobs.delete(stored_blob.key)
    return True
