"""Renders mails in the recipient's language and queues them in the outbox."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from flask import render_template
from flask_babel import force_locale

from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db

MAX_SUBJECT_LENGTH = 300  # the outbox stores no more; names of companies may be longer


def render_mail(template: str, account: Account, **values: Any) -> tuple[str, str]:
    """Render subject and body in the account's language. The template's first line is the subject."""
    with force_locale(account.language):
        text = render_template(f"mail/{template}.txt", account=account, address=public_base_url(), **values)
    subject, _, body = text.strip().partition("\n")
    return subject.strip()[:MAX_SUBJECT_LENGTH], body.strip() + "\n"


def queue_mail(written: tuple[str, str], *, recipient: str, language: str, reply_to: str = "") -> None:
    """Queue a rendered mail in the request's transaction. Without a recipient it is never delivered.

    `reply_to`: whom an answer reaches.
    """
    subject, body = written
    now = datetime.now(UTC)
    mail_delivery.queue_mail(
        db(),
        recipient=recipient,
        subject=subject,
        body=body,
        language=language,
        now=now,
        reply_to=reply_to,
    )


def notify_accounts(template: str, accounts: Iterable[Account], **values: Any) -> None:
    """Queue a mail for each account, in its language; duplicates get one."""
    for account in {account.id: account for account in accounts}.values():
        queue_mail(
            render_mail(template, account, **values), recipient=account.email, language=account.language
        )


def public_base_url() -> str:
    """The configured base URL. The request's host could be forged."""
    settings = current_settings()
    return settings.address
