"""The tables of companies and of their members."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.permissions import Role
from dnk_tool.store.base import Base, ExactDecimal, UtcDateTime, enum_by_value


class Organisation(Base):
    """A company with its profile; `is_findable`: search engines may show what it published.

    `archived_at`: since when it can only be read, as the operator archived it. `exported_at`: when an
    owner last took everything along; `asked_to_close_at`: when the operator last asked the owners to.
    """

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(500))
    legal_form: Mapped[str] = mapped_column(String(500), default="")
    sector: Mapped[str] = mapped_column(String(80), default="")
    employees: Mapped[int | None]
    turnover_value: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    turnover_unit: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(Text, default="")
    website: Mapped[str] = mapped_column(String(500), default="")
    sites: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    requires_sign_off: Mapped[bool] = mapped_column(default=True)
    is_findable: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    exported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_to_close_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("name <> ''", name="has_name"),
        CheckConstraint("employees IS NULL OR employees >= 0", name="employees_not_negative"),
    )


class CompanyConfirmation(Base):
    """That an operator says of a company that it is a real firm, which others can hide behind."""

    __tablename__ = "company_confirmation"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class StandingAnswer(Base):
    """What the profile says for each new declaration under a ref: contact person, and what it covers."""

    __tablename__ = "standing_answer"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    ref: Mapped[str] = mapped_column(String(80), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class Membership(Base):
    """A person's role in a company; `sections` limits a contributor, `until` is the last day of a viewer."""

    __tablename__ = "membership"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[Role] = mapped_column(enum_by_value(Role))
    sections: Mapped[list[str]] = mapped_column(JSON, default=list)
    until: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("user_id", "organisation_id"),)
