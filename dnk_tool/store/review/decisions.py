"""Queries of how rounds of a review ended: requests for changes, approvals and withdrawn approvals."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.store.tables.declarations import Event
from dnk_tool.store.tables.review import Approval


def requests_for_changes(session: Session, declaration_id: int) -> Mapping[int, Event]:
    """The event of the last request for changes to each version, by version."""
    rows = session.scalars(
        select(Event)
        .where(Event.declaration_id == declaration_id, Event.kind == EventKind.CHANGES_REQUESTED)
        .order_by(Event.id)
    )
    return {row.detail["version"]: row for row in rows if "version" in row.detail}


def approvals(session: Session, declaration_id: int, cluster_id: int | None) -> Sequence[Approval]:
    """All approvals by a cluster, also the withdrawn ones, in the order in which they were given."""
    return session.scalars(
        select(Approval)
        .where(Approval.declaration_id == declaration_id, Approval.cluster_id == cluster_id)
        .order_by(Approval.id)
    ).all()


def newest_approval(session: Session, declaration_id: int, cluster_id: int | None) -> Approval | None:
    """The newest approval by the cluster that stands; None if there is none."""
    return session.scalar(
        select(Approval)
        .where(
            Approval.declaration_id == declaration_id,
            Approval.cluster_id == cluster_id,
            Approval.withdrawn_at.is_(None),
        )
        .order_by(Approval.version.desc())
        .limit(1)
    )


def withdrawn_last(given: Sequence[Approval], version: int) -> Approval | None:
    """The last of these approvals if it is of this version and was withdrawn."""
    last = given[-1] if given else None
    return last if last and last.version == version and last.withdrawn_at else None
