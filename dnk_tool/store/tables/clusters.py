"""The tables of clusters: staff, consents of companies, deadlines."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value


class Cluster(Base):
    """A regional or sector network of companies; `contact`: whom its members may ask.

    `has_public_list`: everybody can read a list of what its members published. `reminds_invited`: companies
    that do not answer an invitation are reminded of it by themselves. `archived_at`: since when it rests, as
    the operator archived it.
    """

    __tablename__ = "cluster"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(500))
    contact: Mapped[str] = mapped_column(Text, default="")
    has_public_list: Mapped[bool] = mapped_column(default=False)
    reminds_invited: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("name <> ''", name="has_name"),)


class ClusterStaff(Base):
    """The role of a person in a cluster."""

    __tablename__ = "cluster_staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), index=True)
    role: Mapped[ClusterRole] = mapped_column(enum_by_value(ClusterRole))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("user_id", "cluster_id"),)


class Consent(Base):
    """A company's consent to belong to a cluster and show it its progress, until it withdraws.

    `aggregates_from` is the first reporting year whose figures may enter sums over members; none: no figure.
    `edition` is that of the text agreed to, empty where none is known; `asked_at`: when the cluster asked
    last for consent to a newer one. A row is never reused: joining again makes a new one.
    """

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    aggregates_from: Mapped[int | None]
    edition: Mapped[str] = mapped_column(String(40), default="")
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (
        Index(
            "uq_consent_standing",
            "organisation_id",
            "cluster_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_consent_cluster_id", "cluster_id"),
    )


class Deadline(Base):
    """The day until which a cluster wants its members' declarations of a reporting year."""

    __tablename__ = "deadline"

    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), primary_key=True)
    reporting_year: Mapped[int] = mapped_column(primary_key=True)
    due: Mapped[date]
