"""Who came to the meetings of a cluster: the meetings, and a list for each, which prints as well."""

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.clusters.attendance import Attendance
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import attendance
from dnk_tool.store.clusters import attendance as stored
from dnk_tool.store.tables.clusters import Cohort, Milestone
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("attendance", __name__, url_prefix="/cluster/<int:cluster_id>/teilnahme")

FIELD = "company-"


@blueprint.get("")
@permit(Permission.CLUSTER_VIEW)
def index(cluster_id: int) -> ResponseReturnValue:
    return render_template(
        "clusters/member_file/meetings.html",
        cluster=current_cluster(),
        meetings=stored.milestones_of_cluster(db(), cluster_id),
    )


@blueprint.get("/<int:milestone_id>")
@permit(Permission.CLUSTER_VIEW)
def show(cluster_id: int, milestone_id: int) -> ResponseReturnValue:
    milestone, cohort = _milestone_or_404(milestone_id)
    attendees = stored.attendees(db(), cohort)
    return render_template(
        "clusters/member_file/attendance.html",
        cluster=current_cluster(),
        milestone=milestone,
        cohort=cohort,
        attendees=[one for one in attendees if one.is_allowed],
        left_out=sum(not one.is_allowed for one in attendees),
        recorded=stored.at_milestone(db(), milestone.id),
        answers=list(Attendance),
        prefix=FIELD,
    )


@blueprint.post("/<int:milestone_id>")
@permit(Permission.CLUSTER_VIEW)
def save(cluster_id: int, milestone_id: int) -> ResponseReturnValue:
    milestone, cohort = _milestone_or_404(milestone_id)
    attendance.record_attendance(db(), milestone, cohort, _answers(request.form), actor=current_actor())
    flash(_("Die Teilnahme ist gespeichert."), "success")
    return redirect(url_for("attendance.show", cluster_id=cluster_id, milestone_id=milestone_id), 303)


def _answers(form: Mapping[str, str]) -> dict[int, Attendance | None]:
    """What was ticked, by consent; what cannot be read is left out, so that it changes nothing."""
    known = {"": None, **{answer.value: answer for answer in Attendance}}
    named = {name.removeprefix(FIELD): value for name, value in form.items() if name.startswith(FIELD)}
    return {
        consent_id: known[value]
        for key, value in named.items()
        if (consent_id := whole_number(key)) is not None and value in known
    }


def _milestone_or_404(milestone_id: int) -> tuple[Milestone, Cohort]:
    return stored.find_milestone(db(), current_cluster().id, milestone_id) or abort(404)
