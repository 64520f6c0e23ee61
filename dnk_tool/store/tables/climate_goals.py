"""The table of climate goals: one for each company."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.measures.climate_goal import BaseOrigin, Neutrality, Scope2Method
from dnk_tool.store.base import Base, ExactDecimal, UtcDateTime, enum_by_value


class ClimateGoalRow(Base):
    """A company's climate goal; amounts in t CO2e, factors of the grid in kg CO2e for each kWh.

    `base_reason`: why the base year was taken anew. `scope3`: keys of the figures that count beside Scope 1
    and 2.
    """

    __tablename__ = "climate_goal"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    base_year: Mapped[int]
    base: Mapped[Decimal] = mapped_column(ExactDecimal)
    base_origin: Mapped[BaseOrigin] = mapped_column(enum_by_value(BaseOrigin))
    base_reason: Mapped[str] = mapped_column(Text, default="")
    target_year: Mapped[int]
    percent: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    amount: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    scope2: Mapped[Scope2Method] = mapped_column(enum_by_value(Scope2Method))
    scope3: Mapped[list[str]] = mapped_column(JSON)
    neutral_year: Mapped[int | None]
    neutrality: Mapped[Neutrality | None] = mapped_column(enum_by_value(Neutrality))
    grid_start: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    grid_end: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    grid_year: Mapped[int | None]
    is_in_declaration: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (
        CheckConstraint("base_year < target_year", name="target_after_base"),
        CheckConstraint("(percent IS NULL) <> (amount IS NULL)", name="share_or_amount"),
        CheckConstraint("(neutral_year IS NULL) = (neutrality IS NULL)", name="neutral_with_meaning"),
        CheckConstraint(
            "(grid_year IS NULL) = (grid_start IS NULL) AND (grid_year IS NULL) = (grid_end IS NULL)",
            name="grid_whole",
        ),
        CheckConstraint("version >= 1", name="version_from_one"),
    )
