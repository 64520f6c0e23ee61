"""Reads and writes decisions that a stored figure stays as it is."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.store.tables.figures import FigureDecision


def decisions_of_year(session: Session, organisation_id: int, year: int) -> dict[str, FigureDecision]:
    """The decisions of one year by datapoint, as rows to change."""
    rows = session.scalars(
        sql(FigureDecision).where(
            FigureDecision.organisation_id == organisation_id, FigureDecision.year == year
        )
    )
    return {row.datapoint: row for row in rows}


def save(
    session: Session,
    organisation_id: int,
    year: int,
    datapoint: str,
    *,
    fingerprint: str,
    note: str,
    by: int | None,
    now: datetime,
) -> None:
    """Store that the figure stays, in place of an earlier decision about it."""
    row = FigureDecision(organisation_id=organisation_id, year=year, datapoint=datapoint)
    row.fingerprint, row.note, row.changed_at, row.changed_by = fingerprint, note, now, by
    session.merge(row)


def forget(session: Session, organisation_id: int, year: int, datapoints: Collection[str]) -> None:
    """Remove the decisions about these figures."""
    session.execute(
        delete(FigureDecision).where(
            FigureDecision.organisation_id == organisation_id,
            FigureDecision.year == year,
            FigureDecision.datapoint.in_(datapoints),
        )
    )
