"""Resends, corrects and revokes a cluster's invitations to companies and to staff, and gives out links.

Limits how many invitations a cluster sends in an hour, so that nobody is flooded with mails.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.invitations import InvitationKind, InvitationState
from dnk_tool.domain.mail import MailDelivery, RefusalReason
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.services.accounts.lifecycle import normalised_address
from dnk_tool.services.clusters.administration import require_cluster_lead
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.work import Work
from dnk_tool.store import rate_limits
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import invitation_states
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.clusters.invitation_states import InvitationView
from dnk_tool.store.mail import outbox
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.invitations import Invitation

# An invitation and the token for its mail.
InvitationWithToken = tuple[Invitation, str]


MAX_PER_HOUR = 300
HOUR = timedelta(hours=1)


class ClusterInvitationLimitReached(Exception):
    """The cluster has sent MAX_PER_HOUR invitations within the hour."""


def count_invitations(session: Session, cluster_id: int, amount: int = 1, *, now: datetime) -> None:
    """Count further invitations of the cluster before they are sent.

    Raises ClusterInvitationLimitReached; then the caller rolls back.
    """
    if rate_limits.hit(session, _key(cluster_id), amount, window=HOUR, now=now) > MAX_PER_HOUR:
        raise ClusterInvitationLimitReached


def invitations_left(session: Session, cluster_id: int, *, now: datetime) -> int:
    """How many invitations the cluster may still send within the current hour."""
    return max(0, MAX_PER_HOUR - rate_limits.count_hits(session, _key(cluster_id), window=HOUR, now=now))


def _key(cluster_id: int) -> str:
    return f"invitations-of-cluster:{cluster_id}"


def resend(
    work: Work, cluster: Cluster, invitation_id: int, *, email: str | None = None
) -> InvitationWithToken:
    """Send an invitation of the cluster again, to `email` if given; the previous links stop working.

    A mail that still waits is not sent any more. Managers may resend any, the operator only those to staff.
    Raises NotPermitted, LookupError for an invitation of another cluster, InvalidAddress,
    InvalidInvitationLink and ClusterInvitationLimitReached.
    """
    clusters.lock(work.session, cluster.id)
    invitation = _invitation(work.session, cluster, invitation_id, work.actor)
    count_invitations(work.session, cluster.id, now=work.now)
    if email is not None:
        invitation.email = normalised_address(email)
    if invitation.mail_id is not None:
        outbox.cancel(work.session, invitation.mail_id)
    token = secret_links.resend_invitation(work, invitation)
    record_invitation_sent(work, cluster, invitation)
    return invitation, token


def revoke(work: Work, cluster: Cluster, invitation_id: int) -> Invitation:
    """Revoke an invitation of the cluster.

    Raises NotPermitted, LookupError for an invitation of another cluster, and InvalidInvitationLink.
    """
    invitation = _invitation(work.session, cluster, invitation_id, work.actor)
    secret_links.revoke_invitation(invitation, now=work.now)
    history.record_event(
        work.session,
        EventKind.INVITATION_REVOKED,
        cluster_id=cluster.id,
        actor_id=work.actor.user_id,
        now=work.now,
        invitation=invitation.id,
        role=invitation.role,
    )
    return invitation


def mark_bounced(session: Session, cluster: Cluster, invitation_id: int, *, actor: Actor) -> Invitation:
    """Note that the invitation's mail came back, which no mail server tells the program.

    Raises NotPermitted, LookupError for an invitation of another cluster, and InvalidInvitationLink.
    """
    invitation = _invitation(session, cluster, invitation_id, actor)
    secret_links.require_open(invitation)
    invitation.delivery, invitation.refusal = MailDelivery.REFUSED, RefusalReason.BOUNCED
    return invitation


def links_to_hand_on(
    session: Session, cluster: Cluster, view: InvitationView, *, actor: Actor
) -> list[InvitationWithToken]:
    """The invitations that no mail server carries, each with a link that a manager can hand on.

    Earlier links work on. Raises NotPermitted.
    """
    lock_led_cluster(session, cluster.id, actor)
    waiting = invitation_states.list_in_states(session, cluster.id, [InvitationState.NO_SERVER], view)
    return [(row, secret_links.add_link(session, row)) for row, _state in waiting]


def switch_reminders(work: Work, cluster: Cluster, *, on: bool) -> None:
    """Have companies that do not answer reminded by themselves, or not. Raises NotPermitted."""
    require(Permission.CLUSTER_LEAD, work.actor, Subject(cluster_id=cluster.id))
    if cluster.reminds_invited != on:
        cluster.reminds_invited = on
        history.record_event(
            work.session,
            EventKind.CLUSTER_CHANGED,
            cluster_id=cluster.id,
            actor_id=work.actor.user_id,
            now=work.now,
            fields={"reminds_invited": [not on, on]},
        )


def record_invitation_sent(work: Work, cluster: Cluster, invitation: Invitation) -> None:
    """Record that an invitation was sent, for the first time or again."""
    is_company = invitation.kind is InvitationKind.COMPANY
    history.record_event(
        work.session,
        EventKind.COMPANY_INVITED if is_company else EventKind.MEMBER_INVITED,
        cluster_id=cluster.id,
        actor_id=work.actor.user_id,
        now=work.now,
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
