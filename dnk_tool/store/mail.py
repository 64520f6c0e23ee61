"""The outbox: a mail is a row first, committed with what caused it, and is delivered afterwards."""

from datetime import datetime, timedelta

from sqlalchemy import String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dnk_tool.store.base import Base, UtcDateTime

KEPT = timedelta(days=30)


class Mail(Base):
    """A mail on its way. `next_try` is when to deliver it; none means that nothing more will be done.

    A mail whose delivery was begun (`claimed_at`) and never ended was perhaps sent: it is not sent again.
    """

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_try: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(500), default="")


def claim_due(session: Session, *, now: datetime) -> Mail | None:
    """Take the next mail that is due, so that nobody else does. Commit before delivering it."""
    row = session.scalar(
        select(Mail)
        .where(Mail.next_try <= now)
        .order_by(Mail.next_try, Mail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row:
        row.attempts += 1
        row.claimed_at, row.next_try = now, None
    return row


def note_sent(session: Session, mail_id: int, *, now: datetime) -> None:
    """The mail was accepted. Its text, which may hold a secret link, is not kept any longer."""
    row = session.get_one(Mail, mail_id)
    row.sent_at, row.body, row.error = now, "", ""


def note_failure(session: Session, mail_id: int, error: str, *, next_try: datetime | None) -> None:
    """The mail was certainly not accepted; it is tried again at `next_try`, or given up."""
    row = session.get_one(Mail, mail_id)
    row.claimed_at, row.next_try, row.error = None, next_try, error[:500]


def remove_old(session: Session, *, now: datetime) -> None:
    """Forget mails that are done with."""
    session.execute(delete(Mail).where(Mail.next_try.is_(None), Mail.created_at < now - KEPT))
