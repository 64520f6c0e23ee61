"""Queries of cohorts and of who is in which: by cluster, reporting year and member.

The members of a cluster with their assignment of a reporting year, for ticking them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    delete,
    false,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from dnk_tool.domain.clusters.cockpit import DELIVERED_STATES, deadline_end
from dnk_tool.domain.clusters.cohorts import is_late_joiner, last_day_to_join
from dnk_tool.store.name_sorting import folded, folded_text
from dnk_tool.store.tables.clusters import Cluster, Cohort, CohortAssignment, CohortView, Consent, Milestone
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation


def is_assignment_in(reporting_year: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether the assignment is that of the member whose consent is selected, in this year."""
    return and_(
        CohortAssignment.cluster_id == Consent.cluster_id,
        CohortAssignment.organisation_id == Consent.organisation_id,
        CohortAssignment.reporting_year == reporting_year,
    )


# The same, in the year of the cohort that is selected.
ASSIGNED_THAT_YEAR = is_assignment_in(Cohort.reporting_year)
# Whether a member may be in the cohort: assigned to it, or to none and it is that of all members. The latter
# leaves open whether it joined in time, which `is_late_joiner` says. In an archived year it is in none.
MAY_BE_IN = and_(
    Cohort.archived_at.is_(None),
    or_(
        CohortAssignment.cohort_id == Cohort.id,
        and_(CohortAssignment.cluster_id.is_(None), Cohort.is_default.is_(True)),
    ),
)


@dataclass(frozen=True, slots=True)
class CohortSize:
    """How many members a cohort has, and how many of them have submitted."""

    members: int = 0
    delivered: int = 0


@dataclass(frozen=True, slots=True)
class CompanyCohort:
    """A cohort that a company is in, with its cluster and its milestones by day."""

    cluster: Cluster
    cohort: Cohort
    milestones: list[Milestone]


def of_cluster(session: Session, cluster_id: int, reporting_year: int | None = None) -> Sequence[Cohort]:
    """The cluster's cohorts, latest reporting year first, the default one of a year before the others."""
    query = select(Cohort).where(Cohort.cluster_id == cluster_id)
    if reporting_year is not None:
        query = query.where(Cohort.reporting_year == reporting_year)
    return session.scalars(query.order_by(Cohort.reporting_year.desc(), Cohort.name, Cohort.id)).all()


def by_id(session: Session, cluster_id: int, cohort_id: int) -> Cohort | None:
    """The cluster's cohort with this id; None if it has none."""
    return session.scalar(select(Cohort).where(Cohort.id == cohort_id, Cohort.cluster_id == cluster_id))


def default_of(session: Session, cluster_id: int, reporting_year: int) -> Cohort | None:
    """The cohort of all members without an assignment of the year; None if there is none."""
    found = select(Cohort).where(
        Cohort.cluster_id == cluster_id, Cohort.reporting_year == reporting_year, Cohort.is_default.is_(True)
    )
    return session.scalars(found, execution_options={"populate_existing": True}).one_or_none()


def milestones_of(session: Session, cohort_id: int) -> Sequence[Milestone]:
    """The cohort's milestones by day."""
    return milestones_by_cohort(session, [cohort_id]).get(cohort_id, [])


def milestones_by_cohort(session: Session, cohort_ids: Collection[int]) -> Mapping[int, list[Milestone]]:
    """The milestones of each cohort by day; a cohort without any is left out."""
    found = select(Milestone).where(Milestone.cohort_id.in_(cohort_ids))
    by_cohort: dict[int, list[Milestone]] = {}
    for milestone in session.scalars(found.order_by(Milestone.day, Milestone.id)):
        by_cohort.setdefault(milestone.cohort_id, []).append(milestone)
    return by_cohort


def sizes(session: Session, cluster_id: int, cohorts: Sequence[Cohort]) -> Mapping[int, CohortSize]:
    """Members of each of these cohorts, in one statement; archived companies do not count."""
    delivered = case((Declaration.state.in_(DELIVERED_STATES), Declaration.organisation_id))
    rows = session.execute(
        select(Cohort.id, func.count(Organisation.id.distinct()), func.count(delivered.distinct()))
        .join(Consent, Consent.cluster_id == Cohort.cluster_id)
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .outerjoin(CohortAssignment, ASSIGNED_THAT_YEAR)
        .outerjoin(
            Declaration,
            and_(
                Declaration.organisation_id == Consent.organisation_id,
                Declaration.reporting_year == Cohort.reporting_year,
            ),
        )
        .where(
            Cohort.cluster_id == cluster_id,
            Consent.withdrawn_at.is_(None),
            Organisation.archived_at.is_(None),
            or_(CohortAssignment.cohort_id == Cohort.id, _is_in_by_itself(cohorts)),
        )
        .group_by(Cohort.id)
    )
    return {key: CohortSize(members, done) for key, members, done in rows}


