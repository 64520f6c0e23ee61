"""Who of a team has opened which part of a submitted declaration lately."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from dnk_tool.store.review.team import shown_name
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.review_team import ReviewOpening


@dataclass(frozen=True, slots=True)
class PresentReader:
    """A person who opened a part of a declaration in the last minutes, and when."""

    account_id: int
    name: str
    declaration_id: int
    section: str
    opened_at: datetime


def present_readers(
    session: Session, cluster_id: int, declaration_ids: Collection[int], *, since: datetime
) -> Sequence[PresentReader]:
    """Who opened a part of these declarations since a moment, latest first."""
    rows = session.execute(
        select(
            Account.id,
            shown_name(Account),
            ReviewOpening.declaration_id,
            ReviewOpening.section,
            ReviewOpening.opened_at,
        )
        .join(Account, Account.id == ReviewOpening.account_id)
        .where(
            ReviewOpening.cluster_id == cluster_id,
            ReviewOpening.declaration_id.in_(declaration_ids),
            ReviewOpening.opened_at >= since,
        )
        .order_by(ReviewOpening.opened_at.desc(), Account.id)
    )
    return [PresentReader(*row) for row in rows]


def write_opening(
    session: Session, account_id: int, cluster_id: int, declaration_id: int, section: str, *, at: datetime
) -> None:
    """Write what the person opened last in place of what they opened before, in one statement."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    opened = {"cluster_id": cluster_id, "declaration_id": declaration_id, "section": section, "opened_at": at}
    statement = insert(ReviewOpening).values(account_id=account_id, **opened)
    session.execute(statement.on_conflict_do_update(index_elements=[ReviewOpening.account_id], set_=opened))


def remove_openings(session: Session, *, before: datetime) -> None:
    """Delete what was opened before a moment."""
    session.execute(delete(ReviewOpening).where(ReviewOpening.opened_at < before))
