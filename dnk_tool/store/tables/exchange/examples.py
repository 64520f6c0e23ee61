"""The tables of good examples: what companies tell of measures that are done, and their pictures."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.exchange.examples import ExampleState
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value


class ExampleRow(Base):
    """An example that a company tells of a measure; `effect` is the JSON of `domain/measures/model`.

    `consent_id`: the membership under which it is offered or shown, None for a draft; it is shown only while
    that stands and allows it (`store/exchange/examples`). `contact_id`: the person who agreed to be asked.
    `returned_reason`: why the manager gave it back, empty as soon as it is offered again.
    """

    __tablename__ = "good_example"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    measure_id: Mapped[int] = mapped_column(ForeignKey("company_measure.id", ondelete="CASCADE"), unique=True)
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("consent.id", ondelete="SET NULL"), index=True)
    state: Mapped[ExampleState] = mapped_column(enum_by_value(ExampleState), default=ExampleState.DRAFT)
    title: Mapped[str] = mapped_column(String(200), default="")
    before: Mapped[str] = mapped_column(Text, default="")
    idea: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[str] = mapped_column(Text, default="")
    effort: Mapped[str] = mapped_column(Text, default="")
    advice: Mapped[str] = mapped_column(Text, default="")
    fits: Mapped[str] = mapped_column(Text, default="")
    section: Mapped[str] = mapped_column(String(10), default="")
    is_public: Mapped[bool] = mapped_column(default=False)
    picture_alt: Mapped[str] = mapped_column(Text, default="")
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    effect: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    kind: Mapped[str] = mapped_column(String(40), default="")
    from_year: Mapped[int | None]
    returned_reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    # Else SQLite gives the id of a deleted example to the next one, which an open page would publish unread.
    __table_args__ = (
        CheckConstraint("version >= 1", name="version_from_one"),
        {"sqlite_autoincrement": True},
    )


class ExamplePicture(Base):
    """The picture of an example as JPEG, re-encoded and without anything else that stood in the file."""

    __tablename__ = "example_picture"

    example_id: Mapped[int] = mapped_column(
        ForeignKey("good_example.id", ondelete="CASCADE"), primary_key=True
    )
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256_whole"),)
