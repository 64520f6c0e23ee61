"""Invites people to work for a company, and accepts invitations into a company or a cluster's team."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dnk_tool.domain import people as role_grants
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.people import RoleGrant
from dnk_tool.domain.permissions import Actor, Permission, Role, require
from dnk_tool.language import Language, local_day
from dnk_tool.services.accounts.lifecycle import normalised_address
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.invitations import accept as acceptance
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.work import Work
from dnk_tool.store import people as memberships
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.invitations import Invitation

KINDS = (InvitationKind.MEMBER, InvitationKind.STAFF)
MAX_PER_HOUR = 20


class AlreadyMember(Exception):
    """The person works for the company already; `user_id` is their account."""

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        super().__init__("already a member")


class MemberAlreadyInvited(Exception):
    """An invitation to the address is open; it can be sent again, or must be revoked first."""


class OwnerLeft(Exception):
    """The company has an owner, who invites others."""


class OwnAddress(Exception):
    """The address is that of somebody who runs the installation."""


class CompanyInvitationLimitReached(Exception):
    """The company has sent MAX_PER_HOUR invitations within the hour."""


def invite_member(
    work: Work, organisation_id: int, *, email: str, place: RoleGrant, language: Language
) -> tuple[Invitation, str]:
    """Invite a person to work for the company; returns the invitation and the token for its mail.

    Raises NotPermitted, InvalidAddress, InvalidRoleGrant, AlreadyMember, MemberAlreadyInvited and
    CompanyInvitationLimitReached.
    """
    lock_company(work.session, organisation_id, Permission.ORGANISATION_OWN, work.actor)
    _refuse_member(work.session, organisation_id, normalised_address(email), now=work.now)
    return _invite(work, organisation_id, email=email, place=place, language=language, by=work.actor.user_id)


def invite_owner(
    work: Work, organisation_id: int, *, email: str, language: Language
) -> tuple[Invitation, str]:
    """Invite an owner into a company that has none left, as the operator; nobody else could.

    Who works there in another role may be invited, too. An operator's address is refused: to run the
    installation gives no look at what companies write. Raises NotPermitted, OwnerLeft, OwnAddress,
    InvalidAddress, MemberAlreadyInvited and CompanyInvitationLimitReached.
    """
    require(Permission.INSTALLATION_RUN, work.actor)
    declarations.lock_organisation(work.session, organisation_id)
    if memberships.active_owners(work.session, organisation_id):
        raise OwnerLeft
    known = accounts.by_email(work.session, normalised_address(email))
    if known is not None and known.is_operator:
        raise OwnAddress
    place = RoleGrant(Role.OWNER, frozenset(), None)
    # Without a sender it holds, as those from the command line do.
    return _invite(work, organisation_id, email=email, place=place, language=language, by=None)


def _invite(
    work: Work, organisation_id: int, *, email: str, place: RoleGrant, language: Language, by: int | None
) -> tuple[Invitation, str]:
    email, today = normalised_address(email), local_day(work.now)
    given = role_grants.role_grant(place.role, place.sections, place.until, today=today)
    if invitations.find_open_by_email(work.session, organisation_id, email) is not None:
        raise MemberAlreadyInvited
    _refuse_flood(work.session, organisation_id, now=work.now)
    invitation, token = secret_links.create_invitation(
        work.session,
        InvitationKind.MEMBER,
        email=email,
        language=language,
        by=by,
        now=work.now,
        organisation_id=organisation_id,
        role=given.role.value,
        refs=given.sections,
        until=given.until,
    )
    _record_sent(work, invitation)
    return invitation, token


def resend(work: Work, organisation_id: int, invitation_id: int) -> tuple[Invitation, str]:
    """Send an invitation again, even an expired one; the previous link stops working.

    The actor becomes its sender. Raises NotPermitted, LookupError for an invitation of another company,
    InvalidInvitationLink and CompanyInvitationLimitReached.
    """
    invitation = _invitation(work.session, organisation_id, invitation_id, work.actor)
    _refuse_flood(work.session, organisation_id, now=work.now)
    token = secret_links.resend_invitation(work, invitation)
    _record_sent(work, invitation)
    return invitation, token


def revoke(work: Work, organisation_id: int, invitation_id: int) -> None:
    """Revoke an invitation.

    Raises NotPermitted, LookupError for an invitation of another company, and InvalidInvitationLink.
    """
    invitation = _invitation(work.session, organisation_id, invitation_id, work.actor)
    secret_links.revoke_invitation(invitation, now=work.now)
    record_invitation_revoked(work, invitation)


def revoke_sent_by(work: Work, organisation_id: int, account_id: int) -> None:
    """Revoke the open invitations into a company that a person sent who may not invite any more."""
    for invitation in invitations.open_of_organisation(work.session, organisation_id):
        if invitation.created_by == account_id:
            secret_links.revoke_invitation(invitation, now=work.now)
            record_invitation_revoked(work, invitation)


def record_invitation_revoked(work: Work, invitation: Invitation) -> None:
    """Record in the activity log that an invitation was revoked."""
    history.record_event(
        work.session,
        EventKind.INVITATION_REVOKED,
        organisation_id=invitation.organisation_id,
        actor_id=work.actor.user_id,
        now=work.now,
        invitation=invitation.id,
        role=invitation.role,
    )


def acceptable_invitation(session: Session, token: str, *, now: datetime) -> Invitation:
    """The invitation into a company or a cluster's team that the token opens.

    Raises InvalidInvitationLink, also if the sender may not invite any more.
    """
    invitation = secret_links.usable_invitation(session, token, *KINDS, now=now)
    acceptance.require_still_offered(session, invitation, now=now)
    return invitation


def accept_invitation(session: Session, token: str, *, account: Account, now: datetime) -> Invitation:
    """Accept an invitation into a company or a cluster's team; of two concurrent calls one fails.

    Of an existing and the new role the stronger one holds. Raises InvalidInvitationLink and
    InvitationAddressMismatch.
    """
    # The company or cluster is locked before the invitation, as by everything that changes its people.
    acceptance.lock_invitation_target(
        session, secret_links.usable_invitation(session, token, *KINDS, now=now)
    )
    invitation = secret_links.redeem_invitation(session, token, *KINDS, account=account, now=now)
    acceptance.require_still_offered(session, invitation, now=now)
    acceptance.grant_invited_role(session, invitation, account, now=now)
    history.record_event(
        session,
        EventKind.MEMBER_JOINED,
        organisation_id=invitation.organisation_id,
        cluster_id=invitation.cluster_id,
        actor_id=account.id,
        now=now,
        invitation=invitation.id,
        role=invitation.role,
    )
    return invitation


def _invitation(session: Session, organisation_id: int, invitation_id: int, actor: Actor) -> Invitation:
    """The company's invitation, locked. Raises NotPermitted and LookupError."""
    lock_company(session, organisation_id, Permission.ORGANISATION_OWN, actor)
    invitation = session.get(Invitation, invitation_id, populate_existing=True, with_for_update=True)
    is_ours = invitation is not None and invitation.kind is InvitationKind.MEMBER
    if invitation is None or not is_ours or invitation.organisation_id != organisation_id:
        raise LookupError(invitation_id)
    return invitation


def _refuse_member(session: Session, organisation_id: int, email: str, *, now: datetime) -> None:
    account = accounts.by_email(session, email)
    held = memberships.find(session, organisation_id, account.id) if account else None
    if held is not None and (held.until is None or held.until >= local_day(now)):
        raise AlreadyMember(held.user_id)


def _refuse_flood(session: Session, organisation_id: int, *, now: datetime) -> None:
    since = now - timedelta(hours=1)
    if history.count_events_since(session, EventKind.MEMBER_INVITED, organisation_id, since) >= MAX_PER_HOUR:
        raise CompanyInvitationLimitReached


def _record_sent(work: Work, invitation: Invitation) -> None:
    history.record_event(
        work.session,
        EventKind.MEMBER_INVITED,
        organisation_id=invitation.organisation_id,
        actor_id=work.actor.user_id,
        now=work.now,
        invitation=invitation.id,
        role=invitation.role,
        times=invitation.times_sent,
    )
