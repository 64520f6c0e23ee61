"""Keeps which files a company has as evidence, and what each belongs to; their contents lie in `blobs`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, or_
from sqlalchemy import select as sql
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dnk_tool.domain.evidence import Evidence, EvidenceFileType, EvidenceTarget
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value
from dnk_tool.store.tables.declarations import Declaration


class EvidenceFile(Base):
    """A file of a company for one year. The same content is there once a year, whatever it belongs to."""

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
    """What a file belongs to: an answer or the whole of a declaration, a figure of its year, or a line."""

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
        return EvidenceTarget(self.ref, self.datapoint, self.line_id or 0)


def of_declaration(session: Session, declaration: Declaration) -> list[Evidence]:
    """All files of the declaration's year with what they belong to there, latest first; two statements."""
    found = [_to_evidence(row, declaration.id) for row in _rows(session, declaration)]
    return [one for one in found if one.targets]


def by_target(
    session: Session, declaration: Declaration, targets: Collection[EvidenceTarget] | None = None
) -> dict[EvidenceTarget, list[Evidence]]:
    """The files by what they belong to, in two statements however many there are; without `targets` all."""
    found: dict[EvidenceTarget, list[Evidence]] = {}
    for one in of_declaration(session, declaration):
        for target in one.targets:
            if targets is None or target in targets:
                found.setdefault(target, []).append(one)
    return found


def file_ids_by_target(session: Session, declaration: Declaration) -> dict[EvidenceTarget, set[int]]:
    """The numbers of the files that belong to each thing, in one statement."""
    rows = session.execute(
        sql(EvidenceUse.ref, EvidenceUse.datapoint, EvidenceUse.line_id, EvidenceUse.file_id)
        .join(EvidenceFile, EvidenceFile.id == EvidenceUse.file_id)
        .where(
            EvidenceFile.organisation_id == declaration.organisation_id,
            EvidenceFile.year == declaration.reporting_year,
            or_(EvidenceUse.declaration_id.is_(None), EvidenceUse.declaration_id == declaration.id),
        )
    )
    found: dict[EvidenceTarget, set[int]] = {}
    for ref, datapoint, line, file_id in rows:
        found.setdefault(EvidenceTarget(ref, datapoint, line or 0), set()).add(file_id)
    return found


def count_files_by_figure(session: Session, declaration: Declaration) -> dict[str, int]:
    """How many files belong to each figure, by datapoint, in one statement."""
    return count_by_figure(file_ids_by_target(session, declaration))


def count_by_figure(found: Mapping[EvidenceTarget, Collection[int]]) -> dict[str, int]:
    """How many files belong to each figure among these uses."""
    return {target.datapoint: len(files) for target, files in found.items() if target.datapoint}


def count_files_by_line(session: Session, declaration: Declaration) -> dict[int, int]:
    """How many files belong to each line of a calculator, by its number, in one statement."""
    found = file_ids_by_target(session, declaration)
    return {target.line: len(files) for target, files in found.items() if target.line}


def find_file(session: Session, declaration: Declaration, file_id: int) -> EvidenceFile | None:
    """One file of the declaration's year, to be changed; of no other company and year."""
    found = session.scalar(
        sql(EvidenceFile).where(
            EvidenceFile.id == file_id,
            EvidenceFile.organisation_id == declaration.organisation_id,
            EvidenceFile.year == declaration.reporting_year,
        ),
        execution_options={"populate_existing": True},
    )
    return found if found and to_evidence(found, declaration).targets else None


def find_file_by_hash(session: Session, organisation_id: int, year: int, sha256: str) -> EvidenceFile | None:
    """The file with this content in a year."""
    return session.scalar(
        sql(EvidenceFile).where(
            EvidenceFile.organisation_id == organisation_id,
            EvidenceFile.year == year,
            EvidenceFile.sha256 == sha256,
        )
    )


def to_evidence(row: EvidenceFile, declaration: Declaration) -> Evidence:
    """The file with what it belongs to in the declaration."""
    return _to_evidence(row, declaration.id)


def used_bytes(session: Session, organisation_id: int) -> int:
    """How many bytes the contents of a company take, each counted once."""
    one_each = (
        sql(EvidenceFile.sha256, func.max(EvidenceFile.size).label("size"))
        .where(EvidenceFile.organisation_id == organisation_id)
        .group_by(EvidenceFile.sha256)
        .subquery()
    )
    return int(session.scalar(sql(func.sum(one_each.c.size))) or 0)


def content_hashes(session: Session, organisation_id: int, among: Collection[str] | None = None) -> set[str]:
    """The hashes of a company's files, or those of them that are `among` some."""
    wanted = sql(EvidenceFile.sha256).where(EvidenceFile.organisation_id == organisation_id)
    if among is not None:
        wanted = wanted.where(EvidenceFile.sha256.in_(among))
    return set(session.scalars(wanted))


def all_content_hashes(session: Session) -> set[tuple[int, str]]:
    """Company and hash of every file of the installation."""
    return {
        (owner, sha256)
        for owner, sha256 in session.execute(sql(EvidenceFile.organisation_id, EvidenceFile.sha256))
    }


def reviewable_by_hash(session: Session, declaration: Declaration) -> dict[str, Evidence]:
    """The files of the year that reviewers may open today, by hash."""
    rows = _rows(session, declaration)
    return {row.sha256: _to_evidence(row, declaration.id) for row in rows if row.is_for_review}


def _rows(session: Session, declaration: Declaration) -> Sequence[EvidenceFile]:
    return session.scalars(
        sql(EvidenceFile)
        .where(
            EvidenceFile.organisation_id == declaration.organisation_id,
            EvidenceFile.year == declaration.reporting_year,
        )
        .order_by(EvidenceFile.uploaded_at.desc(), EvidenceFile.id.desc())
    ).all()


def _to_evidence(row: EvidenceFile, declaration_id: int) -> Evidence:
    uses = [one for one in row.uses if one.declaration_id in (None, declaration_id)]
    return Evidence(
        id=row.id,
        name=row.name,
        title=row.title,
        kind=row.kind,
        size=row.size,
        sha256=row.sha256,
        valid_until=row.valid_until,
        is_listed=row.is_listed,
        is_for_review=row.is_for_review,
        uploaded_at=row.uploaded_at,
        uploaded_by=row.uploaded_by,
        version=row.version,
        targets=tuple(one.target for one in uses),
    )
