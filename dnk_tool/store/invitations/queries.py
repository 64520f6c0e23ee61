"""The table of secret links sent by mail: to join a company or cluster, to answer one thing, to sign off."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    delete,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from dnk_tool.store.base import Base, UtcDateTime, enum_by_value


class InvitationKind(StrEnum):
    """What the link opens."""

    MEMBER = "member"
    STAFF = "staff"
    COMPANY = "company"
    CONTRIBUTION = "contribution"
    SIGN_OFF = "sign-off"


class Invitation(Base):
    """One link, bound to an address. It works once, until it expires or is revoked; only a hash is kept.

    MEMBER: `organisation_id`, `role`, for contributors `refs` (sections), for viewers perhaps `until`.
    STAFF: `cluster_id`, `role`. COMPANY: `cluster_id`, and `company`, the name it was invited under.
    CONTRIBUTION: `declaration_id` and `refs` (requirements). SIGN_OFF: `declaration_id`.
    `name` is who is asked, `message` what the sender adds in own words.
    """

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[InvitationKind] = mapped_column(enum_by_value(InvitationKind))
    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(2), default="de")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"))
    declaration_id: Mapped[int | None] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(30), default="")
    refs: Mapped[list[str]] = mapped_column(JSON, default=list)
    company: Mapped[str] = mapped_column(String(500), default="")
    until: Mapped[date | None]
    message: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    times_sent: Mapped[int] = mapped_column(default=1)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_in_small_letters"),
        CheckConstraint("language IN ('de', 'en')", name="language_known"),
        CheckConstraint("length(token_hash) = 64", name="token_hash_whole"),
        CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name="ended_once"),
        Index("ix_invitation_organisation_id", "organisation_id"),
        Index("ix_invitation_cluster_id", "cluster_id"),
        Index("ix_invitation_declaration_id", "declaration_id"),
        Index("ix_invitation_email", "email"),
    )


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


def of_cluster(session: Session, cluster_id: int) -> Sequence[Invitation]:
    """The invitations of a cluster, to companies and to staff, latest first."""
    return _latest_first(session, Invitation.cluster_id == cluster_id)


def of_declaration(session: Session, declaration_id: int) -> Sequence[Invitation]:
    """Who was asked to contribute to a declaration or to confirm it, latest first."""
    return _latest_first(session, Invitation.declaration_id == declaration_id)


def remove_ended(session: Session, *, before: datetime) -> None:
    """Forget invitations that were used, taken back or expired before."""
    ended = (Invitation.accepted_at, Invitation.revoked_at, Invitation.expires_at)
    session.execute(delete(Invitation).where(or_(*(moment < before for moment in ended))))


def _latest_first(session: Session, condition: ColumnElement[bool]) -> Sequence[Invitation]:
    return session.scalars(select(Invitation).where(condition).order_by(Invitation.id.desc())).all()
