"""The tables of mails: the outbox, and the reminders that were sent."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.store.base import Base, UtcDateTime


class Mail(Base):
    """A mail on its way. `next_try` is when to deliver it; none means that nothing more will be done.

    `reply_to` is a person who wrote it through the tool and whom the recipient may answer.
    A mail whose delivery was begun (`claimed_at`) and never ended was perhaps sent: it is not sent again.
    """

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    reply_to: Mapped[str] = mapped_column(String(320), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_try: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(500), default="")


class Reminder(Base):
    """That a person was reminded of a company's declaration for a year, so many days before a deadline.

    Of a company and a year, not of a declaration: whoever has not begun is reminded, too.
    """

    __tablename__ = "reminder"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    reporting_year: Mapped[int] = mapped_column(primary_key=True)
    due: Mapped[date] = mapped_column(primary_key=True)
    days_before: Mapped[int] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
