"""Reads and writes many figures at once; the number of statements does not depend on theirs."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.answers.encoding import figure_to_json
from dnk_tool.domain.figures.file_changes import FigureChange, FigureKey, StoredFigure
from dnk_tool.store.declarations.queries import figure_columns
from dnk_tool.store.tables.figures import FigureRevision, FigureRow


def stored_figures(session: Session, organisation_id: int, *, until: int) -> dict[FigureKey, StoredFigure]:
    """A company's figures up to and including a year, with their versions, in one statement."""
    rows = session.execute(
        sql(
            FigureRow.year,
            FigureRow.datapoint,
            FigureRow.version,
            FigureRow.value,
            FigureRow.unit,
            FigureRow.quality,
            FigureRow.note,
            FigureRow.source,
            FigureRow.responsible,
            FigureRow.origin,
        ).where(FigureRow.organisation_id == organisation_id, FigureRow.year <= until)
    )
    return {(year, key): StoredFigure(Figure(*content), version) for year, key, version, *content in rows}


def write_changes(
    session: Session,
    organisation_id: int,
    changes: Collection[FigureChange],
    *,
    by: int | None,
    now: datetime,
) -> dict[FigureKey, int]:
    """Write changes to figures and keep each value as a revision. Returns the new versions.

    The caller has checked that each figure is still at the version `seen` of its change. Takes four
    statements: one finds the rows, three write.
    """
    ids = _row_ids(session, organisation_id)
    made = {"changed_at": now, "changed_by": by}
    new, old, kept = list[dict[str, Any]](), list[dict[str, Any]](), list[dict[str, Any]]()
    for change in changes:
        year, datapoint = change.place
        place = {"organisation_id": organisation_id, "year": year, "datapoint": datapoint}
        content = figure_columns(change.after) | made | {"version": change.seen + 1}
        if change.seen:
            old.append({"id": ids[change.place], **content})
        else:
            new.append(place | content)
        kept.append(
            place
            | {
                "version": change.seen + 1,
                "content": figure_to_json(change.after),
                "kept_aside": False,
                "saved_at": now,
                "saved_by": by,
            }
        )
    for statement, rows in (
        (insert(FigureRow), new),
        (update(FigureRow), old),
        (insert(FigureRevision), kept),
    ):
        if rows:
            session.execute(statement, rows)
    _expire_rows(session)
    return {change.place: change.seen + 1 for change in changes}


def _row_ids(session: Session, organisation_id: int) -> dict[FigureKey, int]:
    rows = session.execute(
        sql(FigureRow.year, FigureRow.datapoint, FigureRow.id).where(
            FigureRow.organisation_id == organisation_id
        )
    )
    return {(year, key): id_ for year, key, id_ in rows}


def _expire_rows(session: Session) -> None:
    """Expire figures in the session, which hold the old values, so that they are read again when needed."""
    for row in list(session.identity_map.values()):
        if isinstance(row, FigureRow):
            session.expire(row)
