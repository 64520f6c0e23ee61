"""Sends a cluster's message to exactly those previewed recipients who still belong to a member."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import compress

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.services.accounts import action_limits
from dnk_tool.services.accounts.action_limits import LimitedAction
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.services.mail.delivery import MailDraft
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.mail import cluster_messages
from dnk_tool.store.mail.cluster_messages import MessageRecipient
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.mail import ClusterMessage

MAX_PER_HOUR = 5
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Letter:
    """One mail of a message, as it was previewed."""

    recipient: MessageRecipient
    subject: str
    body: str


@dataclass(frozen=True)
class SentMessage:
    """How many mails were queued, and the letters to people who got too many mails today."""

    mails: int
    refused: Sequence[Letter] = ()


class TooManyMessages(Exception):
    """The cluster sent MAX_PER_HOUR messages within the hour; `until`: when it may send the next."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(until)


class MessageAlreadySent(Exception):
    """The message with this id was sent already, for example because the button was pressed twice.

    `refused`: the letters to people who got too many mails then.
    """

    def __init__(self, refused: Sequence[Letter]) -> None:
        self.refused = refused
        super().__init__()


class NoRecipientsLeft(Exception):
    """None of the previewed recipients belongs to a member any more."""


def send_message(
    work: Work,
    cluster: Cluster,
    letters: Sequence[Letter],
    *,
    message_id: str,
    written: tuple[str, str],
    reply_to: str,
) -> SentMessage:
    """Queue the letters, keep the message as it was `written` (subject, text), and record one event.

    Recipients who left meanwhile, whose company withdrew its consent, or who got too many mails today, get
    none. `message_id` identifies the message, so that it is sent once. Raises NotPermitted, TooManyMessages,
    MessageAlreadySent, NoRecipientsLeft, and ActionLimitReached if the sender or all recipients had too many.
    """
    lock_led_cluster(work.session, cluster.id, work.actor)
    _require_first_time(work.session, cluster, letters, message_id, work.now)
    companies = {letter.recipient.organisation_id for letter in letters}
    today = work.now.astimezone(LOCAL_TIME_ZONE).date()
    standing = {
        recipient.key
        for recipient in cluster_messages.recipients(work.session, cluster.id, companies, today=today)
    }
    left = [letter for letter in letters if letter.recipient.key in standing]
    if not left:
        raise NoRecipientsLeft
    addresses = [letter.recipient.account.email for letter in left]
    allowed = action_limits.count_allowed_mails(
        work.session, LimitedAction.MESSAGE, sender=work.actor.user_id, recipients=addresses, now=work.now
    )
    sent = list(compress(left, allowed))
    mail_ids = mail_delivery.queue_mails(
        work.session, [_draft(letter, reply_to) for letter in sent], now=work.now
    )
    kept = ClusterMessage(
        cluster_id=cluster.id,
        subject=written[0],
        text=written[1],
        mails=len(sent),
        sent_at=work.now,
        sent_by=work.actor.user_id,
    )
    recipients = [letter.recipient for letter in sent]
    cluster_messages.keep(work.session, kept, list(zip(recipients, mail_ids, strict=True)))
    _record_event(work, cluster, sent, message_id=message_id)
    refused = [letter for letter, is_allowed in zip(left, allowed, strict=True) if not is_allowed]
    return SentMessage(len(sent), refused)


def _draft(letter: Letter, reply_to: str) -> MailDraft:
    account = letter.recipient.account
    return MailDraft(account.email, letter.subject, letter.body, account.language, reply_to)


def _require_first_time(
    session: Session, cluster: Cluster, letters: Sequence[Letter], message_id: str, now: datetime
) -> None:
    """Raise MessageAlreadySent and TooManyMessages."""
    sent = cluster_messages.sent_since(session, cluster.id, now - HOUR)
    for at, detail in sent:
        if detail.get("message") == message_id:
            raise MessageAlreadySent(_not_written(session, letters, at))
    if len(sent) >= MAX_PER_HOUR:
        raise TooManyMessages(sent[-MAX_PER_HOUR][0] + HOUR)


def _not_written(session: Session, letters: Sequence[Letter], at: datetime) -> list[Letter]:
    """The letters of which no mail was queued at that moment: the last ones of those to the same address."""
    written = cluster_messages.mails_by_address(session, at)
    missing = []
    for letter in letters:
        address = letter.recipient.account.email
        if written[address] < 1:
            missing.append(letter)
        written[address] -= 1
    return missing


def _record_event(work: Work, cluster: Cluster, letters: Sequence[Letter], *, message_id: str) -> None:
    history.record_event(
        work.session,
        EventKind.MESSAGE_SENT,
        cluster_id=cluster.id,
        actor_id=work.actor.user_id,
        now=work.now,
        message=message_id,
        companies=len({letter.recipient.organisation_id for letter in letters}),
        mails=len(letters),
    )
