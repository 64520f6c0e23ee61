"""Keeps the figures of single sites and what a company's figures of one year include."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.store.base import Base, ExactDecimal, UtcDateTime


class SiteFigureRow(Base):
    """What one site adds to a figure of the company, in the unit as entered; `site` is its name."""

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
    """Which sites a company's figures of one year include, and why that differs from the year before."""

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
