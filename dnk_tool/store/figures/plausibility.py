"""Keeps a company's sentences about what looks odd; every sentence that arrived stays as a revision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy import select as sql
from sqlalchemy.orm import Mapped, Session, mapped_column

from dnk_tool.store.base import Base, UtcDateTime


class ExplainedWarning(Base):
    """Why something odd in one year is right. Without a text nothing is explained (any more).

    `subject` is the datapoint, or the value of the profile or the line that the warning is about. The
    sentence counts for the values that `fingerprint` stands for; `is_printed`: the report shows it.
    """

    __tablename__ = "explained_warning"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    year: Mapped[int]
    rule: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text, default="")
    fingerprint: Mapped[str] = mapped_column(String(64))
    is_printed: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (
        UniqueConstraint("organisation_id", "year", "rule", "subject", name="uq_explained_warning_subject"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("length(fingerprint) = 64", name="fingerprint_whole"),
    )


class ExplanationRevision(Base):
    """Every sentence that a warning was ever explained with; `kept_aside` marks one that lost a collision."""

    __tablename__ = "explained_warning_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    warning_id: Mapped[int] = mapped_column(
        ForeignKey("explained_warning.id", ondelete="CASCADE"), index=True
    )
    version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    kept_aside: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


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
