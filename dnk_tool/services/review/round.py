"""Reads the review status of each section, from frozen versions only, never from live answers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.declarations.comparison import changed_sections
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.review import Judgement, ReviewStatus, latest_by_section, review_status
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import verdicts as stored_verdicts
from dnk_tool.store.tables.declarations import Declaration, Snapshot


@dataclass(frozen=True)
class SnapshotKey:
    """A frozen version as a cache key: compared by its SHA-256 alone."""

    sha256: str
    content: bytes = field(compare=False, repr=False)


@dataclass(frozen=True)
class ReviewRound:
    """The latest version submitted to the declaration's cluster, with what its reviewers need to judge it.

    `snapshots`: all versions submitted to the cluster, by version. `judgements`: the latest verdict by
    section; `before`: the latest on an earlier version; `changed`: the sections whose content differs from
    what was judged then. `standings`: review status by section.
    """

    snapshots: Mapping[int, Snapshot]
    snapshot: Snapshot
    document: Document
    judgements: Mapping[str, Judgement]
    before: Mapping[str, Judgement]
    changed: frozenset[str]
    standings: Mapping[str, ReviewStatus]

    @property
    def version(self) -> int:
        """The version under review."""
        return self.snapshot.version

    @property
    def sections(self) -> tuple[Section, ...]:
        """All sections that the version asks for, in order."""
        return self.document.selection.sections

    def current_judgement(self, section: str) -> Judgement | None:
        """The verdict on the section in this version; None if only earlier versions were judged."""
        judgement = self.judgements.get(section)
        return judgement if judgement and judgement.version == self.version else None

    def current_judgement_number(self, section: str) -> int:
        """How often the verdict on this version was changed, from 1; 0: none. Its version for locking."""
        judgement = self.current_judgement(section)
        return judgement.number if judgement else 0

    def document_of(self, version: int) -> Document:
        """The document of a version submitted to the same cluster. Raises KeyError for any other version."""
        return snapshot_document(self.snapshots[version])

    def with_status(self, wanted: ReviewStatus) -> tuple[Section, ...]:
        """The sections with this review status, in order."""
        return tuple(section for section in self.sections if self.standings[section.ref] is wanted)


def current_round(session: Session, declaration: Declaration) -> ReviewRound | None:
    """The round of the latest version submitted to the declaration's cluster; None if there is none."""
    if declaration.cluster_id is None:
        return None
    submitted_snapshots = declarations.submitted_snapshots(session, declaration.id, declaration.cluster_id)
    if not submitted_snapshots:
        return None
    return _round(submitted_snapshots, stored_verdicts.judgements(session, declaration.id))


def current_rounds(
    session: Session, cluster_id: int, declaration_ids: Collection[int]
) -> dict[int, ReviewRound]:
    """The rounds of many declarations in a cluster by declaration, in two statements."""
    submitted = declarations.submitted_snapshots_of(session, declaration_ids, cluster_id)
    given = stored_verdicts.judgements_of(session, declaration_ids)
    return {key: _round(snapshots, given.get(key, ())) for key, snapshots in submitted.items()}


def _round(submitted_snapshots: Sequence[Snapshot], judged: Iterable[Judgement]) -> ReviewRound:
    """The round of the first of these versions, which are sorted latest first."""
    snapshots = {snapshot.version: snapshot for snapshot in submitted_snapshots}
    given = [judgement for judgement in judged if judgement.version in snapshots]
    snapshot, judgements = submitted_snapshots[0], latest_by_section(given)
    before = latest_by_section(judgement for judgement in given if judgement.version < snapshot.version)
    document = snapshot_document(snapshot)
    return ReviewRound(
        snapshots=snapshots,
        snapshot=snapshot,
        document=document,
        judgements=judgements,
        before=before,
        changed=frozenset(
            ref
            for ref, judgement in before.items()
            if ref in _changed_since(snapshots[judgement.version], snapshot)
        ),
        standings={
            section.ref: _review_status(judgements.get(section.ref), snapshots, snapshot, section)
            for section in document.selection.sections
        },
    )


def _review_status(
    judgement: Judgement | None, snapshots: Mapping[int, Snapshot], snapshot: Snapshot, section: Section
) -> ReviewStatus:
    has_changed = judgement is not None and section.ref in _changed_since(
        snapshots[judgement.version], snapshot
    )
    return review_status(judgement, snapshot.version, has_changed=has_changed)


def snapshot_document(snapshot: Snapshot | SnapshotKey) -> Document:
    """The document of a frozen version; parsed once and cached by its hash."""
    return _read(SnapshotKey(snapshot.sha256, snapshot.content))


def _changed_since(before: Snapshot, after: Snapshot) -> frozenset[str]:
    if before.sha256 == after.sha256:
        return frozenset()
    return _changed_sections(
        SnapshotKey(before.sha256, before.content), SnapshotKey(after.sha256, after.content)
    )


@lru_cache(maxsize=32)
def _read(frozen: SnapshotKey) -> Document:
    return read_document(frozen.content)


@lru_cache(maxsize=64)
def _changed_sections(before: SnapshotKey, after: SnapshotKey) -> frozenset[str]:
    return changed_sections(_read(before), _read(after))
