"""The tables of secret links sent by mail: to join, to answer, to sign off."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.mail import MailDelivery, RefusalReason
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value
from dnk_tool.store.tables.mail import Mail


class Invitation(Base):
    """A secret link for one address. It works once, until it expires or is revoked; only its hash is stored.

    MEMBER: `organisation_id`, `role`, for contributors `refs` (sections), for viewers perhaps `until`.
    STAFF: `cluster_id`, `role`; `hands_over`: the sender leaves the team when it is accepted.
    COMPANY: `cluster_id`, `company`, the name it was invited under, and the cohort that it joins, if one was
    chosen.
    CONTRIBUTION: `declaration_id` and `refs` (requirements). SIGN_OFF: `declaration_id`.
    `name` is the person asked, `message` the sender's own words.

    `mail` is the latest mail with the link, `delivery` what became of it, `refusal` why it did not arrive.
    `opened_at`: first visit to the page. `declined_at`: the person asked said no, for `decline_reason`; it is
    revoked, too. `reminder_step`: the last one of AUTOMATIC_REMINDERS that is done.
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
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id", ondelete="SET NULL"), index=True)
    delivery: Mapped[MailDelivery] = mapped_column(
        enum_by_value(MailDelivery, "invitation_delivery"), default=MailDelivery.WAITING
    )
    refusal: Mapped[RefusalReason | None] = mapped_column(enum_by_value(RefusalReason, "invitation_refusal"))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decline_reason: Mapped[str] = mapped_column(String(500), default="")
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminder_step: Mapped[int] = mapped_column(default=0)

    mail: Mapped[Mail | None] = relationship()

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


class EarlierLink(Base):
    """The hash of an earlier link of an invitation. It works on if a reminder brought the later one.

    One that was replaced is kept so that its page can say so.
    """

    __tablename__ = "earlier_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"), index=True)
    works: Mapped[bool]
