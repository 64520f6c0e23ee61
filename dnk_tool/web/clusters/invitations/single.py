"""One invitation to a company: what happened to it, another address, and a note that it came back."""

from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import invitations as cluster_invitations
from dnk_tool.services.clusters.invitations import ClusterInvitationLimitReached
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import invitation_states
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.forms import form_from_request
from dnk_tool.web.clusters.invitations.overview import blueprint, current_view, invitation_row
from dnk_tool.web.clusters.members import TOO_MANY_INVITATIONS
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.people import invitation_notices
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.text.mail_address import MailAddressField


class AddressForm(FlaskForm):
    """The address to which an invitation is sent again."""

    email = MailAddressField()


@blueprint.get("/<int:invitation_id>")
@permit(Permission.CLUSTER_LEAD)
def single(cluster_id: int, invitation_id: int) -> ResponseReturnValue:
    invitation = _invitation(invitation_id)
    return _page(invitation, form_from_request(AddressForm, email=invitation.email))


@blueprint.post("/<int:invitation_id>")
@permit(Permission.CLUSTER_LEAD)
@creates
def correct(cluster_id: int, invitation_id: int) -> ResponseReturnValue:
    """Send the invitation again, to the address in the form."""
    invitation, form, cluster = _invitation(invitation_id), form_from_request(AddressForm), current_cluster()
    if not form.validate():
        return _page(invitation, form), 422
    actor, now = current_actor(), datetime.now(UTC)
    try:
        sent = cluster_invitations.resend(
            Work(db(), actor, now), cluster, invitation.id, email=form.email.data
        )
    except InvalidInvitationLink:
        invitation_notices.flash_no_longer_open()
        return _redirect(invitation)
    except ClusterInvitationLimitReached:
        form.email.errors = [str(TOO_MANY_INVITATIONS)]
        return _page(invitation, form), 429
    cluster_mails.send_invitation(sent, cluster)
    invitation_notices.flash_sent_again(invitation.email)
    return _redirect(invitation)


@blueprint.post("/<int:invitation_id>/kam-zurueck")
@permit(Permission.CLUSTER_LEAD)
def bounced(cluster_id: int, invitation_id: int) -> ResponseReturnValue:
    """Note that the mail came back to somebody's mailbox."""
    try:
        invitation = cluster_invitations.mark_bounced(
            db(), current_cluster(), _invitation(invitation_id).id, actor=current_actor()
        )
    except InvalidInvitationLink:
        invitation_notices.flash_no_longer_open()
        return _redirect(_invitation(invitation_id))
    flash(
        _("Eingetragen. Berichtigen Sie jetzt die Adresse, und senden Sie die Einladung noch einmal."),
        "success",
    )
    return _redirect(invitation)


def _invitation(invitation_id: int) -> Invitation:
    """The cluster's invitation to a company; aborts with 404 for any other."""
    row = db().get(Invitation, invitation_id)
    if row is None or row.cluster_id != current_cluster().id or row.kind is not InvitationKind.COMPANY:
        abort(404)
    if row.revoked_at is not None and row.declined_at is None:
        abort(404)
    return row


def _redirect(invitation: Invitation) -> ResponseReturnValue:
    page = url_for("cluster_invitations.single", cluster_id=current_cluster().id, invitation_id=invitation.id)
    return redirect(page, 303)


def _page(invitation: Invitation, form: AddressForm) -> str:
    view = current_view()
    return render_template(
        "clusters/invitations/single.html",
        cluster=current_cluster(),
        one=invitation_row(invitation, invitation_states.state_of(db(), invitation, view)),
        form=form,
        errors=form_errors(form),
        has_server=view.has_server,
    )
