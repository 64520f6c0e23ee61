"""Secret links by mail: made, sent again, taken back and used once. Who may is the caller's question."""

import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Actor
from dnk_tool.language import Language
from dnk_tool.services.accounts.lifecycle import normalised_address, one_line
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.invitations import Invitation

LIFETIME = {
    InvitationKind.MEMBER: timedelta(days=14),
    InvitationKind.STAFF: timedelta(days=14),
    InvitationKind.COMPANY: timedelta(days=60),
    InvitationKind.CONTRIBUTION: timedelta(days=30),
    InvitationKind.SIGN_OFF: timedelta(days=30),
}


class LinkFault(StrEnum):
    """Why a link does not work."""

    UNKNOWN = "unknown"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"
    RESTING = "resting"


class InvalidInvitationLink(Exception):
    """The link does not work, or not any more."""

    def __init__(self, why: LinkFault) -> None:
        self.why = why
        super().__init__(why)


class InvitationAddressMismatch(Exception):
    """The link was sent to another address than that of the person who wants to use it."""


def create_invitation(
    session: Session,
    kind: InvitationKind,
    *,
    email: str,
    language: Language,
    by: int | None,
    now: datetime,
    name: str = "",
    organisation_id: int | None = None,
    cluster_id: int | None = None,
    declaration_id: int | None = None,
    role: str = "",
    refs: Collection[str] = (),
    company: str = "",
    until: date | None = None,
    message: str = "",
) -> tuple[Invitation, str]:
    """A new link and its token, which stands nowhere but in the mail. Raises InvalidAddress."""
    token = secrets.token_urlsafe(32)
    row = Invitation(
        kind=kind,
        email=normalised_address(email),
        name=one_line(name),
        language=language,
        token_hash=invitations.hash_token(token),
        organisation_id=organisation_id,
        cluster_id=cluster_id,
        declaration_id=declaration_id,
        role=role,
        refs=sorted(refs),
        company=one_line(company),
        until=until,
        message=message,
        created_at=now,
        created_by=by,
        expires_at=now + LIFETIME[kind],
        sent_at=now,
    )
    session.add(row)
    session.flush()
    return row, token


def renew_invitation(row: Invitation, *, now: datetime) -> str:
    """A new token for a link that is sent again, and a new term; the old link is dead. Raises LinkOver."""
    if row.accepted_at or row.revoked_at:
        raise InvalidInvitationLink(LinkFault.USED if row.accepted_at else LinkFault.REVOKED)
    token = secrets.token_urlsafe(32)
    row.token_hash, row.sent_at, row.expires_at = invitations.hash_token(token), now, now + LIFETIME[row.kind]
    row.times_sent += 1
    return token


def resend_invitation(row: Invitation, *, actor: Actor, now: datetime) -> str:
    """Renew a link in the name of the sender, who stands for it now. Raises InvalidInvitationLink."""
    token = renew_invitation(row, now=now)
    row.created_by = actor.user_id
    return token


def revoke_invitation(row: Invitation, *, now: datetime) -> None:
    """Take a link back. Raises InvalidInvitationLink for one that was used or taken back already."""
    if row.accepted_at or row.revoked_at:
        raise InvalidInvitationLink(LinkFault.USED if row.accepted_at else LinkFault.REVOKED)
    row.revoked_at = now


def usable_invitation(session: Session, token: str, *kinds: InvitationKind, now: datetime) -> Invitation:
    """The invitation that a link opens. Raises LinkOver for one of another kind or one that is over."""
    row = invitations.by_token(session, token)
    if row is None or row.kind not in kinds:
        raise InvalidInvitationLink(LinkFault.UNKNOWN)
    if row.revoked_at:
        raise InvalidInvitationLink(LinkFault.REVOKED)
    if row.accepted_at:
        raise InvalidInvitationLink(LinkFault.USED)
    if row.expires_at <= now:
        raise InvalidInvitationLink(LinkFault.EXPIRED)
    return row


def redeem_invitation(
    session: Session, token: str, *kinds: InvitationKind, account: Account, now: datetime
) -> Invitation:
    """Use a link up; of two that come at the same moment one fails. Raises LinkOver and OtherAddress."""
    invitations.lock(session, token)
    row = usable_invitation(session, token, *kinds, now=now)
    if row.email != account.email:
        raise InvitationAddressMismatch
    row.accepted_at, row.accepted_by = now, account.id
    return row
