"""Delivers the outbox to a mail server, or into a folder if none is configured; no mail is sent twice."""

import logging
import os
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.config import Settings
from dnk_tool.domain.mail import MailDelivery, RefusalReason, refusal_reason
from dnk_tool.domain.permissions import Permission, require
from dnk_tool.services.accounts.lifecycle import ascii_address
from dnk_tool.services.work import Work
from dnk_tool.store.database import MAIL_QUEUED, write_session
from dnk_tool.store.installation_state import quiet_since
from dnk_tool.store.mail import news, outbox
from dnk_tool.store.tables.mail import Mail

log = logging.getLogger(__name__)

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
SMTP_TIMEOUT_SECONDS = 30
# People read these files, so that headers are not encoded either.
READABLE_POLICY = EmailPolicy(utf8=True)

MailTransport = Callable[[Mail], MailDelivery]


@dataclass(frozen=True, slots=True)
class MailDraft:
    """A mail to be queued; an empty `recipient` means that it is never delivered."""

    recipient: str
    subject: str
    body: str
    language: str
    reply_to: str = ""


class MailNotSent(Exception):
    """The mail was certainly not accepted. `for_good`: the failure is permanent, so it is not tried again.

    `step`: at which step the server refused it: "sender", "recipient" or "text"; "" for any other failure.
    """

    def __init__(self, reason: str, *, for_good: bool = False, step: str = "") -> None:
        self.for_good, self.step = for_good, step
        super().__init__(reason)


class MailDeliveryUncertain(Exception):
    """The connection broke after the text was handed over. The mail may be accepted, so it is not resent.

    Its message holds the kind of failure alone: a mail server's words may name the recipient.
    """


def queue_mail(
    session: Session,
    *,
    recipient: str,
    subject: str,
    body: str,
    language: str,
    now: datetime,
    reply_to: str = "",
) -> Mail:
    """Put a mail into the outbox, in the transaction of its cause. Returns its row, which has no id yet.

    Without a recipient the row is written but never delivered, so that a request for an unknown address takes
    as long as one for a known address. Raises ValueError for line breaks in addresses or subject.
    """
    mail = Mail(**_columns(MailDraft(recipient, subject, body, language, reply_to), now))
    session.add(mail)
    session.info[MAIL_QUEUED] = True
    return mail


def queue_mails(session: Session, drafts: Sequence[MailDraft], *, now: datetime) -> Sequence[int]:
    """Put many mails into the outbox in one insert, and return their ids.

    Raises ValueError as `queue_mail` does.
    """
    return outbox.add_all(session, [_columns(draft, now) for draft in drafts])


def _columns(draft: MailDraft, now: datetime) -> dict[str, Any]:
    if any(sign in draft.recipient + draft.subject + draft.reply_to for sign in "\r\n"):
        raise ValueError("a mail's header must not contain line breaks")
    return {
        "recipient": draft.recipient,
        "subject": draft.subject.replace("\0", ""),
        "body": draft.body.replace("\0", "") if draft.recipient else "",  # which PostgreSQL cannot store
        "language": draft.language,
        "reply_to": draft.reply_to,
        "created_at": now,
        "next_try": now if draft.recipient else None,
    }


def retry_failed_mails(work: Work) -> int:
    """Make failed mails due again. Returns how many. Raises NotPermitted."""
    require(Permission.INSTALLATION_RUN, work.actor)
    return outbox.retry_failed(work.session, now=work.now)


def deliver_due(
    factory: sessionmaker[Session], deliver: MailTransport, is_over: Callable[[], bool] = lambda: False
) -> int:
    """Deliver all mails that are due. Returns how many were accepted. Processes may share the work.

    `is_over` is called before each mail; delivery stops when it returns True. A restored copy that is still
    quiet delivers nothing.
    """
    accepted = 0
    while not is_over():
        with write_session(factory) as session, session.begin():
            is_quiet = quiet_since(session) is not None
            mail = None if is_quiet else outbox.claim_due(session, now=datetime.now(UTC))
        if mail is None:
            break
        accepted += _deliver_one(factory, mail, deliver)
    return accepted


def _deliver_one(factory: sessionmaker[Session], mail: Mail, deliver: MailTransport) -> bool:
    """Deliver a claimed mail and record the outcome. No transaction is open while the server is asked."""
    try:
        delivery = _attempt(mail, deliver)
    except MailDeliveryUncertain as error:
        log.warning("mail %s was perhaps sent and is not tried again: %s", mail.id, error)
        return False
    except MailNotSent as error:
        with write_session(factory) as session, session.begin():
            next_try = None if error.for_good else _next_try(mail.attempts)
            reason = refusal_reason(str(error), error.step) if error.for_good else RefusalReason.GIVEN_UP
            outbox.mark_failed(session, mail.id, str(error), reason, next_try=next_try)
            if next_try is None:
                news.add_refusals(session, mail.id, now=datetime.now(UTC))
        log.warning("mail %s could not be sent (attempt %s)", mail.id, mail.attempts)
        return False
    with write_session(factory) as session, session.begin():
        outbox.mark_sent(session, mail.id, delivery, now=datetime.now(UTC))
    return True


