"""The wall of a workshop: how far a cohort is, without names, for a projector."""

from datetime import UTC, datetime

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.store.clusters import cockpit_sums, cohorts, rooms
from dnk_tool.store.clusters.cockpit import MemberFilter
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.clusters.criterion_progress import progress_by_member
from dnk_tool.store.tables.clusters import Cohort, Milestone
from dnk_tool.web.clusters.cockpit.criteria import counts_of
from dnk_tool.web.clusters.cockpit.overview import newest_catalogue
from dnk_tool.web.clusters.workshop.manage import blueprint, entry_of
from dnk_tool.web.http.access import current_cluster, permit
from dnk_tool.web.http.transactions import db

# Sums over fewer companies would tell how far each of them is.
LEAST_COMPANIES = 3
RELOADED_AFTER = 60  # seconds


@blueprint.get("/wand")
@permit(Permission.CLUSTER_LEAD)
def wall(cluster_id: int) -> ResponseReturnValue:
    """Progress of the cohort without names, for a projector; loads itself anew unless it is held still."""
    now, is_still = datetime.now(UTC), "still" in request.args
    room = rooms.open_room(db(), cluster_id, now=now)
    cohort = db().get(Cohort, room.cohort_id) if room and room.cohort_id else None
    view = _view(cluster_id, cohort, now)
    catalogue, progress = newest_catalogue(), progress_by_member(db(), view, MemberFilter())
    members = len(progress)
    counts = {counted.criterion: counted for counted in counts_of(catalogue.criteria, progress)}
    page = render_template(
        "clusters/workshop/wall.html",
        cluster=current_cluster(),
        cohort=cohort,
        entry=entry_of(room) if room else None,
        areas=catalogue.areas,
        criteria=catalogue.criteria,
        year=view.year,
        members=members,
        counts=counts if members >= LEAST_COMPANIES else None,
        least=LEAST_COMPANIES,
        joined=rooms.joined_since(db(), view, room.opened_at) if room else 0,
        milestone=_next_milestone(cohort, now),
        is_still=is_still,
        today=local_day(now),
        now=now,
    )
    response = make_response(page)
    if not is_still:
        response.headers["Refresh"] = str(RELOADED_AFTER)
    return response


def _view(cluster_id: int, cohort: Cohort | None, now: datetime) -> ClusterYear:
    years = cockpit_sums.reporting_years(db(), cluster_id)
    year = cohort.reporting_year if cohort else years.latest(local_day(now))
    return years.view(cluster_id, year, now=now, cohort_id=cohort.id if cohort else None)


def _next_milestone(cohort: Cohort | None, now: datetime) -> Milestone | None:
    """The cohort's milestone of today, or its next one."""
    if cohort is None:
        return None
    coming = (one for one in cohorts.milestones_of(db(), cohort.id) if one.day >= local_day(now))
    return next(coming, None)
