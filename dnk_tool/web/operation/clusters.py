"""The operator's pages: clusters and their managers, but nothing that companies write.

Invitations of cluster managers by the operator: sent, resent and revoked.
Removal of a cluster manager by the operator: confirmed first, then told by mail.
"""

from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import ClusterRole, Permission
from dnk_tool.services.clusters import administration as cluster_administration
from dnk_tool.services.clusters import invitations as cluster_invitations
from dnk_tool.services.clusters import staff as cluster_staff
from dnk_tool.services.clusters.administration import NameTaken
from dnk_tool.services.clusters.invitations import ClusterInvitationLimitReached
from dnk_tool.services.clusters.staff import AlreadyStaff, LastManager, StaffAlreadyInvited
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.clusters import queries as cluster_queries
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.accounts.step_up import ask_for_proof, has_recent_proof, requires_step_up
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.forms import (
    NAME_TAKEN,
    ClusterInvitationForm,
    ClusterNameForm,
    NewClusterForm,
    form_from_request,
)
from dnk_tool.web.http.access import current_actor, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.operation.overview import blueprint
from dnk_tool.web.people import invitation_notices
from dnk_tool.web.people.invitation_notices import Refusal
from dnk_tool.web.text.form_errors import form_errors


@blueprint.get("/cluster")
@permit(Permission.INSTALLATION_RUN)
def clusters() -> ResponseReturnValue:
    return _page(form_from_request(NewClusterForm))


@blueprint.post("/cluster")
@permit(Permission.INSTALLATION_RUN)
@creates
@requires_step_up
def create() -> ResponseReturnValue:
    """Create a cluster and invite its first manager."""
    form, actor, now = form_from_request(NewClusterForm), current_actor(), datetime.now(UTC)
    if not form.validate():
        return _page(form), 422
    try:
        cluster = cluster_administration.create_cluster(Work(db(), actor, now), form.cluster_name.data)
    except NameTaken:
        form.cluster_name.errors = [str(NAME_TAKEN)]
        return _page(form), 422
    invite_manager(cluster, form)
    text = _(
        "Das Cluster „%(name)s“ ist angelegt. Die Einladung an %(email)s ist unterwegs.",
        name=cluster.name,
        email=form.email.data,
    )
    flash(text, "success")
    return redirect(url_for("operation.clusters"), 303)


@blueprint.get("/cluster/<int:key>")
@permit(Permission.INSTALLATION_RUN)
def cluster(key: int) -> ResponseReturnValue:
    cluster = cluster_or_404(key)
    return render_cluster_page(cluster, cluster_name_form(cluster), form_from_request(ClusterInvitationForm))


@blueprint.post("/cluster/<int:key>")
@permit(Permission.INSTALLATION_RUN)
def rename(key: int) -> ResponseReturnValue:
    cluster, form, actor, now = cluster_or_404(key), ClusterNameForm(), current_actor(), datetime.now(UTC)
    if not form.validate():
        return render_cluster_page(cluster, form, _empty_invitation_form()), 422
    try:
        cluster_administration.change_cluster(Work(db(), actor, now), cluster, name=form.cluster_name.data)
    except NameTaken:
        form.cluster_name.errors = [str(NAME_TAKEN)]
        return render_cluster_page(cluster, form, _empty_invitation_form()), 422
    flash(_("Gespeichert."), "success")
    return redirect_to_cluster(cluster)


def invite_manager(cluster: Cluster, form: ClusterInvitationForm) -> None:
    """Invite the person whom the form names. Raises what `cluster_staff.invite_staff` raises."""
    sent = cluster_staff.invite_staff(
        current_work(),
        cluster,
        email=form.email.data,
        name=form.name.data or "",
        role=ClusterRole.MANAGER,
        language=form.mail_language,
    )
    cluster_mails.send_invitation(sent, cluster)


def cluster_or_404(key: int) -> Cluster:
    """The cluster. Its address has `key`, not `cluster_id`, as the operator does not act for the cluster."""
    cluster = cluster_queries.by_id(db(), key)
    return cluster or abort(404)