def _is_in_by_itself(cohorts: Sequence[Cohort]) -> ColumnElement[bool]:
    """Whether the cohort is that of all members, and the member is not assigned and joined in time."""
    in_time = [
        and_(Cohort.id == cohort.id, joined_in_time(cohort.due)) for cohort in cohorts if cohort.is_default
    ]
    return and_(CohortAssignment.cluster_id.is_(None), or_(false(), *in_time))


def joined_in_time(due: date | None) -> ColumnElement[bool]:
    """Whether the member whose consent is selected joined in time for this final day of all members."""
    return Consent.granted_at < deadline_end(last_day_to_join(due)) if due else true()


def of_company(
    session: Session, organisation_id: int, reporting_year: int | None = None
) -> list[CompanyCohort]:
    """The cohorts that a company is in today; of archived clusters none."""
    return of_companies(session, [organisation_id], reporting_year).get(organisation_id, [])


def of_companies(
    session: Session, organisation_ids: Collection[int], reporting_year: int | None = None
) -> Mapping[int, list[CompanyCohort]]:
    """The cohorts that each company is in today, in one statement; by cluster, latest year first.

    A company that belongs to a cluster is among them even if it is in none; any other is left out.
    """
    query = _of_companies(is_of_year=reporting_year is not None)
    rows = session.execute(query, {"companies": [*organisation_ids], "year": reporting_year})
    found: dict[int, dict[int, CompanyCohort]] = {}
    for key, joined_at, may_be_in, assigned, cluster, cohort, milestone in rows:
        own_cohorts = found.setdefault(key, {})
        if may_be_in and is_asked(cohort.due, is_assigned=assigned is not None, joined_at=joined_at):
            own = own_cohorts.setdefault(cohort.id, CompanyCohort(cluster, cohort, []))
            own.milestones.extend([milestone] if milestone else [])
    return {key: list(cohorts.values()) for key, cohorts in found.items()}


@cache
def _of_companies(*, is_of_year: bool) -> Select[*tuple[Any, ...]]:
    """Select the cohorts of companies and who may be in them; built once, as building takes long."""
    of_year = (Cohort.reporting_year == bindparam("year"),) if is_of_year else ()
    return (
        select(
            Consent.organisation_id,
            Consent.granted_at,
            case((MAY_BE_IN, true()), else_=false()),
            CohortAssignment.cohort_id,
            Cluster,
            Cohort,
            Milestone,
        )
        .join(Consent, and_(Consent.cluster_id == Cluster.id, Consent.withdrawn_at.is_(None)))
        .outerjoin(Cohort, and_(Cohort.cluster_id == Cluster.id, *of_year))
        .outerjoin(CohortAssignment, ASSIGNED_THAT_YEAR)
        .outerjoin(Milestone, Milestone.cohort_id == Cohort.id)
        .where(
            Consent.organisation_id.in_(bindparam("companies", expanding=True)), Cluster.archived_at.is_(None)
        )
        .order_by(Cluster.name, Cluster.id, Cohort.reporting_year.desc(), Milestone.day, Milestone.id)
    )


def is_asked(due: date | None, *, is_assigned: bool, joined_at: datetime) -> bool:
    """Whether a member of a cohort is asked for something: assigned by hand, or it joined in time."""
    return is_assigned or not is_late_joiner(due, joined_at)


def assignments(session: Session, cluster_id: int, reporting_year: int) -> Mapping[int, CohortAssignment]:
    """The assignments of the year by company."""
    found = select(CohortAssignment).where(
        CohortAssignment.cluster_id == cluster_id, CohortAssignment.reporting_year == reporting_year
    )
    return {row.organisation_id: row for row in session.scalars(found)}


def chosen_view(session: Session, account_id: int, cluster_id: int) -> CohortView | None:
    """The year and cohort that a person chose to look at; None if they never chose."""
    return session.get(CohortView, (account_id, cluster_id))


def remove_assignments(session: Session, cluster_id: int, organisation_id: int) -> None:
    """Delete all assignments of a company in the cluster, such as when it leaves."""
    theirs = CohortAssignment.cluster_id == cluster_id, CohortAssignment.organisation_id == organisation_id
    session.execute(delete(CohortAssignment).where(*theirs))


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
