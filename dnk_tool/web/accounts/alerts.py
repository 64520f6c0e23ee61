"""Tells people by mail what was changed about how they sign in, should it not have been they."""

import logging

from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.http.headers import request_id
from dnk_tool.web.mail import mails

log = logging.getLogger(__name__)

# The mail's template has words for each of these.
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
    }
)


def send_sign_in_alert(account: Account, change: str) -> None:
    """Queue the mail and note the change in the log."""
    if change not in SIGN_IN_CHANGES:
        raise ValueError(change)
    log.info("account %s: %s (request %s)", account.id, change, request_id())
    written = mails.render_mail("accounts/sign_in_changed", account, change=change)
    mails.queue_mail(written, recipient=account.email, language=account.language)
