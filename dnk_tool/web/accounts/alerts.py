"""Tells people by mail how their sign-in was changed, in case it was somebody else."""

import logging

from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.http import security_events
from dnk_tool.web.http.headers import request_id
from dnk_tool.web.mail import mails

log = logging.getLogger(__name__)

# The mail template words each of these changes.
SIGN_IN_CHANGES = frozenset(
    {
        "app-added",
        "app-removed",
        "passkey-added",
        "passkey-removed",
        "codes-renewed",
        "recovery-code-used",
        "service-linked",
        "service-unlinked",
        "reset",
    }
)


def send_sign_in_alert(account: Account, change: str, **facts: str) -> None:
    """Queue the mail about the change and log it with the facts. Raises ValueError for an unknown change."""
    if change not in SIGN_IN_CHANGES:
        raise ValueError(change)
    log.info("account %s: %s (request %s)", account.id, change, request_id())
    security_events.record(SecurityEvent.FACTORS_CHANGED, account_id=account.id, change=change, **facts)
    written = mails.render_mail("accounts/sign_in_changed", account, change=change)
    mails.queue_mail(written, recipient=account.email, language=account.language, reply_to=mails.NOBODY)
