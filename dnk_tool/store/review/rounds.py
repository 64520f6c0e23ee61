"""Queries of the ends of rounds: letters, and the days when changes are due."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select
from sqlalchemy.orm import Session, aliased

from dnk_tool.domain.clusters.cockpit import REVIEW_ROUND_EVENTS
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.review import ReviewRoundRow


def rounds(session: Session, declaration_id: int) -> Sequence[ReviewRoundRow]:
    """The ends of all rounds of a declaration in which changes were requested, by version."""
    return session.scalars(
        select(ReviewRoundRow)
        .where(ReviewRoundRow.declaration_id == declaration_id)
        .order_by(ReviewRoundRow.version)
    ).all()


def current_closing(session: Session, declaration: Declaration) -> ReviewRoundRow | None:
    """Letter and day of the present request for changes; None without one, or if it is older than letters."""
    if declaration.state is not State.CHANGES_REQUESTED:
        return None
    return session.scalar(
        select(ReviewRoundRow)
        .where(ReviewRoundRow.declaration_id == declaration.id)
        .order_by(ReviewRoundRow.version.desc())
        .limit(1)
    )


def is_recalled(session: Session, declaration_id: int, cluster_id: int) -> bool:
    """Whether the company took back the version that the cluster had last, and submitted none since."""
    last = (
        select(Event.kind)
        .where(
            Event.declaration_id == declaration_id,
            Event.cluster_id == cluster_id,
            Event.kind.in_(REVIEW_ROUND_EVENTS),
        )
        .order_by(Event.happened_at.desc(), Event.id.desc())
        .limit(1)
    )
    return session.scalar(last) is EventKind.RECALLED


def days_due(session: Session, declarations: Iterable[Declaration]) -> Mapping[int, date]:
    """By declaration, the day when the changes requested now are due; the others are left out."""
    asked = [one.id for one in declarations if one.state is State.CHANGES_REQUESTED]
    if not asked:
        return {}
    found = (
        select(Declaration.id, ReviewRoundRow.answer_until)
        .join(ReviewRoundRow, is_current())
        .where(Declaration.id.in_(asked))
    )
    return {row.id: row.answer_until for row in session.execute(found)}


def is_current() -> ColumnElement[bool]:
    """Whether a row closes the round of the declaration's present request for changes, the last one.

    Its version says nothing: a sign-off that is declined raises that of the declaration.
    """
    any_round = aliased(ReviewRoundRow)
    last = (
        select(func.max(any_round.version))
        .where(any_round.declaration_id == Declaration.id)
        .correlate(Declaration)
        .scalar_subquery()
    )
    return and_(
        ReviewRoundRow.declaration_id == Declaration.id,
        ReviewRoundRow.version == last,
        Declaration.state == State.CHANGES_REQUESTED,
    )


def answer_until(condition: ColumnElement[bool]) -> ScalarSelect[Any]:
    """Select the day when the changes to the row's declaration are due.

    NULL without a present request, or if the condition on the enclosing rows does not hold.
    """
    found: ScalarSelect[date] = (
        select(ReviewRoundRow.answer_until)
        .where(is_current(), condition)
        .correlate_except(ReviewRoundRow)
        .scalar_subquery()
    )
    return found
