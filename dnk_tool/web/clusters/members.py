"""The members of a cluster and the companies that are invited; an invitation sent, again, and taken back."""

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.clusters.consent_editions import WITH_PUBLIC_LIST
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import consent
from dnk_tool.services.invitations import cluster_invitations, company_invitations
from dnk_tool.services.invitations.company_invitations import AlreadyInvited, AlreadyMember
from dnk_tool.services.invitations.limit import MOST_AN_HOUR, TooManyInvitations
from dnk_tool.services.invitations.secret_links import LinkOver
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.invitations.queries import Invitation, InvitationKind
from dnk_tool.web.accounts.security import form_errors
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.forms import CompanyForm, fresh
from dnk_tool.web.http.access import LARGEST_ID, current_actor, current_cluster, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text import paging

blueprint = Blueprint("cluster_members", __name__, url_prefix="/cluster/<int:cluster_id>")

COMPANIES = (InvitationKind.COMPANY,)


@blueprint.get("/mitglieder")
@permit(Permission.CLUSTER_VIEW)
def show(cluster_id: int) -> ResponseReturnValue:
    now = datetime.now(UTC)
    members = paging.part_of(cluster_lists.count_members(db(), cluster_id), "mitglieder")
    invited = paging.part_of(cluster_lists.count_open_invitations(db(), cluster_id, COMPANIES), "einladungen")
    sent = cluster_lists.open_invitations(
        db(), cluster_id, COMPANIES, offset=invited.offset, limit=paging.PART
    )
    missing = cluster_lists.unlisted(db(), cluster_id) if current_cluster().has_public_list else []
    return render_template(
        "cluster/members.html",
        cluster=current_cluster(),
        members=cluster_lists.members(db(), cluster_id, offset=members.offset, limit=paging.PART),
        members_part=members,
        invitations=[{"row": one, "is_expired": one.expires_at <= now} for one in sent],
        invitations_part=invited,
        missing=missing,
        to_ask=sum(consent.may_be_asked(one, now) for one in missing),
        asked_at=max((one.asked_at for one in missing if one.asked_at), default=None),
        listed=WITH_PUBLIC_LIST,
    )


@blueprint.post("/mitglieder/oeffentliche-liste")
@permit(Permission.CLUSTER_LEAD)
def ask_to_renew(cluster_id: int) -> ResponseReturnValue:
    """Ask those who joined before there were public lists whether this one may name them."""
    asked = consent.ask_to_renew(db(), current_cluster(), actor=current_actor(), now=datetime.now(UTC))
    count = cluster_mails.ask_to_renew(asked, current_cluster())
    flash(
        ngettext("%(num)d Unternehmen ist gebeten.", "%(num)d Unternehmen sind gebeten.", count)
        if count
        else _("Gerade ist niemand zu bitten."),
        "success" if count else "info",
    )
    return redirect(url_for("cluster_members.show", cluster_id=cluster_id), 303)


@blueprint.get("/mitglieder/einladen")
@permit(Permission.CLUSTER_LEAD)
def invite(cluster_id: int) -> ResponseReturnValue:
    return _page(fresh(CompanyForm))


@blueprint.post("/mitglieder/einladen")
@permit(Permission.CLUSTER_LEAD)
def send(cluster_id: int) -> ResponseReturnValue:
    form, cluster = fresh(CompanyForm), current_cluster()
    if not form.validate():
        return _page(form), 422
    try:
        sent = company_invitations.invite_company(
            db(),
            cluster,
            email=form.email.data,
            company=form.company.data,
            name=form.name.data or "",
            language=form.mail_language,
            message=form.message.data or "",
            actor=current_actor(),
            now=datetime.now(UTC),
        )
    except AlreadyMember:
        form.company.errors = [_("Ein Unternehmen mit diesem Namen gehört schon zum Cluster.")]
        return _page(form), 422
    except AlreadyInvited:
        form.email.errors = [_("Dieses Unternehmen ist schon eingeladen. Die Einladung steht in der Liste.")]
        return _page(form), 422
    except TooManyInvitations:
        form.email.errors = [too_many()]
        return _page(form), 429
    cluster_mails.send_invitation(sent, cluster)
    flash(_("Die Einladung an %(email)s ist unterwegs.", email=sent[0].email), "success")
    return _back(sent[0])


@blueprint.post("/einladungen/<int:invitation_id>/erneut-senden")
@permit(Permission.CLUSTER_LEAD)
def resend(cluster_id: int, invitation_id: int) -> ResponseReturnValue:
    """To a company or to staff."""
    now = datetime.now(UTC)
    try:
        sent = cluster_invitations.resend(
            db(), current_cluster(), _small(invitation_id), actor=current_actor(), now=now
        )
    except LookupError:
        abort(404)
    except LinkOver:
        flash(_("Diese Einladung ist schon angenommen oder zurückgenommen."), "info")
        return _back(db().get(Invitation, invitation_id))
    except TooManyInvitations:
        abort(429, too_many())
    cluster_mails.send_invitation(sent, current_cluster())
    text = _(
        "Die Einladung an %(email)s ist noch einmal unterwegs. Der frühere Link gilt nicht mehr.",
        email=sent[0].email,
    )
    flash(text, "success")
    return _back(sent[0])


@blueprint.post("/einladungen/<int:invitation_id>/zuruecknehmen")
@permit(Permission.CLUSTER_LEAD)
def revoke(cluster_id: int, invitation_id: int) -> ResponseReturnValue:
    now = datetime.now(UTC)
    try:
        invitation = cluster_invitations.revoke(
            db(), current_cluster(), _small(invitation_id), actor=current_actor(), now=now
        )
    except LookupError:
        abort(404)
    except LinkOver:
        flash(_("Diese Einladung ist schon angenommen oder zurückgenommen."), "info")
        return _back(db().get(Invitation, invitation_id))
    flash(_("Die Einladung ist zurückgenommen. Der Link darin gilt nicht mehr."), "success")
    return _back(invitation)


def too_many() -> str:
    """Why no more invitations leave for now."""
    return str(
        _(
            "Ihr Cluster hat in der letzten Stunde %(most)s Einladungen gesendet. "
            "Bitte warten Sie etwas, und versuchen Sie es dann noch einmal.",
            most=MOST_AN_HOUR,
        )
    )


def _small(number: int) -> int:
    return number if number <= LARGEST_ID else abort(404)


def _back(invitation: Invitation | None) -> ResponseReturnValue:
    """To the list in which the invitation stands."""
    is_staff = invitation is not None and invitation.kind is InvitationKind.STAFF
    page = "cluster_team.show" if is_staff else "cluster_members.show"
    return redirect(url_for(page, cluster_id=current_cluster().id), 303)


def _page(form: CompanyForm) -> str:
    return render_template(
        "cluster/invite.html", cluster=current_cluster(), form=form, errors=form_errors(form)
    )
