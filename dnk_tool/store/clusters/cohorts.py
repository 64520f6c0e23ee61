"""Queries of cohorts and of who is in which: by cluster, reporting year and member."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.store.tables.clusters import Cohort, Milestone


def of_cluster(session: Session, cluster_id: int, reporting_year: int | None = None) -> Sequence[Cohort]:
    """The cluster's cohorts, latest reporting year first, the default one of a year before the others."""
    query = select(Cohort).where(Cohort.cluster_id == cluster_id)
    if reporting_year is not None:
        query = query.where(Cohort.reporting_year == reporting_year)
    return session.scalars(query.order_by(Cohort.reporting_year.desc(), Cohort.name, Cohort.id)).all()


def default_of(session: Session, cluster_id: int, reporting_year: int) -> Cohort | None:
    """The cohort of all members without an assignment of the year; None if there is none."""
    found = select(Cohort).where(
        Cohort.cluster_id == cluster_id,
        Cohort.reporting_year == reporting_year,
        Cohort.is_default.is_(True),
    )
    return session.scalars(found, execution_options={"populate_existing": True}).one_or_none()


def milestones_of(session: Session, cohort_id: int) -> Sequence[Milestone]:
    """The cohort's milestones by day."""
    found = select(Milestone).where(Milestone.cohort_id == cohort_id)
    return session.scalars(found.order_by(Milestone.day, Milestone.id)).all()
