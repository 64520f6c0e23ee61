"""Reads and writes who came to the meetings of a cohort."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.attendance import Attendance
from dnk_tool.store.tables.clusters import Milestone
from dnk_tool.store.tables.consents import AttendanceRow


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


def delete_attendance(session: Session, consent_id: int) -> None:
    """Delete all that is recorded of a member."""
    session.execute(delete(AttendanceRow).where(AttendanceRow.consent_id == consent_id))
