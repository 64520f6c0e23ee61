"""The PDFs of frozen versions that were made here, recorded by their digests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from dnk_tool.store import installation_state
from dnk_tool.store.tables.declarations import Snapshot
from dnk_tool.store.tables.publication import PrintRecord


@dataclass(frozen=True, slots=True)
class RecordedPrint:
    """The digests of a PDF; `pages` is empty if they could not be read."""

    file_sha256: str
    pages: tuple[str, ...]
    document: str
    method: int


def record(session: Session, fingerprint: str, version: int, made: RecordedPrint, *, now: datetime) -> int:
    """Record a PDF of every version with this fingerprint and number; returns of how many it was new.

    Two processes may record the same PDF at the same moment; the first one counts.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    numbers = session.scalars(
        select(Snapshot.id).where(Snapshot.sha256 == fingerprint, Snapshot.version == version)
    ).all()
    rows = [
        {
            "snapshot_id": number,
            "file_sha256": made.file_sha256,
            "method": made.method,
            "document": made.document,
            "pages": " ".join(made.pages),
            "recorded_at": now,
        }
        for number in numbers
    ]
    if not rows:
        return 0
    statement = insert(PrintRecord).values(rows).on_conflict_do_nothing().returning(PrintRecord.snapshot_id)
    return len(session.scalars(statement).all())


def has_file(session: Session, fingerprint: str, file_sha256: str) -> bool:
    """Whether this very file was made here for a version with the fingerprint."""
    statement = select(PrintRecord.snapshot_id).join(Snapshot, Snapshot.id == PrintRecord.snapshot_id)
    known = statement.where(Snapshot.sha256 == fingerprint, PrintRecord.file_sha256 == file_sha256)
    return session.scalar(known.limit(1)) is not None


def of_fingerprint(session: Session, fingerprint: str) -> Sequence[RecordedPrint]:
    """All PDFs recorded for versions with this fingerprint, the latest first."""
    rows = session.execute(
        select(PrintRecord.file_sha256, PrintRecord.pages, PrintRecord.document, PrintRecord.method)
        .join(Snapshot, Snapshot.id == PrintRecord.snapshot_id)
        .where(Snapshot.sha256 == fingerprint)
        .order_by(PrintRecord.recorded_at.desc(), PrintRecord.file_sha256)
    )
    return [
        RecordedPrint(sha256, tuple(pages.split()), document, method)
        for sha256, pages, document, method in rows
    ]


def fingerprint_of_file(session: Session, file_sha256: str) -> str:
    """The fingerprint of the version that this very file was made of; empty if it was not made here."""
    statement = (
        select(Snapshot.sha256)
        .join(PrintRecord, PrintRecord.snapshot_id == Snapshot.id)
        .where(PrintRecord.file_sha256 == file_sha256)
    )
    return session.scalar(statement.limit(1)) or ""


def may_miss_prints(session: Session, fingerprint: str) -> bool:
    """Whether a version with this fingerprint was frozen before its PDFs were recorded without a gap."""
    since = installation_state.read_moment(session, installation_state.PRINTS_RECORDED_SINCE)
    if since is None:
        return False
    statement = select(Snapshot.id).where(Snapshot.sha256 == fingerprint, Snapshot.finished_at < since)
    return session.scalar(statement.limit(1)) is not None
