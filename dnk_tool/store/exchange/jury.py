"""Reads and writes jurors, their links and their sheets."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from dnk_tool.domain.editing import Stored
from dnk_tool.domain.exchange.awards import JurorSheet
from dnk_tool.store.invitations.queries import hash_token
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.awards import AwardRow, JurorRow, JurorSheetRow


def of_award(session: Session, award_id: int) -> Sequence[JurorRow]:
    """The jurors of a round, by name."""
    rows = select(JurorRow).where(JurorRow.award_id == award_id)
    return session.scalars(rows.order_by(JurorRow.name, JurorRow.id)).all()


def find_juror(session: Session, award_id: int, juror_id: int) -> JurorRow | None:
    """A juror of the round, reread; None if there is none with this id."""
    row = session.get(JurorRow, juror_id, populate_existing=True)
    return row if row is not None and row.award_id == award_id else None


def find_by_email(session: Session, award_id: int, email: str) -> JurorRow | None:
    """The juror of a round with this address; None without one."""
    wanted = JurorRow.award_id == award_id, JurorRow.email == email
    return session.scalar(select(JurorRow).where(*wanted))


def find_by_token(session: Session, token: str) -> tuple[JurorRow, AwardRow, Cluster] | None:
    """Whom a link belongs to, with the round and its cluster; None for an unknown one."""
    row = session.execute(
        select(JurorRow, AwardRow, Cluster)
        .join(AwardRow, AwardRow.id == JurorRow.award_id)
        .join(Cluster, Cluster.id == AwardRow.cluster_id)
        .where(JurorRow.token_hash == hash_token(token))
        .execution_options(populate_existing=True)
    ).first()
    return (row[0], row[1], row[2]) if row else None


def sheets_of_award(session: Session, award_id: int) -> dict[tuple[int, int], JurorSheet]:
    """All sheets of a round, by juror and nomination."""
    rows = session.scalars(
        select(JurorSheetRow)
        .join(JurorRow, JurorRow.id == JurorSheetRow.juror_id)
        .where(JurorRow.award_id == award_id)
    )
    return {(row.juror_id, row.nomination_id): sheet_of(row) for row in rows}


def sheets_of_juror(session: Session, juror_id: int) -> dict[int, JurorSheet]:
    """The sheets of a juror, by nomination."""
    rows = session.scalars(select(JurorSheetRow).where(JurorSheetRow.juror_id == juror_id))
    return {row.nomination_id: sheet_of(row) for row in rows}


def has_sheets(session: Session, award_id: int) -> bool:
    """Whether any juror of the round has written a sheet."""
    written = select(JurorSheetRow.juror_id).join(JurorRow, JurorRow.id == JurorSheetRow.juror_id)
    return bool(session.scalar(select(exists(written.where(JurorRow.award_id == award_id)))))


def find_sheet(session: Session, juror_id: int, nomination_id: int) -> JurorSheetRow | None:
    """The sheet of a juror on a nomination, reread; None without one."""
    return session.get(JurorSheetRow, (juror_id, nomination_id), populate_existing=True)


def stored_sheet(row: JurorSheetRow | None) -> Stored[JurorSheet]:
    """The sheet with its version; an empty one of version 0 where there is none yet."""
    return Stored(sheet_of(row), row.version, row.changed_at) if row else Stored(JurorSheet(), 0)


def write_sheet(
    session: Session, juror_id: int, nomination_id: int, sheet: JurorSheet, *, now: datetime
) -> None:
    """Store a sheet as its next version."""
    row = find_sheet(session, juror_id, nomination_id)
    if row is None:
        row = JurorSheetRow(juror_id=juror_id, nomination_id=nomination_id, version=0)
        session.add(row)
    row.points, row.abstains, row.word = list(sheet.points), sheet.abstains, sheet.word
    row.version += 1
    row.changed_at = now


def sheet_of(row: JurorSheetRow) -> JurorSheet:
    """A row as a domain value."""
    return JurorSheet(tuple(row.points), row.abstains, row.word)
