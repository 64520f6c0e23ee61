"""Gives a person who accepts an invitation their role in a company or a cluster."""

from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain import people as role_grants
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.people import RoleGrant
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.language import local_day
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink, LinkFault
from dnk_tool.store import people as memberships
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.clusters import practice_firms
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import ClusterStaff, Room
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.organisations import Membership


def lock_invitation_target(session: Session, invitation: Invitation) -> None:
    """Lock the invitation's company or cluster, whose people are about to change."""
    if invitation.organisation_id is not None:
        declarations.lock_organisation(session, invitation.organisation_id, even_archived=True)
    elif invitation.cluster_id is not None:
        clusters.lock(session, invitation.cluster_id, even_archived=True)


def require_still_offered(session: Session, invitation: Invitation, *, now: datetime) -> None:
    """Raise InvalidInvitationLink if the sender may not invite any more or the offered last day is over."""
    if not _may_sender_invite(session, invitation):
        raise InvalidInvitationLink(LinkFault.REVOKED)
    if invitation.until is not None and invitation.until < local_day(now):
        raise InvalidInvitationLink(LinkFault.EXPIRED)


def grant_invited_role(session: Session, invitation: Invitation, account: Account, *, now: datetime) -> None:
    """Give the person the invitation's role; of an existing and the new role the stronger one holds."""
    if invitation.kind is InvitationKind.STAFF:
        _grant_cluster_role(session, invitation, account, now=now)
    else:
        _grant_company_role(session, invitation, account, now=now)


def _grant_company_role(session: Session, invitation: Invitation, account: Account, *, now: datetime) -> None:
    organisation_id = invitation.organisation_id or 0
    place = RoleGrant(Role(invitation.role), frozenset(invitation.refs), invitation.until)
    row = memberships.find(session, organisation_id, account.id)
    if row is None:
        row = Membership(user_id=account.id, organisation_id=organisation_id, created_at=now)
        session.add(row)
    else:
        place = role_grants.stronger_grant(memberships.role_grant_of(row), place, today=local_day(now))
    memberships.apply_role_grant(row, place)


def _grant_cluster_role(session: Session, invitation: Invitation, account: Account, *, now: datetime) -> None:
    cluster_id, role = invitation.cluster_id or 0, ClusterRole(invitation.role)
    row = memberships.find_cluster_staff(session, cluster_id, account.id)
    if row is None:
        session.add(ClusterStaff(user_id=account.id, cluster_id=cluster_id, role=role, created_at=now))
    else:
        row.role = role_grants.stronger_cluster_role(row.role, role)
    if invitation.hands_over and invitation.created_by is not None:
        _end_predecessors_role(session, invitation, account, now=now)
    practice_firms.share_with_managers(session, cluster_id, now=now)


def _end_predecessors_role(
    session: Session, invitation: Invitation, account: Account, *, now: datetime
) -> None:
    """Remove who handed the cluster over; what they invited others to goes on in the successor's name.

    So does the room of a workshop. Other successors that they invited come too late.
    """
    cluster_id, leaving = invitation.cluster_id or 0, invitation.created_by or 0
    row = memberships.find_cluster_staff(session, cluster_id, leaving)
    if row is None or leaving == account.id:
        return
    history.record_event(
        session,
        EventKind.MEMBER_REMOVED,
        cluster_id=cluster_id,
        actor_id=account.id,
        now=now,
        user=leaving,
        role=row.role.value,
        handed_over=True,
    )
    session.delete(row)
    for sent in cluster_lists.open_invitations(session, cluster_id, tuple(InvitationKind)):
        if sent.created_by == leaving and sent.hands_over:
            secret_links.revoke_invitation(sent, now=now)
        elif sent.created_by == leaving:
            sent.created_by = account.id
    room = session.get(Room, cluster_id, populate_existing=True)
    if room is not None and room.opened_by == leaving:
        room.opened_by = account.id


def _may_sender_invite(session: Session, invitation: Invitation) -> bool:
    """Whether the sender may still invite; invitations from the command line have no sender and hold."""
    sender = session.get(Account, invitation.created_by) if invitation.created_by else None
    if sender is None:
        return True
    if not sender.active:
        return False
    if invitation.kind is InvitationKind.STAFF:
        held = memberships.find_cluster_staff(session, invitation.cluster_id or 0, sender.id)
        return sender.is_operator or (held is not None and held.role is ClusterRole.MANAGER)
    row = memberships.find(session, invitation.organisation_id or 0, sender.id)
    return row is not None and row.role is Role.OWNER
