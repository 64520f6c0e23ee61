"""Reads the answers and figures of some companies whose own words may fit a search."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, String, cast, or_
from sqlalchemy import select as sql
from sqlalchemy.orm import InstrumentedAttribute, Session

from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.figures import FigureRow

# So many rows are read at most, so that no search costs much; see "Search" in docs/benchmarks.md.
MOST_ROWS = 2_000


def answers_like(
    session: Session, declaration_ids: Collection[int], patterns: Collection[str]
) -> Sequence[AnswerRow]:
    """The answers of these declarations with one of the patterns in a text or value, latest first."""
    columns = (AnswerRow.text, AnswerRow.explanation, cast(AnswerRow.value, String))
    return session.scalars(
        sql(AnswerRow)
        .where(AnswerRow.declaration_id.in_(declaration_ids), _is_like(columns, patterns))
        .order_by(AnswerRow.changed_at.desc(), AnswerRow.id)
        .limit(MOST_ROWS)
    ).all()


def figures_like(
    session: Session,
    organisation_ids: Collection[int],
    patterns: Collection[str],
    datapoints: Collection[str],
) -> Sequence[FigureRow]:
    """The figures of these companies of the datapoints, or with one of the patterns in their words."""
    columns = (FigureRow.note, FigureRow.source, FigureRow.responsible)
    return session.scalars(
        sql(FigureRow)
        .where(
            FigureRow.organisation_id.in_(organisation_ids),
            or_(FigureRow.datapoint.in_(datapoints), _is_like(columns, patterns)),
        )
        .order_by(FigureRow.changed_at.desc(), FigureRow.id)
        .limit(MOST_ROWS)
    ).all()


def _is_like(
    columns: Collection[InstrumentedAttribute[str] | ColumnElement[str]], patterns: Collection[str]
) -> ColumnElement[bool]:
    return or_(*(column.ilike(pattern) for column in columns for pattern in patterns))
