"""The reporting years of a cluster: each can be archived with its cohorts, taken back, and exported."""

from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import year_archive
from dnk_tool.store.clusters import cohorts
from dnk_tool.web.http.access import current_cluster, current_work, permit
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("cluster_years", __name__, url_prefix="/cluster/<int:cluster_id>/jahre")


@blueprint.get("")
@permit(Permission.CLUSTER_VIEW)
def show(cluster_id: int) -> ResponseReturnValue:
    of_cluster = cohorts.of_cluster(db(), cluster_id)
    by_year = groupby(of_cluster, key=lambda cohort: cohort.reporting_year)
    return render_template(
        "clusters/years.html",
        cluster=current_cluster(),
        years=[(year, list(of_year)) for year, of_year in by_year],
    )


@blueprint.post("/<int:year>")
@permit(Permission.CLUSTER_LEAD)
def change(cluster_id: int, year: int) -> ResponseReturnValue:
    """Archive the year, or take that back."""
    is_archived = request.form.get("action") == "archive"
    year_archive.set_year_archived(current_work(), current_cluster(), year, is_archived=is_archived)
    archived = _("%(year)s ist archiviert. Sie können es hier jederzeit zurückholen.", year=year)
    flash(archived if is_archived else _("%(year)s ist wieder offen.", year=year), "success")
    return redirect(url_for("cluster_years.show", cluster_id=cluster_id), 303)
