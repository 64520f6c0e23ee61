"""Reads and writes what the columns of a supplier's lists hold."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.store.tables.figures import ListMapping


def columns_of(session: Session, organisation_id: int, kind: str, supplier: str) -> dict[str, str]:
    """What the columns hold, by their marks; empty for a supplier that is not known."""
    row = session.get(ListMapping, (organisation_id, kind, supplier))
    return dict(row.columns) if row else {}


def suppliers(session: Session, organisation_id: int, kind: str) -> list[str]:
    """The names of the suppliers whose lists of this kind are known, the latest first."""
    wanted = ListMapping.organisation_id == organisation_id, ListMapping.kind == kind
    query = sql(ListMapping.supplier).where(*wanted, ListMapping.supplier != "")
    return list(session.scalars(query.order_by(ListMapping.changed_at.desc(), ListMapping.supplier)))


def save(
    session: Session,
    organisation_id: int,
    kind: str,
    supplier: str,
    *,
    columns: Mapping[str, str],
    now: datetime,
) -> None:
    """Store what the columns hold, in place of what was known of the supplier."""
    row = ListMapping(organisation_id=organisation_id, kind=kind, supplier=supplier)
    row.columns, row.changed_at = dict(columns), now
    session.merge(row)
