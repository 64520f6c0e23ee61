"""Invites people to work for a cluster, changes their roles, and removes them."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Actor, ClusterRole, Permission, Subject, require
from dnk_tool.language import Language
from dnk_tool.services.accounts.lifecycle import normalised_address
from dnk_tool.services.clusters.administration import require_cluster_lead
from dnk_tool.services.clusters.invitations import (
    InvitationWithToken,
    count_invitations,
    record_invitation_sent,
)
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.work import Work
from dnk_tool.store import people as memberships
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.clusters import practice_firms
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff
from dnk_tool.store.tables.invitations import Invitation


class AlreadyStaff(Exception):
    """The person works for the cluster already."""


class StaffAlreadyInvited(Exception):
    """An unexpired invitation to this address is open."""


class LastManager(Exception):
    """Without this person the cluster would have no active manager."""


def invite_staff(
    work: Work,
    cluster: Cluster,
    *,
    email: str,
    name: str,
    role: ClusterRole,
    language: Language,
    message: str = "",
    hands_over: bool = False,
) -> InvitationWithToken:
    """Invite a person to work for the cluster; returns the invitation and the token for its mail.

    Managers and the operator may. `hands_over`: a manager who invites, also somebody of the team, as the
    successor leaves when it is accepted. Raises NotPermitted, InvalidAddress, AlreadyStaff,
    StaffAlreadyInvited and ClusterInvitationLimitReached.
    """
    require_cluster_lead(work.actor, cluster)
    email = normalised_address(email)
    clusters.lock(work.session, cluster.id)
    known = accounts.by_email(work.session, email)
    if hands_over:
        _require_successor(cluster, known, work.actor)
    elif known and memberships.find_cluster_staff(work.session, cluster.id, known.id):
        raise AlreadyStaff(email)
    on_their_way = cluster_lists.open_invitations(work.session, cluster.id, (InvitationKind.STAFF,))
    if any(invitation.email == email and invitation.expires_at > work.now for invitation in on_their_way):
        raise StaffAlreadyInvited(email)
    count_invitations(work.session, cluster.id, now=work.now)
    invitation, token = secret_links.create_invitation(
        work.session,
        InvitationKind.STAFF,
        email=email,
        name=name,
        language=known.language if known else language,  # type: ignore[arg-type]  # checked by the database
        by=work.actor.user_id,
        now=work.now,
        cluster_id=cluster.id,
        role=role.value,
        message=message,
        hands_over=hands_over,
    )
    record_invitation_sent(work, cluster, invitation)
    return invitation, token


def _require_successor(cluster: Cluster, known: Account | None, actor: Actor) -> None:
    """Only who manages the cluster can hand it over, and to somebody else."""
    require(Permission.CLUSTER_LEAD, actor, Subject(cluster_id=cluster.id))
    if known is not None and known.id == actor.user_id:
        raise AlreadyStaff(known.email)


def change_staff(work: Work, cluster: Cluster, user_id: int, role: ClusterRole) -> None:
    """Change the role of a person of the team.

    Raises NotPermitted, LookupError for a person outside the team, and LastManager.
    """
    row = _staff_row(work.session, cluster, user_id, work.actor)
    if row.role is role:
        return
    _require_other_manager(work.session, cluster, row)
    _record_event(work, EventKind.MEMBER_CHANGED, cluster, user=user_id, role=[row.role, role.value])
    row.role = role
    practice_firms.share_with_managers(work.session, cluster.id, now=work.now)


def remove_staff(work: Work, cluster: Cluster, user_id: int) -> Account:
    """Remove a person from the team; what they wrote stays. Returns their account.

    Raises NotPermitted, LookupError for a person outside the team, and LastManager.
    """
    row = _staff_row(work.session, cluster, user_id, work.actor)
    _require_other_manager(work.session, cluster, row)
    return _remove_row(work, cluster, row)


def remove_manager(work: Work, cluster: Cluster, user_id: int) -> Account:
    """Remove a manager, as the operator. Returns their account.

    The last active manager can go only while the operator's invitation of a successor is open. Raises
    NotPermitted, LookupError for a person who does not manage the cluster, and LastManager.
    """
    require(Permission.INSTALLATION_RUN, work.actor)
    row = _locked_staff_row(work.session, cluster, user_id, even_archived=True)
    if row.role is not ClusterRole.MANAGER:
        raise LookupError(user_id)
    if _is_only_manager(work.session, cluster, row) and not _is_successor_invited(
        work.session, cluster, now=work.now
    ):
        raise LastManager
    return _remove_row(work, cluster, row)


def _staff_row(session: Session, cluster: Cluster, user_id: int, actor: Actor) -> ClusterStaff:
    """The person's row, locked, if the actor manages the cluster. Raises NotPermitted and LookupError."""
    require(Permission.CLUSTER_LEAD, actor, Subject(cluster_id=cluster.id))
    return _locked_staff_row(session, cluster, user_id)


def _locked_staff_row(
    session: Session, cluster: Cluster, user_id: int, *, even_archived: bool = False
) -> ClusterStaff:
    """The person's row, read after locking the cluster. Raises LookupError."""
    clusters.lock(session, cluster.id, even_archived=even_archived)
    row = memberships.find_cluster_staff(session, cluster.id, user_id)
    if row is None:
        raise LookupError(user_id)
    return row


def _remove_row(work: Work, cluster: Cluster, row: ClusterStaff) -> Account:
    _record_event(work, EventKind.MEMBER_REMOVED, cluster, user=row.user_id, role=row.role)
    work.session.delete(row)
    practice_firms.share_with_managers(work.session, cluster.id, now=work.now)
    return work.session.get_one(Account, row.user_id)


def _require_other_manager(session: Session, cluster: Cluster, row: ClusterStaff) -> None:
    if _is_only_manager(session, cluster, row):
        raise LastManager


def _is_only_manager(session: Session, cluster: Cluster, row: ClusterStaff) -> bool:
    others = [
        (account, role) for account, role in clusters.staff(session, cluster.id) if account.id != row.user_id
    ]
    is_led = any(account.active and role is ClusterRole.MANAGER for account, role in others)
    return row.role is ClusterRole.MANAGER and not is_led


def _is_successor_invited(session: Session, cluster: Cluster, *, now: datetime) -> bool:
    """Whether an open invitation for a manager will still work without any manager: one of the operator's."""
    sent = cluster_lists.open_invitations(session, cluster.id, (InvitationKind.STAFF,))
    return any(
        invitation.role == ClusterRole.MANAGER
        and invitation.expires_at > now
        and _is_sent_by_operator(session, invitation)
        for invitation in sent
    )


def _is_sent_by_operator(session: Session, invitation: Invitation) -> bool:
    sender = session.get(Account, invitation.created_by) if invitation.created_by else None
    return sender is None or (sender.active and sender.is_operator)


def _record_event(work: Work, kind: EventKind, cluster: Cluster, **detail: Any) -> None:
    history.record_event(
        work.session, kind, cluster_id=cluster.id, actor_id=work.actor.user_id, now=work.now, **detail
    )
