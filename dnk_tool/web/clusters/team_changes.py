"""Changes a team member's role or removes them; and the cluster's details for its members."""

from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import ClusterRole, Permission
from dnk_tool.services.clusters import administration as cluster_administration
from dnk_tool.services.clusters import staff as cluster_staff
from dnk_tool.services.clusters.administration import NameTaken
from dnk_tool.services.clusters.staff import LastManager
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.review import team as review_team
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts.step_up import ask_for_proof, has_recent_proof
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.forms import NAME_TAKEN, ClusterDetailsForm, form_from_request
from dnk_tool.web.clusters.team import blueprint, redirect_to_team
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import form_errors


@blueprint.get("/<int:account_id>")
@permit(Permission.CLUSTER_LEAD)
def person(cluster_id: int, account_id: int) -> ResponseReturnValue:
    """Show one person of the team, to change the role or end it."""
    return _person_page(account_id)


@blueprint.post("/<int:account_id>")
@permit(Permission.CLUSTER_LEAD)
def change(cluster_id: int, account_id: int) -> ResponseReturnValue:
    """Change the person's role."""
    _account, role_before = _member_or_404(account_id)
    role = next(
        (cluster_role for cluster_role in ClusterRole if cluster_role == request.form.get("role")), None
    )
    if role is None:
        return _person_page(account_id, _("Wählen Sie eine Rolle.")), 422
    if role is ClusterRole.MANAGER and role is not role_before and not has_recent_proof():
        return ask_for_proof()
    try:
        cluster_staff.change_staff(
            db(), current_cluster(), account_id, role, actor=current_actor(), now=datetime.now(UTC)
        )
    except LookupError:
        abort(404)
    except LastManager:
        return _person_page(account_id, _last_manager_text()), 422
    flash(_("Gespeichert."), "success")
    return redirect_to_team()


@blueprint.get("/<int:account_id>/entfernen")
@permit(Permission.CLUSTER_LEAD)
def ask_to_remove(cluster_id: int, account_id: int) -> ResponseReturnValue:
    return _ending_page(account_id)


@blueprint.post("/<int:account_id>/entfernen")
@permit(Permission.CLUSTER_LEAD)
def remove(cluster_id: int, account_id: int) -> ResponseReturnValue:
    cluster, actor = current_cluster(), current_actor()
    _member_or_404(account_id)
    try:
        account = cluster_staff.remove_staff(db(), cluster, account_id, actor=actor, now=datetime.now(UTC))
    except LookupError:
        abort(404)
    except LastManager:
        return _ending_page(account_id, _last_manager_text()), 422
    if account.id == actor.user_id:
        flash(_("Sie arbeiten nicht mehr für %(name)s.", name=cluster.name), "success")
        return redirect(url_for("start.show"), 303)
    cluster_mails.send_staff_removal_mail(account, cluster)
    name = account.name or account.email
    flash(_("%(name)s arbeitet nicht mehr hier. Das gilt ab sofort.", name=name), "success")
    return redirect_to_team()


@blueprint.get("/angaben")
@permit(Permission.CLUSTER_LEAD)
def details(cluster_id: int) -> ResponseReturnValue:
    cluster = current_cluster()
    public_list = "yes" if cluster.has_public_list else "no"
    return _details_page(
        form_from_request(
            ClusterDetailsForm, cluster_name=cluster.name, contact=cluster.contact, public_list=public_list
        )
    )


@blueprint.post("/angaben")
@permit(Permission.CLUSTER_LEAD)
def change_details(cluster_id: int) -> ResponseReturnValue:
    form = form_from_request(ClusterDetailsForm)
    if not form.validate():
        return _details_page(form), 422
    try:
        cluster_administration.change_cluster(
            db(),
            current_cluster(),
            name=form.cluster_name.data,
            contact=form.contact.data or "",
            has_public_list=form.has_public_list,
            actor=current_actor(),
            now=datetime.now(UTC),
        )
    except NameTaken:
        form.cluster_name.errors = [str(NAME_TAKEN)]
        return _details_page(form), 422
    flash(_("Gespeichert."), "success")
    return redirect_to_team()


def _member_or_404(account_id: int) -> tuple[Account, ClusterRole]:
    members = [member for member in clusters.staff(db(), current_cluster().id) if member[0].id == account_id]
    return members[0] if members else abort(404)


def _last_manager_text() -> str:
    return str(_("Jemand muss das Cluster leiten. Laden Sie zuerst eine andere Person dafür ein."))


def _person_page(account_id: int, error: str = "") -> str:
    account, role = _member_or_404(account_id)
    return render_template(
        "clusters/team_person.html",
        cluster=current_cluster(),
        account=account,
        role=role,
        conflicts=review_team.conflicts_of(db(), current_cluster().id, account.id),
        roles=list(ClusterRole),
        errors=[{"text": error, "href": "#role"}] if error else [],
    )


def _ending_page(account_id: int, error: str = "") -> str:
    account, _role = _member_or_404(account_id)
    return render_template(
        "clusters/team_ending.html",
        cluster=current_cluster(),
        account=account,
        back=url_for("cluster_team.person", cluster_id=current_cluster().id, account_id=account.id),
        errors=[{"text": error, "href": ""}] if error else [],
    )


def _details_page(form: ClusterDetailsForm) -> str:
    return render_template(
        "clusters/cockpit/details.html", cluster=current_cluster(), form=form, errors=form_errors(form)
    )
