"""The tables of awards: rounds, what is nominated, jurors with their links, and their sheets."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dnk_tool.domain.exchange.awards import AwardState
from dnk_tool.domain.mail import MailDelivery, RefusalReason
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value
from dnk_tool.store.tables.mail import Mail


class AwardRow(Base):
    """A round of an award. `criteria`: pairs of name and weight, whose sum is 100.

    `decided_at`: when prizes were given last, also while that decision is taken back. `version` rises with
    each change of what it asks and how far it is.
    """

    __tablename__ = "award"

    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    year: Mapped[int]
    nominate_until: Mapped[date]
    judge_until: Mapped[date]
    criteria: Mapped[list[Any]] = mapped_column(JSON)
    state: Mapped[AwardState] = mapped_column(enum_by_value(AwardState), default=AwardState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("name <> ''", name="has_name"),
        CheckConstraint("judge_until >= nominate_until", name="judged_after_nominations"),
        {"sqlite_autoincrement": True},
    )


class NominationRow(Base):
    """What a member nominates in a round, once: its own published example, or a title and five lines.

    With `example_id` the texts stand there, and it counts only while exactly that publication stands
    (`example_published_at`). Without `agreed_at` a manager proposed it, and only its company sees it besides.
    `prize`: what it won, empty for nothing. `version` rises with each change of what is nominated.
    """

    __tablename__ = "nomination"

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id", ondelete="CASCADE"))
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id", ondelete="CASCADE"), index=True)
    example_id: Mapped[int | None] = mapped_column(
        ForeignKey("good_example.id", ondelete="CASCADE"), index=True
    )
    example_published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    title: Mapped[str] = mapped_column(String(200), default="")
    before: Mapped[str] = mapped_column(Text, default="")
    idea: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[str] = mapped_column(Text, default="")
    effort: Mapped[str] = mapped_column(Text, default="")
    advice: Mapped[str] = mapped_column(Text, default="")
    is_public: Mapped[bool] = mapped_column(default=False)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    prize: Mapped[str] = mapped_column(String(100), default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (
        UniqueConstraint("award_id", "consent_id"),
        CheckConstraint(
            "(example_id IS NULL) = (example_published_at IS NULL)", name="example_with_publication"
        ),
        CheckConstraint("prize = '' OR agreed_at IS NOT NULL", name="prize_of_agreed"),
        {"sqlite_autoincrement": True},
    )


class JurorRow(Base):
    """Somebody who judges a round by a link of a mail, without an account; only the token's hash is kept.

    `mail` is the latest mail with the link, `delivery` what became of it, `refusal` why it did not arrive.
    """

    __tablename__ = "juror"

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320), index=True)
    language: Mapped[str] = mapped_column(String(2), default="de")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id", ondelete="SET NULL"), index=True)
    delivery: Mapped[MailDelivery] = mapped_column(
        enum_by_value(MailDelivery, "juror_delivery"), default=MailDelivery.WAITING
    )
    refusal: Mapped[RefusalReason | None] = mapped_column(enum_by_value(RefusalReason, "juror_refusal"))

    mail: Mapped[Mail | None] = relationship()

    __table_args__ = (
        UniqueConstraint("award_id", "email"),
        CheckConstraint("email = lower(email)", name="email_in_small_letters"),
        CheckConstraint("length(token_hash) = 64", name="token_hash_whole"),
        {"sqlite_autoincrement": True},
    )


class JurorSheetRow(Base):
    """What a juror says of one nomination. `points`: one for each criterion, null for none yet."""

    __tablename__ = "juror_sheet"

    juror_id: Mapped[int] = mapped_column(ForeignKey("juror.id", ondelete="CASCADE"), primary_key=True)
    nomination_id: Mapped[int] = mapped_column(
        ForeignKey("nomination.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    points: Mapped[list[Any]] = mapped_column(JSON)
    abstains: Mapped[bool] = mapped_column(default=False)
    word: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
