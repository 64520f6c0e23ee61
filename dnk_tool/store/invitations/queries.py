"""Queries of invitations: secret links by mail to join, to contribute or to sign off."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.invitations import EarlierLink, Invitation
from dnk_tool.store.tables.organisations import Organisation


def hash_token(token: str) -> str:
    """The SHA-256 stored instead of a link's token. The token is random and long, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(session: Session, token: str, kind: InvitationKind | None = None) -> Invitation | None:
    """The invitation of a link, also one that no longer works; None if it is not of this `kind`.

    None, too, for a link that a later one replaced; see `is_replaced`.
    """
    invitation = session.scalar(select(Invitation).where(Invitation.token_hash == hash_token(token)))
    if invitation is None:
        reminded = _earlier(token) & EarlierLink.works.is_(True)
        invitation = session.scalar(select(Invitation).join(EarlierLink).where(reminded))
    return invitation if invitation is not None and kind in (None, invitation.kind) else None


def is_replaced(session: Session, token: str, kinds: Collection[InvitationKind]) -> bool:
    """Whether a later link to the same invitation, of one of the kinds, took the place of this one."""
    replaced = _earlier(token) & EarlierLink.works.is_(False) & Invitation.kind.in_(kinds)
    return session.scalar(select(Invitation.id).join(EarlierLink).where(replaced)) is not None


def keep_earlier_link(session: Session, invitation: Invitation, *, works: bool) -> None:
    """Remember the invitation's present link before it gets a new one.

    Unless it `works` on, none of its links works any more.
    """
    session.add(EarlierLink(token_hash=invitation.token_hash, invitation_id=invitation.id, works=works))
    if not works:
        session.flush()
        session.execute(
            update(EarlierLink).where(EarlierLink.invitation_id == invitation.id).values(works=False)
        )


def _earlier(token: str) -> ColumnElement[bool]:
    return EarlierLink.token_hash == hash_token(token)


def offers_role(session: Session, invitation_id: int, role: str) -> bool:
    """Whether the invitation offers this role; False if there is none of this id."""
    row = session.get(Invitation, invitation_id)
    return row is not None and row.role == role


def lock(session: Session, token: str) -> None:
    """Lock the invitation's row until the transaction ends, and reread it."""
    invitation = by_token(session, token)
    if invitation is not None:
        session.get(Invitation, invitation.id, with_for_update=True, populate_existing=True)


def is_target_archived(session: Session, row: Invitation) -> bool:
    """Whether the company or the cluster to which the invitation leads is archived."""
    company: Organisation | None = None
    if row.declaration_id is not None:
        declaration = declarations.by_id(session, row.declaration_id)
        company = declaration.organisation if declaration else None
    elif row.organisation_id is not None:
        company = session.get(Organisation, row.organisation_id)
    cluster = session.get(Cluster, row.cluster_id) if row.cluster_id is not None else None
    return any(target is not None and target.archived_at is not None for target in (company, cluster))


def open_of_organisation(session: Session, organisation_id: int) -> Sequence[Invitation]:
    """The invitations to work for a company that were neither used nor revoked, latest first."""
    return _latest_first(session, _is_open(organisation_id))


def find_open_by_email(session: Session, organisation_id: int, email: str) -> Invitation | None:
    """The latest invitation of an address to work for a company that was neither used nor revoked."""
    return next(iter(_latest_first(session, _is_open(organisation_id) & (Invitation.email == email))), None)


def has_open_invitation(session: Session, email: str, *, now: datetime) -> bool:
    """Whether an address has a valid invitation to join a company or a cluster."""
    invitation_id = session.scalar(
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
    return invitation_id is not None


def _is_open(organisation_id: int) -> ColumnElement[bool]:
    return (
        (Invitation.organisation_id == organisation_id)
        & (Invitation.kind == InvitationKind.MEMBER)
        & Invitation.accepted_at.is_(None)
        & Invitation.revoked_at.is_(None)
    )


def of_organisation(session: Session, organisation_id: int) -> Sequence[Invitation]:
    """All invitations of a company, of every kind, latest first."""
    return _latest_first(session, Invitation.organisation_id == organisation_id)


def of_declaration(session: Session, declaration_id: int) -> Sequence[Invitation]:
    """The invitations to contribute to a declaration or to sign it off, latest first."""
    return _latest_first(session, Invitation.declaration_id == declaration_id)


def remove_ended(session: Session, *, before: datetime) -> None:
    """Delete invitations that were used, revoked or expired before a moment."""
    ended = (Invitation.accepted_at, Invitation.revoked_at, Invitation.expires_at)
    session.execute(delete(Invitation).where(or_(*(moment < before for moment in ended))))


def _latest_first(session: Session, condition: ColumnElement[bool]) -> Sequence[Invitation]:
    return session.scalars(select(Invitation).where(condition).order_by(Invitation.id.desc())).all()
