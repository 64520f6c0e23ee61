"""Renders mails in the recipient's language and queues them in the outbox."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from flask import render_template
from flask_babel import force_locale

from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.mail import Mail
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db

NOBODY = ""
MAX_SUBJECT_LENGTH = 300  # the outbox stores no more; names of companies may be longer


def render_mail(template: str, account: Account, **values: Any) -> tuple[str, str]:
    """Render subject and body in the account's language. The template's first line is the subject."""
    with force_locale(account.language):
        text = render_template(f"mail/{template}.txt", account=account, address=public_base_url(), **values)
    subject, _, body = text.strip().partition("\n")
    return subject.strip()[:MAX_SUBJECT_LENGTH], body.strip() + "\n"


def queue_mail(written: tuple[str, str], *, recipient: str, language: str, reply_to: str) -> Mail:
    """Queue a rendered mail in the request's transaction. Without a recipient it is never delivered.

    `reply_to`: the address for answers, of the person who caused the mail or of those who help; NOBODY for
    mails of the installation itself.
    """
    subject, body = written
    return mail_delivery.queue_mail(
        db(),
        recipient=recipient,
        subject=subject,
        body=body,
        language=language,
        reply_to=reply_to,
        now=datetime.now(UTC),
    )


def notify_accounts(template: str, accounts: Iterable[Account], *, reply_to: str, **values: Any) -> None:
    """Queue a mail for each account, in its language; duplicates get one. `reply_to`: see `queue_mail`."""
    for account in {account.id: account for account in accounts}.values():
        written = render_mail(template, account, **values)
        queue_mail(written, recipient=account.email, language=account.language, reply_to=reply_to)


def is_sending() -> bool:
    """Whether a mail server is set. Without one, mails lie in a folder, and no page may call them sent."""
    return bool(current_settings().smtp_host)


def public_base_url() -> str:
    """The configured base URL. The request's host could be forged."""
    settings = current_settings()
    return settings.address
