"""The tables of residues: what companies offer and search, who asked whom, what was reported, neighbours."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.exchange.residues import NoticeKind
from dnk_tool.store.base import Base, ExactDecimal, UtcDateTime, enum_by_value


class ResidueNoticeRow(Base):
    """What a member offers or searches in its cluster. Without `shown_at` only its company sees it.

    `tonnes`: in a year; `areas`: the first two digits of postcodes. `passed_on_year` is set once the residue
    was passed on, `taken_down_at` once a manager took the notice down. `version` counts changes from 1.
    """

    __tablename__ = "residue_notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id", ondelete="CASCADE"), index=True)
    kind: Mapped[NoticeKind] = mapped_column(enum_by_value(NoticeKind))
    title: Mapped[str] = mapped_column(String(200))
    codes: Mapped[list[str]] = mapped_column(JSON)
    tonnes: Mapped[Decimal] = mapped_column(ExactDecimal)
    form: Mapped[str] = mapped_column(String(200), default="")
    available_from: Mapped[date | None]
    areas: Mapped[list[str]] = mapped_column(JSON, default=list)
    sentence: Mapped[str] = mapped_column(Text, default="")
    picture_alt: Mapped[str] = mapped_column(Text, default="")
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    passed_on_tonnes: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    passed_on_year: Mapped[int | None]
    taken_down_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_down_reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    # Else SQLite gives the id of a deleted notice to the next one, which an open page would take down.
    __table_args__ = (
        CheckConstraint("title <> ''", name="has_title"),
        CheckConstraint("(taken_down_at IS NULL) = (taken_down_reason = '')", name="taken_down_with_reason"),
        CheckConstraint(
            "(passed_on_tonnes IS NULL) = (passed_on_year IS NULL)", name="passed_on_with_tonnes_and_year"
        ),
        {"sqlite_autoincrement": True},
    )


class ResiduePicture(Base):
    """The photo of a notice as JPEG, re-encoded and without anything else that stood in the file."""

    __tablename__ = "residue_picture"

    notice_id: Mapped[int] = mapped_column(
        ForeignKey("residue_notice.id", ondelete="CASCADE"), primary_key=True
    )
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256_whole"),)


class ResidueInquiryRow(Base):
    """That a member wants to get in touch about another's notice; both see names once both agreed.

    `own_notice_id`: the asking member's notice, where a manager introduced the two. `asker_agreed_at` is set
    from the start where the member itself asked.
    """

    __tablename__ = "residue_inquiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("residue_notice.id", ondelete="CASCADE"))
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id", ondelete="CASCADE"), index=True)
    own_notice_id: Mapped[int | None] = mapped_column(
        ForeignKey("residue_notice.id", ondelete="CASCADE"), index=True
    )
    message: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asker_agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asker_agreed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    owner_agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    owner_agreed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # Else an open page would agree to the inquiry of somebody else, which got the id of a deleted one.
    __table_args__ = (UniqueConstraint("notice_id", "consent_id"), {"sqlite_autoincrement": True})


class ResidueReport(Base):
    """That a member finds that a notice does not belong on the board, for the managers, who see no name."""

    __tablename__ = "residue_report"

    notice_id: Mapped[int] = mapped_column(
        ForeignKey("residue_notice.id", ondelete="CASCADE"), primary_key=True
    )
    consent_id: Mapped[int] = mapped_column(
        ForeignKey("consent.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    reason: Mapped[str] = mapped_column(Text)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NeighbourPair(Base):
    """Two clusters whose members may see each other's residues, where the companies allow it.

    `proposed_by`: the cluster that began; nothing is shown before `accepted_at`, which the other one sets.
    The row goes when either ends it. `first_id` is the lower id, so that two clusters have one row.
    """

    __tablename__ = "neighbour_pair"

    first_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), primary_key=True)
    second_id: Mapped[int] = mapped_column(
        ForeignKey("cluster.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    proposed_by: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), index=True)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("first_id < second_id", name="lower_first"),
        CheckConstraint("proposed_by IN (first_id, second_id)", name="proposed_by_one"),
    )
