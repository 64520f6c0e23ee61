"""Mails to people: invitation, and end of access."""

from typing import cast

from flask import url_for

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.language import Language, format_long_date, local_day
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.web.http.access import current_account
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails
from dnk_tool.web.people.forms import section_titles


def invited_role(invitation: Invitation) -> Role | ClusterRole:
    """The offered role, in a company or in a cluster's team."""
    if invitation.kind is InvitationKind.STAFF:
        return ClusterRole(invitation.role)
    return Role(invitation.role)


def send_invitation(invitation: Invitation, token: str, *, place: str) -> None:
    """Queue the mail with the link; `place` is the company's name."""
    language = cast(Language, invitation.language)
    written = mails.render_mail(
        "invitations/invitation",
        Account(email=invitation.email, name=invitation.name, language=language),
        sender=accounts.name_of(db(), invitation.created_by),
        place=place,
        role=invited_role(invitation),
        sections=section_titles(invitation.refs, language),
        until=format_long_date(invitation.until, language) if invitation.until else "",
        valid_until=format_long_date(local_day(invitation.expires_at), language),
        link=mails.public_base_url() + url_for("invitations.show", token=token),
    )
    reply_to = current_account().email
    mails.queue_mail(written, recipient=invitation.email, language=language, reply_to=reply_to)


def send_removal_mail(account: Account, *, place: str) -> None:
    """Tell the person that they no longer work for the company; `place` is its name."""
    mails.notify_accounts(
        "invitations/member_removed", [account], reply_to=current_account().email, place=place
    )
