"""The members of a cluster with their assignment of a reporting year, for ticking them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import Session

from dnk_tool.store.clusters.cohorts import is_assignment_in, joined_in_time
from dnk_tool.store.name_sorting import folded, folded_text
from dnk_tool.store.tables.clusters import Cohort, CohortAssignment, Consent
from dnk_tool.store.tables.organisations import Organisation


class CohortStanding(IntEnum):
    """Where a member stands in the year, seen from a cohort and in the order of its list.

    `UNASSIGNED`: with all members, or in none.
    `ABSENT`: it takes no part, or joined too late for the final day of all members.
    """

    INSIDE = 0
    UNASSIGNED = 1
    ELSEWHERE = 2
    ABSENT = 3


@dataclass(frozen=True, slots=True)
class CohortMember:
    """A member; assigned without a cohort it takes no part in the year. `alike`: how many stand like it."""

    organisation_id: int
    name: str
    joined_at: datetime
    is_assigned: bool
    cohort_id: int | None
    standing: CohortStanding
    alike: int


def count(session: Session, cohort: Cohort, text: str) -> int:
    """How many members have the text in their name."""
    return session.scalar(_members(cohort, text, func.count())) or 0


def list_members(
    session: Session, cohort: Cohort, default: Cohort | None, text: str, *, offset: int, limit: int
) -> Sequence[CohortMember]:
    """The members whose name holds the text, by standing and name.

    `default`: the cohort of all members without an assignment of the year.
    """
    standing = _standing(cohort, default)
    wanted = _members(
        cohort,
        text,
        Organisation.id,
        Organisation.name,
        Consent.granted_at,
        CohortAssignment.cluster_id.is_not(None),
        CohortAssignment.cohort_id,
        standing,
        func.count().over(partition_by=standing),
    ).order_by(standing, folded(Organisation.name), Organisation.id)
    return [
        CohortMember(company, name, joined_at, is_assigned, cohort_id, CohortStanding(rank), alike)
        for company, name, joined_at, is_assigned, cohort_id, rank, alike in session.execute(
            wanted.offset(offset).limit(limit)
        )
    ]


def _standing(cohort: Cohort, default: Cohort | None) -> ColumnElement[int]:
    is_assigned = CohortAssignment.cluster_id.is_not(None)
    return case(
        (CohortAssignment.cohort_id == cohort.id, CohortStanding.INSIDE.value),
        (and_(is_assigned, CohortAssignment.cohort_id.is_(None)), CohortStanding.ABSENT.value),
        (CohortAssignment.cohort_id != (default.id if default else 0), CohortStanding.ELSEWHERE.value),
        (is_assigned, CohortStanding.UNASSIGNED.value),
        (not_(joined_in_time(default.due if default else None)), CohortStanding.ABSENT.value),
        else_=(CohortStanding.INSIDE if cohort.is_default else CohortStanding.UNASSIGNED).value,
    )


def all_ids(session: Session, cohort: Cohort, text: str) -> Sequence[int]:
    """The ids of all members whose name holds the text."""
    return session.scalars(_members(cohort, text, Organisation.id)).all()


def ids_of_cohort(session: Session, cohort: Cohort) -> Sequence[int]:
    """The ids of the members that are in the cohort; in that of all members, those without an assignment."""
    is_in = CohortAssignment.cohort_id == cohort.id
    if cohort.is_default:
        is_in = or_(is_in, CohortAssignment.cluster_id.is_(None))
    return session.scalars(_members(cohort, "", Organisation.id).where(is_in)).all()


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
