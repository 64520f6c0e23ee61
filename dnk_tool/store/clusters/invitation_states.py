"""How far each of a cluster's invitations to companies got: counted, listed and chosen in the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, literal, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.invitations import InvitationKind, InvitationState
from dnk_tool.domain.mail import MailDelivery
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.invitations import Invitation


@dataclass(frozen=True)
class InvitationView:
    """The moment for which states are told, and whether a mail server is set."""

    now: datetime
    has_server: bool

    @property
    def state(self) -> ColumnElement[str]:
        """The state of an invitation, the first that fits."""
        nobody_got_it = [MailDelivery.FOLDER]
        if not self.has_server:
            nobody_got_it += [MailDelivery.WAITING, MailDelivery.UNCLEAR]
        rules = (
            (Invitation.declined_at.is_not(None), InvitationState.DECLINED),
            (Invitation.accepted_at.is_not(None), InvitationState.JOINED),
            (Invitation.expires_at <= self.now, InvitationState.EXPIRED),
            (Invitation.delivery == MailDelivery.REFUSED, InvitationState.REFUSED),
            (Invitation.opened_at.is_not(None), InvitationState.OPENED),
            (Invitation.delivery.in_(nobody_got_it), InvitationState.NO_SERVER),
            (Invitation.delivery == MailDelivery.WAITING, InvitationState.WAITING),
        )
        return case(
            *((condition, literal(state.value)) for condition, state in rules),
            else_=literal(InvitationState.SENT.value),
        )


def count_by_state(session: Session, cluster_id: int, view: InvitationView) -> Mapping[InvitationState, int]:
    """How many of the cluster's invitations to companies are in each state, revoked ones left out."""
    state = view.state.label("state")
    rows = session.execute(select(state, func.count()).where(*_shown(cluster_id)).group_by(state))
    return {InvitationState(name): count for name, count in rows}


def list_in_states(
    session: Session,
    cluster_id: int,
    states: Collection[InvitationState],
    view: InvitationView,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[tuple[Invitation, InvitationState]]:
    """The cluster's invitations to companies in these states: those refused first, then the latest."""
    rows = session.execute(
        select(Invitation, view.state)
        .where(*_shown(cluster_id), view.state.in_([state.value for state in states]))
        .order_by(
            view.state != InvitationState.REFUSED.value, Invitation.sent_at.desc(), Invitation.id.desc()
        )
        .offset(offset)
        .limit(limit)
    )
    return [(invitation, InvitationState(name)) for invitation, name in rows]


def state_of(session: Session, invitation: Invitation, view: InvitationView) -> InvitationState:
    """The state of one invitation."""
    return InvitationState(session.scalars(select(view.state).where(Invitation.id == invitation.id)).one())


def in_reminding_clusters(
    session: Session, states: Collection[InvitationState], view: InvitationView
) -> Sequence[tuple[Invitation, Cluster]]:
    """The invitations in these states of all clusters that have them reminded, oldest first."""
    rows = session.execute(
        select(Invitation, Cluster)
        .join(Cluster, Cluster.id == Invitation.cluster_id)
        .where(
            Cluster.reminds_invited.is_(True),
            Cluster.archived_at.is_(None),
            Invitation.kind == InvitationKind.COMPANY,
            _is_not_revoked(),
            view.state.in_([state.value for state in states]),
        )
        .order_by(Invitation.id)
    )
    return [(invitation, cluster) for invitation, cluster in rows]


def _shown(cluster_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Invitation.cluster_id == cluster_id, Invitation.kind == InvitationKind.COMPANY, _is_not_revoked())


def _is_not_revoked() -> ColumnElement[bool]:
    return or_(Invitation.revoked_at.is_(None), Invitation.declined_at.is_not(None))
