"""The tables of answers: revisions, self-assessment, goal reviews, quick checks."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.answers.answer import Disclosure
from dnk_tool.domain.answers.goals import GoalOutcome
from dnk_tool.domain.answers.self_assessment import Rating
from dnk_tool.domain.answers.self_check import SelfCheckAnswer
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value


class AnswerRow(Base):
    """The answer to one requirement or item (`ref`); `version` rises with each change.

    `taken_from` is the year from which the answer was taken over, until somebody changes or confirms it; the
    reporting year itself for a ready-made answer of a first declaration and for one with `drafts` that nobody
    has checked (`domain/answers/draft`). `is_marked_up`: text and explanation have marks for lists and
    emphasis instead of being plain.
    """

    __tablename__ = "answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"))
    ref: Mapped[str] = mapped_column(String(80))
    disclosure: Mapped[Disclosure | None] = mapped_column(enum_by_value(Disclosure))
    text: Mapped[str] = mapped_column(Text, default="")
    explanation: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(String(80), default="")
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    is_marked_up: Mapped[bool] = mapped_column(default=False)
    taken_from: Mapped[int | None]
    drafts: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (
        UniqueConstraint("declaration_id", "ref", name="uq_answer_ref"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )


class AnswerRevision(Base):
    """A content that an answer had or was submitted for it; `kept_aside`: it lost a conflict."""

    __tablename__ = "answer_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"))
    ref: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    kept_aside: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (Index("ix_answer_revision_ref", "declaration_id", "ref", "id"),)


class AssessmentRow(Base):
    """The self-assessment of one criterion."""

    __tablename__ = "assessment"

    declaration_id: Mapped[int] = mapped_column(
        ForeignKey("declaration.id", ondelete="CASCADE"), primary_key=True
    )
    criterion: Mapped[int] = mapped_column(primary_key=True)
    rating: Mapped[Rating | None] = mapped_column(enum_by_value(Rating))
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GoalReviewRow(Base):
    """What became of the goals that an aspect named in an earlier `year`; `version` counts the changes."""

    __tablename__ = "goal_review"

    declaration_id: Mapped[int] = mapped_column(
        ForeignKey("declaration.id", ondelete="CASCADE"), primary_key=True
    )
    ref: Mapped[str] = mapped_column(String(80), primary_key=True)
    year: Mapped[int]
    outcome: Mapped[GoalOutcome | None] = mapped_column(enum_by_value(GoalOutcome))
    reason: Mapped[str] = mapped_column(Text, default="")
    outlook: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (CheckConstraint("version >= 1", name="version_from_one"),)


class SelfCheckRow(Base):
    """A quick check that a company began in one year; `version` rises with each change of its answers."""

    __tablename__ = "self_check"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    year: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (CheckConstraint("version >= 1", name="version_from_one"),)


class SelfCheckReply(Base):
    """The answer to one question; a question without a row is open."""

    __tablename__ = "self_check_reply"

    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    self_check: Mapped[str] = mapped_column(String(40), primary_key=True)
    question: Mapped[str] = mapped_column(String(60), primary_key=True)
    reply: Mapped[SelfCheckAnswer] = mapped_column(enum_by_value(SelfCheckAnswer, "reply"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "year", "self_check"],
            ["self_check.organisation_id", "self_check.year", "self_check.key"],
            ondelete="CASCADE",
            name="fk_self_check_reply_self_check",
        ),
    )
