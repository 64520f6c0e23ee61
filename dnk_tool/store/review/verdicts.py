"""Queries of the verdicts on sections."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.review import Judgement, latest_by_section
from dnk_tool.store.tables.review import VerdictRow


def judgements(session: Session, declaration_id: int) -> Sequence[Judgement]:
    """All verdicts on a declaration, of every version, read as columns and thus never out of date."""
    return judgements_of(session, [declaration_id]).get(declaration_id, [])


def judgements_of(session: Session, declaration_ids: Collection[int]) -> dict[int, list[Judgement]]:
    """The same of many declarations, by declaration, in one statement."""
    rows = session.execute(
        select(
            VerdictRow.declaration_id,
            VerdictRow.section,
            VerdictRow.version,
            VerdictRow.verdict,
            VerdictRow.number,
            VerdictRow.given_at,
            VerdictRow.given_by,
        ).where(VerdictRow.declaration_id.in_(declaration_ids))
    )
    given: dict[int, list[Judgement]] = {}
    for row in rows:
        given.setdefault(row[0], []).append(Judgement(*row[1:]))
    return given


def verdict_row(session: Session, declaration_id: int, section: str, version: int) -> VerdictRow | None:
    """The verdict on one section of one version, reread, as a row to change; None if there is none."""
    return session.scalar(
        select(VerdictRow).where(
            VerdictRow.declaration_id == declaration_id,
            VerdictRow.section == section,
            VerdictRow.version == version,
        ),
        execution_options={"populate_existing": True},
    )


def latest_judgements(session: Session, declaration_id: int) -> dict[str, Judgement]:
    """The newest verdict on each section, by section ref."""
    return latest_by_section(judgements(session, declaration_id))
