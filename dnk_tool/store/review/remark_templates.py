"""Queries of a cluster's reusable remarks."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from dnk_tool.store.tables.review import StockRemark


def of_cluster(session: Session, cluster_id: int) -> Sequence[StockRemark]:
    """The reusable remarks of a cluster, most used first, then by title."""
    return session.scalars(
        select(StockRemark)
        .where(StockRemark.cluster_id == cluster_id)
        .order_by(StockRemark.uses.desc(), func.lower(StockRemark.title), StockRemark.id)
    ).all()


def by_id(session: Session, cluster_id: int, template_id: int) -> StockRemark | None:
    """The cluster's reusable remark with this id; None if another cluster's or gone."""
    return session.scalar(
        select(StockRemark).where(StockRemark.id == template_id, StockRemark.cluster_id == cluster_id)
    )


def count_use(session: Session, template_id: int) -> None:
    """Count that a reusable remark was put into a remark; its version stays."""
    session.execute(
        update(StockRemark).where(StockRemark.id == template_id).values(uses=StockRemark.uses + 1)
    )
