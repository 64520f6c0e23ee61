"""The companies that a final day or a milestone of their cohort concerns, for reminders."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from dnk_tool.store.clusters import cohorts
from dnk_tool.store.review import rounds
from dnk_tool.store.tables.clusters import Cluster, Cohort, CohortAssignment, Consent, Milestone
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.review import ReviewRoundRow

DeadlineRecord = tuple[int, date, Cluster, Organisation, Declaration | None]


def companies_with_deadline(session: Session, *, first: date, last: date) -> Sequence[DeadlineRecord]:
    """Each company with a final day in the period: its year, day, cluster, and declaration if any.

    Left out are those of which this cluster wants changes by a day of their own.
    """
    found = (
        _members()
        .where(
            Cohort.due.between(first, last),
            rounds.answer_until(Declaration.cluster_id == Cluster.id).is_(None),
        )
        .order_by(Cohort.due, Organisation.name, Cohort.reporting_year, Cluster.id)
    )
    return [
        (cohort.reporting_year, cohort.due, cluster, company, declaration)
        for cohort, cluster, company, declaration, assigned, joined_at in session.execute(found)
        if cohort.due and cohorts.is_asked(cohort.due, is_assigned=assigned is not None, joined_at=joined_at)
    ]


def companies_with_changes(
    session: Session, *, first: date, last: date
) -> Sequence[tuple[int, date, Cluster, Organisation, Declaration]]:
    """Each company of which a cluster wants changes by a day in the period, the earliest day first."""
    found = (
        select(Declaration.reporting_year, ReviewRoundRow.answer_until, Cluster, Organisation, Declaration)
        .select_from(Declaration)
        .join(ReviewRoundRow, rounds.is_current())
        .join(Cluster, Cluster.id == Declaration.cluster_id)
        .join(Organisation, Organisation.id == Declaration.organisation_id)
        .join(
            Consent,
            and_(
                Consent.cluster_id == Cluster.id,
                Consent.organisation_id == Organisation.id,
                Consent.withdrawn_at.is_(None),
            ),
        )
        .where(
            ReviewRoundRow.answer_until.between(first, last),
            Organisation.archived_at.is_(None),
            Cluster.archived_at.is_(None),
        )
        .order_by(ReviewRoundRow.answer_until, Organisation.name, Declaration.id)
    )
    return [(year, day, cluster, company, one) for year, day, cluster, company, one in session.execute(found)]


def companies_with_milestone(
    session: Session, *, first: date, last: date
) -> Sequence[tuple[Cohort, Milestone, Cluster, Organisation, Declaration | None]]:
    """Each company with a milestone in the period, and its declaration of the year if any."""
    found = (
        _members(Milestone)
        .join(Milestone, Milestone.cohort_id == Cohort.id)
        .where(Milestone.day.between(first, last))
        .order_by(Milestone.day, Organisation.name, Milestone.id, Organisation.id)
    )
    return [
        (cohort, milestone, cluster, company, declaration)
        for cohort, cluster, company, declaration, assigned, joined_at, milestone in session.execute(found)
        if cohorts.is_asked(cohort.due, is_assigned=assigned is not None, joined_at=joined_at)
    ]


def _members(*more: Any) -> Select[Any]:
    """Select cohorts with the companies that may be in them; nobody is reminded of anything archived."""
    membership = CohortAssignment.cohort_id, Consent.granted_at
    return (
        select(Cohort, Cluster, Organisation, Declaration, *membership, *more)
        .join(Cluster, Cluster.id == Cohort.cluster_id)
        .join(Consent, and_(Consent.cluster_id == Cluster.id, Consent.withdrawn_at.is_(None)))
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .outerjoin(CohortAssignment, cohorts.ASSIGNED_THAT_YEAR)
        .outerjoin(
            Declaration,
            and_(
                Declaration.organisation_id == Organisation.id,
                Declaration.reporting_year == Cohort.reporting_year,
            ),
        )
        .where(cohorts.MAY_BE_IN, Organisation.archived_at.is_(None), Cluster.archived_at.is_(None))
    )
