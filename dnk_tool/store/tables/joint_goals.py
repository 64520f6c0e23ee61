"""The tables of a cluster's joint goal: the goal, the sums of measures, and what companies gave to them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.store.base import Base, ExactDecimal, UtcDateTime


class JointGoalRow(Base):
    """What a cluster's members want to save together in each full year: kWh, t CO2e and EUR, exact text.

    `version` counts its changes from 1.
    """

    __tablename__ = "joint_goal"

    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), primary_key=True)
    from_year: Mapped[int]
    until_year: Mapped[int]
    kwh: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    t_co2e: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    cost_eur: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (CheckConstraint("from_year <= until_year", name="years_in_order"),)


class JointSumRow(Base):
    """The sum of the members' measures as it was made on a day, without a value of any company.

    `number` counts those of a cluster from 1.
    """

    __tablename__ = "joint_sum"

    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (UniqueConstraint("cluster_id", "number"),)


class JointSumCompany(Base):
    """What a company gave to a sum, by kind and state, so that a later sum gives away no change of it.

    Nobody is shown it; it goes with the permission.
    """

    __tablename__ = "joint_sum_company"

    joint_sum_id: Mapped[int] = mapped_column(
        ForeignKey("joint_sum.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    savings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
