"""Reads the version of the year before beside a declaration under review."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.document import Document
from dnk_tool.services.review.round import SnapshotKey, snapshot_document
from dnk_tool.store.clusters import earlier_versions
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True)
class EarlierVersion:
    """A frozen version of the year before, with its document."""

    key: SnapshotKey
    document: Document

    @property
    def year(self) -> int:
        """Its reporting year."""
        return self.document.reporting_year


def earlier_version(session: Session, declaration: Declaration) -> EarlierVersion | None:
    """The version of the year before that the reviewers of the declaration may read; None without any.

    Nothing else decides this: pages get last year's text only from here. It is asked for on each request, so
    that a choice that the company takes back ends at once.
    """
    snapshot = earlier_versions.readable_earlier_snapshot(session, declaration)
    if snapshot is None:
        return None
    return EarlierVersion(SnapshotKey(snapshot.sha256, snapshot.content), snapshot_document(snapshot))
