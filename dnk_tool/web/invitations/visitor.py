"""Who opened an invitation: the person it was sent to, somebody else, or somebody yet without an account.

A view shows its page with `guest_of(invitation)`; the template calls the macros of invitations/joining.html.
A POST goes on only if `guest.is_ready()`, else the page comes again with `guest.status`. Then
`account_for(guest, token)` gives the account, and `let_in(guest, account)` signs a new one in.
"""

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_security.utils import login_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField

from dnk_tool.services.accounts import passwords
from dnk_tool.services.accounts.lifecycle import AddressTaken
from dnk_tool.services.invitations import claim_account, secret_links
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.web.accounts.security import form_errors
from dnk_tool.web.accounts.users import User, weakness_message
from dnk_tool.web.http.access import current_account, current_actor
from dnk_tool.web.http.headers import request_id
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.safe_urls import current_path
from dnk_tool.web.http.transactions import db, end_transaction, is_safe

log = logging.getLogger(__name__)


class VisitorKind(StrEnum):
    """Who looks at the page."""

    RIGHT = "right"  # signed in with the address that the link was sent to
    OTHER = "other"  # signed in with another
    KNOWN = "known"  # has an account, and must sign in
    NEW = "new"  # makes an account on the page


STATUS = {VisitorKind.RIGHT: 200, VisitorKind.OTHER: 403, VisitorKind.KNOWN: 401, VisitorKind.NEW: 422}


class NewAccountForm(FlaskForm):
    """A new account; its address is the one that the link was sent to."""

    name = StringField()
    password = PasswordField()
    password_confirm = PasswordField()

    def check(self, email: str) -> bool:
        """Whether an account can be made of it; messages stand at the fields."""
        for one in self:
            one.errors = []
        name, password = (self.name.data or "").strip(), self.password.data or ""
        if not name or len(name) > 200:
            self.name.errors.append(_("Geben Sie Ihren Namen ein, höchstens 200 Zeichen."))
        message = weakness_message(password, email=email, name=name)
        if message:
            self.password.errors.append(message)
        elif password != self.password_confirm.data:
            self.password_confirm.errors.append(_("Die beiden Passwörter sind nicht gleich."))
        return not any(one.errors for one in self)


@dataclass
class InvitationVisitor:
    """Whoever opened the link. `errors` are what the error summary lists."""

    invitation: Invitation
    who: VisitorKind
    form: NewAccountForm
    errors: list[dict[str, str]] = field(default_factory=list)

    @property
    def sign_in_url(self) -> str:
        """The sign-in that comes back to this page."""
        return url_for("security.login", next=current_path())

    @property
    def status(self) -> int:
        """The status of a page that could not go on."""
        return STATUS[self.who]

    def is_ready(self) -> bool:
        """Whether the person may accept as things stand."""
        if self.who is VisitorKind.NEW and not self.form.check(self.invitation.email):
            self.errors = form_errors(self.form)
            return False
        return self.who in (VisitorKind.RIGHT, VisitorKind.NEW)


def invitation_visitor(invitation: Invitation) -> InvitationVisitor:
    """Who opened the link, with the form for a new account."""
    data = {"name": invitation.name}
    form = NewAccountForm(formdata=None if is_safe() else request.form, data=data)
    return InvitationVisitor(invitation, _visitor_kind(invitation), form)


def _visitor_kind(invitation: Invitation) -> VisitorKind:
    if current_actor().user_id is not None:
        return VisitorKind.RIGHT if current_account().email == invitation.email else VisitorKind.OTHER
    return VisitorKind.KNOWN if claim_account.claimed_account(db(), invitation) else VisitorKind.NEW


def accepting_account(guest: InvitationVisitor, token: str) -> Account:
    """The account that accepts: the signed-in one, or one made of the form.

    Raises LinkOver. The invitation is yet to be used, in this transaction: of two that come at the same
    moment one fails there, and with it the account that it made.
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
        abort(409)  # loading the page again shows how to sign in


def sign_in_new_account(guest: InvitationVisitor, account: Account) -> None:
    """Sign in whoever has just made their account; call it last of all."""
    if guest.who is VisitorKind.NEW:
        login_user(User(account), authn_via=["invitation"])
        log.info("account %s joined and signed in (request %s)", account.id, request_id())
