"""The tables of what follows a finished text: management's sign-off, and publication."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from dnk_tool.domain.organisation import CompanySize
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value


class Decision(StrEnum):
    """What the person said who was asked to sign off."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class SignOff(Base):
    """That a named person was asked to confirm a version, and what they said.

    `submits_to` is the cluster that gets the version once it is confirmed; none: it is finished then. It
    stands here and not in the declaration, because until then that cluster has nothing of it.
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


class Publication(Base):
    """That a version can be read by everybody under `slug`, until it is taken back.

    Company, year, sector, size and indicator set are those of the published version, kept here so that lists
    read no documents; `search_name` is the company's name as it is searched and sorted.
    """

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"))
    version: Mapped[int]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    company: Mapped[str] = mapped_column(String(500), default="")
    search_name: Mapped[str] = mapped_column(String(500), default="", index=True)
    reporting_year: Mapped[int] = mapped_column(default=0, index=True)
    sector: Mapped[str] = mapped_column(String(80), default="", index=True)
    size: Mapped[CompanySize | None] = mapped_column(enum_by_value(CompanySize))
    indicator_set: Mapped[str] = mapped_column(String(80), default="")
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (
        Index(
            "uq_publication_standing",
            "declaration_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )


def sign_off(session: Session, declaration_id: int, version: int) -> SignOff | None:
    """The sign-off of one version."""
    return session.scalar(
        select(SignOff).where(SignOff.declaration_id == declaration_id, SignOff.version == version)
    )


def sign_offs(session: Session, declaration_id: int) -> Sequence[SignOff]:
    """All sign-offs of a declaration, latest first."""
    return session.scalars(
        select(SignOff).where(SignOff.declaration_id == declaration_id).order_by(SignOff.version.desc())
    ).all()


def publication(session: Session, declaration_id: int) -> Publication | None:
    """What of the declaration everybody can read now."""
    return session.scalar(
        select(Publication).where(
            Publication.declaration_id == declaration_id, Publication.revoked_at.is_(None)
        )
    )
