"""Members of a cluster and invited companies: lists, invitations sent, resent and revoked."""

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dnk_tool.domain.clusters.cockpit import MemberStage
from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_PUBLIC_LIST
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import ClusterRole, Permission
from dnk_tool.language import local_day
from dnk_tool.services.clusters import company_invitations, consent_renewal
from dnk_tool.services.clusters import invitations as cluster_invitations
from dnk_tool.services.clusters.company_invitations import CompanyAlreadyInCluster, CompanyAlreadyInvited
from dnk_tool.services.clusters.invitations import MAX_PER_HOUR, ClusterInvitationLimitReached
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import cockpit, cockpit_sums
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.clusters.cockpit import MemberFilter
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.web.accounts.step_up import ask_for_proof, has_recent_proof
from dnk_tool.web.clusters import cohort_choice
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.cockpit.member_list_query import read_filter
from dnk_tool.web.clusters.forms import CompanyInvitationForm, form_from_request
from dnk_tool.web.http.access import current_actor, current_cluster, current_work, permit
from dnk_tool.web.http.cluster_pages import cluster_page
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.people import invitation_notices
from dnk_tool.web.people.invitation_notices import Refusal
from dnk_tool.web.text import paging
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.text.options import enum_options

blueprint = Blueprint("cluster_members", __name__, url_prefix="/cluster/<int:cluster_id>")

COMPANIES = (InvitationKind.COMPANY,)
TOO_MANY_INVITATIONS = _l(
    "Ihr Cluster hat in der letzten Stunde %(most)s Einladungen gesendet. "
    "Bitte warten Sie etwas, und versuchen Sie es dann noch einmal.",
    most=MAX_PER_HOUR,
)
REFUSALS: invitation_notices.Refusals = {
    CompanyAlreadyInCluster: Refusal(
        _l("Ein Unternehmen mit diesem Namen gehört schon zum Cluster."), "company"
    ),
    CompanyAlreadyInvited: Refusal(
        _l("Dieses Unternehmen ist schon eingeladen. Die Einladung steht in der Liste.")
    ),
    ClusterInvitationLimitReached: Refusal(TOO_MANY_INVITATIONS, status=429),
}


@blueprint.get("/mitglieder")
@cluster_page(_l("Mitglieder"), Permission.CLUSTER_VIEW, position=30)
def show(cluster_id: int) -> ResponseReturnValue:
    now, wanted = datetime.now(UTC), read_filter(request.args)
    years = cockpit_sums.reporting_years(db(), cluster_id)
    view = years.view(cluster_id, years.latest(local_day(now)), now=now)
    text, among = wanted.text, _at_stage(view, wanted.stage) if wanted.stage else None
    part = paging.paginate(
        cluster_lists.count_members(db(), cluster_id, text=text, among=among), "mitglieder"
    )
    members = cluster_lists.list_members(
        db(), cluster_id, text=text, among=among, offset=part.offset, limit=paging.PAGE_SIZE
    )
    on_page = MemberFilter(members=frozenset(organisation.id for organisation, _consent in members))
    invited = cluster_lists.count_open_invitations(db(), cluster_id, COMPANIES)
    unanswered = cluster_lists.consents_to_earlier_editions(db(), cluster_id)
    return render_template(
        "clusters/members.html",
        cluster=current_cluster(),
        year=view.year,
        members=members,
        members_part=part,
        states={one.organisation_id: one for one in cockpit.list_all(db(), view, on_page)},
        sums_from={consent.aggregates_from for _organisation, consent in members},
        wanted=wanted,
        stages=enum_options(MemberStage, _("alle")),
        invited=invited,
        unanswered=unanswered,
        to_ask=sum(consent_renewal.may_request_renewal(consent, now) for consent in unanswered),
        asked_at=max((consent.asked_at for consent in unanswered if consent.asked_at), default=None),
        listed=EDITIONS_WITH_PUBLIC_LIST,
    )


def _at_stage(view: ClusterYear, stage: MemberStage) -> frozenset[int]:
    members = cockpit.list_all(db(), view, MemberFilter(stage=stage))
    return frozenset(member.organisation_id for member in members)


