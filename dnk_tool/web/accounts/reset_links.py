"""Sends a link for a new password, when a person asks for one or the operator sends them one."""

from flask import url_for
from flask_security.recoverable import generate_reset_password_token

from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts.users import User
from dnk_tool.web.mail import mails


def send_reset_link(account: Account, *, recipient: str, is_from_operator: bool = False) -> None:
    """Queue the mail with the link. It ends with the account's `fs_uniquifier`, so with a lock.

    An empty `recipient` means that it is never delivered: an unknown address takes as long as a known one.
    """
    token = generate_reset_password_token(User(account))  # type: ignore[no-untyped-call]  # the library's
    link = mails.public_base_url() + url_for("security.reset_password", token=token)
    written = mails.render_mail("accounts/reset", account, link=link, is_from_operator=is_from_operator)
    mails.queue_mail(written, recipient=recipient, language=account.language, reply_to=mails.NOBODY)
