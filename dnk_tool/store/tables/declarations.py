"""The tables of declarations: events, snapshots, sign-offs, accent and logo."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dnk_tool.domain.declarations.states import Decision, EventKind, State
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value
from dnk_tool.store.tables.organisations import Organisation


class Declaration(Base):
    """The declaration of a company for one year; `version` is the one being written or frozen last, from 1.

    `cluster_id` is the cluster that a version was submitted to. While a sign-off is awaited, `signatory_id`
    is who was asked and `resumes` the state before. `progress` is the completion of each section, stored so
    that the cockpit need not read the answers; None: not yet counted. `gwp_set` names the global warming
    potentials that somebody chose for the whole inventory; "" if nobody chose. `deleted_at`: since when it
    is deleted; it can be restored until it is erased, and its year is free for another meanwhile.
    """

    __tablename__ = "declaration"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    edition: Mapped[str] = mapped_column(String(80))
    reporting_year: Mapped[int]
    indicator_set: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(2))
    options: Mapped[list[str]] = mapped_column(JSON, default=list)
    publishes_assessment: Mapped[bool] = mapped_column(default=False)
    has_material_flow: Mapped[bool] = mapped_column(default=False)
    gwp_set: Mapped[str] = mapped_column(String(3), default="", server_default="")
    state: Mapped[State] = mapped_column(enum_by_value(State), default=State.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id", ondelete="SET NULL"), index=True)
    resumes: Mapped[State | None] = mapped_column(enum_by_value(State, "resumes"))
    signatory_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    progress: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    criteria_done: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()

    __table_args__ = (
        Index(
            "uq_declaration_year",
            "organisation_id",
            "edition",
            "reporting_year",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(
            "ix_declaration_deleted",
            "organisation_id",
            sqlite_where=text("deleted_at IS NOT NULL"),
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
        CheckConstraint("reporting_year BETWEEN 1900 AND 2100", name="reporting_year_plausible"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("language IN ('de', 'en')", name="language_known"),
        CheckConstraint("gwp_set IN ('', 'AR4', 'AR5', 'AR6')", name="gwp_set_known"),
    )


class SectionMark(Base):
    """A section that an editor called done."""

    __tablename__ = "section_mark"

    declaration_id: Mapped[int] = mapped_column(
        ForeignKey("declaration.id", ondelete="CASCADE"), primary_key=True
    )
    section: Mapped[str] = mapped_column(String(80), primary_key=True)
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    marked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class Event(Base):
    """An entry of the activity log of a declaration, a company or a cluster.

    Rows are only added; triggers of the database refuse changes. Without `actor_id` the actor was an account
    erased since (`by_account`), or somebody without account: by a link or on the command line.
    """

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    declaration_id: Mapped[int | None] = mapped_column(
        ForeignKey("declaration.id", ondelete="CASCADE"), index=True
    )
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id", ondelete="SET NULL"))
    kind: Mapped[EventKind] = mapped_column(enum_by_value(EventKind))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    by_account: Mapped[bool] = mapped_column(default=True)

    # The log is read in order of time.
    __table_args__ = (
        Index("ix_event_organisation_id", "organisation_id", "happened_at"),
        Index("ix_event_cluster_id", "cluster_id", "happened_at"),
    )


class Snapshot(Base):
    """A frozen version: the canonical document and its SHA-256, which never change.

    `cluster_id` is the cluster to which it was submitted and whose reviewers may read it.
    """

    __tablename__ = "snapshot"

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"))
    version: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id", ondelete="SET NULL"))

    __table_args__ = (
        UniqueConstraint("declaration_id", "version", name="uq_snapshot_version"),
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        Index("ix_snapshot_sha256", "sha256"),
    )


class LogoRow(Base):
    """A logo (PNG) or portrait (JPEG) of a company as it is printed; each is stored once a company."""

    __tablename__ = "logo"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        UniqueConstraint("organisation_id", "sha256", name="uq_logo_content"),
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
    )


class LookRow(Base):
    """The present branding of a company; without a row, the tool's own. `version` rises with each change."""

    __tablename__ = "look"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    accent: Mapped[str] = mapped_column(String(7), default="")
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("logo.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(default=1)
    has_questions: Mapped[bool] = mapped_column(default=False)
    portrait_id: Mapped[int | None] = mapped_column(ForeignKey("logo.id", ondelete="SET NULL"))

    __table_args__ = (
        CheckConstraint("length(accent) IN (0, 7)", name="accent_whole"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )


class VersionLook(Base):
    """The branding that a version was finished with; without a row, the tool's own."""

    __tablename__ = "version_look"

    snapshot_id: Mapped[int] = mapped_column(
        ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    accent: Mapped[str] = mapped_column(String(7), default="")
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("logo.id", ondelete="SET NULL"), index=True)
    has_questions: Mapped[bool] = mapped_column(default=False)
    portrait_id: Mapped[int | None] = mapped_column(ForeignKey("logo.id", ondelete="SET NULL"), index=True)

    __table_args__ = (CheckConstraint("length(accent) IN (0, 7)", name="accent_whole"),)


class SignOff(Base):
    """The request to a named person to confirm a version, and their decision.

    `submits_to` is the cluster that gets the version once it is confirmed; None: it is finished then. It is
    stored here and not in the declaration, because until then the cluster must see nothing of it.
    """

    __tablename__ = "sign_off"

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"))
    version: Mapped[int]
    signatory_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    submits_to: Mapped[int | None] = mapped_column(ForeignKey("cluster.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    decision: Mapped[Decision | None] = mapped_column(enum_by_value(Decision))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("declaration_id", "version", name="uq_sign_off_version"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_once"),
        CheckConstraint("decision <> 'declined' OR reason <> ''", name="declined_with_reason"),
    )


# Execution options of a query that means deleted declarations, too (see `store/tables/__init__`).
WITH_DELETED = {"with_deleted": True}
