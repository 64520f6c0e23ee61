"""The days of a cohort as calendar files, for the cluster."""

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.clusters.cohorts import sections_text
from dnk_tool.domain.permissions import Permission
from dnk_tool.report.files.calendar import CalendarDay, to_ics
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.tables.clusters import Cluster, Cohort, Milestone
from dnk_tool.web.clusters.cohorts.form import criteria_refs
from dnk_tool.web.clusters.cohorts.pages import own_cohort_or_404
from dnk_tool.web.http.access import current_cluster, permit
from dnk_tool.web.http.headers import set_download_name
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("cohort_calendar", __name__, url_prefix="/cluster/<int:cluster_id>/kohorten")


@blueprint.get("/<int:cohort_id>/termine.ics")
@permit(Permission.CLUSTER_VIEW)
def all_days(cluster_id: int, cohort_id: int) -> ResponseReturnValue:
    return calendar_file(
        current_cluster(), own_cohort_or_404(cluster_id, cohort_id), None, _own_address(cluster_id)
    )


@blueprint.get("/<int:cohort_id>/termine/<int:milestone_id>.ics")
@permit(Permission.CLUSTER_VIEW)
def milestone(cluster_id: int, cohort_id: int, milestone_id: int) -> ResponseReturnValue:
    cohort = own_cohort_or_404(cluster_id, cohort_id)
    return calendar_file(current_cluster(), cohort, milestone_id, _own_address(cluster_id))


def _own_address(cluster_id: int) -> str:
    return url_for("cockpit.show", cluster_id=cluster_id)


def calendar_file(cluster: Cluster, cohort: Cohort, milestone_id: int | None, path: str) -> Response:
    """All days of the cohort, or only the one of the milestone; 404 if there is none."""
    host, address = current_settings().address.partition("://")[2], current_settings().address + path
    rows = cohorts.milestones_of(db(), cohort.id)
    days = [_milestone_day(cluster, row, host, address) for row in rows if milestone_id in (None, row.id)]
    if cohort.due and milestone_id is None:
        title = _("DNK-Erklärung %(year)s einreichen", year=cohort.reporting_year)
        days.append(CalendarDay(f"cohort-{cohort.id}@{host}", cohort.due, title, "", cluster.name, address))
    if milestone_id is not None and not days:
        abort(404)
    response = Response(to_ics(days, now=datetime.now(UTC)), mimetype="text/calendar")
    set_download_name(response, f"{days[0].title if milestone_id else cohort.name or cluster.name}.ics")
    return response


def _milestone_day(cluster: Cluster, row: Milestone, host: str, address: str) -> CalendarDay:
    criteria = sections_text(row.sections, criteria_refs())
    words = [row.note, _("Dafür fertig: Kriterien %(criteria)s", criteria=criteria) if criteria else ""]
    text = "\n".join(word for word in (*words, cluster.name) if word)
    return CalendarDay(f"milestone-{row.id}@{host}", row.day, row.title, row.place, text, address)
