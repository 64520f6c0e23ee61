"""Resends and revokes a cluster's invitations to companies and to staff."""

from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.services.clusters.administration import require_cluster_lead
from dnk_tool.services.clusters.invitation_limit import count_invitations
from dnk_tool.services.invitations import secret_links
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.invitations import Invitation

# An invitation and the token for its mail.
InvitationWithToken = tuple[Invitation, str]


def resend(
    session: Session, cluster: Cluster, invitation_id: int, *, actor: Actor, now: datetime
) -> InvitationWithToken:
    """Send an invitation of the cluster again; the previous link stops working.

    Managers may resend any, the operator only those to staff. Raises NotPermitted, LookupError for an
    invitation of another cluster, InvalidInvitationLink and ClusterInvitationLimitReached.
    """
    clusters.lock(session, cluster.id)
    invitation = _invitation(session, cluster, invitation_id, actor)
    count_invitations(session, cluster.id, now=now)
    token = secret_links.resend_invitation(session, invitation, actor=actor, now=now)
    record_invitation_sent(session, cluster, invitation, actor=actor, now=now)
    return invitation, token


def revoke(
    session: Session, cluster: Cluster, invitation_id: int, *, actor: Actor, now: datetime
) -> Invitation:
    """Revoke an invitation of the cluster.

    Raises NotPermitted, LookupError for an invitation of another cluster, and InvalidInvitationLink.
    """
    invitation = _invitation(session, cluster, invitation_id, actor)
    secret_links.revoke_invitation(invitation, now=now)
    history.record_event(
        session,
        EventKind.INVITATION_REVOKED,
        cluster_id=cluster.id,
        actor_id=actor.user_id,
        now=now,
        invitation=invitation.id,
        role=invitation.role,
    )
    return invitation


def record_invitation_sent(
    session: Session, cluster: Cluster, invitation: Invitation, *, actor: Actor, now: datetime
) -> None:
    """Record that an invitation was sent, for the first time or again."""
    is_company = invitation.kind is InvitationKind.COMPANY
    history.record_event(
        session,
        EventKind.COMPANY_INVITED if is_company else EventKind.MEMBER_INVITED,
        cluster_id=cluster.id,
        actor_id=actor.user_id,
        now=now,
        invitation=invitation.id,
        role=invitation.role,
        times=invitation.times_sent,
    )


def _invitation(session: Session, cluster: Cluster, invitation_id: int, actor: Actor) -> Invitation:
    """The cluster's invitation, locked. Raises NotPermitted and LookupError."""
    invitation = session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    if invitation is None or invitation.cluster_id != cluster.id:
        require_cluster_lead(actor, cluster)
        raise LookupError(invitation_id)
    if invitation.kind is InvitationKind.STAFF:
        require_cluster_lead(actor, cluster)
    else:
        require(Permission.CLUSTER_LEAD, actor, Subject(cluster_id=cluster.id))
    return invitation
