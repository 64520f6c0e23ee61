"""Keeps a company's sentences about what looks odd; every sentence that arrived stays as a revision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.store.tables.figures import ExplainedWarning, ExplanationRevision


def of_year(session: Session, organisation_id: int, year: int) -> dict[tuple[str, str], ExplainedWarning]:
    """The sentences of one year by (rule, subject), to be changed."""
    found = session.scalars(
        sql(ExplainedWarning).where(
            ExplainedWarning.organisation_id == organisation_id, ExplainedWarning.year == year
        )
    )
    return {(row.rule, row.subject): row for row in found}


def save(session: Session, row: ExplainedWarning, *, by: int | None, now: datetime) -> None:
    """Store the row as its next version, and keep what it says as a revision."""
    row.version = (row.version or 0) + 1
    row.changed_at, row.changed_by = now, by
    session.add(row)
    session.flush()
    keep_revision(session, row, content_of(row), by=by, now=now)


def content_of(row: ExplainedWarning) -> dict[str, Any]:
    """What the row says."""
    return {"text": row.text, "is_printed": row.is_printed, "fingerprint": row.fingerprint}


def keep_revision(
    session: Session,
    row: ExplainedWarning,
    content: dict[str, Any],
    *,
    by: int | None,
    now: datetime,
    kept_aside: bool = False,
) -> None:
    """Keep a sentence beside the row; the same one that lost a collision is kept once."""
    if kept_aside and any(
        (one.saved_by, one.content) == (by, content) for one in revisions(session, row.id) if one.kept_aside
    ):
        return
    session.add(
        ExplanationRevision(
            warning_id=row.id,
            version=row.version,
            content=content,
            kept_aside=kept_aside,
            saved_at=now,
            saved_by=by,
        )
    )


def revisions(session: Session, warning_id: int) -> Sequence[ExplanationRevision]:
    """All that was ever said, latest first."""
    return session.scalars(
        sql(ExplanationRevision)
        .where(ExplanationRevision.warning_id == warning_id)
        .order_by(ExplanationRevision.id.desc())
    ).all()
