"""The tables of evidence: files and their targets."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dnk_tool.domain.evidence import EvidenceFileType, EvidenceTarget
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value


class EvidenceFile(Base):
    """A file of a company for one year. The same content is stored once per year, with any number of uses."""

    __tablename__ = "evidence_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    year: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[EvidenceFileType] = mapped_column(enum_by_value(EvidenceFileType, "filekind"))
    size: Mapped[int]
    valid_until: Mapped[date | None]
    is_listed: Mapped[bool] = mapped_column(default=False)
    is_for_review: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    uses: Mapped[list["EvidenceUse"]] = relationship(
        order_by="EvidenceUse.id", cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (
        UniqueConstraint("organisation_id", "year", "sha256", name="uq_evidence_file_content"),
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        CheckConstraint("name <> ''", name="has_name"),
        CheckConstraint("size > 0", name="size_positive"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )


class EvidenceUse(Base):
    """A target of a file: an answer, a whole declaration, a figure of its year, or a calculator line."""

    __tablename__ = "evidence_use"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("evidence_file.id", ondelete="CASCADE"), index=True)
    declaration_id: Mapped[int | None] = mapped_column(
        ForeignKey("declaration.id", ondelete="CASCADE"), index=True
    )
    ref: Mapped[str] = mapped_column(String(80), default="")
    datapoint: Mapped[str] = mapped_column(String(80), default="")
    line_id: Mapped[int | None] = mapped_column(
        ForeignKey("calculation_line.id", ondelete="CASCADE"), index=True
    )

    __table_args__ = (
        CheckConstraint(
            "CASE WHEN declaration_id IS NULL THEN 0 ELSE 1 END "
            "+ CASE WHEN datapoint = '' THEN 0 ELSE 1 END "
            "+ CASE WHEN line_id IS NULL THEN 0 ELSE 1 END = 1",
            name="belongs_to_one_thing",
        ),
        CheckConstraint("ref = '' OR declaration_id IS NOT NULL", name="ref_of_declaration"),
        Index("ix_evidence_use_datapoint", "datapoint"),
    )

    @property
    def target(self) -> EvidenceTarget:
        """The target as a domain value, without the declaration; `line` 0 for none."""
        return EvidenceTarget(self.ref, self.datapoint, self.line_id or 0)
