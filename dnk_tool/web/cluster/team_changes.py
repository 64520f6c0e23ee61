"""What somebody of a cluster's team is, changed or ended; and what members read of the cluster."""

from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import ClusterRole, Permission
from dnk_tool.services import clusters as verbs
from dnk_tool.services import staffing
from dnk_tool.services.clusters import NameTaken
from dnk_tool.services.staffing import LastManager
from dnk_tool.store import clusters
from dnk_tool.web.access import LARGEST_ID, current_actor, current_cluster, permit
from dnk_tool.web.cluster.forms import NAME_TAKEN, DetailsForm, fresh
from dnk_tool.web.cluster.team import back, blueprint
from dnk_tool.web.security import form_errors
from dnk_tool.web.transactions import db


@blueprint.get("/<int:account_id>")
@permit(Permission.CLUSTER_LEAD)
def person(cluster_id: int, account_id: int) -> ResponseReturnValue:
    """What somebody is in the team, to be changed or ended."""
    return _person_page(account_id)


@blueprint.post("/<int:account_id>")
@permit(Permission.CLUSTER_LEAD)
def change(cluster_id: int, account_id: int) -> ResponseReturnValue:
    """Another role, or none any more."""
    given: dict[str, Any] = {"actor": current_actor(), "now": datetime.now(UTC)}
    if account_id > LARGEST_ID:
        abort(404)
    role = next((one for one in ClusterRole if one == request.form.get("role")), None)
    try:
        if request.form.get("action") == "remove":
            staffing.remove_staff(db(), current_cluster(), account_id, **given)
            flash(_("Der Zugang ist beendet. Was die Person geschrieben hat, bleibt."), "success")
            if account_id == current_actor().user_id:
                return redirect(url_for("start.show"), 303)
        elif role is not None:
            staffing.change_staff(db(), current_cluster(), account_id, role, **given)
            flash(_("Gespeichert."), "success")
        else:
            return _person_page(account_id, _("Wählen Sie eine Rolle.")), 422
    except LookupError:
        abort(404)
    except LastManager:
        text = _("Jemand muss das Cluster leiten. Laden Sie zuerst eine andere Person dafür ein.")
        return _person_page(account_id, text), 422
    return back()


@blueprint.get("/angaben")
@permit(Permission.CLUSTER_LEAD)
def details(cluster_id: int) -> ResponseReturnValue:
    cluster = current_cluster()
    return _details_page(fresh(DetailsForm, cluster_name=cluster.name, contact=cluster.contact))


@blueprint.post("/angaben")
@permit(Permission.CLUSTER_LEAD)
def change_details(cluster_id: int) -> ResponseReturnValue:
    form = fresh(DetailsForm)
    if not form.validate():
        return _details_page(form), 422
    try:
        verbs.change_cluster(
            db(),
            current_cluster(),
            name=form.cluster_name.data,
            contact=form.contact.data or "",
            actor=current_actor(),
            now=datetime.now(UTC),
        )
    except NameTaken:
        form.cluster_name.errors = [str(NAME_TAKEN)]
        return _details_page(form), 422
    flash(_("Gespeichert."), "success")
    return back()


def _person_page(account_id: int, error: str = "") -> str:
    found = [one for one in clusters.staff(db(), current_cluster().id) if one[0].id == account_id]
    if not found:
        abort(404)
    account, role = found[0]
    return render_template(
        "cluster/team_person.html",
        cluster=current_cluster(),
        account=account,
        role=role,
        roles=list(ClusterRole),
        errors=[{"text": error, "href": "#role"}] if error else [],
    )


def _details_page(form: DetailsForm) -> str:
    return render_template(
        "cluster/details.html", cluster=current_cluster(), form=form, errors=form_errors(form)
    )
