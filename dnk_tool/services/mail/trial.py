"""Sends a mail at once to see whether mails go out, and tells why not: it is neither queued nor kept."""

import smtplib
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.services.mail.delivery import MailDeliveryUncertain, MailDraft, MailNotSent, mail_transport
from dnk_tool.store.tables.mail import Mail

# Somebody waits for the answer, so less than for mails of the outbox.
PATIENCE_SECONDS = 10.0
MAX_ANSWER_LENGTH = 500


class TrialResult(StrEnum):
    """What became of the mail. FOLDER: without a mail server it was written into the folder `outbox`."""

    SENT = "sent"
    FOLDER = "folder"
    UNKNOWN_SERVER = "unknown-server"
    NOT_REACHED = "not-reached"
    NO_ANSWER = "no-answer"
    NO_ENCRYPTION = "no-encryption"
    CERTIFICATE = "certificate"
    SIGN_IN_REFUSED = "sign-in-refused"
    NO_SIGN_IN = "no-sign-in"
    SENDER_REFUSED = "sender-refused"
    RECIPIENT_REFUSED = "recipient-refused"
    TEXT_REFUSED = "text-refused"
    UNCERTAIN = "uncertain"
    FOLDER_CLOSED = "folder-closed"
    OTHER = "other"


@dataclass(frozen=True)
class TrialReport:
    """The result, and the server's own words where it said any."""

    result: TrialResult
    answer: str = ""

    @property
    def is_sent(self) -> bool:
        """Whether the mail was accepted, or written where no mail server is set."""
        return self.result in (TrialResult.SENT, TrialResult.FOLDER)


_STEPS = {
    "sender": TrialResult.SENDER_REFUSED,
    "recipient": TrialResult.RECIPIENT_REFUSED,
    "text": TrialResult.TEXT_REFUSED,
}
# The first that fits, as some are kinds of others.
_ERRORS: tuple[tuple[type[BaseException], TrialResult], ...] = (
    (smtplib.SMTPAuthenticationError, TrialResult.SIGN_IN_REFUSED),
    (smtplib.SMTPServerDisconnected, TrialResult.NO_ANSWER),
    (ssl.SSLCertVerificationError, TrialResult.CERTIFICATE),
    (ssl.SSLError, TrialResult.NO_ENCRYPTION),
    (socket.gaierror, TrialResult.UNKNOWN_SERVER),
    (TimeoutError, TrialResult.NO_ANSWER),
    (smtplib.SMTPException, TrialResult.OTHER),
    (OSError, TrialResult.NOT_REACHED),
)


def send_trial(settings: Settings, draft: MailDraft, *, actor: Actor, now: datetime) -> TrialReport:
    """Deliver the mail as the outbox would, and return what became of it. Raises NotPermitted.

    Takes up to some times `PATIENCE_SECONDS`: call it outside of a transaction.
    """
    require(Permission.INSTALLATION_RUN, actor)
    mail = Mail(
        id=0,
        recipient=draft.recipient,
        subject=draft.subject,
        body=draft.body,
        language=draft.language,
        reply_to=draft.reply_to,
        created_at=now,
    )
    try:
        mail_transport(settings, patience_seconds=PATIENCE_SECONDS)(mail)
    except MailDeliveryUncertain:
        return TrialReport(TrialResult.UNCERTAIN)
    except MailNotSent as error:
        return _report(error, has_server=bool(settings.smtp_host))
    return TrialReport(TrialResult.SENT if settings.smtp_host else TrialResult.FOLDER)


def _report(error: MailNotSent, *, has_server: bool) -> TrialReport:
    if not has_server:
        return TrialReport(TrialResult.FOLDER_CLOSED)
    cause = error.__cause__
    if error.step:
        answer = _server_words(cause) if isinstance(cause, smtplib.SMTPResponseException) else str(error)
        return TrialReport(_STEPS[error.step], answer[:MAX_ANSWER_LENGTH])
    if isinstance(cause, smtplib.SMTPNotSupportedError):
        is_encryption = "STARTTLS" in str(cause)
        return TrialReport(TrialResult.NO_ENCRYPTION if is_encryption else TrialResult.NO_SIGN_IN)
    result = next((result for kind, result in _ERRORS if isinstance(cause, kind)), TrialResult.OTHER)
    return TrialReport(result, _server_words(cause)[:MAX_ANSWER_LENGTH])


def _server_words(error: BaseException | None) -> str:
    """What the server said, with its code; "" where the failure is not a reply of it."""
    if not isinstance(error, smtplib.SMTPResponseException):
        return ""
    words = error.smtp_error
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return f"{error.smtp_code} {text}" if error.smtp_code > 0 else ""
