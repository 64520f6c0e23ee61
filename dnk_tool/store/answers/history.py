"""Reads and writes the revisions of answers and figures, and the events of a declaration."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func
from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.store.tables.answers import AnswerRevision
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.figures import FigureRevision, FigureRow


def answer_revisions(
    session: Session, declaration_id: int, refs: Collection[str]
) -> Sequence[AnswerRevision]:
    """All revisions of the answers with these refs, latest first, also those kept aside in a conflict."""
    return session.scalars(
        sql(AnswerRevision)
        .where(AnswerRevision.declaration_id == declaration_id, AnswerRevision.ref.in_(refs))
        .order_by(AnswerRevision.id.desc())
    ).all()


def answer_content_at(session: Session, declaration_id: int, ref: str, version: int) -> dict[str, Any]:
    """The JSON content of an answer at a version; empty if there is no such revision."""
    revision = answer_revision_at(session, declaration_id, ref, version)
    return revision.content if revision else {}


def answer_revision_at(
    session: Session, declaration_id: int, ref: str, version: int
) -> AnswerRevision | None:
    """The revision of an answer that was current at a version; None if there is none."""
    return session.scalar(
        sql(AnswerRevision).where(
            AnswerRevision.declaration_id == declaration_id,
            AnswerRevision.ref == ref,
            AnswerRevision.version == version,
            AnswerRevision.kept_aside.is_(False),
        )
    )


def figure_content_at(
    session: Session, row: FigureRow | Row[*tuple[Any, ...]], version: int
) -> dict[str, Any]:
    """The JSON content of a figure at a version; empty if there is no such revision."""
    revision = session.scalar(
        sql(FigureRevision).where(
            FigureRevision.organisation_id == row.organisation_id,
            FigureRevision.year == row.year,
            FigureRevision.datapoint == row.datapoint,
            FigureRevision.version == version,
            FigureRevision.kept_aside.is_(False),
        )
    )
    return revision.content if revision else {}


def figure_revisions(
    session: Session, organisation_id: int, year: int, datapoints: Collection[str]
) -> Sequence[FigureRevision]:
    """All revisions of these figures, latest first, also those kept aside in a conflict."""
    return session.scalars(
        sql(FigureRevision)
        .where(
            FigureRevision.organisation_id == organisation_id,
            FigureRevision.year == year,
            FigureRevision.datapoint.in_(datapoints),
        )
        .order_by(FigureRevision.id.desc())
    ).all()


def count_events_since(session: Session, kind: EventKind, organisation_id: int, since: datetime) -> int:
    """How many events of a kind a company has after a moment."""
    query = (
        sql(func.count())
        .select_from(Event)
        .where(Event.organisation_id == organisation_id, Event.kind == kind, Event.happened_at > since)
    )
    return session.scalar(query) or 0


def count_cluster_events_since(session: Session, kind: EventKind, cluster_id: int, since: datetime) -> int:
    """How many events of a kind somebody of a cluster caused in it after a moment."""
    query = (
        sql(func.count())
        .select_from(Event)
        .where(
            Event.cluster_id == cluster_id,
            Event.kind == kind,
            Event.happened_at > since,
            Event.actor_id.is_not(None),
        )
    )
    return session.scalar(query) or 0


def record_declaration_event(
    session: Session,
    declaration: Declaration,
    kind: EventKind,
    *,
    actor_id: int | None,
    now: datetime,
    by_reviewers: bool = False,
    **detail: Any,
) -> None:
    """Add an event and set the declaration's `changed_at`, unless it came `by_reviewers`.

    Requests for changes and approvals are recorded without `by_reviewers`: they make it the company's turn.
    """
    record_event(
        session,
        kind,
        organisation_id=declaration.organisation_id,
        declaration_id=declaration.id,
        cluster_id=declaration.cluster_id,
        actor_id=actor_id,
        now=now,
        **detail,
    )
    if not by_reviewers:
        declaration.changed_at = now


def record_event(
    session: Session,
    kind: EventKind,
    *,
    organisation_id: int | None = None,
    declaration_id: int | None = None,
    cluster_id: int | None = None,
    actor_id: int | None,
    now: datetime,
    **detail: Any,
) -> None:
    """Add an event about a company or a cluster. `detail` must name nobody: it is never changed or erased."""
    session.add(
        Event(
            organisation_id=organisation_id,
            declaration_id=declaration_id,
            cluster_id=cluster_id,
            kind=kind,
            detail=detail,
            happened_at=now,
            actor_id=actor_id,
            by_account=actor_id is not None,
        )
    )
