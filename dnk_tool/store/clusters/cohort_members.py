"""The members of a cluster with their assignment of a reporting year, for ticking them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, select
from sqlalchemy.orm import Session

from dnk_tool.store.clusters.cohorts import joined_in_time
from dnk_tool.store.name_sorting import folded, folded_text
from dnk_tool.store.tables.clusters import Cohort, CohortAssignment, Consent
from dnk_tool.store.tables.organisations import Organisation

PAGE_SIZE = 30


class Standing(IntEnum):
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
    standing: Standing
    alike: int


def list_page(
    session: Session, cohort: Cohort, default: Cohort | None, text: str, *, number: int
) -> tuple[Sequence[CohortMember], int]:
    """The members of page `number` (from 1) whose name holds the text, and how many there are.

    Sorted by standing and name. `default`: the cohort of all members without an assignment of the year.
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
        func.count().over(),
    )
    page = wanted.order_by(standing, folded(Organisation.name), Organisation.id).limit(PAGE_SIZE)
    rows = session.execute(page.offset((number - 1) * PAGE_SIZE)).all()
    found = [
        CohortMember(company, name, joined_at, is_assigned, cohort_id, Standing(rank), alike)
        for company, name, joined_at, is_assigned, cohort_id, rank, alike, _total in rows
    ]
    return found, rows[0][-1] if rows else 0


def _standing(cohort: Cohort, default: Cohort | None) -> ColumnElement[int]:
    is_assigned = CohortAssignment.cluster_id.is_not(None)
    return case(
        (CohortAssignment.cohort_id == cohort.id, Standing.INSIDE.value),
        (and_(is_assigned, CohortAssignment.cohort_id.is_(None)), Standing.ABSENT.value),
        (CohortAssignment.cohort_id != (default.id if default else 0), Standing.ELSEWHERE.value),
        (is_assigned, Standing.UNASSIGNED.value),
        (not_(joined_in_time(default.due if default else None)), Standing.ABSENT.value),
        else_=(Standing.INSIDE if cohort.is_default else Standing.UNASSIGNED).value,
    )


def all_ids(session: Session, cohort: Cohort, text: str) -> Sequence[int]:
    """The ids of all members whose name holds the text."""
    return session.scalars(_members(cohort, text, Organisation.id)).all()


def _members(cohort: Cohort, text: str, *columns: Any) -> Select[Any]:
    found = (
        select(*columns)
        .select_from(Consent)
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .outerjoin(
            CohortAssignment,
            and_(
                CohortAssignment.cluster_id == Consent.cluster_id,
                CohortAssignment.organisation_id == Consent.organisation_id,
                CohortAssignment.reporting_year == cohort.reporting_year,
            ),
        )
        .where(
            Consent.cluster_id == cohort.cluster_id,
            Consent.withdrawn_at.is_(None),
            Organisation.archived_at.is_(None),
        )
    )
    return (
        found.where(folded(Organisation.name).contains(folded_text(text), autoescape=True)) if text else found
    )
