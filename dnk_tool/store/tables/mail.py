"""The tables of mails: the outbox, sent reminders, messages of clusters, news for their managers."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.mail import MailDelivery, NewsKind, RefusalReason
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value


class Mail(Base):
    """A mail on its way. `next_try` is when to deliver it; None: it will not be tried (again).

    `reply_to` is the address of the person who wrote it in the tool, for the recipient's answer.
    A mail whose delivery began (`claimed_at`) and never ended may have been sent: it is not sent again.
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
    """A reminder sent to a person of a company's declaration for a year, `days_before` the deadline.

    It refers to company and year, not to a declaration: companies that have not begun are reminded, too.
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


class ClusterMessage(Base):
    """A message of a cluster to members, as its manager wrote it.

    `mails`: how many mails were queued; recipients who left since have no row any more.
    """

    __tablename__ = "cluster_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    mails: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class MessageCopy(Base):
    """The mail of a cluster's message to a person of a company, and what became of it."""

    __tablename__ = "message_copy"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("cluster_message.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id", ondelete="SET NULL"), index=True)
    delivery: Mapped[MailDelivery] = mapped_column(
        enum_by_value(MailDelivery, "message_copy_delivery"), default=MailDelivery.WAITING
    )
    refusal: Mapped[RefusalReason | None] = mapped_column(
        enum_by_value(RefusalReason, "message_copy_refusal")
    )


class ManagerNews(Base):
    """What a person hears of in the next daily mail about a cluster; deleted when that mail is queued.

    `company` is the name at that time, `text` what the company said or the year of the declaration that was
    assigned, `declaration_id` that declaration.
    """

    __tablename__ = "manager_news"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), index=True)
    kind: Mapped[NewsKind] = mapped_column(enum_by_value(NewsKind))
    company: Mapped[str] = mapped_column(String(500))
    text: Mapped[str] = mapped_column(String(500), default="")
    declaration_id: Mapped[int | None] = mapped_column(
        ForeignKey("declaration.id", ondelete="CASCADE"), index=True
    )
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MilestoneReminder(Base):
    """A reminder sent to a person of a company, `days_before` a milestone; one that moves has new ones."""

    __tablename__ = "milestone_reminder"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    milestone_id: Mapped[int] = mapped_column(
        ForeignKey("milestone.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    days_before: Mapped[int] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
