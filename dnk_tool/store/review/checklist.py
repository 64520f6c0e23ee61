"""Queries of the checklist of a version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dnk_tool.domain.review import ChecklistPoint
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.review import ChecklistTick


@dataclass(frozen=True, slots=True)
class Tick:
    """When a point was ticked, and by whom; `by` is empty if the account is gone."""

    at: datetime
    by: str


def ticks(session: Session, declaration_id: int, version: int) -> Mapping[ChecklistPoint, Tick]:
    """The ticked points of one version, with the names of those who ticked them, in one statement."""
    rows = session.execute(
        select(ChecklistTick.point, ChecklistTick.checked_at, Account.name, Account.email)
        .outerjoin(Account, Account.id == ChecklistTick.checked_by)
        .where(ChecklistTick.declaration_id == declaration_id, ChecklistTick.version == version)
    )
    return {point: Tick(at, name or email or "") for point, at, name, email in rows}


def delete_ticks(session: Session, declaration_id: int, version: int) -> None:
    """Take all ticks of one version away."""
    session.execute(
        delete(ChecklistTick).where(
            ChecklistTick.declaration_id == declaration_id, ChecklistTick.version == version
        )
    )
