"""Reads the practice firm of a cluster, and keeps its editors the same as the cluster's managers."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.store.tables.clusters import ClusterStaff, PracticeFirm
from dnk_tool.store.tables.organisations import Membership


def of_cluster(session: Session, cluster_id: int) -> PracticeFirm | None:
    """The cluster's practice firm; None if it has none."""
    return session.get(PracticeFirm, cluster_id, populate_existing=True)


def share_with_managers(session: Session, cluster_id: int, *, now: datetime) -> None:
    """Make those who manage the cluster now the editors of its practice firm, if it has one."""
    session.flush()
    firm = of_cluster(session, cluster_id)
    if firm is None:
        return
    managers = set(
        session.scalars(
            select(ClusterStaff.user_id).where(
                ClusterStaff.cluster_id == cluster_id, ClusterStaff.role == ClusterRole.MANAGER
            )
        )
    )
    theirs = Membership.organisation_id == firm.organisation_id
    session.execute(delete(Membership).where(theirs, Membership.user_id.not_in(managers)))
    known = set(session.scalars(select(Membership.user_id).where(theirs)))
    session.add_all(
        Membership(user_id=key, organisation_id=firm.organisation_id, role=Role.EDITOR, created_at=now)
        for key in sorted(managers - known)
    )
    session.flush()
