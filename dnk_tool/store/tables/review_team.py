"""The tables of a review team: who reviews what, conflicts of interest, and who is reading what.

Their rows go with the person's place in the team, and so with the account and the cluster.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.store.base import Base, UtcDateTime


class ReviewAssignment(Base):
    """The person of a cluster's team who reviews a declaration; it counts while that cluster has it."""

    __tablename__ = "review_assignment"

    declaration_id: Mapped[int] = mapped_column(
        ForeignKey("declaration.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    cluster_id: Mapped[int]
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "cluster_id"],
            ["cluster_staff.user_id", "cluster_staff.cluster_id"],
            name="fk_review_assignment_staff",
            ondelete="CASCADE",
        ),
        Index("ix_review_assignment_account_id", "account_id", "cluster_id"),
    )


class ReviewConflict(Base):
    """A person of a cluster's team has a conflict of interest with a company and does not review it.

    `reason` is for the managers of the cluster only.
    """

    __tablename__ = "review_conflict"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    cluster_id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    reason: Mapped[str] = mapped_column(String(500), default="")
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "cluster_id"],
            ["cluster_staff.user_id", "cluster_staff.cluster_id"],
            name="fk_review_conflict_staff",
            ondelete="CASCADE",
        ),
    )


class ReviewOpening(Base):
    """The part of a submitted declaration that a person opened last; deleted after ten minutes."""

    __tablename__ = "review_opening"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    cluster_id: Mapped[int]
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"), index=True)
    section: Mapped[str] = mapped_column(String(80))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "cluster_id"],
            ["cluster_staff.user_id", "cluster_staff.cluster_id"],
            name="fk_review_opening_staff",
            ondelete="CASCADE",
        ),
    )
