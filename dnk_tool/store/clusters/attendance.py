"""Reads and writes who came to the meetings of a cohort."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.attendance import Attendance
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.store.clusters.choices import allows
from dnk_tool.store.tables.clusters import Cohort, CohortAssignment, Consent, Milestone
from dnk_tool.store.tables.consents import AttendanceRow
from dnk_tool.store.tables.organisations import Organisation


@dataclass(frozen=True, slots=True)
class Attendee:
    """A member of a cohort by its consent; `is_allowed`: the cluster may record whether it came."""

    consent_id: int
    name: str
    is_allowed: bool


def attended(
    session: Session, consent_ids: Collection[int]
) -> Mapping[int, Sequence[tuple[Milestone, Attendance]]]:
    """What is recorded of each of these members, by consent, latest meeting first."""
    rows = session.execute(
        select(AttendanceRow.consent_id, Milestone, AttendanceRow.attendance)
        .join(Milestone, Milestone.id == AttendanceRow.milestone_id)
        .where(AttendanceRow.consent_id.in_(consent_ids))
        .order_by(Milestone.day.desc(), Milestone.id.desc())
    )
    found: dict[int, list[tuple[Milestone, Attendance]]] = {}
    for consent_id, milestone, attendance in rows:
        found.setdefault(consent_id, []).append((milestone, attendance))
    return found


def at_milestone(session: Session, milestone_id: int) -> Mapping[int, Attendance]:
    """What is recorded of a meeting, by consent."""
    rows = session.execute(
        select(AttendanceRow.consent_id, AttendanceRow.attendance).where(
            AttendanceRow.milestone_id == milestone_id
        )
    )
    return {row.consent_id: row.attendance for row in rows}


def milestones_of_cluster(session: Session, cluster_id: int) -> Sequence[tuple[Milestone, Cohort]]:
    """All meetings of the cluster with their cohorts, latest first."""
    rows = session.execute(
        select(Milestone, Cohort)
        .join(Cohort, Cohort.id == Milestone.cohort_id)
        .where(Cohort.cluster_id == cluster_id)
        .order_by(Milestone.day.desc(), Milestone.id.desc())
    )
    return [(milestone, cohort) for milestone, cohort in rows]


def find_milestone(session: Session, cluster_id: int, milestone_id: int) -> tuple[Milestone, Cohort] | None:
    """A meeting of the cluster with its cohort; None for any other."""
    row = session.execute(
        select(Milestone, Cohort)
        .join(Cohort, Cohort.id == Milestone.cohort_id)
        .where(Milestone.id == milestone_id, Cohort.cluster_id == cluster_id)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def attendees(session: Session, cohort: Cohort) -> Sequence[Attendee]:
    """The members of the cohort by name; those that joined late count, those that take no part do not."""
    assigned = and_(
        CohortAssignment.cluster_id == Consent.cluster_id,
        CohortAssignment.organisation_id == Consent.organisation_id,
        CohortAssignment.reporting_year == cohort.reporting_year,
    )
    is_in = CohortAssignment.cohort_id == cohort.id
    if cohort.is_default:
        is_in = or_(is_in, CohortAssignment.cluster_id.is_(None))
    rows = session.execute(
        select(Consent.id, Organisation.name, allows(ConsentChoice.SUPPORT))
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .outerjoin(CohortAssignment, assigned)
        .where(
            Consent.cluster_id == cohort.cluster_id,
            Consent.withdrawn_at.is_(None),
            Organisation.archived_at.is_(None),
            is_in,
        )
        .order_by(func.lower(Organisation.name), Organisation.id)
    )
    return [Attendee(*row) for row in rows]


def record(session: Session, milestone_id: int, answers: Mapping[int, Attendance | None]) -> None:
    """Store what is known of these consents at a meeting; None takes away what was recorded."""
    session.execute(
        delete(AttendanceRow).where(
            AttendanceRow.milestone_id == milestone_id, AttendanceRow.consent_id.in_(answers)
        )
    )
    session.add_all(
        AttendanceRow(milestone_id=milestone_id, consent_id=consent_id, attendance=attendance)
        for consent_id, attendance in answers.items()
        if attendance is not None
    )
    session.flush()


def delete_attendance(session: Session, consent_id: int) -> None:
    """Delete all that is recorded of a member."""
    session.execute(delete(AttendanceRow).where(AttendanceRow.consent_id == consent_id))