@blueprint.post("/mitglieder/einwilligung")
@permit(Permission.CLUSTER_LEAD)
@creates
def ask_to_renew(cluster_id: int) -> ResponseReturnValue:
    """Ask companies that have not answered the newest edition of the consent to do so."""
    asked = consent_renewal.request_renewals(current_work(), current_cluster())
    count = cluster_mails.send_renewal_requests(asked, current_cluster())
    flash(
        ngettext("%(num)d Unternehmen ist gebeten.", "%(num)d Unternehmen sind gebeten.", count)
        if count
        else _("Zurzeit gibt es niemanden, den Sie bitten können."),
        "success" if count else "info",
    )
    return redirect(url_for("cluster_members.show", cluster_id=cluster_id), 303)


@blueprint.get("/mitglieder/einladen")
@permit(Permission.CLUSTER_LEAD)
def invite(cluster_id: int) -> ResponseReturnValue:
    return _page(form_from_request(CompanyInvitationForm))


@blueprint.post("/mitglieder/einladen")
@permit(Permission.CLUSTER_LEAD)
@creates
def send(cluster_id: int) -> ResponseReturnValue:
    form, cluster = form_from_request(CompanyInvitationForm), current_cluster()
    if not form.validate():
        return _page(form), 422
    try:
        sent = company_invitations.invite_company(
            current_work(),
            cluster,
            email=form.email.data,
            company=form.company.data,
            name=form.name.data or "",
            language=form.mail_language,
            message=form.message.data or "",
            cohort_id=whole_number(form.cohort.data),
        )
    except tuple(REFUSALS) as error:
        status = invitation_notices.show_refusal(form, REFUSALS[type(error)])
        return _page(form), status
    cluster_mails.send_invitation(sent, cluster)
    invitation_notices.flash_sent(sent[0].email)
    return _redirect_to_invitations(sent[0])


@blueprint.post("/einladungen/<int:invitation_id>/erneut-senden")
@permit(Permission.CLUSTER_LEAD)
@creates
def resend(cluster_id: int, invitation_id: int) -> ResponseReturnValue:
    """Resend an invitation to a company or to staff."""
    if invitations.offers_role(db(), invitation_id, ClusterRole.MANAGER) and not has_recent_proof():
        return ask_for_proof()
    now = datetime.now(UTC)
    try:
        sent = cluster_invitations.resend(Work(db(), current_actor(), now), current_cluster(), invitation_id)
    except LookupError:
        abort(404)
    except InvalidInvitationLink:
        invitation_notices.flash_no_longer_open()
        return _redirect_to_invitations(db().get(Invitation, invitation_id))
    except ClusterInvitationLimitReached:
        abort(429, str(TOO_MANY_INVITATIONS))
    cluster_mails.send_invitation(sent, current_cluster())
    invitation_notices.flash_sent_again(sent[0].email)
    return _redirect_to_invitations(sent[0])


@blueprint.post("/einladungen/<int:invitation_id>/zuruecknehmen")
@permit(Permission.CLUSTER_LEAD)
def revoke(cluster_id: int, invitation_id: int) -> ResponseReturnValue:
    now = datetime.now(UTC)
    try:
        invitation = cluster_invitations.revoke(
            Work(db(), current_actor(), now), current_cluster(), invitation_id
        )
    except LookupError:
        abort(404)
    except InvalidInvitationLink:
        invitation_notices.flash_no_longer_open()
        return _redirect_to_invitations(db().get(Invitation, invitation_id))
    invitation_notices.flash_revoked()
    return _redirect_to_invitations(invitation)


def _redirect_to_invitations(invitation: Invitation | None) -> ResponseReturnValue:
    """Redirect to the list that holds the invitation: the team's or the companies'."""
    is_staff = invitation is not None and invitation.kind is InvitationKind.STAFF
    page = "cluster_team.show" if is_staff else "cluster_invitations.show"
    return redirect(url_for(page, cluster_id=current_cluster().id), 303)


def _page(form: CompanyInvitationForm) -> str:
    form.cohort.choices = cohort_choice.cohort_choices(db(), current_cluster().id, now=datetime.now(UTC))
    return render_template(
        "clusters/invite.html", cluster=current_cluster(), form=form, errors=form_errors(form)
    )
