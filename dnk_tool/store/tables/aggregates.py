"""The tables of a cluster's releases and of the companies whose figures are in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.aggregates.entering_versions import ReleaseState
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value


class ReleaseRow(Base):
    """What a cluster says of its members' figures of a year, from the order until it is withdrawn.

    `number` counts the releases of the year from 1; only the last can still be open. `content` is JSON with
    numbers and counts and no value of a company, `sha256` is its digest, `inputs` that of what it was made
    from; `companies`: how many are in it. `refusal`: the key of the rule that forbids a correction,
    or `UNCHANGED` (`domain/aggregates/correction`).
    """

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"))
    reporting_year: Mapped[int]
    number: Mapped[int]
    state: Mapped[ReleaseState] = mapped_column(enum_by_value(ReleaseState))
    content: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    inputs: Mapped[str] = mapped_column(String(64), default="")
    companies: Mapped[int] = mapped_column(default=0)
    refusal: Mapped[str] = mapped_column(String(30), default="")
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(Text, default="")

    # Else SQLite gives the id of a discarded release to the next one, which an open page would release.
    __table_args__ = (
        UniqueConstraint("cluster_id", "reporting_year", "number", name="uq_release_number"),
        Index(
            "uq_release_open",
            "cluster_id",
            "reporting_year",
            unique=True,
            sqlite_where=text("state <> 'made'"),
            postgresql_where=text("state <> 'made'"),
        ),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("(state = 'made') = (made_at IS NOT NULL)", name="made_once"),
        CheckConstraint(
            "(state IN ('prepared', 'made')) = (content IS NOT NULL)", name="content_when_prepared"
        ),
        CheckConstraint("(withdrawn_at IS NULL) = (reason = '')", name="withdrawn_with_reason"),
        {"sqlite_autoincrement": True},
    )


class ReleaseCompany(Base):
    """A company whose finished version is in a release; the row goes as soon as it takes that back.

    `entry` says, without a value, which of the release's numbers it is in, and in which quarter its own value
    is.
    """

    __tablename__ = "release_company"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    entry: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
