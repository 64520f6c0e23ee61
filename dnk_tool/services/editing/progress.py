"""Keeps beside each declaration how far it is, so that a cockpit of a thousand members reads no answers."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from dnk_tool.domain.answers import completeness
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.completeness import Progress
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration

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


def of(session: Session, found: Sequence[Declaration]) -> dict[int, Mapping[str, Progress]]:
    """How far each section of these declarations is; what was never counted is counted now, not kept."""
    uncounted = [one for one in found if one.progress is None]
    contents = declarations.contents(session, uncounted) if uncounted else {}
    counted = {one.id: one.progress for one in found if one.progress is not None}
    return {
        **{key: {ref: Progress(word) for ref, word in words.items()} for key, words in counted.items()},
        **{key: completeness.progress(content.sheet) for key, content in contents.items()},
    }


def count_missing(session: Session) -> int:
    """Count what was never counted, as after a migration; gives how many declarations that were."""
    found = declarations.without_progress(session)
    for one in found:
        refresh(session, one)
    return len(found)
