"""Deadlines of a cluster for its members' declarations, one for each reporting year."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.clusters import administration as cluster_administration
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.web.clusters.forms import DeadlineForm, form_from_request
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.cluster_pages import cluster_page
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import form_errors

blueprint = Blueprint("cluster_deadlines", __name__, url_prefix="/cluster/<int:cluster_id>/fristen")


@blueprint.get("")
@cluster_page(_l("Fristen"), Permission.CLUSTER_LEAD, position=50)
def show(cluster_id: int) -> ResponseReturnValue:
    return _page(form_from_request(DeadlineForm, reporting_year=datetime.now(UTC).year - 1))


@blueprint.post("")
@permit(Permission.CLUSTER_LEAD)
def save(cluster_id: int) -> ResponseReturnValue:
    form = form_from_request(DeadlineForm)
    if not form.validate():
        return _page(form), 422
    cluster_administration.set_deadline(
        db(),
        current_cluster(),
        form.reporting_year.data,
        form.due.data,
        actor=current_actor(),
        now=datetime.now(UTC),
    )
    flash(_("Die Frist für %(year)s ist gespeichert.", year=form.reporting_year.data), "success")
    return _redirect_to_deadlines()


@blueprint.post("/entfernen")
@permit(Permission.CLUSTER_LEAD)
def remove(cluster_id: int) -> ResponseReturnValue:
    asked = request.form.get("reporting_year", "")
    if asked.isascii() and asked.isdigit() and len(asked) == 4:
        actor, now = current_actor(), datetime.now(UTC)
        cluster_administration.remove_deadline(db(), current_cluster(), int(asked), actor=actor, now=now)
        flash(_("Die Frist für %(year)s ist entfernt.", year=asked), "success")
    return _redirect_to_deadlines()


def _redirect_to_deadlines() -> ResponseReturnValue:
    return redirect(url_for("cluster_deadlines.show", cluster_id=current_cluster().id), 303)


def _page(form: DeadlineForm) -> str:
    return render_template(
        "clusters/deadlines.html",
        cluster=current_cluster(),
        form=form,
        errors=form_errors(form),
        deadlines=clusters.deadlines(db(), current_cluster().id),
        today=local_day(datetime.now(UTC)),
    )
