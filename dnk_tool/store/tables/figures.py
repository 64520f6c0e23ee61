"""The tables of figures: revisions, sites, calculator lines, explained warnings."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.answers.answer import Origin, Quality
from dnk_tool.store.base import Base, ExactDecimal, UtcDateTime, enum_by_value


class FigureRow(Base):
    """A company's figure of one year, shared by all declarations that ask for the datapoint."""

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
    """A content that a figure had or was submitted for it; `kept_aside`: it lost a conflict."""

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


class LineRow(Base):
    """A line of a calculator in one year. A removed line stays, so that it can be restored."""

    __tablename__ = "calculation_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    year: Mapped[int]
    calculator: Mapped[str] = mapped_column(String(40))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (
        Index("ix_calculation_line_year", "organisation_id", "year", "calculator"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )


class LineRevision(Base):
    """A content that a line had or was submitted for it; `kept_aside`: it lost a conflict."""

    __tablename__ = "calculation_line_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("calculation_line.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    kept_aside: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class ExplainedWarning(Base):
    """The explanation of an odd figure in one year; an empty text means not (or no longer) explained.

    `subject` is the datapoint, or the value of the profile or the line that the warning is about. It
    holds for the values that `fingerprint` was made from; `is_printed`: the report shows it.
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
    """An explanation that a warning had or was submitted for it; `kept_aside`: it lost a conflict."""

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


class FigureDecision(Base):
    """The decision that a stored figure stays, though this program would calculate it otherwise.

    It holds for the values and factors that `fingerprint` was made from; `note`: why, in the company's words.
    """

    __tablename__ = "figure_decision"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    year: Mapped[int] = mapped_column(primary_key=True)
    datapoint: Mapped[str] = mapped_column(String(80), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (CheckConstraint("length(fingerprint) = 64", name="fingerprint_whole"),)


class ListMapping(Base):
    """What the columns of a supplier's lists hold, by marks from which no heading can be read."""

    __tablename__ = "list_mapping"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    supplier: Mapped[str] = mapped_column(String(80), primary_key=True)
    columns: Mapped[dict[str, str]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SiteFigureRow(Base):
    """The part of one site in a figure of the company, in the unit as entered; `site` is the site's name."""

    __tablename__ = "site_figure"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    year: Mapped[int]
    datapoint: Mapped[str] = mapped_column(String(80))
    site: Mapped[str] = mapped_column(String(500))
    value: Mapped[Decimal] = mapped_column(ExactDecimal)
    unit: Mapped[str] = mapped_column(String(40))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (
        UniqueConstraint("organisation_id", "year", "datapoint", "site", name="uq_site_figure_site"),
        CheckConstraint("site <> ''", name="has_site"),
        Index("ix_site_figure_year", "organisation_id", "year"),
    )


class ScopeRow(Base):
    """The sites that a company's figures of one year include, and why they differ from the year before."""

    __tablename__ = "figure_scope"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    year: Mapped[int] = mapped_column(primary_key=True)
    sites: Mapped[list[str]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
