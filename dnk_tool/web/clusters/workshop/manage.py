"""A manager opens the room of a workshop for a day, sees its code, and closes it.

The wall of a workshop: how far a cohort is, without names, for a projector.
"""

from datetime import UTC, datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.clusters.wall_codes import readable_code
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.report.view.qr_code import qr_path
from dnk_tool.services.clusters import workshop
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import cockpit_sums, cohorts, practice_firms, rooms
from dnk_tool.store.clusters.cockpit import MemberFilter
from dnk_tool.store.clusters.criterion_progress import progress_by_member
from dnk_tool.store.tables.clusters import Cohort, Milestone, Room
from dnk_tool.web.clusters.cockpit.criteria import counts_of
from dnk_tool.web.clusters.cockpit.overview import newest_catalogue
from dnk_tool.web.http.access import current_actor, current_cluster, current_work, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.stored_files import finish_deletion
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails

blueprint = Blueprint("workshop", __name__, url_prefix="/cluster/<int:cluster_id>/raum")


@blueprint.get("")
@cluster_page(_l("Workshop"), Permission.CLUSTER_LEAD, position=51, tab=ClusterTab.PLANNING)
def show(cluster_id: int) -> ResponseReturnValue:
    now = datetime.now(UTC)
    room, practice = rooms.open_room(db(), cluster_id, now=now), practice_firms.of_cluster(db(), cluster_id)
    return render_template(
        "clusters/workshop/manage.html",
        cluster=current_cluster(),
        room=room,
        entry=entry_of(room) if room else None,
        cohort=db().get(Cohort, room.cohort_id) if room and room.cohort_id else None,
        cohort_choices=_cohort_choices(cluster_id),
        practice=practice,
        may_practise=practice is not None and practice.organisation_id in current_actor().roles,
    )


@blueprint.post("")
@permit(Permission.CLUSTER_LEAD)
@creates
def open_it(cluster_id: int) -> ResponseReturnValue:
    """Open the room, or give an open one a new code."""
    cohort_id = whole_number(request.form.get("cohort"))
    try:
        workshop.open_room(current_work(), current_cluster(), cohort_id)
    except LookupError:
        flash(_("Diese Kohorte gibt es nicht mehr. Wählen Sie eine andere."), "error")
    return redirect(url_for("workshop.show", cluster_id=cluster_id), 303)


@blueprint.post("/schliessen")
@permit(Permission.CLUSTER_LEAD)
def close(cluster_id: int) -> ResponseReturnValue:
    workshop.close_room(db(), current_cluster(), actor=current_actor())
    flash(_("Der Raum ist geschlossen. Der Code öffnet nichts mehr."), "success")
    return redirect(url_for("workshop.show", cluster_id=cluster_id), 303)


@blueprint.post("/uebungsbetrieb")
@permit(Permission.CLUSTER_LEAD)
@creates
def begin_practice(cluster_id: int) -> ResponseReturnValue:
    """Make the cluster's practice firm, or begin it anew."""
    now, cluster = datetime.now(UTC), current_cluster()
    deleted = workshop.begin_practice_firm(
        Work(db(), current_actor(), now), cluster, language=current_language()
    )
    if deleted is not None:
        finish_deletion(deleted, now=now)
    flash(
        _("Der Übungsbetrieb steht wieder am Anfang.") if deleted else _("Der Übungsbetrieb ist angelegt."),
        "success",
    )
    return redirect(url_for("workshop.show", cluster_id=cluster_id), 303)


def _cohort_choices(cluster_id: int) -> list[dict[str, str]]:
    """All members first, then each named cohort that is not archived."""
    named = [one for one in cohorts.of_cluster(db(), cluster_id) if one.name and one.archived_at is None]
    return [
        {"value": "", "label": _("Alle Mitglieder")},
        *({"value": str(one.id), "label": f"{one.name} ({one.reporting_year})"} for one in named),
    ]


def entry_of(room: Room) -> dict[str, object]:
    """The address and code to type, and the QR code of both together."""
    base = mails.public_base_url()
    path, size = qr_path(base + url_for("room.ask", code=room.code))
    return {
        "address": (base + url_for("room.enter")).split("://", 1)[1],
        "code": readable_code(room.code),
        "path": path,
        "size": size,
    }


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
    years = cockpit_sums.reporting_years(db(), cluster_id)
    year = cohort.reporting_year if cohort else years.latest(local_day(now))
    view = years.view(cluster_id, year, now=now, cohort_id=cohort.id if cohort else None)
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


def _next_milestone(cohort: Cohort | None, now: datetime) -> Milestone | None:
    """The cohort's milestone of today, or its next one."""
    if cohort is None:
        return None
    coming = (one for one in cohorts.milestones_of(db(), cohort.id) if one.day >= local_day(now))
    return next(coming, None)
