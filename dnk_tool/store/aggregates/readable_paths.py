"""Finds the companies whose savings some readers know, as a version of their declaration has their path."""

from collections.abc import Collection

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.publication import Publication

PATH_KEY = b'"climate_path":'
BATCH = 20  # versions whose content is in memory at once


def companies(session: Session, cluster_id: int, among: Collection[int]) -> frozenset[int]:
    """Those of these companies with a path in a version that the cluster can read, or everybody can or could.

    Reads these versions in one statement, some at a time.
    """
    is_published = exists().where(
        Publication.declaration_id == Snapshot.declaration_id,
        Publication.version == Snapshot.version,
    )
    is_submitted = and_(Snapshot.cluster_id == cluster_id, Snapshot.submitted_at.is_not(None))
    versions = (
        select(Declaration.organisation_id, Snapshot.content)
        .join(Snapshot, Snapshot.declaration_id == Declaration.id)
        .where(Declaration.organisation_id.in_(among), or_(is_published, is_submitted))
        .execution_options(yield_per=BATCH)
    )
    return frozenset(company for company, content in session.execute(versions) if PATH_KEY in content)
