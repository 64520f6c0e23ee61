"""Keeps which files a company has as evidence, and what each belongs to; their contents lie in `blobs`."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, or_
from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.domain.evidence import Evidence, EvidenceTarget
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.evidence import EvidenceFile, EvidenceUse


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
    uses = [use for use in row.uses if use.declaration_id in (None, declaration_id)]
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
        targets=tuple(use.target for use in uses),
    )
