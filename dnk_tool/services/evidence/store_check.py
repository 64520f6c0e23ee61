"""Compares what the database knows of evidence with what lies in the store."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.store.database import writing
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.evidence.blob_store import BlobMissing, Blobs, Found, Key

# A content is stored a moment before its row: younger ones may be on their way.
GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Report:
    """`missing` and `wrong`: contents that rows need; `orphans`: what lies in the store and no row needs."""

    checked: int
    missing: tuple[Key, ...]
    wrong: tuple[Key, ...]
    orphans: tuple[Found, ...]

    @property
    def is_fine(self) -> bool:
        return not (self.missing or self.wrong)


def check(factory: sessionmaker[Session], blobs: Blobs, *, actor: Actor, now: datetime) -> Report:
    """Read every content and compare its hash. Raises NotPermitted and StorageDown."""
    require(Permission.INSTALLATION_RUN, actor)
    with factory() as session:
        known = {Key(*one) for one in evidence.all_contents(session)}
    missing, wrong = [], []
    for key in sorted(known):
        try:
            if _hash_of(blobs.open(key)) != key.sha256:
                wrong.append(key)
        except BlobMissing:
            missing.append(key)
    orphans = tuple(_orphans(factory, blobs, now=now))
    return Report(len(known), tuple(missing), tuple(wrong), orphans)


def remove_orphans(factory: sessionmaker[Session], blobs: Blobs, *, actor: Actor, now: datetime) -> int:
    """Take away what no row needs and has lain there for an hour; gives how much.

    Raises NotPermitted and StorageDown.
    """
    require(Permission.INSTALLATION_RUN, actor)
    return sum(_take_away(factory, blobs, one) for one in list(_orphans(factory, blobs, now=now)))


def _orphans(factory: sessionmaker[Session], blobs: Blobs, *, now: datetime) -> Iterator[Found]:
    lying = [one for one in blobs.all() if one.changed_at < now - GRACE]
    with factory() as session:
        known = {Key(*one) for one in evidence.all_contents(session)}
    yield from (one for one in lying if one.key not in known)


def _take_away(factory: sessionmaker[Session], blobs: Blobs, one: Found) -> bool:
    """Only while nobody of the company can add the same content."""
    if one.key is None:
        blobs.delete_path(one.path)
        return True
    owner, sha256 = one.key.organisation_id, one.key.sha256
    with writing(factory) as session, session.begin():
        if declarations.organisation(session, owner) is not None:
            declarations.lock(session, owner)
        if evidence.contents(session, owner, {sha256}):
            return False
        blobs.delete(one.key)
    return True


def _hash_of(pieces: Iterator[bytes]) -> str:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()
