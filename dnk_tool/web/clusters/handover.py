"""A manager hands the whole cluster over to a successor, who accepts by a link."""

from flask import render_template
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import ClusterRole, Permission
from dnk_tool.web.clusters.forms import ClusterInvitationForm, form_from_request
from dnk_tool.web.clusters.team import blueprint, invite_and_return
from dnk_tool.web.http.access import current_cluster, permit
from dnk_tool.web.http.input.save_ids import creates
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
    form = form_from_request(ClusterInvitationForm)
    if not form.validate():
        return _page(form), 422
    return invite_and_return(form, ClusterRole.MANAGER, _page, hands_over=True)


def _page(form: ClusterInvitationForm) -> str:
    return render_template(
        "clusters/handover.html", cluster=current_cluster(), form=form, errors=form_errors(form)
    )
