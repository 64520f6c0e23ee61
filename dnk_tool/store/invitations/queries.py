"""The table of secret links sent by mail: to join a company or cluster, to answer one thing, to sign off."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    delete,
    or_,
    select,
)
from sqlalchemy.orm import Session

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.store.tables.invitations import Invitation


def hash_token(token: str) -> str:
    """What is kept of a link's token. It is random and long, so a plain hash protects it."""
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(session: Session, token: str, kind: InvitationKind | None = None) -> Invitation | None:
    """The invitation that the link speaks of, whether it still works or not."""
    found = session.scalar(select(Invitation).where(Invitation.token_hash == hash_token(token)))
    return found if found is not None and kind in (None, found.kind) else None


def lock(session: Session, token: str) -> None:
    """Hold the invitation's row until the transaction ends, and see it as it is then."""
    held = select(Invitation).where(Invitation.token_hash == hash_token(token)).with_for_update()
    session.scalars(held, execution_options={"populate_existing": True}).one_or_none()


def open_of_organisation(session: Session, organisation_id: int) -> Sequence[Invitation]:
    """The invitations to work for a company that were neither used nor revoked, latest first."""
    return _latest_first(session, _is_open(organisation_id))


def find_open_by_email(session: Session, organisation_id: int, email: str) -> Invitation | None:
    """The invitation of an address to work for a company that was neither used nor revoked."""
    return next(iter(_latest_first(session, _is_open(organisation_id) & (Invitation.email == email))), None)


def has_open_invitation(session: Session, email: str, *, now: datetime) -> bool:
    """Whether somebody with this address was invited to work here, and the link still works."""
    found = session.scalar(
        select(Invitation.id)
        .where(
            Invitation.email == email.lower(),
            Invitation.kind.in_((InvitationKind.MEMBER, InvitationKind.STAFF, InvitationKind.COMPANY)),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now,
        )
        .limit(1)
    )
    return found is not None


def _is_open(organisation_id: int) -> ColumnElement[bool]:
    return (
        (Invitation.organisation_id == organisation_id)
        & (Invitation.kind == InvitationKind.MEMBER)
        & Invitation.accepted_at.is_(None)
        & Invitation.revoked_at.is_(None)
    )


def of_organisation(session: Session, organisation_id: int) -> Sequence[Invitation]:
    """The invitations to work for a company, latest first."""
    return _latest_first(session, Invitation.organisation_id == organisation_id)


def of_declaration(session: Session, declaration_id: int) -> Sequence[Invitation]:
    """Who was asked to contribute to a declaration or to confirm it, latest first."""
    return _latest_first(session, Invitation.declaration_id == declaration_id)


def remove_ended(session: Session, *, before: datetime) -> None:
    """Forget invitations that were used, taken back or expired before."""
    ended = (Invitation.accepted_at, Invitation.revoked_at, Invitation.expires_at)
    session.execute(delete(Invitation).where(or_(*(moment < before for moment in ended))))


def _latest_first(session: Session, condition: ColumnElement[bool]) -> Sequence[Invitation]:
    return session.scalars(select(Invitation).where(condition).order_by(Invitation.id.desc())).all()
