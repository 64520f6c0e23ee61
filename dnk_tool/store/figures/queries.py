"""Reads a company's figures of several years, and adds missing ones."""

from datetime import datetime

from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.answers.encoding import figure_to_json
from dnk_tool.store.declarations.queries import figure_columns, figure_of
from dnk_tool.store.tables.figures import FigureRevision, FigureRow


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