def _attempt(mail: Mail, deliver: MailTransport) -> MailDelivery:
    """Deliver a mail; any other error becomes a permanent MailNotSent, so that a bug stops no other mail.

    Raises MailDeliveryUncertain and MailNotSent.
    """
    try:
        return deliver(mail)
    except (MailDeliveryUncertain, MailNotSent):
        raise
    except Exception as error:
        # Only the kind is logged: the message may name the recipient.
        log.error("mail %s: unexpected %s", mail.id, type(error).__name__)
        raise MailNotSent(repr(error), for_good=True) from error


def _next_try(attempts: int) -> datetime | None:
    return datetime.now(UTC) + BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else None


def mail_transport(settings: Settings, *, patience_seconds: float = SMTP_TIMEOUT_SECONDS) -> MailTransport:
    """The way this installation delivers mails: by SMTP, or into the folder `outbox` without `smtp_host`.

    `patience_seconds`: how long the server may take for each reply.
    """
    if not settings.smtp_host:
        folder = settings.instance / "outbox"
        return lambda mail: _write_to_folder(mail, folder, settings.sender)
    return lambda mail: _send_by_smtp(mail, settings, patience_seconds)


def _write_to_folder(mail: Mail, folder: Path, sender: str) -> MailDelivery:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / f"{mail.created_at:%Y%m%d-%H%M%S}-{mail.id:06}.eml"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(_message(mail, sender, encoding="8bit").as_bytes(policy=READABLE_POLICY))
    except OSError as error:
        raise MailNotSent(repr(error)) from error
    return MailDelivery.FOLDER


def _send_by_smtp(
    mail: Mail, settings: Settings, patience_seconds: float = SMTP_TIMEOUT_SECONDS
) -> MailDelivery:
    try:
        text = _message(mail, settings.sender, encoding="quoted-printable").as_bytes(policy=SMTP)
    except ValueError as error:
        raise MailNotSent(str(error), for_good=True) from error
    try:
        server = _connect(settings, patience_seconds)
    except (OSError, ValueError, smtplib.SMTPException) as error:
        # A certificate that is not trusted is a ValueError, too; it ends with the server's next certificate.
        raise MailNotSent(repr(error)) from error
    try:
        _transmit(server, ascii_address(settings.sender), ascii_address(mail.recipient), text)
    finally:
        server.close()
    return MailDelivery.SENT


def _connect(settings: Settings, patience_seconds: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    host, port = settings.smtp_host, settings.smtp_port
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=patience_seconds, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=patience_seconds)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


def _transmit(server: smtplib.SMTP, sender: str, recipient: str, text: bytes) -> None:
    """Hand the mail over step by step, because only a failure of the last step leaves the outcome uncertain.

    Raises MailNotSent and MailDeliveryUncertain.
    """
    try:
        server.ehlo_or_helo_if_needed()
        _require_accepted(server.mail(sender), "sender")
        _require_accepted(server.rcpt(recipient), "recipient")
    except (OSError, smtplib.SMTPException) as error:
        raise MailNotSent(repr(error)) from error
    try:
        _require_accepted(server.data(text), "text")
    except smtplib.SMTPDataError as error:
        raise MailNotSent(repr(error), for_good=error.smtp_code >= 500, step="text") from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailDeliveryUncertain(type(error).__name__) from error
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        log.debug("the mail server hung up after accepting")


def _require_accepted(reply: tuple[int, bytes], step: str) -> None:
    code, words = reply
    if code >= 400:
        raise MailNotSent(f"{code} {words.decode('utf-8', 'replace')}", for_good=code >= 500, step=step)


def _message(mail: Mail, sender: str, *, encoding: str) -> EmailMessage:
    message, sender = EmailMessage(), ascii_address(sender)
    # A name may contain line separators that are forbidden in a header; such a mail could never be sent.
    subject = " ".join(mail.subject.split())
    message["From"], message["To"], message["Subject"] = sender, ascii_address(mail.recipient), subject
    if mail.reply_to:
        message["Reply-To"] = ascii_address(mail.reply_to)
    message["Date"] = format_datetime(mail.created_at)
    # The same for every attempt, so that a receiver could recognise a second copy.
    message["Message-ID"] = f"<{mail.created_at:%Y%m%d%H%M%S%f}.{mail.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, cte=encoding)
    # After the content: setting it clears every Content-… header.
    message["Content-Language"] = mail.language
    return message
