"""Links for those who confirm a declaration without working for the company: no password, no other right."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.language import known_language
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink, LinkFault
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations import sign_offs
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration, SignOff
from dnk_tool.store.tables.invitations import Invitation


@dataclass(frozen=True)
class SignOffLink:
    """What a link opens: one declaration, for the one person who was asked to confirm it."""

    invitation: Invitation
    declaration: Declaration
    account: Account

    @property
    def actor(self) -> Actor:
        """The person with nothing but what the link gives."""
        return Actor(self.account.id)


def create_sign_off_link(
    session: Session, declaration: Declaration, signatory: Account, *, name: str, actor: Actor, now: datetime
) -> tuple[Invitation, str]:
    """A link for whoever is asked to confirm, and its token. Raises NotPermitted."""
    require(Permission.DECLARATION_FINISH, actor, subject_of(session, declaration))
    return secret_links.create_invitation(
        session,
        InvitationKind.SIGN_OFF,
        email=signatory.email,
        name=name,
        language=known_language(signatory.language),
        by=actor.user_id,
        now=now,
        declaration_id=declaration.id,
    )


def open_sign_off_link(session: Session, token: str, *, now: datetime) -> SignOffLink:
    """What the link opens. Raises LinkOver, also once the person may not act any more."""
    invitation = secret_links.usable_invitation(session, token, InvitationKind.SIGN_OFF, now=now)
    return _link_of(session, invitation)


def used_sign_off_link(session: Session, token: str) -> SignOffLink | None:
    """What a link opened that was used."""
    invitation = invitations.by_token(session, token, InvitationKind.SIGN_OFF)
    return _link_of(session, invitation) if invitation and invitation.accepted_at else None


def pending_sign_off_link(session: Session, declaration: Declaration) -> Invitation | None:
    """The link that waits for its answer, if the person asked has one."""
    found = invitations.of_declaration(session, declaration.id)
    return next((one for one in found if _is_open(one)), None)


def signatory_name(session: Session, declaration: Declaration, known: str) -> str:
    """Who is asked now: `known` is what their account says. By a link somebody is called as the company does.

    What the account of such a person says, and that there is one, is their own until they answer.
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
    """The sign-off that a used link answered: the last one that the person decided."""
    return next(
        (
            sign_off
            for sign_off in sign_offs.sign_offs(session, sign_off_link.declaration.id)
            if sign_off.signatory_id == sign_off_link.account.id and sign_off.decision
        ),
        None,
    )
