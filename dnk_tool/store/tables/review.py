"""The tables of the review: verdicts, remarks, ends of rounds, remark templates, checklists, approvals."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.review import Audience, ChecklistPoint, ReviewSide, Verdict
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value

# Else SQLite gives the id of a deleted row to the next one, which a page that is still open would overwrite.
NO_ID_TWICE = {"sqlite_autoincrement": True}


class VerdictRow(Base):
    """The reviewers' verdict on one section of one version; `number` rises with each change."""

    __tablename__ = "verdict"

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"))
    section: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    verdict: Mapped[Verdict] = mapped_column(enum_by_value(Verdict))
    number: Mapped[int] = mapped_column(default=1)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    given_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (
        UniqueConstraint("declaration_id", "section", "version", name="uq_verdict_section"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )


class RemarkRow(Base):
    """A remark on a section, or on one requirement of it, of one version.

    The first of a thread has no `thread_id`; its audience and resolution hold for the whole thread.
    `cluster_id` is the cluster whose reviewers take part.

    Without `published_at` it is a draft that only these reviewers read. `number` rises with each change of a
    draft. `is_autosaved`: its author has not pressed a button to save it yet.
    """

    __tablename__ = "remark"

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"))
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id", ondelete="SET NULL"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("remark.id", ondelete="CASCADE"), index=True)
    section: Mapped[str] = mapped_column(String(80))
    ref: Mapped[str] = mapped_column(String(80), default="")
    version: Mapped[int]
    audience: Mapped[Audience] = mapped_column(enum_by_value(Audience))
    side: Mapped[ReviewSide] = mapped_column(enum_by_value(ReviewSide, "side"))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    number: Mapped[int] = mapped_column(default=1)
    is_autosaved: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (
        CheckConstraint("text <> ''", name="has_text"),
        CheckConstraint("resolved_at IS NULL OR thread_id IS NULL", name="threads_are_resolved"),
        CheckConstraint("number >= 1", name="number_from_one"),
        Index("ix_remark_declaration_id", "declaration_id", "section"),
        Index("ix_remark_cluster_id", "cluster_id"),
        NO_ID_TWICE,
    )


class ReviewRoundRow(Base):
    """The end of a round with a request for changes: its closing letter, and the day when they are due."""

    __tablename__ = "review_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"))
    version: Mapped[int]
    letter: Mapped[str] = mapped_column(Text, default="")
    answer_until: Mapped[date]
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (UniqueConstraint("declaration_id", "version", name="uq_review_round_version"),)


class StockRemark(Base):
    """A reusable remark of a cluster, in one or both languages.

    `section`: the section that it fits; empty: all. `uses`: how often it was put into a remark.
    """

    __tablename__ = "stock_remark"

    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), index=True)
    section: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(200))
    text_de: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text, default="")
    uses: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = NO_ID_TWICE


class ChecklistTick(Base):
    """A ticked point of the checklist of one version; taking the tick away deletes the row."""

    __tablename__ = "review_check"

    declaration_id: Mapped[int] = mapped_column(
        ForeignKey("declaration.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    point: Mapped[ChecklistPoint] = mapped_column(enum_by_value(ChecklistPoint, "point"), primary_key=True)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class Approval(Base):
    """A cluster's statement that a version is formally complete, with the cluster's name of that day.

    It stands until it is withdrawn with a reason; then the version may be approved anew.
    """

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"))
    version: Mapped[int]
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id", ondelete="SET NULL"))
    cluster_name: Mapped[str] = mapped_column(String(500))
    approved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint("(withdrawn_at IS NULL) = (reason = '')", name="withdrawn_with_reason"),
        Index(
            "uq_approval_version",
            "declaration_id",
            "version",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )
