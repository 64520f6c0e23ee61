"""Queries of workshop rooms, and how many members joined since one opened."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.store.clusters import cockpit_sql
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff, Consent, Room


def open_room(session: Session, cluster_id: int, *, now: datetime) -> Room | None:
    """The cluster's room if its code opens it now; else None."""
    return session.scalar(_open_rooms(now).with_only_columns(Room).where(Room.cluster_id == cluster_id))


def by_code(session: Session, code: str, *, now: datetime) -> tuple[Room, Cluster] | None:
    """The open room with this code and its cluster; None if there is none."""
    row = session.execute(_open_rooms(now).where(Room.code == code)).first()
    return (row[0], row[1]) if row else None


def _open_rooms(now: datetime) -> Select[Room, Cluster]:
    """Rooms of today with their clusters.

    Left out are those of archived clusters, and those that somebody opened who does not manage the cluster
    any more.
    """
    return (
        select(Room, Cluster)
        .join(Cluster, Cluster.id == Room.cluster_id)
        .join(ClusterStaff, ClusterStaff.cluster_id == Cluster.id)
        .where(
            Room.closes_at > now,
            Cluster.archived_at.is_(None),
            ClusterStaff.user_id == Room.opened_by,
            ClusterStaff.role == ClusterRole.MANAGER,
        )
        .execution_options(populate_existing=True)
    )


def joined_since(session: Session, view: ClusterYear, since: datetime) -> int:
    """How many of the members that the view shows have joined since then."""
    theirs = cockpit_sql.select_members(view, func.count()).where(Consent.granted_at >= since)
    return session.scalar(theirs) or 0