def cluster_name_form(cluster: Cluster) -> ClusterNameForm:
    """The form with the cluster's present name."""
    return ClusterNameForm(formdata=None, data={"cluster_name": cluster.name})


def _empty_invitation_form() -> ClusterInvitationForm:
    return ClusterInvitationForm(formdata=None, data={"language": "de"})


def redirect_to_cluster(cluster: Cluster) -> ResponseReturnValue:
    """Redirect to the operator's page of the cluster."""
    return redirect(url_for("operation.cluster", key=cluster.id), 303)


def _page(form: NewClusterForm) -> str:
    return render_template(
        "operation/clusters.html",
        form=form,
        errors=form_errors(form),
        clusters=cluster_lists.cluster_summaries(db()),
    )


def render_cluster_page(cluster: Cluster, name_form: ClusterNameForm, form: ClusterInvitationForm) -> str:
    """Render the cluster's name, managers and open invitations of managers."""
    now = datetime.now(UTC)
    sent = cluster_lists.open_invitations(db(), cluster.id, (InvitationKind.STAFF,))
    return render_template(
        "operation/cluster.html",
        cluster=cluster,
        name_form=name_form,
        form=form,
        errors=[*form_errors(name_form), *form_errors(form)],
        managers=[
            account
            for account, role in cluster_queries.staff(db(), cluster.id)
            if role is ClusterRole.MANAGER
        ],
        invitations=[
            {"row": invitation, "is_expired": invitation.expires_at <= now}
            for invitation in sent
            if invitation.role == ClusterRole.MANAGER
        ],
    )


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
            cluster_invitations.revoke(Work(db(), actor, now), cluster, invitation_id)
            invitation_notices.flash_revoked()
        else:
            sent = cluster_invitations.resend(Work(db(), actor, now), cluster, invitation_id)
            cluster_mails.send_invitation(sent, cluster)
            invitation_notices.flash_sent_again(sent[0].email)
    except LookupError:
        abort(404)
    except InvalidInvitationLink:
        invitation_notices.flash_no_longer_open()
    except ClusterInvitationLimitReached:
        abort(429)
    return redirect_to_cluster(cluster)


@blueprint.get("/cluster/<int:key>/leitung/<int:account_id>/entfernen")
@permit(Permission.INSTALLATION_RUN)
def ask_to_remove(key: int, account_id: int) -> ResponseReturnValue:
    cluster = cluster_or_404(key)
    return _managers_page(cluster, _manager_or_404(cluster, account_id))


@blueprint.post("/cluster/<int:key>/leitung/<int:account_id>/entfernen")
@permit(Permission.INSTALLATION_RUN)
def remove(key: int, account_id: int) -> ResponseReturnValue:
    cluster, actor = cluster_or_404(key), current_actor()
    account = _manager_or_404(cluster, account_id)
    try:
        cluster_staff.remove_manager(Work(db(), actor, datetime.now(UTC)), cluster, account.id)
    except LookupError:
        abort(404)
    except LastManager:
        return _managers_page(cluster, account, is_refused=True), 422
    if account.id != actor.user_id:
        cluster_mails.send_staff_removal_mail(account, cluster)
    name = account.name or account.email
    flash(_("%(name)s leitet das Cluster nicht mehr. Das gilt ab sofort.", name=name), "success")
    return redirect_to_cluster(cluster)


def _manager_or_404(cluster: Cluster, account_id: int) -> Account:
    wanted = (account_id, ClusterRole.MANAGER)
    managers = [
        account for account, role in cluster_queries.staff(db(), cluster.id) if (account.id, role) == wanted
    ]
    return managers[0] if managers else abort(404)


def _managers_page(cluster: Cluster, account: Account, *, is_refused: bool = False) -> str:
    text = _("Sonst leitet niemand das Cluster. Laden Sie zuerst eine andere Person dafür ein.")
    return render_template(
        "clusters/team_ending.html",
        cluster=cluster,
        account=account,
        back=url_for("operation.cluster", key=cluster.id),
        errors=[{"text": text, "href": ""}] if is_refused else [],
    )
