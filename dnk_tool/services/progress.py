"""Keeps beside each declaration how far it is, so that a cockpit of a thousand members reads no answers."""

from sqlalchemy.orm import Session

from dnk_tool.domain import completeness
from dnk_tool.domain.answers import Sheet
from dnk_tool.domain.completeness import Progress
from dnk_tool.store import declarations
from dnk_tool.store.models import Declaration

FINISHED = frozenset({Progress.ANSWERED, Progress.EXPLAINED})


def note(declaration: Declaration, sheet: Sheet) -> None:
    """Write down how far the declaration is, as the sheet says."""
    found = completeness.progress(sheet)
    declaration.progress = {section: one.value for section, one in found.items()}
    declaration.criteria_done = sum(found[one.ref] in FINISHED for one in sheet.selection.criteria)


def refresh(session: Session, declaration: Declaration) -> None:
    """Count anew, after something else than an answer changed."""
    session.flush()
    note(declaration, declarations.content(session, declaration).sheet)


def refresh_company(session: Session, organisation_id: int) -> None:
    """Count anew all declarations of a company, whose profile is part of each."""
    session.flush()
    found = declarations.of_organisations(session, [organisation_id])
    for key, content in declarations.contents(session, found).items():
        note(next(one for one in found if one.id == key), content.sheet)


def count_missing(session: Session) -> int:
    """Count what was never counted, as after a migration; gives how many declarations that were."""
    found = declarations.without_progress(session)
    for one in found:
        refresh(session, one)
    return len(found)
