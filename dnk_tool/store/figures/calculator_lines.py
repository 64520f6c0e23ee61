"""Reads and writes calculator lines (bills, trips, headcounts) and keeps every state as a revision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_
from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.store.tables.figures import LineRevision, LineRow

# Run at each save of a figure, so built once.
_OF_YEAR = (
    sql(LineRow)
    .where(
        LineRow.organisation_id == bindparam("company"),
        LineRow.year == bindparam("year"),
        LineRow.removed_at.is_(None),
    )
    .order_by(LineRow.id)
)


def rows_of_year(session: Session, organisation_id: int, year: int) -> Sequence[LineRow]:
    """The lines of a year that are not removed, oldest first."""
    return session.scalars(_OF_YEAR, {"company": organisation_id, "year": year}).all()


def count_lines(session: Session, organisation_id: int, year: int) -> int:
    """The number of lines of a year that are not removed, in all calculators."""
    wanted = LineRow.organisation_id == organisation_id, LineRow.year == year, LineRow.removed_at.is_(None)
    return session.scalar(sql(func.count()).select_from(LineRow).where(*wanted)) or 0


def find_row(session: Session, organisation_id: int, year: int, line_id: int) -> LineRow | None:
    """One line of that company and year, reread; also a removed one. None if there is none."""
    return session.scalar(
        sql(LineRow).where(
            LineRow.id == line_id, LineRow.organisation_id == organisation_id, LineRow.year == year
        ),
        execution_options={"populate_existing": True},
    )


def latest_rows(session: Session, organisation_id: int, calculator: str) -> Sequence[LineRow]:
    """The lines of a calculator in the latest year that has any, in one statement, oldest first."""
    own = (
        LineRow.organisation_id == organisation_id,
        LineRow.calculator == calculator,
        LineRow.removed_at.is_(None),
    )
    latest = sql(func.max(LineRow.year)).where(*own).scalar_subquery()
    return session.scalars(sql(LineRow).where(*own, LineRow.year == latest).order_by(LineRow.id)).all()


def rows_beside_calculator(
    session: Session, organisation_id: int, year: int, calculator: str
) -> Sequence[LineRow]:
    """All lines of a year; of the calculator also its removed ones, and those of the year before."""
    is_removed, is_own = LineRow.removed_at.is_not(None), LineRow.calculator == calculator
    wanted = or_(
        and_(LineRow.year == year, or_(is_own, ~is_removed)),
        and_(LineRow.year == year - 1, is_own, ~is_removed),
    )
    return session.scalars(
        sql(LineRow).where(LineRow.organisation_id == organisation_id, wanted).order_by(LineRow.id)
    ).all()


def save(session: Session, row: LineRow, content: dict[str, Any], *, by: int | None, now: datetime) -> None:
    """Store the content as the line's next version, keep a revision and flush: a new line gets its id."""
    row.content, row.changed_at, row.changed_by = content, now, by
    row.version = (row.version or 0) + 1
    session.add(row)
    session.flush()
    keep_revision(session, row, content, by=by, now=now)


def keep_revision(
    session: Session,
    row: LineRow,
    content: dict[str, Any],
    *,
    by: int | None,
    now: datetime,
    kept_aside: bool = False,
) -> None:
    """Add a revision of the line. With `kept_aside` the same content of a person is kept once."""
    if kept_aside and content in _contents_kept_aside(session, row.id, by):
        return
    session.add(
        LineRevision(
            line_id=row.id,
            version=row.version,
            content=content,
            kept_aside=kept_aside,
            saved_at=now,
            saved_by=by,
        )
    )


def _contents_kept_aside(session: Session, line_id: int, by: int | None) -> list[dict[str, Any]]:
    revisions = session.scalars(
        sql(LineRevision).where(LineRevision.line_id == line_id, LineRevision.kept_aside.is_(True))
    )
    return [revision.content for revision in revisions if revision.saved_by == by]


def row_of_company(session: Session, organisation_id: int, line_id: int) -> LineRow | None:
    """One line of that company in any year; None if there is none, or it was removed."""
    wanted = LineRow.id == line_id, LineRow.organisation_id == organisation_id, LineRow.removed_at.is_(None)
    return session.scalar(sql(LineRow).where(*wanted))
