"""Records who came to a meeting, of those members that allow it."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.attendance import Attendance
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.services.clusters.year_archive import require_open_year
from dnk_tool.store.clusters import attendance
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.clusters import Cohort, Milestone


def record_attendance(
    session: Session,
    milestone: Milestone,
    cohort: Cohort,
    answers: Mapping[int, Attendance | None],
    *,
    actor: Actor,
) -> int:
    """Record by consent who came; None takes an entry away. Returns how many members that concerned.

    Leaves out who is not in the cohort or does not allow it. Raises NotPermitted, and ArchivedYear.
    """
    require(Permission.CLUSTER_VIEW, actor, Subject(cluster_id=cohort.cluster_id))
    clusters.lock(session, cohort.cluster_id)
    require_open_year(session, cohort.cluster_id, cohort.reporting_year)
    allowed = {one.consent_id for one in attendance.attendees(session, cohort) if one.is_allowed}
    recorded = {consent_id: answer for consent_id, answer in answers.items() if consent_id in allowed}
    attendance.record(session, milestone.id, recorded)
    return len(recorded)
