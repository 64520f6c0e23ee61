"""The link of an invitation: GET shows it, POST accepts it."""

from datetime import UTC, datetime
from typing import cast

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission, Role
from dnk_tool.language import format_long_date, local_day
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink
from dnk_tool.services.people import member_invitations
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db, is_safe
from dnk_tool.web.invitations import visitor
from dnk_tool.web.invitations.account import accepting_account, sign_in_new_account
from dnk_tool.web.invitations.visitor import InvitationVisitor
from dnk_tool.web.mail import mails
from dnk_tool.web.mail.invalid_links import invalid_link_page
from dnk_tool.web.people.affiliations import home_url
from dnk_tool.web.people.forms import section_titles
from dnk_tool.web.people.mails import invited_role
from dnk_tool.web.text.labels import label_of, meaning

blueprint = Blueprint("invitations", __name__)


@blueprint.route("/einladung/<token>", methods=["GET", "POST"])
@permit(Permission.BY_LINK)
@creates
def show(token: str) -> ResponseReturnValue:
    now = datetime.now(UTC)
    try:
        guest = visitor.invitation_visitor(member_invitations.acceptable_invitation(db(), token, now=now))
        if is_safe() or not guest.is_ready():
            return _page(guest), 200 if is_safe() else guest.status
        predecessor, account = guest.invitation.created_by, accepting_account(guest, token)
        invitation = member_invitations.accept_invitation(db(), token, account=account, now=datetime.now(UTC))
    except InvalidInvitationLink as over:
        return invalid_link_page(over.why)
    if invitation.hands_over:
        _tell_predecessor(invitation, predecessor)
    sign_in_new_account(guest, account)
    flash(_("Willkommen. Sie arbeiten jetzt für %(name)s.", name=_workplace(invitation).name), "success")
    return redirect(_first_page(invitation), 303)


def _tell_predecessor(invitation: Invitation, account_id: int | None) -> None:
    """Tell who handed the cluster over that it is done, and that their access is over."""
    account = db().get(Account, account_id) if account_id is not None else None
    if account is not None:
        workplace = _workplace(invitation)
        mails.notify_accounts(
            "clusters/staff_removed", [account], reply_to=invitation.email, cluster=workplace
        )


def _first_page(invitation: Invitation) -> str:
    """Where to begin: with the profile of a company that is new here, else where people work."""
    place, writes = _workplace(invitation), invited_role(invitation) in (Role.OWNER, Role.EDITOR)
    is_blank = writes and isinstance(place, Organisation) and not place.legal_form
    if is_blank and not declarations.of_organisations(db(), [place.id]):
        return url_for("profile.edit", organisation_id=place.id)
    return home_url(invitation.organisation_id, invitation.cluster_id)


def _workplace(invitation: Invitation) -> Organisation | Cluster:
    if invitation.organisation_id is not None:
        return db().get_one(Organisation, invitation.organisation_id)
    return db().get_one(Cluster, cast(int, invitation.cluster_id))


def _page(guest: InvitationVisitor) -> str:
    invitation = guest.invitation
    return render_template(
        "invitations/invitation.html",
        guest=guest,
        errors=guest.errors,
        place=_workplace(invitation),
        is_cluster=invitation.organisation_id is None,
        rows=_summary_rows(invitation),
        sender=accounts.name_of(db(), invitation.created_by),
    )


def _handover_text(invitation: Invitation) -> str:
    if not invitation.hands_over:
        return ""
    sender = accounts.name_of(db(), invitation.created_by)
    return str(_("Sie übernehmen das Cluster von %(sender)s, dessen Zugang damit endet.", sender=sender))


def _summary_rows(invitation: Invitation) -> list[dict[str, str]]:
    """Role, sections and dates of the offer, as rows."""
    language, role = current_language(), invited_role(invitation)
    sections = section_titles(invitation.refs, language)
    rows = [
        (_("Ihre Rolle"), f"{label_of(role)}\n{meaning(role)}"),
        (_("Was sich damit ändert"), _handover_text(invitation)),
        (_("Ihre Kriterien"), "\n".join(sections)),
        (_("Letzter Tag"), format_long_date(invitation.until, language) if invitation.until else ""),
        (_("Einladung gilt bis"), format_long_date(local_day(invitation.expires_at), language)),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]
