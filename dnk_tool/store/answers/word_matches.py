"""Reads the answers and figures of some companies whose own words may fit a search."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, String, cast, or_
from sqlalchemy import select as sql
from sqlalchemy.orm import InstrumentedAttribute, Session

from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.figures import FigureRow


def answers_like(
    session: Session, declaration_ids: Collection[int], patterns: Collection[str]
) -> Sequence[AnswerRow]:
    """The answers of these declarations in which one of the patterns fits a text or a value."""
    columns = (AnswerRow.text, AnswerRow.explanation, cast(AnswerRow.value, String))
    return session.scalars(
        sql(AnswerRow)
        .where(AnswerRow.declaration_id.in_(declaration_ids), _is_like(columns, patterns))
        .order_by(AnswerRow.id)
    ).all()


def figures_like(
    session: Session,
    organisation_ids: Collection[int],
    patterns: Collection[str],
    datapoints: Collection[str],
) -> Sequence[FigureRow]:
    """The figures of these companies and datapoints, and those in whose words one of the patterns fits."""
    columns = (FigureRow.note, FigureRow.source, FigureRow.responsible)
    return session.scalars(
        sql(FigureRow)
        .where(
            FigureRow.organisation_id.in_(organisation_ids),
            or_(FigureRow.datapoint.in_(datapoints), _is_like(columns, patterns)),
        )
        .order_by(FigureRow.id)
    ).all()


def _is_like(
    columns: Collection[InstrumentedAttribute[str] | ColumnElement[str]], patterns: Collection[str]
) -> ColumnElement[bool]:
    return or_(*(column.ilike(pattern) for column in columns for pattern in patterns))
