"""The table of a company's measures, which last over the years."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.measures.model import MeasureState
from dnk_tool.store.base import Base, ExactDecimal, UtcDateTime, enum_by_value


class MeasureRow(Base):
    """A measure of a company; `effect` is the JSON of `domain/measures/model`.

    A removed measure stays for some days, so that it can be restored. `counts_for` is what the company
    chose; it holds only while the company allows it (`store/measures/measures.of_cluster`).
    """

    __tablename__ = "company_measure"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    criterion: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(500), default="")
    due: Mapped[date | None]
    kind: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[MeasureState] = mapped_column(enum_by_value(MeasureState), default=MeasureState.IDEA)
    effect: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    investment_eur: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    from_year: Mapped[int | None]
    lifetime: Mapped[int | None]
    counts_for: Mapped[int | None] = mapped_column(ForeignKey("cluster.id", ondelete="SET NULL"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    __table_args__ = (
        CheckConstraint("text <> ''", name="has_text"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("lifetime IS NULL OR lifetime >= 1", name="lifetime_from_one"),
    )
