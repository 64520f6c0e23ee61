"""Members of a company and invitations: list, new invitations, resent and revoked."""

from datetime import UTC, datetime
from typing import cast

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.permissions import Permission, Role
from dnk_tool.language import Language, local_day
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink
from dnk_tool.services.people import member_invitations
from dnk_tool.services.people.member_invitations import (
    AlreadyMember,
    CompanyInvitationLimitReached,
    MemberAlreadyInvited,
)
from dnk_tool.store import people as memberships
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.web.accounts.step_up import ask_for_proof, has_recent_proof
from dnk_tool.web.http.access import current_organisation, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.people import invitation_notices
from dnk_tool.web.people import mails as people_mails
from dnk_tool.web.people.forms import InviteForm, section_choices, section_titles
from dnk_tool.web.people.invitation_notices import Refusal
from dnk_tool.web.text.form_errors import form_errors

blueprint = Blueprint("people", __name__, url_prefix="/unternehmen/<int:organisation_id>/personen")

TOO_MANY_INVITATIONS = _l(
    "Ihr Unternehmen hat in der letzten Stunde %(most)s Einladungen gesendet. "
    "Bitte warten Sie etwas, und versuchen Sie es dann noch einmal.",
    most=member_invitations.MAX_PER_HOUR,
)
REFUSALS: invitation_notices.Refusals = {
    AlreadyMember: Refusal(_l("Diese Person arbeitet schon hier. Ihre Rolle ändern Sie in der Liste.")),
    MemberAlreadyInvited: Refusal(invitation_notices.ALREADY_INVITED),
    CompanyInvitationLimitReached: Refusal(TOO_MANY_INVITATIONS, status=429),
}


@blueprint.get("")
@permit(Permission.ORGANISATION_VIEW)
def show(organisation_id: int) -> ResponseReturnValue:
    now, language = datetime.now(UTC), current_language()
    sent = invitations.open_of_organisation(db(), organisation_id)
    return render_template(
        "people/people.html",
        organisation=current_organisation(),
        members=[
            {
                "account": account,
                "role": row.role,
                "sections": section_titles(row.sections, language),
                "until": row.until,
                "has_ended": row.until is not None and row.until < local_day(now),
            }
            for account, row in memberships.of_organisation(db(), organisation_id)
        ],
        invitations=[_invitation_row(invitation, now) for invitation in sent],
        names=accounts.names_of(
            db(), {invitation.created_by for invitation in sent if invitation.created_by}
        ),
    )


def _invitation_row(invitation: Invitation, now: datetime) -> dict[str, object]:
    return {
        "row": invitation,
        "role": Role(invitation.role),
        "sections": section_titles(invitation.refs, current_language()),
        "expires_on": local_day(invitation.expires_at),
        "is_expired": invitation.expires_at <= now,
    }


@blueprint.get("/einladen")
@permit(Permission.ORGANISATION_OWN)
def invite(organisation_id: int) -> ResponseReturnValue:
    return _invite_page(InviteForm(formdata=None, data={"language": current_language()}))


@blueprint.post("/einladen")
@permit(Permission.ORGANISATION_OWN)
@creates
def send(organisation_id: int) -> ResponseReturnValue:
    form = InviteForm()
    given = form.email_and_role_grant()
    if given is None:
        return _invite_page(form), 422
    if given[1].role is Role.OWNER and not has_recent_proof():
        return ask_for_proof()
    known = accounts.by_email(db(), given[0])
    try:
        invitation, token = member_invitations.invite_member(
            current_work(),
            organisation_id,
            email=given[0],
            place=given[1],
            language=cast(Language, known.language) if known else form.mail_language,
        )
    except tuple(REFUSALS) as error:
        status = invitation_notices.show_refusal(form, REFUSALS[type(error)])
        return _invite_page(form), status
    people_mails.send_invitation(invitation, token, place=current_organisation().name)
    invitation_notices.flash_sent(invitation.email)
    return _back(organisation_id)


@blueprint.post("/einladungen/<int:invitation_id>/erneut-senden")
@permit(Permission.ORGANISATION_OWN)
@creates
def resend(organisation_id: int, invitation_id: int) -> ResponseReturnValue:
    if invitations.offers_role(db(), invitation_id, Role.OWNER) and not has_recent_proof():
        return ask_for_proof()
    try:
        invitation, token = member_invitations.resend(current_work(), organisation_id, invitation_id)
    except LookupError:
        abort(404)
    except InvalidInvitationLink:
        invitation_notices.flash_no_longer_open()
        return _back(organisation_id)
    except CompanyInvitationLimitReached:
        flash(str(TOO_MANY_INVITATIONS), "error")
        return _back(organisation_id)
    people_mails.send_invitation(invitation, token, place=current_organisation().name)
    invitation_notices.flash_sent_again(invitation.email)
    return _back(organisation_id)


@blueprint.post("/einladungen/<int:invitation_id>/zuruecknehmen")
@permit(Permission.ORGANISATION_OWN)
def revoke(organisation_id: int, invitation_id: int) -> ResponseReturnValue:
    try:
        member_invitations.revoke(current_work(), organisation_id, invitation_id)
    except LookupError:
        abort(404)
    except InvalidInvitationLink:
        invitation_notices.flash_no_longer_open()
        return _back(organisation_id)
    invitation_notices.flash_revoked()
    return _back(organisation_id)


def _back(organisation_id: int) -> ResponseReturnValue:
    return redirect(url_for("people.show", organisation_id=organisation_id), 303)


def _invite_page(form: InviteForm) -> str:
    return render_template(
        "people/invite.html",
        organisation=current_organisation(),
        form=form,
        errors=form_errors(form),
        roles=list(Role),
        sections=section_choices(current_language()),
    )
