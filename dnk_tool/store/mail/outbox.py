"""The outbox: a mail is stored in the transaction that causes it, and delivered afterwards.

What became of it is noted on what refers to it: invitations, jurors, copies of clusters' messages.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session, defer

from dnk_tool.domain.mail import MailDelivery, RefusalReason
from dnk_tool.store.database import MAIL_QUEUED
from dnk_tool.store.tables.exchange.awards import JurorRow
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.mail import Mail, MessageCopy


def add_all(session: Session, rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    """Add mails in one statement; each row gives the columns of a mail. Returns their ids in that order."""
    if not rows:
        return []
    session.info[MAIL_QUEUED] = True
    added = session.execute(insert(Mail).returning(Mail.id, Mail.recipient, Mail.body), rows).all()
    # No database promises to return them in the order of the rows.
    ids = defaultdict[tuple[str, str], list[int]](list)
    for mail_id, recipient, body in added:
        ids[recipient, body].append(mail_id)
    return [ids[row["recipient"], row["body"]].pop() for row in rows]


def claim_due(session: Session, *, now: datetime) -> Mail | None:
    """Claim the next mail that is due; None if there is none. Commit before delivering it."""
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
        note_delivery(session, [row.id], MailDelivery.UNCLEAR)
    return row


def mark_sent(session: Session, mail_id: int, delivery: MailDelivery, *, now: datetime) -> None:
    """Mark a mail as accepted and delete its text, which may hold a secret link.

    `delivery`: by a server, or into a folder.
    """
    row = session.get(Mail, mail_id)
    if row is not None:  # None if the recipient was erased meanwhile
        row.sent_at, row.body, row.error, row.reply_to = now, "", "", ""
        note_delivery(session, [mail_id], delivery)


def mark_failed(
    session: Session, mail_id: int, error: str, reason: RefusalReason, *, next_try: datetime | None
) -> None:
    """Mark a mail as certainly not accepted. `next_try`: when to try again; None gives up for the reason."""
    row = session.get(Mail, mail_id)
    if row is not None:
        row.claimed_at, row.next_try, row.error = None, next_try, error[:500]
        is_over = next_try is None
        outcome = MailDelivery.REFUSED if is_over else MailDelivery.WAITING
        note_delivery(session, [mail_id], outcome, reason if is_over else None)


def cancel(session: Session, mail_id: int) -> None:
    """Delete a mail that waits to be delivered, because a later one takes its place."""
    session.execute(delete(Mail).where(Mail.id == mail_id, Mail.next_try.is_not(None)))


def remove_old(session: Session, *, before: datetime) -> None:
    """Delete mails written before a moment that will not be tried again."""
    session.execute(delete(Mail).where(Mail.next_try.is_(None), Mail.created_at < before))


@dataclass(frozen=True)
class OutboxCounts:
    """Numbers of mails: waiting, sent, given up, and with unclear delivery (begun but never ended).

    `delayed`: those waiting that failed twice or more so far.
    """

    waiting: int
    sent: int
    failed: int
    unclear: int
    delayed: int


def count_by_status(session: Session) -> OutboxCounts:
    """Count the mails by status. Rows without a recipient are not mails."""
    asked = select(
        func.count(Mail.id).filter(Mail.next_try.is_not(None)),
        func.count(Mail.id).filter(Mail.sent_at.is_not(None)),
        func.count(Mail.id).filter(_is_given_up()),
        func.count(Mail.id).filter(_is_delivery_unknown()),
        func.count(Mail.id).filter(Mail.next_try.is_not(None), Mail.attempts > 1),
    )
    return OutboxCounts(*session.execute(asked.where(Mail.recipient != "")).one())


def oldest_waiting(session: Session) -> datetime | None:
    """When the oldest mail was written that is still to be delivered; None if none waits."""
    written = select(func.min(Mail.created_at)).where(Mail.next_try.is_not(None), Mail.recipient != "")
    return session.scalar(written)


def failures(session: Session, limit: int) -> Sequence[Mail]:
    """Mails given up, failed so far or of unclear delivery, latest first, without subject and text."""
    failed = or_(_is_given_up(), and_(Mail.next_try.is_not(None), Mail.error != ""), _is_delivery_unknown())
    return session.scalars(
        select(Mail)
        .where(Mail.recipient != "", failed)
        .options(defer(Mail.body), defer(Mail.subject))
        .order_by(Mail.id.desc())
        .limit(limit)
    ).all()


def retry_failed(session: Session, *, now: datetime) -> int:
    """Make the mails that were given up due again. Returns their number."""
    again = (
        update(Mail)
        .where(Mail.recipient != "", _is_given_up())
        .values(next_try=now, attempts=0, error="")
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    session.info[MAIL_QUEUED] = True
    mail_ids = session.scalars(again).all()
    note_delivery(session, mail_ids, MailDelivery.WAITING)
    return len(mail_ids)


def withhold(session: Session, *, written_before: datetime, now: datetime) -> int:
    """Mark waiting mails from before a moment as of unclear delivery, so that they are not sent.

    Returns their number.
    """
    perhaps_sent = (
        update(Mail)
        .where(Mail.next_try.is_not(None), Mail.created_at <= written_before)
        .values(next_try=None, claimed_at=now)
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    mail_ids = session.scalars(perhaps_sent).all()
    note_delivery(session, mail_ids, MailDelivery.UNCLEAR)
    return len(mail_ids)


def _is_given_up() -> ColumnElement[bool]:
    return and_(Mail.next_try.is_(None), Mail.sent_at.is_(None), Mail.claimed_at.is_(None))


def _is_delivery_unknown() -> ColumnElement[bool]:
    return and_(Mail.next_try.is_(None), Mail.sent_at.is_(None), Mail.claimed_at.is_not(None))


def note_delivery(
    session: Session, mail_ids: Collection[int], delivery: MailDelivery, refusal: RefusalReason | None = None
) -> None:
    """Note the outcome of mails, which outlives them; what refers to a later mail keeps its own."""
    for table in (Invitation, JurorRow, MessageCopy):
        session.execute(
            update(table)
            .where(table.mail_id.in_(mail_ids))
            .values(delivery=delivery, refusal=refusal)
            .execution_options(synchronize_session=False)
        )
