"""Reads and writes the rounds of a cluster's awards."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.exchange.awards import AwardContent, AwardCriterion, AwardState
from dnk_tool.store.tables.exchange.awards import AwardRow


def content_of(row: AwardRow) -> AwardContent:
    """What the round says, as a domain value."""
    criteria = tuple(AwardCriterion(str(name), int(weight)) for name, weight in row.criteria)
    return AwardContent(row.name, row.year, row.nominate_until, row.judge_until, criteria)


def of_cluster(session: Session, cluster_id: int) -> Sequence[AwardRow]:
    """The cluster's rounds, latest first."""
    return of_clusters(session, [cluster_id], frozenset(AwardState))


def of_clusters(
    session: Session, cluster_ids: Sequence[int], states: frozenset[AwardState]
) -> Sequence[AwardRow]:
    """The rounds of these clusters in one of the states, latest first."""
    rows = select(AwardRow).where(AwardRow.cluster_id.in_(cluster_ids), AwardRow.state.in_(states))
    return session.scalars(rows.order_by(AwardRow.year.desc(), AwardRow.id.desc())).all()


def find_award(session: Session, cluster_id: int, award_id: int) -> AwardRow | None:
    """The round, reread; None if the cluster has none with this id."""
    row = session.get(AwardRow, award_id, populate_existing=True)
    return row if row is not None and row.cluster_id == cluster_id else None


def cluster_of(session: Session, award_id: int) -> int | None:
    """The id of the cluster whose round it is; None if it is gone."""
    return session.scalar(select(AwardRow.cluster_id).where(AwardRow.id == award_id))


def lock_award(session: Session, award_id: int) -> AwardRow | None:
    """The round, reread; nobody else changes it until the transaction ends. None if it is gone."""
    held = select(AwardRow).where(AwardRow.id == award_id).with_for_update()
    return session.scalars(held, execution_options={"populate_existing": True}).one_or_none()


def add_award(session: Session, cluster_id: int, content: AwardContent, *, now: datetime) -> AwardRow:
    """Keep a new round as a draft."""
    row = AwardRow(cluster_id=cluster_id, created_at=now)
    write_content(row, content)
    session.add(row)
    session.flush()
    return row


def write_content(row: AwardRow, content: AwardContent) -> None:
    """Put the content into the row."""
    row.name, row.year = content.name, content.year
    row.nominate_until, row.judge_until = content.nominate_until, content.judge_until
    row.criteria = [[criterion.name, criterion.weight] for criterion in content.criteria]
