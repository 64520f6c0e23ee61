"""The members of a cluster with their assignment of a reporting year, for ticking them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from dnk_tool.store.name_sorting import folded, folded_text
from dnk_tool.store.tables.clusters import Cohort, CohortAssignment, Consent
from dnk_tool.store.tables.organisations import Organisation

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class CohortMember:
    """A member; assigned without a cohort it takes no part in the year."""

    organisation_id: int
    name: str
    joined_at: datetime
    is_assigned: bool
    cohort_id: int | None


def list_page(
    session: Session, cohort: Cohort, text: str, *, number: int
) -> tuple[Sequence[CohortMember], int]:
    """The members of page `number` (from 1) whose name holds the text, by name, and how many there are."""
    wanted = _members(
        cohort,
        text,
        Organisation.id,
        Organisation.name,
        Consent.granted_at,
        CohortAssignment.cluster_id.is_not(None),
        CohortAssignment.cohort_id,
        func.count().over(),
    )
    page = wanted.order_by(folded(Organisation.name), Organisation.id).limit(PAGE_SIZE)
    rows = session.execute(page.offset((number - 1) * PAGE_SIZE)).all()
    return [CohortMember(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


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
