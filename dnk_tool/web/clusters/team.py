"""The team of a cluster: list and invitations."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import ClusterRole, Permission
from dnk_tool.services.clusters import staff as cluster_staff
from dnk_tool.services.clusters.invitation_limit import ClusterInvitationLimitReached
from dnk_tool.services.clusters.staff import AlreadyStaff, StaffAlreadyInvited
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.web.accounts.step_up import ask_for_proof, has_recent_proof
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.forms import ClusterInvitationForm, StaffInvitationForm, form_from_request
from dnk_tool.web.clusters.members import TOO_MANY_INVITATIONS
from dnk_tool.web.http.access import current_actor, current_cluster, permit
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
    form: ClusterInvitationForm,
    role: ClusterRole,
    page: Callable[[Any], str],
    *,
    hands_over: bool = False,
) -> ResponseReturnValue:
    """Invite the person of a valid form and go to the team; `page` shows the form with a refusal.

    Offering the management asks for proof of who acts. `hands_over`: the sender leaves then.
    """
    if role is ClusterRole.MANAGER and not has_recent_proof():
        return ask_for_proof()
    try:
        sent = cluster_staff.invite_staff(
            db(),
            current_cluster(),
            email=form.email.data,
            name=form.name.data or "",
            role=role,
            language=form.mail_language,
            hands_over=hands_over,
            actor=current_actor(),
            now=datetime.now(UTC),
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
