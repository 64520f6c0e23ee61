"""The members of a cluster with their assignment of a reporting year, for ticking them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from dnk_tool.store.clusters.cohorts import is_assignment_in
from dnk_tool.store.name_sorting import folded, folded_text
from dnk_tool.store.tables.clusters import Cohort, CohortAssignment, Consent
from dnk_tool.store.tables.organisations import Organisation


@dataclass(frozen=True, slots=True)
class CohortMember:
    """A member; assigned without a cohort it takes no part in the year."""

    organisation_id: int
    name: str
    joined_at: datetime
    is_assigned: bool
    cohort_id: int | None


def count(session: Session, cohort: Cohort, text: str) -> int:
    """How many members have the text in their name."""
    return session.scalar(_members(cohort, text, func.count())) or 0


def list_members(
    session: Session, cohort: Cohort, text: str, *, offset: int, limit: int
) -> Sequence[CohortMember]:
    """The members whose name holds the text, by name."""
    wanted = _members(
        cohort,
        text,
        Organisation.id,
        Organisation.name,
        Consent.granted_at,
        CohortAssignment.cluster_id.is_not(None),
        CohortAssignment.cohort_id,
    ).order_by(folded(Organisation.name), Organisation.id)
    return [CohortMember(*row) for row in session.execute(wanted.offset(offset).limit(limit))]


def all_ids(session: Session, cohort: Cohort, text: str) -> Sequence[int]:
    """The ids of all members whose name holds the text."""
    return session.scalars(_members(cohort, text, Organisation.id)).all()


def _members(cohort: Cohort, text: str, *columns: Any) -> Select[Any]:
    found = (
        select(*columns)
        .select_from(Consent)
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .outerjoin(CohortAssignment, is_assignment_in(cohort.reporting_year))
        .where(
            Consent.cluster_id == cohort.cluster_id,
            Consent.withdrawn_at.is_(None),
            Organisation.archived_at.is_(None),
        )
    )
    return (
        found.where(folded(Organisation.name).contains(folded_text(text), autoescape=True)) if text else found
    )
