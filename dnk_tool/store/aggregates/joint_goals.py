"""Reads and writes the joint goal of a cluster.

Finds the companies whose savings some readers know, as a version of their declaration has their path.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.aggregates.joint_goal import JointGoal
from dnk_tool.domain.editing import NEVER_STORED, Stored
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.joint_goals import JointGoalRow
from dnk_tool.store.tables.publication import Publication


def find_goal(session: Session, cluster_id: int) -> JointGoal | None:
    """The cluster's goal; None where none is set."""
    row = session.get(JointGoalRow, cluster_id)
    return _goal_of(row) if row else None


def stored_goal(session: Session, cluster_id: int) -> Stored[JointGoal | None]:
    """The cluster's goal with its version and last change, reread."""
    row = session.get(JointGoalRow, cluster_id, populate_existing=True)
    if row is None:
        return Stored(None, NEVER_STORED)
    return Stored(_goal_of(row), row.version, row.changed_at, row.changed_by)


def write_goal(session: Session, cluster_id: int, goal: JointGoal, *, by: int | None, now: datetime) -> None:
    """Store the goal as its next version."""
    row = session.get(JointGoalRow, cluster_id)
    if row is None:
        row = JointGoalRow(cluster_id=cluster_id, version=0)
        session.add(row)
    row.from_year, row.until_year = goal.from_year, goal.until_year
    row.kwh, row.t_co2e, row.cost_eur = goal.kwh, goal.t_co2e, goal.cost_eur
    row.version += 1
    row.changed_at, row.changed_by = now, by
    session.flush()


def _goal_of(row: JointGoalRow) -> JointGoal:
    return JointGoal(row.from_year, row.until_year, row.kwh, row.t_co2e, row.cost_eur)


PATH_KEY = b'"climate_path":'
BATCH = 20  # versions whose content is in memory at once


def companies_with_readable_path(session: Session, cluster_id: int, among: Collection[int]) -> frozenset[int]:
    """Those of these companies with a path in a version that the cluster can read, or everybody can or could.

    Reads these versions in one statement, some at a time.
    """
    is_published = exists().where(
        Publication.declaration_id == Snapshot.declaration_id, Publication.version == Snapshot.version
    )
    is_submitted = and_(Snapshot.cluster_id == cluster_id, Snapshot.submitted_at.is_not(None))
    versions = (
        select(Declaration.organisation_id, Snapshot.content)
        .join(Snapshot, Snapshot.declaration_id == Declaration.id)
        .where(Declaration.organisation_id.in_(among), or_(is_published, is_submitted))
        .execution_options(yield_per=BATCH)
    )
    return frozenset(company for company, content in session.execute(versions) if PATH_KEY in content)
