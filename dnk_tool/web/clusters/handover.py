"""A manager hands the whole cluster over to a successor, who accepts by a link."""

from datetime import UTC, datetime

from flask import render_template
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import ClusterRole, Permission
from dnk_tool.services.clusters import staff as cluster_staff
from dnk_tool.web.accounts.step_up import ask_for_proof, has_recent_proof
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.forms import ClusterInvitationForm, form_from_request
from dnk_tool.web.clusters.team import REFUSALS, blueprint, redirect_to_team
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.people import invitation_notices
from dnk_tool.web.text.form_errors import form_errors


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
    form, cluster = form_from_request(ClusterInvitationForm), current_cluster()
    if not form.validate():
        return _page(form), 422
    if not has_recent_proof():
        return ask_for_proof()
    try:
        sent = cluster_staff.invite_staff(
            db(),
            cluster,
            email=form.email.data,
            name=form.name.data or "",
            role=ClusterRole.MANAGER,
            language=form.mail_language,
            hands_over=True,
            actor=current_actor(),
            now=datetime.now(UTC),
        )
    except tuple(REFUSALS) as error:
        status = invitation_notices.show_refusal(form, REFUSALS[type(error)])
        return _page(form), status
    cluster_mails.send_invitation(sent, cluster)
    invitation_notices.flash_sent(sent[0].email)
    return redirect_to_team()


def _page(form: ClusterInvitationForm) -> str:
    return render_template(
        "clusters/handover.html", cluster=current_cluster(), form=form, errors=form_errors(form)
    )
