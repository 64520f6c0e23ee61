"""The account that accepts an invitation: the signed-in one, or a new one."""

import logging
from datetime import UTC, datetime

from flask import abort
from flask_security.utils import login_user

from dnk_tool.services.accounts import passwords
from dnk_tool.services.accounts.lifecycle import AddressTaken
from dnk_tool.services.invitations import claim_account, secret_links
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts.users import User
from dnk_tool.web.http.access import current_account
from dnk_tool.web.http.headers import request_id
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.invitations.visitor import InvitationVisitor, VisitorKind

log = logging.getLogger(__name__)


def accepting_account(guest: InvitationVisitor, token: str) -> Account:
    """Return the signed-in account, or create one from the form.

    The caller must use up the invitation in the same transaction: of two simultaneous requests one fails
    there, and its new account is rolled back. Raises InvalidInvitationLink; aborts with 409 if the address
    has an account by now.
    """
    if guest.who is VisitorKind.RIGHT:
        return current_account()
    end_transaction()
    password_hash = passwords.hashed(guest.form.password.data)
    now = datetime.now(UTC)
    invitation = secret_links.usable_invitation(db(), token, guest.invitation.kind, now=now)
    try:
        return claim_account.claim_invited_account(
            db(),
            invitation,
            name=guest.form.name.data,
            password_hash=password_hash,
            language=current_language(),
            now=now,
        )
    except AddressTaken:
        abort(409)  # reloading the page offers the sign-in


def sign_in_new_account(guest: InvitationVisitor, account: Account) -> None:
    """Sign in the account just created; does nothing for others. Must come last."""
    if guest.who is VisitorKind.NEW:
        login_user(User(account), authn_via=["invitation"])
        log.info("account %s joined and signed in (request %s)", account.id, request_id())
