"""The team of a cluster: list and invitations.

A manager hands the whole cluster over to a successor, who accepts by a link.
Changes a team member's role or removes them; and the cluster's details for its members.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import ClusterRole, Permission
from dnk_tool.services.clusters import administration as cluster_administration
from dnk_tool.services.clusters import staff as cluster_staff
from dnk_tool.services.clusters.administration import NameTaken
from dnk_tool.services.clusters.invitations import ClusterInvitationLimitReached
from dnk_tool.services.clusters.staff import AlreadyStaff, LastManager, StaffAlreadyInvited
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.review import team as review_team
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts.step_up import ask_for_proof, has_recent_proof
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.forms import (
    NAME_TAKEN,
    ClusterDetailsForm,
    ClusterInvitationForm,
    StaffInvitationForm,
    form_from_request,
)
from dnk_tool.web.clusters.members import TOO_MANY_INVITATIONS
from dnk_tool.web.http.access import current_actor, current_cluster, current_work, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails
from dnk_tool.web.mail.outcomes import delivery_text
from dnk_tool.web.people import invitation_notices
from dnk_tool.web.people.invitation_notices import Refusal
from dnk_tool.web.text.form_errors import form_errors

blueprint = Blueprint("cluster_team", __name__, url_prefix="/cluster/<int:cluster_id>/team")

REFUSALS: invitation_notices.Refusals = {
    AlreadyStaff: Refusal(invitation_notices.ALREADY_STAFF),
    StaffAlreadyInvited: Refusal(invitation_notices.ALREADY_INVITED),
    ClusterInvitationLimitReached: Refusal(TOO_MANY_INVITATIONS, status=429),
}


@blueprint.get("")
@cluster_page(_l("Team"), Permission.CLUSTER_VIEW, position=60, tab=ClusterTab.TEAM)
def show(cluster_id: int) -> ResponseReturnValue:
    now = datetime.now(UTC)
    sent = cluster_lists.open_invitations(db(), cluster_id, (InvitationKind.STAFF,))
    return render_template(
        "clusters/team.html",
        cluster=current_cluster(),
        team=[{"account": account, "role": role} for account, role in clusters.staff(db(), cluster_id)],
        invitations=[
            {
                "row": invitation,
                "role": ClusterRole(invitation.role),
                "outcome": delivery_text(
                    invitation.delivery, invitation.refusal, has_server=mails.is_sending()
                ),
                "is_expired": invitation.expires_at <= now,
            }
            for invitation in sent
        ],
    )


@blueprint.get("/einladen")
@permit(Permission.CLUSTER_LEAD)
def invite(cluster_id: int) -> ResponseReturnValue:
    return _invite_page(form_from_request(StaffInvitationForm, role=ClusterRole.REVIEWER.value))


@blueprint.post("/einladen")
@permit(Permission.CLUSTER_LEAD)
@creates
def send(cluster_id: int) -> ResponseReturnValue:
    form = form_from_request(StaffInvitationForm)
    if not form.validate():
        return _invite_page(form), 422
    return invite_and_return(form, form.offered, _invite_page)


def invite_and_return(
    form: ClusterInvitationForm, role: ClusterRole, page: Callable[[Any], str], *, hands_over: bool = False
) -> ResponseReturnValue:
    """Invite the person of a valid form and go to the team; `page` shows the form with a refusal.

    Offering the management asks for proof of who acts. `hands_over`: the sender leaves then.
    """
    if role is ClusterRole.MANAGER and not has_recent_proof():
        return ask_for_proof()
    try:
        sent = cluster_staff.invite_staff(
            current_work(),
            current_cluster(),
            email=form.email.data,
            name=form.name.data or "",
            role=role,
            language=form.mail_language,
            hands_over=hands_over,
        )
    except tuple(REFUSALS) as error:
        status = invitation_notices.show_refusal(form, REFUSALS[type(error)])
        return page(form), status
    cluster_mails.send_invitation(sent, current_cluster())
    invitation_notices.flash_sent(sent[0].email)
    return redirect_to_team()


def redirect_to_team() -> ResponseReturnValue:
    """Redirect to the team's list."""
    return redirect(url_for("cluster_team.show", cluster_id=current_cluster().id), 303)


def _invite_page(form: StaffInvitationForm) -> str:
    return render_template(
        "clusters/team_invite.html",
        cluster=current_cluster(),
        form=form,
        errors=form_errors(form),
        roles=list(ClusterRole),
    )


@blueprint.get("/uebergeben")
@permit(Permission.CLUSTER_LEAD)
def ask_to_hand_over(cluster_id: int) -> ResponseReturnValue:
    """Say what happens, and ask for the successor."""
    return _page(form_from_request(ClusterInvitationForm))


@blueprint.post("/uebergeben")
@permit(Permission.CLUSTER_LEAD)
@creates
def hand_over(cluster_id: int) -> ResponseReturnValue:
    """Invite the successor; nothing changes until they accept."""
    form = form_from_request(ClusterInvitationForm)
    if not form.validate():
        return _page(form), 422
    return invite_and_return(form, ClusterRole.MANAGER, _page, hands_over=True)


def _page(form: ClusterInvitationForm) -> str:
    return render_template(
        "clusters/handover.html", cluster=current_cluster(), form=form, errors=form_errors(form)
    )


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
        cluster_staff.change_staff(current_work(), current_cluster(), account_id, role)
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
        account = cluster_staff.remove_staff(Work(db(), actor, datetime.now(UTC)), cluster, account_id)
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
            current_work(),
            current_cluster(),
            name=form.cluster_name.data,
            contact=form.contact.data or "",
            has_public_list=form.has_public_list,
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
