"""Who opened an invitation: its recipient, somebody else, or somebody without an account.

A view shows its page with `invitation_visitor(invitation)`. A POST continues only if `guest.is_ready()`,
otherwise the page is shown again with `guest.status`. Then `accepting_account(guest, token)` returns the
account, and `sign_in_new_account(guest, account)` signs in a new one.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from flask import request, url_for

from dnk_tool.services.invitations import claim_account, secret_links
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.web.accounts.registration import NewAccountForm
from dnk_tool.web.http.access import current_account, current_actor
from dnk_tool.web.http.safe_urls import current_path
from dnk_tool.web.http.transactions import db, is_safe, session_factory
from dnk_tool.web.text.form_errors import form_errors


class VisitorKind(StrEnum):
    """How the visitor relates to the invited address."""

    RIGHT = "right"  # signed in with the invited address
    OTHER = "other"  # signed in with another address
    KNOWN = "known"  # the address has an account; must sign in
    NEW = "new"  # creates an account on the page


STATUS = {VisitorKind.RIGHT: 200, VisitorKind.OTHER: 403, VisitorKind.KNOWN: 401, VisitorKind.NEW: 422}


@dataclass
class InvitationVisitor:
    """The visitor of an invitation. `errors`: entries of the error summary."""

    invitation: Invitation
    who: VisitorKind
    form: NewAccountForm
    errors: list[dict[str, str]] = field(default_factory=list)

    @property
    def sign_in_url(self) -> str:
        """The sign-in page, returning here."""
        return url_for("security.login", next=current_path())

    @property
    def status(self) -> int:
        """HTTP status for a POST that cannot continue."""
        return STATUS[self.who]

    def is_ready(self) -> bool:
        """Whether the visitor can accept now; validates the form for a new account."""
        if self.who is VisitorKind.NEW and not self.form.check(self.invitation.email, self._companies()):
            self.errors = form_errors(self.form)
            return False
        return self.who in (VisitorKind.RIGHT, VisitorKind.NEW)

    def _companies(self) -> list[str]:
        """The names of the companies that the invitation speaks of."""
        owner = self.invitation.organisation_id and declarations.find_organisation(
            db(), self.invitation.organisation_id
        )
        return [self.invitation.company, *([owner.name] if owner else [])]


def invitation_visitor(invitation: Invitation) -> InvitationVisitor:
    """Determine the visitor, with the form for a new account."""
    data = {"name": invitation.name}
    form = NewAccountForm(formdata=None if is_safe() else request.form, data=data)
    return InvitationVisitor(invitation, _visitor_kind(invitation), form)


def note_visit(guest: InvitationVisitor) -> None:
    """Note the first visit to an invitation's page, in a transaction of its own, as a GET writes nothing.

    Who is signed in with another address, such as a manager who tries the link, does not count.
    """
    if request.method == "GET" and guest.invitation.opened_at is None and guest.who is not VisitorKind.OTHER:
        with write_session(session_factory()) as session, session.begin():
            secret_links.note_opened(session, guest.invitation.id, now=datetime.now(UTC))


def _visitor_kind(invitation: Invitation) -> VisitorKind:
    if current_actor().user_id is not None:
        return VisitorKind.RIGHT if current_account().email == invitation.email else VisitorKind.OTHER
    return VisitorKind.KNOWN if claim_account.claimed_account(db(), invitation) else VisitorKind.NEW
