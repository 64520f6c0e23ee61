"""A manager opens the room of a workshop for a day, sees its code, and closes it."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.clusters.wall_codes import readable_code
from dnk_tool.domain.permissions import Permission
from dnk_tool.report.view.qr_code import qr_path
from dnk_tool.services.clusters import practice_firm, workshop
from dnk_tool.store.clusters import cohorts, practice_firms, rooms
from dnk_tool.store.tables.clusters import Cohort, Room
from dnk_tool.web.http.access import current_actor, current_cluster, permit
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
        workshop.open_room(db(), current_cluster(), cohort_id, actor=current_actor(), now=datetime.now(UTC))
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
    deleted = practice_firm.begin(db(), cluster, language=current_language(), actor=current_actor(), now=now)
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
