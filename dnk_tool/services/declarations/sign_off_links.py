"""Secret links for signatories who do not work for the company: no password, and no other right."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.language import known_language
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink, LinkFault
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations import sign_offs
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration, SignOff
from dnk_tool.store.tables.invitations import Invitation


@dataclass(frozen=True)
class SignOffLink:
    """What a link opens: one declaration, for the person who was asked to confirm it."""

    invitation: Invitation
    declaration: Declaration
    account: Account

    @property
    def actor(self) -> Actor:
        """The signatory without any role; the declaration itself names them as signatory."""
        return Actor(self.account.id)


def create_sign_off_link(
    work: Work, declaration: Declaration, signatory: Account, *, name: str
) -> tuple[Invitation, str]:
    """Create a link for the signatory, called `name`; returns it with its token. Raises NotPermitted."""
    require(Permission.DECLARATION_FINISH, work.actor, subject_of(work.session, declaration))
    return secret_links.create_invitation(
        work.session,
        InvitationKind.SIGN_OFF,
        email=signatory.email,
        name=name,
        language=known_language(signatory.language),
        by=work.actor.user_id,
        now=work.now,
        declaration_id=declaration.id,
    )


def open_sign_off_link(session: Session, token: str, *, now: datetime) -> SignOffLink:
    """What the link opens. Raises InvalidInvitationLink, also if the person may no longer sign off."""
    invitation = secret_links.usable_invitation(session, token, InvitationKind.SIGN_OFF, now=now)
    return _link_of(session, invitation)


def used_sign_off_link(session: Session, token: str) -> SignOffLink | None:
    """What a link opened that was used already; None for any other token."""
    invitation = invitations.by_token(session, token, InvitationKind.SIGN_OFF)
    return _link_of(session, invitation) if invitation and invitation.accepted_at else None


def pending_sign_off_link(session: Session, declaration: Declaration) -> Invitation | None:
    """The unused link of the person who is asked now, if they have one."""
    declaration_invitations = invitations.of_declaration(session, declaration.id)
    return next((invitation for invitation in declaration_invitations if _is_open(invitation)), None)


def signatory_name(session: Session, declaration: Declaration, known: str) -> str:
    """Name of the person who is asked now. `known`: the name in their account.

    For a person with a link it is the name or address that the company gave. Whether they have an account,
    and what it says, is not shown to the company until they answer.
    """
    invitation = pending_sign_off_link(session, declaration)
    return (invitation.name or invitation.email) if invitation else known


def _is_open(row: Invitation) -> bool:
    return row.kind is InvitationKind.SIGN_OFF and not row.accepted_at and not row.revoked_at


def _link_of(session: Session, row: Invitation) -> SignOffLink:
    declaration = declarations.by_id(session, row.declaration_id or 0)
    account = accounts.by_email(session, row.email)
    if declaration is None or account is None or not account.active:
        raise InvalidInvitationLink(LinkFault.REVOKED)
    if row.accepted_at is None and declaration.signatory_id != account.id:
        raise InvalidInvitationLink(LinkFault.REVOKED)
    return SignOffLink(row, declaration, account)


def sign_off_of(session: Session, sign_off_link: SignOffLink) -> SignOff | None:
    """The sign-off that was given by a used link: the last one that the person decided."""
    return next(
        (
            sign_off
            for sign_off in sign_offs.sign_offs(session, sign_off_link.declaration.id)
            if sign_off.signatory_id == sign_off_link.account.id and sign_off.decision
        ),
        None,
    )
