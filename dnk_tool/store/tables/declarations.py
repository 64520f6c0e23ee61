"""The tables of companies, their declarations, answers, figures and history."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dnk_tool.domain.answers.answer import Disclosure, Origin, Quality
from dnk_tool.domain.answers.self_assessment import Rating
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.permissions import Role
from dnk_tool.store.base import Base, ExactDecimal, UtcDateTime, enum_by_value


class Organisation(Base):
    """A company with its profile; `is_findable`: search engines may show what it published."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(500))
    legal_form: Mapped[str] = mapped_column(String(500), default="")
    sector: Mapped[str] = mapped_column(String(80), default="")
    employees: Mapped[int | None]
    turnover_value: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    turnover_unit: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(Text, default="")
    website: Mapped[str] = mapped_column(String(500), default="")
    sites: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    requires_sign_off: Mapped[bool] = mapped_column(default=True)
    is_findable: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    declarations: Mapped[list["Declaration"]] = relationship(back_populates="organisation")

    __table_args__ = (
        CheckConstraint("name <> ''", name="has_name"),
        CheckConstraint("employees IS NULL OR employees >= 0", name="employees_not_negative"),
    )


class Membership(Base):
    """What a person is in a company; `sections` limits a contributor, `until` is the last day of a viewer."""

    __tablename__ = "membership"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[Role] = mapped_column(enum_by_value(Role))
    sections: Mapped[list[str]] = mapped_column(JSON, default=list)
    until: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("user_id", "organisation_id"),)


class Declaration(Base):
    """The declaration of a company for one year; `version` counts its frozen versions from 1.

    `cluster_id` is the cluster that a version was submitted to. While a sign-off is awaited, `signatory_id`
    is who was asked and `resumes` the state before. `progress` says of each section how far it is, kept
    beside the answers so that a cockpit need not read them; none: not yet counted.
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

    organisation: Mapped[Organisation] = relationship(back_populates="declarations")

    __table_args__ = (
        UniqueConstraint("organisation_id", "edition", "reporting_year", name="uq_declaration_year"),
        CheckConstraint("reporting_year BETWEEN 1900 AND 2100", name="reporting_year_plausible"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("language IN ('de', 'en')", name="language_known"),
    )


class AnswerRow(Base):
    """The answer under one ref; `version` rises with each change.

    `taken_from` is the year whose answer was taken over and nobody has confirmed yet.
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
    taken_from: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (
        UniqueConstraint("declaration_id", "ref", name="uq_answer_ref"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )


class AnswerRevision(Base):
    """Every text that ever reached the server. `kept_aside` marks one that lost a collision."""

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


class FigureRow(Base):
    """A company's figure of one year, shared by all standards that ask for it."""

    __tablename__ = "figure"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    year: Mapped[int]
    datapoint: Mapped[str] = mapped_column(String(80))
    value: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    unit: Mapped[str] = mapped_column(String(40), default="")
    quality: Mapped[Quality | None] = mapped_column(enum_by_value(Quality))
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(500), default="")
    responsible: Mapped[str] = mapped_column(String(500), default="")
    origin: Mapped[Origin] = mapped_column(enum_by_value(Origin), default=Origin.ENTERED)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (
        UniqueConstraint("organisation_id", "year", "datapoint", name="uq_figure_datapoint"),
        CheckConstraint("(value IS NULL) = (unit = '')", name="value_has_unit"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )


class FigureRevision(Base):
    """Every value that a figure ever had."""

    __tablename__ = "figure_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    year: Mapped[int]
    datapoint: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    kept_aside: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (Index("ix_figure_revision_datapoint", "organisation_id", "year", "datapoint", "id"),)


class SectionMark(Base):
    """That the editor called a section done."""

    __tablename__ = "section_mark"

    declaration_id: Mapped[int] = mapped_column(
        ForeignKey("declaration.id", ondelete="CASCADE"), primary_key=True
    )
    section: Mapped[str] = mapped_column(String(80), primary_key=True)
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    marked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


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

    measures: Mapped[list["MeasureRow"]] = relationship(
        order_by="MeasureRow.position", cascade="all, delete-orphan"
    )


class MeasureRow(Base):
    """A measure noted in the self-assessment."""

    __tablename__ = "measure"

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int]
    criterion: Mapped[int]
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(500), default="")
    due: Mapped[date | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["declaration_id", "criterion"],
            ["assessment.declaration_id", "assessment.criterion"],
            ondelete="CASCADE",
            name="fk_measure_assessment",
        ),
        Index("ix_measure_assessment", "declaration_id", "criterion"),
    )


class Event(Base):
    """What happened, in the past tense, to a declaration, a company or a cluster.

    Rows are only added: the database itself refuses to change what they say. Without `actor_id` it was a
    person who is gone (`by_account`), or somebody who has no account: by a link, or on the command line.
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

    # A trail is read in the order of time.
    __table_args__ = (
        Index("ix_event_organisation_id", "organisation_id", "happened_at"),
        Index("ix_event_cluster_id", "cluster_id", "happened_at"),
    )


class Snapshot(Base):
    """A frozen version: the canonical document and its SHA-256, which never change.

    `cluster_id` is the cluster that it was submitted to, and whose reviewers may read it.
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
