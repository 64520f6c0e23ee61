"""Moves evidence to another year, with what it belongs to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.store.tables.evidence import EvidenceFile, EvidenceUse

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
