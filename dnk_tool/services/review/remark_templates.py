"""Adds, changes and deletes the reusable remarks of a cluster, in both languages."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.editing.conflicts import is_change
from dnk_tool.domain.editing.versions import Stored
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.language import Language
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.review import verdicts as stored_verdicts
from dnk_tool.store.tables.review import StockRemark


@dataclass(frozen=True)
class RemarkTemplate:
    """A reusable remark: a title for the list, and its text in German and English."""

    title: str
    text_de: str
    text_en: str = ""

    def to(self, language: Language) -> str:
        """The text in the language; in the other one if it is not translated."""
        texts = (self.text_en, self.text_de) if language == "en" else (self.text_de, self.text_en)
        return next((text for text in texts if text), "")


class RemarkTemplateDeleted(Exception):
    """Somebody deleted the reusable remark meanwhile."""


def remark_template_of(row: StockRemark) -> RemarkTemplate:
    """The stored reusable remark as a plain value."""
    return RemarkTemplate(row.title, row.text_de, row.text_en)


def add_remark_template(
    session: Session, cluster_id: int, stock: RemarkTemplate, *, actor: Actor, now: datetime
) -> StockRemark:
    """Add a reusable remark to the cluster. Raises NotPermitted."""
    _require_permission(cluster_id, actor)
    clusters.lock(session, cluster_id)
    row = StockRemark(
        cluster_id=cluster_id,
        title=stock.title,
        text_de=stock.text_de,
        text_en=stock.text_en,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    return row


def change_remark_template(
    session: Session,
    cluster_id: int,
    stock_id: int,
    stock: RemarkTemplate,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change a reusable remark. `seen`: the version that the sender had seen.

    Raises NotPermitted, RemarkTemplateDeleted and ConflictError, each without writing anything.
    """
    row = _locked_row(session, cluster_id, stock_id, actor)
    if not is_change(_stored(row), seen, stock):
        return
    row.title, row.text_de, row.text_en = stock.title, stock.text_de, stock.text_en
    row.version, row.changed_at = row.version + 1, now


def delete_remark_template(
    session: Session, cluster_id: int, stock_id: int, *, seen: int, actor: Actor
) -> None:
    """Delete a reusable remark; remarks written with it stay.

    `seen`: the version that the sender had seen. Raises NotPermitted, RemarkTemplateDeleted and
    ConflictError.
    """
    row = _locked_row(session, cluster_id, stock_id, actor)
    if is_change(_stored(row), seen, None):
        session.delete(row)


def _stored(row: StockRemark) -> Stored[RemarkTemplate | None]:
    return Stored(remark_template_of(row), row.version, row.changed_at)


def _locked_row(session: Session, cluster_id: int, stock_id: int, actor: Actor) -> StockRemark:
    _require_permission(cluster_id, actor)
    clusters.lock(session, cluster_id)
    row = stored_verdicts.stock_remark(session, cluster_id, stock_id)
    if row is None:
        raise RemarkTemplateDeleted
    return row


def _require_permission(cluster_id: int, actor: Actor) -> None:
    require(Permission.CLUSTER_VIEW, actor, Subject(cluster_id=cluster_id))
