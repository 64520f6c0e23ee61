"""The page on which the person asked says no to a company's invitation."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.invitations.secret_links import MAX_REASON_LENGTH, InvalidInvitationLink
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db, is_safe
from dnk_tool.web.mail.invalid_links import invalid_link_page
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.text.form_fields import LineField

blueprint = Blueprint("declined_invitation", __name__, url_prefix="/einladung/unternehmen/<token>/ablehnen")


class DeclineForm(FlaskForm):
    """Why the company does not want to join, if it likes to say so."""

    reason = LineField(longest=MAX_REASON_LENGTH)


@blueprint.route("", methods=["GET", "POST"])
@permit(Permission.BY_LINK)
@creates
def show(token: str) -> ResponseReturnValue:
    """GET asks, POST declines; nobody needs an account for that."""
    now = datetime.now(UTC)
    form = DeclineForm(formdata=None if is_safe() else request.form)
    try:
        invitation = secret_links.usable_invitation(db(), token, InvitationKind.COMPANY, now=now)
        if is_safe():
            return _page(form, invitation, token)
        if not form.validate():
            return _page(form, invitation, token), 422
        invitation = secret_links.decline_invitation(
            db(), token, InvitationKind.COMPANY, reason=form.reason.data or "", now=now
        )
    except InvalidInvitationLink as over:
        return invalid_link_page(over.why)
    cluster_mails.tell_of_decline(invitation)
    flash(_("Danke für Ihre Antwort. Das Cluster weiß jetzt Bescheid."), "success")
    return redirect(url_for("company_invitation.show", token=token), 303)


def _page(form: DeclineForm, invitation: Invitation, token: str) -> str:
    return render_template(
        "clusters/invitations/decline.html",
        form=form,
        errors=form_errors(form),
        invitation=invitation,
        cluster=clusters.by_id(db(), invitation.cluster_id or 0),
        back=url_for("company_invitation.show", token=token),
    )
