"""Reads a company's figures of several years, and adds missing ones.

Counts what a company has entered for one year, and moves it to another year.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, insert, literal, or_, select, update
from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.answers.encoding import figure_to_json
from dnk_tool.store.declarations.queries import figure_columns, figure_of
from dnk_tool.store.tables.answers import SelfCheckReply, SelfCheckRow
from dnk_tool.store.tables.figures import (
    ExplainedWarning,
    FigureDecision,
    FigureRevision,
    FigureRow,
    LineRow,
    ScopeRow,
    SiteFigureRow,
)


def of_organisation(session: Session, organisation_id: int) -> dict[tuple[int, str], Figure]:
    """All figures of a company by (year, datapoint)."""
    rows = session.scalars(sql(FigureRow).where(FigureRow.organisation_id == organisation_id))
    return {(row.year, row.datapoint): figure_of(row) for row in rows}


def add_if_missing(
    session: Session,
    organisation_id: int,
    year: int,
    datapoint: str,
    figure: Figure,
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Store a figure with a first revision, unless the company has one for the year and datapoint."""
    key = {"organisation_id": organisation_id, "year": year, "datapoint": datapoint}
    if session.scalar(sql(FigureRow).filter_by(**key)):
        return
    session.add(FigureRow(**key, **figure_columns(figure), changed_at=now, changed_by=by))
    session.add(FigureRevision(**key, version=1, content=figure_to_json(figure), saved_at=now, saved_by=by))


# What a year has once each, so that two years cannot be put together.
UNIQUE_TABLES = (FigureRow, ExplainedWarning, FigureDecision, SiteFigureRow, ScopeRow, SelfCheckRow)
MOVED_TABLES = (
    FigureRow,
    FigureRevision,
    LineRow,
    ExplainedWarning,
    FigureDecision,
    SiteFigureRow,
    ScopeRow,
    SelfCheckReply,
)


@dataclass(frozen=True, slots=True)
class YearNumbers:
    """How much a company entered for a year. `is_empty`: nothing of any kind, so another can move there."""

    figures: int
    lines: int
    is_empty: bool


def count_numbers(session: Session, organisation_id: int, year: int) -> YearNumbers:
    """Count figures and lines of the year, in one statement."""
    is_present = LineRow.removed_at.is_(None)
    row = session.execute(
        select(
            select(func.count()).where(*_of_year(FigureRow, organisation_id, year)).scalar_subquery(),
            select(func.count())
            .where(*_of_year(LineRow, organisation_id, year), is_present)
            .scalar_subquery(),
            or_(
                *(
                    exists().where(*_of_year(table, organisation_id, year))
                    for table in (*UNIQUE_TABLES, LineRow)
                )
            ),
        )
    ).one()
    return YearNumbers(row[0], row[1], is_empty=not row[2])


def move_numbers(session: Session, organisation_id: int, year: int, to: int) -> None:
    """Move everything that the company entered for a year, with its revisions, to a year that has nothing."""
    session.flush()
    copied = select(
        SelfCheckRow.organisation_id,
        literal(to),
        SelfCheckRow.key,
        SelfCheckRow.version,
        SelfCheckRow.changed_at,
        SelfCheckRow.changed_by,
    ).where(*_of_year(SelfCheckRow, organisation_id, year))
    columns = ["organisation_id", "year", "key", "version", "changed_at", "changed_by"]
    session.execute(insert(SelfCheckRow).from_select(columns, copied))
    for table in MOVED_TABLES:
        moved = update(table).where(*_of_year(table, organisation_id, year)).values(year=to)
        session.execute(moved, execution_options={"synchronize_session": False})
    gone = delete(SelfCheckRow).where(*_of_year(SelfCheckRow, organisation_id, year))
    session.execute(gone, execution_options={"synchronize_session": False})


def _of_year(table: Any, organisation_id: int, year: int) -> tuple[Any, ...]:
    return table.organisation_id == organisation_id, table.year == year
