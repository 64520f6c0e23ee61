"""The tables of clusters, their staff, the consents of companies and deadlines, and the questions to them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.store.accounts.queries import Account
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value


class Cluster(Base):
    """A regional or sector network of companies; `contact` says whom its members may ask.

    With `has_public_list` everybody can read a list of what its members published.
    """

    __tablename__ = "cluster"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(500))
    contact: Mapped[str] = mapped_column(Text, default="")
    has_public_list: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("name <> ''", name="has_name"),)


class ClusterStaff(Base):
    """What a person is in a cluster."""

    __tablename__ = "cluster_staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), index=True)
    role: Mapped[ClusterRole] = mapped_column(enum_by_value(ClusterRole))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("user_id", "cluster_id"),)


class Consent(Base):
    """That a company belongs to a cluster and lets it see its progress, until it withdraws.

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
    """Until when a cluster wants its members' declarations of a reporting year."""

    __tablename__ = "deadline"

    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), primary_key=True)
    reporting_year: Mapped[int] = mapped_column(primary_key=True)
    due: Mapped[date]


def by_id(session: Session, cluster_id: int) -> Cluster | None:
    """One cluster."""
    return session.get(Cluster, cluster_id)


def of_person(session: Session, user_id: int) -> Sequence[tuple[Cluster, ClusterRole]]:
    """The clusters a person works for, with the role there, by name."""
    rows = session.execute(
        select(Cluster, ClusterStaff.role)
        .join(ClusterStaff, ClusterStaff.cluster_id == Cluster.id)
        .where(ClusterStaff.user_id == user_id)
        .order_by(Cluster.name)
    )
    return [(cluster, role) for cluster, role in rows]


def cluster_ids_of_company(session: Session, organisation_id: int) -> frozenset[int]:
    """The clusters that a company belongs to today."""
    rows = session.scalars(
        select(Consent.cluster_id).where(
            Consent.organisation_id == organisation_id, Consent.withdrawn_at.is_(None)
        )
    )
    return frozenset(rows)


def members_among(session: Session, organisation_ids: Collection[int]) -> frozenset[int]:
    """Which of these companies belong to a cluster today."""
    standing = Consent.organisation_id.in_(organisation_ids), Consent.withdrawn_at.is_(None)
    return frozenset(session.scalars(select(Consent.organisation_id).where(*standing)))


def of_organisation(session: Session, organisation_id: int) -> Sequence[tuple[Cluster, Consent]]:
    """The clusters that a company belongs to today, with its consent, by name."""
    rows = session.execute(
        select(Cluster, Consent)
        .join(Consent, Consent.cluster_id == Cluster.id)
        .where(Consent.organisation_id == organisation_id, Consent.withdrawn_at.is_(None))
        .order_by(Cluster.name)
    )
    return [(cluster, consent) for cluster, consent in rows]


def find_consent(session: Session, organisation_id: int, cluster_id: int) -> Consent | None:
    """The company's standing consent to the cluster."""
    return session.scalar(
        select(Consent).where(
            Consent.organisation_id == organisation_id,
            Consent.cluster_id == cluster_id,
            Consent.withdrawn_at.is_(None),
        )
    )


def staff(session: Session, cluster_id: int) -> Sequence[tuple[Account, ClusterRole]]:
    """The people of a cluster with their roles, by name."""
    rows = session.execute(
        select(Account, ClusterStaff.role)
        .join(ClusterStaff, ClusterStaff.user_id == Account.id)
        .where(ClusterStaff.cluster_id == cluster_id)
        .order_by(Account.name, Account.id)
    )
    return [(account, role) for account, role in rows]


def deadlines(session: Session, cluster_id: int) -> Sequence[Deadline]:
    """Until when the cluster wants what, latest reporting year first."""
    return session.scalars(
        select(Deadline).where(Deadline.cluster_id == cluster_id).order_by(Deadline.reporting_year.desc())
    ).all()


def lock(session: Session, cluster_id: int) -> None:
    """Hold the cluster's row until the transaction ends, so that whatever changes its people takes turns."""
    session.scalars(select(Cluster).where(Cluster.id == cluster_id).with_for_update()).one()
