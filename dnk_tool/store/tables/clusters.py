"""The tables of clusters: staff, consents of companies, cohorts."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value


class Cluster(Base):
    """A regional or sector network of companies; `contact`: whom its members may ask.

    `has_public_list`: everybody can read a list of what its members published. `reminds_invited`: companies
    that do not answer an invitation are reminded of it by themselves. `archived_at`: since when it rests, as
    the operator archived it. `confirmation_asked_at`: when a mail led operators to members that
    nobody has confirmed; none since they last confirmed some.
    """

    __tablename__ = "cluster"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(500))
    contact: Mapped[str] = mapped_column(Text, default="")
    has_public_list: Mapped[bool] = mapped_column(default=False)
    reminds_invited: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmation_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

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
    last for consent to a newer one; `left_edition`: the newer one that an owner decided against. A row is
    never reused: joining again makes a new one.
    """

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    aggregates_from: Mapped[int | None]
    edition: Mapped[str] = mapped_column(String(40), default="")
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_edition: Mapped[str] = mapped_column(String(40), default="")
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


class Cohort(Base):
    """The members of a cluster that write the declaration of one reporting year together, until `due`.

    The default cohort, which has no name, is that of all members without an assignment. `starts` and `due`
    are days, None where none is set; `indicator_set`: the one that the cluster recommends, if it does.
    """

    __tablename__ = "cohort"

    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"))
    reporting_year: Mapped[int]
    name: Mapped[str] = mapped_column(String(200), default="")
    is_default: Mapped[bool] = mapped_column(default=False)
    starts: Mapped[date | None]
    due: Mapped[date | None]
    indicator_set: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("cluster_id", "reporting_year", "name"),
        CheckConstraint("is_default = (name = '')", name="default_has_no_name"),
    )


class Milestone(Base):
    """A day on which a cohort meets or wants some criteria answered; `place`: an address or a link."""

    __tablename__ = "milestone"

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    title: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(500), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    sections: Mapped[list[str]] = mapped_column(JSON, default=list)


class CohortAssignment(Base):
    """The cohort of a member in one reporting year; none: it takes no part in that year."""

    __tablename__ = "cohort_assignment"

    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    reporting_year: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Room(Base):
    """The open workshop room of a cluster: who has its code may ask for a company's invitation.

    A cluster has one at a time, so that no list of old codes grows. Companies join `cohort_id`, if it is set,
    and are invited in the name of `opened_by`.
    """

    __tablename__ = "room"

    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CohortView(Base):
    """The reporting year and cohort of a cluster that a person chose to look at; no cohort: all members."""

    __tablename__ = "cohort_view"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    cluster_id: Mapped[int] = mapped_column(
        ForeignKey("cluster.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    reporting_year: Mapped[int]
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)


class PracticeFirm(Base):
    """The company on which a cluster's managers show in workshops how it goes; it belongs to no cluster."""

    __tablename__ = "practice_firm"

    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), unique=True
    )
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
