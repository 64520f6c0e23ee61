"""The tables of what members allow their clusters besides: permissions, notes of the team, attendance."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.clusters.attendance import Attendance
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value


class AllowedChoice(Base):
    """What a company allows its cluster on top of the membership; without a row it is not allowed."""

    __tablename__ = "consent_choice"

    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id", ondelete="CASCADE"), primary_key=True)
    choice: Mapped[ConsentChoice] = mapped_column(enum_by_value(ConsentChoice), primary_key=True)


class MemberNote(Base):
    """A note of a cluster's team about a member, which its owners can read; it goes with the permission."""

    __tablename__ = "member_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)

    __table_args__ = (CheckConstraint("text <> ''", name="has_text"),)


class AttendanceRow(Base):
    """Whether somebody of a member came to a milestone; it goes with the permission."""

    __tablename__ = "attendance"

    milestone_id: Mapped[int] = mapped_column(
        ForeignKey("milestone.id", ondelete="CASCADE"), primary_key=True
    )
    consent_id: Mapped[int] = mapped_column(
        ForeignKey("consent.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    attendance: Mapped[Attendance] = mapped_column(enum_by_value(Attendance))
