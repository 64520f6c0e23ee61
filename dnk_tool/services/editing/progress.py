"""Stores with each declaration how far it is, so that a cockpit of a thousand members reads no answers."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from dnk_tool.domain.answers import completeness
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.completeness import Completeness, SectionProgress
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration


def update_progress(declaration: Declaration, sheet: Sheet) -> tuple[Completeness, ...]:
    """Store the progress of each section, and how many criteria are done, as counted from the sheet.

    Returns how complete each section is.
    """
    parts = completeness.declaration_completeness(sheet)
    declaration.progress = {part.section: completeness.section_progress(part).value for part in parts}
    declaration.criteria_done = completeness.criteria_done(sheet, parts)
    return parts


def refresh_progress(session: Session, declaration: Declaration) -> None:
    """Recount the progress from the stored answers, after a change of something else than answers."""
    session.flush()
    update_progress(declaration, declarations.read_content(session, declaration).sheet)


def refresh_company_progress(session: Session, organisation_id: int) -> None:
    """Recount all declarations of a company, after a change of its profile, which is part of each."""
    session.flush()
    company_declarations = declarations.of_organisations(session, [organisation_id])
    for key, content in declarations.read_contents(session, company_declarations).items():
        update_progress(
            next(declaration for declaration in company_declarations if declaration.id == key), content.sheet
        )


def progress_by_declaration(
    session: Session, requested_declarations: Sequence[Declaration]
) -> dict[int, Mapping[str, SectionProgress]]:
    """Progress by section, by declaration id. Counts what was never counted, without storing it."""
    uncounted = [declaration for declaration in requested_declarations if declaration.progress is None]
    contents = declarations.read_contents(session, uncounted) if uncounted else {}
    counted = {
        declaration.id: declaration.progress
        for declaration in requested_declarations
        if declaration.progress is not None
    }
    return {
        **{
            key: {ref: SectionProgress(word) for ref, word in words.items()} for key, words in counted.items()
        },
        **{key: completeness.progress_by_section(content.sheet) for key, content in contents.items()},
    }
