"""Queries of evidence files and their targets; the contents lie in the blob store.

Moves evidence to another year, with what it belongs to.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.domain.evidence import Evidence, EvidenceTarget
from dnk_tool.store.database import read_values
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.evidence import EvidenceFile, EvidenceUse

# Run at each page of a criterion, so built once.
_USE, _FILE = EvidenceUse.__table__.c, EvidenceFile.__table__.c
_USES = (
    sql(_USE.ref, _USE.datapoint, _USE.line_id, _USE.file_id)
    .join(EvidenceFile.__table__, _FILE.id == _USE.file_id)
    .where(
        _FILE.organisation_id == bindparam("company"),
        _FILE.year == bindparam("year"),
        or_(_USE.declaration_id.is_(None), _USE.declaration_id == bindparam("declaration")),
    )
)


def of_declaration(session: Session, declaration: Declaration) -> list[Evidence]:
    """Evidence of the declaration's year that has a target there, latest first, in two statements."""
    year_evidence = [_to_evidence(row, declaration.id) for row in _rows(session, declaration)]
    return [evidence for evidence in year_evidence if evidence.targets]


def by_target(
    session: Session, declaration: Declaration, targets: Collection[EvidenceTarget] | None = None
) -> dict[EvidenceTarget, list[Evidence]]:
    """The evidence by target, in two statements. `targets` limits it; None: all."""
    evidence_by_target: dict[EvidenceTarget, list[Evidence]] = {}
    for evidence in of_declaration(session, declaration):
        for target in evidence.targets:
            if targets is None or target in targets:
                evidence_by_target.setdefault(target, []).append(evidence)
    return evidence_by_target


def file_ids_by_target(session: Session, declaration: Declaration) -> dict[EvidenceTarget, set[int]]:
    """The ids of the evidence files by target, in one statement."""
    rows = read_values(
        session,
        _USES,
        {
            "company": declaration.organisation_id,
            "year": declaration.reporting_year,
            "declaration": declaration.id,
        },
    )
    ids_by_target: dict[EvidenceTarget, set[int]] = {}
    for ref, datapoint, line, file_id in rows:
        ids_by_target.setdefault(EvidenceTarget(ref, datapoint, line or 0), set()).add(file_id)
    return ids_by_target


def count_files_by_figure(session: Session, declaration: Declaration) -> dict[str, int]:
    """The number of evidence files by datapoint, in one statement."""
    return count_by_figure(file_ids_by_target(session, declaration))


def count_by_figure(ids_by_target: Mapping[EvidenceTarget, Collection[int]]) -> dict[str, int]:
    """The number of files by datapoint, from file ids by target."""
    return {target.datapoint: len(files) for target, files in ids_by_target.items() if target.datapoint}


def count_files_by_line(session: Session, declaration: Declaration) -> dict[int, int]:
    """The number of evidence files by id of the calculator line, in one statement."""
    ids_by_target = file_ids_by_target(session, declaration)
    return {target.line: len(files) for target, files in ids_by_target.items() if target.line}


def find_file(session: Session, declaration: Declaration, file_id: int) -> EvidenceFile | None:
    """A file of the declaration's company and year that has a target there, reread; None for any other."""
    evidence_file = session.scalar(
        sql(EvidenceFile).where(
            EvidenceFile.id == file_id,
            EvidenceFile.organisation_id == declaration.organisation_id,
            EvidenceFile.year == declaration.reporting_year,
        ),
        execution_options={"populate_existing": True},
    )
    return evidence_file if evidence_file and to_evidence(evidence_file, declaration).targets else None


def find_file_by_hash(session: Session, organisation_id: int, year: int, sha256: str) -> EvidenceFile | None:
    """The company's file of a year whose content has this SHA-256."""
    return session.scalar(
        sql(EvidenceFile).where(
            EvidenceFile.organisation_id == organisation_id,
            EvidenceFile.year == year,
            EvidenceFile.sha256 == sha256,
        )
    )


def to_evidence(row: EvidenceFile, declaration: Declaration) -> Evidence:
    """The row as a domain value, with its targets in the declaration."""
    return _to_evidence(row, declaration.id)


def used_bytes(session: Session, organisation_id: int) -> int:
    """The size in bytes of all contents of a company; each SHA-256 counts once."""
    one_each = (
        sql(EvidenceFile.sha256, func.max(EvidenceFile.size).label("size"))
        .where(EvidenceFile.organisation_id == organisation_id)
        .group_by(EvidenceFile.sha256)
        .subquery()
    )
    return int(session.scalar(sql(func.sum(one_each.c.size))) or 0)


def content_hashes(session: Session, organisation_id: int, among: Collection[str] | None = None) -> set[str]:
    """The SHA-256 of a company's files; `among` limits them to these."""
    wanted = sql(EvidenceFile.sha256).where(EvidenceFile.organisation_id == organisation_id)
    if among is not None:
        wanted = wanted.where(EvidenceFile.sha256.in_(among))
    return set(session.scalars(wanted))


def all_content_hashes(session: Session) -> set[tuple[int, str]]:
    """(company id, SHA-256) of every file of the installation."""
    return {
        (owner, sha256)
        for owner, sha256 in session.execute(sql(EvidenceFile.organisation_id, EvidenceFile.sha256))
    }


def reviewable_by_hash(session: Session, declaration: Declaration) -> dict[str, Evidence]:
    """The evidence of the year that the company shows to reviewers, by SHA-256."""
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


# What a file says of itself, beside its year.
COPIED = (
    "organisation_id",
    "sha256",
    "name",
    "title",
    "kind",
    "size",
    "valid_until",
    "is_listed",
    "is_for_review",
    "uploaded_at",
    "uploaded_by",
)


def move_evidence(
    session: Session, organisation_id: int, declaration_id: int, year: int, to: int, *, with_numbers: bool
) -> None:
    """Move what belongs to the declaration to another year; `with_numbers`: and to figures and lines.

    A file that belongs to something else, too, stays, and the other year gets a second one of its content.
    """
    rows = select(EvidenceFile).where(
        EvidenceFile.organisation_id == organisation_id, EvidenceFile.year.in_((year, to))
    )
    files = session.scalars(rows.order_by(EvidenceFile.id)).all()
    there = {file.sha256: file for file in files if file.year == to}
    for file in files:
        if file.year != year:
            continue
        moved = [use for use in file.uses if _moves(use, declaration_id, with_numbers=with_numbers)]
        if not moved:
            continue
        if len(moved) == len(file.uses) and file.sha256 not in there:
            file.year = to
            continue
        target = there.get(file.sha256) or _copy(session, file, to)
        for use in moved:
            file.uses.remove(use)
            target.uses.append(
                EvidenceUse(
                    declaration_id=use.declaration_id,
                    ref=use.ref,
                    datapoint=use.datapoint,
                    line_id=use.line_id,
                )
            )
        if not file.uses:
            session.delete(file)
    session.flush()


def _moves(use: EvidenceUse, declaration_id: int, *, with_numbers: bool) -> bool:
    return use.declaration_id == declaration_id or (use.declaration_id is None and with_numbers)


def _copy(session: Session, file: EvidenceFile, year: int) -> EvidenceFile:
    copy = EvidenceFile(year=year, uses=[], **{name: getattr(file, name) for name in COPIED})
    session.add(copy)
    return copy
