"""The table of secret links sent by mail: to join, to answer, to sign off."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value


class Invitation(Base):
    """A secret link for one address. It works once, until it expires or is revoked; only its hash is stored.

    MEMBER: `organisation_id`, `role`, for contributors `refs` (sections), for viewers perhaps `until`.
    STAFF: `cluster_id`, `role`; `hands_over`: the sender leaves the team when it is accepted.
    COMPANY: `cluster_id`, `company`, the name it was invited under, and the cohort that it joins, if one
    was chosen.
    CONTRIBUTION: `declaration_id` and `refs` (requirements). SIGN_OFF: `declaration_id`.
    `name` is the person asked, `message` the sender's own words.
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
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id", ondelete="SET NULL"))
    role: Mapped[str] = mapped_column(String(30), default="")
    refs: Mapped[list[str]] = mapped_column(JSON, default=list)
    hands_over: Mapped[bool] = mapped_column(default=False)
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
        Index("ix_invitation_cohort_id", "cohort_id"),
        Index("ix_invitation_email", "email"),
    )
