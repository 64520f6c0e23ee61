"""Creates, renews, revokes and redeems the secret links of invitations. Callers check permissions."""

import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.mail import MailDelivery
from dnk_tool.language import Language
from dnk_tool.services.accounts import action_limits
from dnk_tool.services.accounts.action_limits import LimitedAction
from dnk_tool.services.accounts.lifecycle import normalised_address, one_line
from dnk_tool.services.work import Work
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.invitations import Invitation

MAX_REASON_LENGTH = 500

LIFETIME = {
    InvitationKind.MEMBER: timedelta(days=14),
    InvitationKind.STAFF: timedelta(days=14),
    InvitationKind.COMPANY: timedelta(days=60),
    InvitationKind.CONTRIBUTION: timedelta(days=30),
    InvitationKind.SIGN_OFF: timedelta(days=30),
}

COUNTED_AS = {
    InvitationKind.MEMBER: LimitedAction.INVITATION,
    InvitationKind.STAFF: LimitedAction.INVITATION,
    InvitationKind.COMPANY: LimitedAction.COMPANY_INVITATION,
    InvitationKind.CONTRIBUTION: LimitedAction.QUESTION,
    InvitationKind.SIGN_OFF: LimitedAction.QUESTION,
}


class LinkFault(StrEnum):
    """Why a link does not work. RESTING: the asker of a question may not ask any more.

    REPLACED: a later mail brought another link. DECLINED: the person asked said no. ARCHIVED: what it leads
    to is archived; it works again if the operator takes that back.
    """

    UNKNOWN = "unknown"
    USED = "used"
    REPLACED = "replaced"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"
    RESTING = "resting"
    ARCHIVED = "archived"


class InvalidInvitationLink(Exception):
    """The link does not work; `why` says why."""

    def __init__(self, why: LinkFault) -> None:
        self.why = why
        super().__init__(why)


class InvitationAddressMismatch(Exception):
    """The link was sent to another address than the account's."""


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
    hands_over: bool = False,
) -> tuple[Invitation, str]:
    """Create an invitation; returns it and the token for its mail, of which only the hash is stored.

    It expires after the LIFETIME of its kind. `until`: last day of the offered role. `by`: account id of the
    sender, None on the command line. Raises InvalidAddress and ActionLimitReached.
    """
    token, email = secrets.token_urlsafe(32), normalised_address(email)
    action_limits.count_mails(session, COUNTED_AS[kind], sender=by, recipients=[email], now=now)
    row = Invitation(
        kind=kind,
        email=email,
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
        hands_over=hands_over,
        created_at=now,
        created_by=by,
        expires_at=now + LIFETIME[kind],
        sent_at=now,
    )
    session.add(row)
    session.flush()
    return row, token


def renew_invitation(session: Session, row: Invitation, *, now: datetime) -> str:
    """Give the invitation a new token and a new term; the old links stop working.

    Expired ones can be renewed. Raises InvalidInvitationLink for one that was used or revoked.
    """
    require_open(row)
    token = _next_token(session, row, earlier_works=False)
    row.sent_at, row.expires_at = now, now + LIFETIME[row.kind]
    row.delivery, row.refusal, row.mail_id = MailDelivery.WAITING, None, None
    row.opened_at, row.reminded_at, row.reminder_step = None, None, 0
    row.times_sent += 1
    return token


def add_link(session: Session, row: Invitation) -> str:
    """Give the invitation a further link, with which its earlier ones work on until the same day."""
    return _next_token(session, row, earlier_works=True)


def _next_token(session: Session, row: Invitation, *, earlier_works: bool) -> str:
    invitations.keep_earlier_link(session, row, works=earlier_works)
    token = secrets.token_urlsafe(32)
    row.token_hash = invitations.hash_token(token)
    return token


def require_open(row: Invitation) -> None:
    """Raise InvalidInvitationLink if the invitation was used or revoked."""
    if row.accepted_at or row.revoked_at:
        raise InvalidInvitationLink(LinkFault.USED if row.accepted_at else LinkFault.REVOKED)


def resend_invitation(work: Work, row: Invitation) -> str:
    """Renew the invitation and make the actor its sender; a hand-over stays with who hands over.

    Raises InvalidInvitationLink and ActionLimitReached.
    """
    token = renew_invitation(work.session, row, now=work.now)
    count_invitation_mail(work, row)
    if not row.hands_over:
        row.created_by = work.actor.user_id
    return token


def count_invitation_mail(work: Work, row: Invitation) -> None:
    """Count a further mail about the invitation. Raises ActionLimitReached."""
    action = COUNTED_AS[row.kind]
    action_limits.count_mails(
        work.session, action, sender=work.actor.user_id, recipients=[row.email], now=work.now
    )


def revoke_invitation(row: Invitation, *, now: datetime) -> None:
    """Revoke the invitation. Raises InvalidInvitationLink if it was used or revoked already."""
    require_open(row)
    row.revoked_at = now


def decline_invitation(
    session: Session, token: str, kind: InvitationKind, *, reason: str, now: datetime
) -> Invitation:
    """Note that the person asked says no; the link stops working. Raises InvalidInvitationLink."""
    invitations.lock(session, token)
    row = usable_invitation(session, token, kind, now=now)
    row.declined_at = row.revoked_at = now
    row.decline_reason = one_line(reason)[:MAX_REASON_LENGTH]
    return row


def note_opened(session: Session, invitation_id: int, *, now: datetime) -> None:
    """Note that somebody visited the invitation's page, the first time only."""
    row = session.get(Invitation, invitation_id, with_for_update=True)
    if row is not None and row.opened_at is None:
        row.opened_at = now


def usable_invitation(session: Session, token: str, *kinds: InvitationKind, now: datetime) -> Invitation:
    """The invitation that the token opens.

    Raises InvalidInvitationLink if it is unknown, of none of these kinds, revoked, used or expired, or leads
    to a company or a cluster that is archived.
    """
    row = invitations.by_token(session, token)
    if row is None or row.kind not in kinds:
        is_replaced = row is None and invitations.is_replaced(session, token, kinds)
        raise InvalidInvitationLink(LinkFault.REPLACED if is_replaced else LinkFault.UNKNOWN)
    if row.declined_at:
        raise InvalidInvitationLink(LinkFault.DECLINED)
    if row.revoked_at:
        raise InvalidInvitationLink(LinkFault.REVOKED)
    if row.accepted_at:
        raise InvalidInvitationLink(LinkFault.USED)
    if row.expires_at <= now:
        raise InvalidInvitationLink(LinkFault.EXPIRED)
    if invitations.is_target_archived(session, row):
        raise InvalidInvitationLink(LinkFault.ARCHIVED)
    return row


def redeem_invitation(
    session: Session, token: str, *kinds: InvitationKind, account: Account, now: datetime
) -> Invitation:
    """Mark the invitation as accepted by the account; of two concurrent calls one fails.

    Raises InvalidInvitationLink and InvitationAddressMismatch.
    """
    invitations.lock(session, token)
    row = usable_invitation(session, token, *kinds, now=now)
    if row.email != account.email:
        raise InvitationAddressMismatch
    row.accepted_at, row.accepted_by = now, account.id
    return row
