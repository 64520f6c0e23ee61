"""Proofs of where a frozen version comes from: its publication here and the operator's seal."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, defer

from dnk_tool.domain.declarations.states import Decision
from dnk_tool.store.tables.declarations import SignOff, Snapshot
from dnk_tool.store.tables.publication import Proof, Publication
from dnk_tool.store.tables.review import Approval


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version that was published at any time, and its declaration's publication, withdrawn or not."""

    snapshot: Snapshot
    proof: Proof
    publication: Publication


def mark_published(session: Session, snapshot_id: int, *, now: datetime) -> None:
    """Store `now` as the time when the version was last published."""
    _find_or_add_proof(session, snapshot_id).published_at = now


def find_published_versions(session: Session, prefix: str) -> list[PublishedVersion]:
    """The versions ever published whose fingerprint starts with `prefix`, latest first, in one statement.

    Versions never published are left out, so that the answer does not show whether they exist.
    """
    rows = session.execute(
        select(Snapshot, Proof, Publication)
        .join(Proof, Proof.snapshot_id == Snapshot.id)
        .join(Publication, Publication.declaration_id == Snapshot.declaration_id)
        .where(_fingerprint_starts_with(prefix), Proof.published_at.is_not(None))
        .options(defer(Snapshot.content))
        .order_by(Proof.published_at.desc(), Snapshot.id.desc())
    )
    return [PublishedVersion(*row) for row in rows]


def has_version(session: Session, fingerprint: str) -> bool:
    """Whether any version, published or not, has this full fingerprint."""
    return bool(session.scalar(select(exists().where(Snapshot.sha256 == fingerprint))))


def known_fingerprints(session: Session, fingerprints: Collection[str]) -> set[str]:
    """Those of the fingerprints that belong to a version, published or not."""
    return set(session.scalars(select(Snapshot.sha256).where(Snapshot.sha256.in_(fingerprints))))


def seal_of(session: Session, declaration_id: int, version: int) -> str:
    """The seal of a version; empty if it has none."""
    return (
        session.scalar(
            select(Proof.seal)
            .join(Snapshot, Snapshot.id == Proof.snapshot_id)
            .where(Snapshot.declaration_id == declaration_id, Snapshot.version == version)
        )
        or ""
    )


def sealed_versions(session: Session, declaration_id: int) -> frozenset[int]:
    """The numbers of the declaration's versions that have a seal."""
    return frozenset(
        session.scalars(
            select(Snapshot.version)
            .join(Proof, Proof.snapshot_id == Snapshot.id)
            .where(Snapshot.declaration_id == declaration_id, Proof.seal != "")
        )
    )


def unsealed_versions(session: Session) -> Sequence[tuple[int, str]]:
    """Ids and fingerprints of the versions that are approved or finished and have no seal."""
    rows = session.execute(
        select(Snapshot.id, Snapshot.sha256)
        .outerjoin(Proof, Proof.snapshot_id == Snapshot.id)
        .outerjoin(Approval, and_(_matches_snapshot(Approval), Approval.withdrawn_at.is_(None)))
        .outerjoin(SignOff, _matches_snapshot(SignOff))
        .where(or_(Proof.seal.is_(None), Proof.seal == ""), _is_final())
        .order_by(Snapshot.id)
    )
    return [(number, sha256) for number, sha256 in rows]


def seals(session: Session) -> Sequence[tuple[int, str, str]]:
    """Id, fingerprint and seal of every version that has one."""
    rows = session.execute(
        select(Snapshot.id, Snapshot.sha256, Proof.seal)
        .join(Proof, Proof.snapshot_id == Snapshot.id)
        .where(Proof.seal != "")
        .order_by(Snapshot.id)
    )
    return [(number, sha256, seal) for number, sha256, seal in rows]


def save_seal(session: Session, snapshot_id: int, seal: str) -> None:
    """Store the seal of a version."""
    _find_or_add_proof(session, snapshot_id).seal = seal


def _find_or_add_proof(session: Session, snapshot_id: int) -> Proof:
    proof = session.get(Proof, snapshot_id)
    if proof is None:
        proof = Proof(snapshot_id=snapshot_id, seal="")
        session.add(proof)
    return proof


def _fingerprint_starts_with(prefix: str) -> ColumnElement[bool]:
    """Compare as a range, which uses the index: no hexadecimal digit comes after f."""
    return and_(Snapshot.sha256 >= prefix, Snapshot.sha256 < f"{prefix}g")


def _matches_snapshot(table: Any) -> Any:
    return and_(table.declaration_id == Snapshot.declaration_id, table.version == Snapshot.version)


def _is_final() -> ColumnElement[bool]:
    """The rule of `versions.FINAL` as SQL; a test compares both."""
    is_confirmed = or_(SignOff.id.is_(None), SignOff.decision == Decision.CONFIRMED)
    return or_(Approval.id.is_not(None), and_(Snapshot.submitted_at.is_(None), is_confirmed))
