"""Reads and writes who came to the meetings of a cohort."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.attendance import Attendance
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.store.clusters.choices import allows
from dnk_tool.store.clusters.cohorts import is_assignment_in
from dnk_tool.store.name_sorting import folded
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
    latest_first = _milestones(cluster_id).order_by(Milestone.day.desc(), Milestone.id.desc())
    return [(milestone, cohort) for milestone, cohort in session.execute(latest_first)]


def find_milestone(session: Session, cluster_id: int, milestone_id: int) -> tuple[Milestone, Cohort] | None:
    """A meeting of the cluster with its cohort; None for any other."""
    row = session.execute(_milestones(cluster_id).where(Milestone.id == milestone_id)).one_or_none()
    return (row[0], row[1]) if row else None


def _milestones(cluster_id: int) -> Select[Milestone, Cohort]:
    found = select(Milestone, Cohort).join(Cohort, Cohort.id == Milestone.cohort_id)
    return found.where(Cohort.cluster_id == cluster_id)


def attendees(session: Session, cohort: Cohort) -> Sequence[Attendee]:
    """The members of the cohort by name; those that joined late count, those that take no part do not."""
    is_in = CohortAssignment.cohort_id == cohort.id
    if cohort.is_default:
        is_in = or_(is_in, CohortAssignment.cluster_id.is_(None))
    rows = session.execute(
        select(Consent.id, Organisation.name, allows(ConsentChoice.SUPPORT))
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .outerjoin(CohortAssignment, is_assignment_in(cohort.reporting_year))
        .where(
            Consent.cluster_id == cohort.cluster_id,
            Consent.withdrawn_at.is_(None),
            Organisation.archived_at.is_(None),
            is_in,
        )
        .order_by(folded(Organisation.name), Organisation.id)
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
