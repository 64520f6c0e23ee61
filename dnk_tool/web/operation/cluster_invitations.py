"""Invitations of cluster managers by the operator: sent, resent and revoked."""

from datetime import UTC, datetime

from flask import abort, request
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import invitations as cluster_invitations
from dnk_tool.services.clusters.invitation_limit import ClusterInvitationLimitReached
from dnk_tool.services.clusters.staff import AlreadyStaff, StaffAlreadyInvited
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink
from dnk_tool.web.accounts.step_up import ask_for_proof, has_recent_proof, requires_step_up
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.forms import ClusterInvitationForm, form_from_request
from dnk_tool.web.http.access import current_actor, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.operation.clusters import (
    cluster_name_form,
    cluster_or_404,
    invite_manager,
    redirect_to_cluster,
    render_cluster_page,
)
from dnk_tool.web.operation.overview import blueprint
from dnk_tool.web.people import invitation_notices
from dnk_tool.web.people.invitation_notices import Refusal

REFUSALS: invitation_notices.Refusals = {
    AlreadyStaff: Refusal(invitation_notices.ALREADY_STAFF),
    StaffAlreadyInvited: Refusal(invitation_notices.ALREADY_INVITED),
}


@blueprint.post("/cluster/<int:key>/leitung")
@permit(Permission.INSTALLATION_RUN)
@creates
@requires_step_up
def invite(key: int) -> ResponseReturnValue:
    """Invite another manager."""
    cluster, form = cluster_or_404(key), form_from_request(ClusterInvitationForm)
    name_form = cluster_name_form(cluster)
    if not form.validate():
        return render_cluster_page(cluster, name_form, form), 422
    try:
        invite_manager(cluster, form)
    except ClusterInvitationLimitReached:
        abort(429)
    except tuple(REFUSALS) as error:
        status = invitation_notices.show_refusal(form, REFUSALS[type(error)])
        return render_cluster_page(cluster, name_form, form), status
    invitation_notices.flash_sent(form.email.data)
    return redirect_to_cluster(cluster)


@blueprint.post("/cluster/<int:key>/einladungen/<int:invitation_id>")
@permit(Permission.INSTALLATION_RUN)
@creates
def change_invitation(key: int, invitation_id: int) -> ResponseReturnValue:
    """Resend or revoke a manager's invitation."""
    if request.form.get("action") != "revoke" and not has_recent_proof():
        return ask_for_proof()
    cluster, actor, now = cluster_or_404(key), current_actor(), datetime.now(UTC)
    try:
        if request.form.get("action") == "revoke":
            cluster_invitations.revoke(db(), cluster, invitation_id, actor=actor, now=now)
            invitation_notices.flash_revoked()
        else:
            sent = cluster_invitations.resend(db(), cluster, invitation_id, actor=actor, now=now)
            cluster_mails.send_invitation(sent, cluster)
            invitation_notices.flash_sent_again(sent[0].email)
    except LookupError:
        abort(404)
    except InvalidInvitationLink:
        invitation_notices.flash_no_longer_open()
    except ClusterInvitationLimitReached:
        abort(429)
    return redirect_to_cluster(cluster)
