"""Exports the questionnaire of a declaration as a Word document or workbook."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import NO_FIGURE
from dnk_tool.domain.declarations.questionnaire.fields import Content
from dnk_tool.domain.permissions import Actor, NotPermitted, Permission
from dnk_tool.language import Language
from dnk_tool.report.files.questionnaire.document import to_docx
from dnk_tool.report.files.questionnaire.outline import QuestionnaireContents, outline
from dnk_tool.report.files.questionnaire.workbook import to_xlsx
from dnk_tool.services.declarations.questionnaire.contents import code_of, entries_of, permitted_sections
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration


class QuestionnaireFormat(StrEnum):
    """The formats of the file."""

    DOCX = "docx"
    XLSX = "xlsx"


_WRITERS = {QuestionnaireFormat.DOCX: to_docx, QuestionnaireFormat.XLSX: to_xlsx}


@dataclass(frozen=True)
class QuestionnaireSpec:
    """Which file is wanted: format, language, one section or "" for all, and whether without answers."""

    file_format: QuestionnaireFormat
    language: Language
    section: str = ""
    is_empty: bool = False


def export_questionnaire(
    session: Session, declaration: Declaration, wanted: QuestionnaireSpec, *, actor: Actor, today: date
) -> bytes:
    """The file about the sections that the actor may see. Raises NotPermitted if there is none."""
    sections = [
        section
        for section in permitted_sections(declaration, actor, Permission.SECTION_VIEW)
        if wanted.section in ("", section.ref)
    ]
    if not sections:
        raise NotPermitted(Permission.SECTION_VIEW)
    content = declarations.read_content(session, declaration)
    entries = {section.ref: entries_of(declaration, section) for section in sections}
    every = [entry for own in entries.values() for entry in own]
    contents: dict[str, Content] = {
        entry.key: content.sheet.figures.get(entry.key, NO_FIGURE)
        if entry.datapoint
        else content.sheet.answer(entry.key)
        for entry in every
    }
    versions = {
        entry.key: content.figure_version(entry.key) if entry.datapoint else content.version(entry.key)
        for entry in every
    }
    made = outline(
        [(section, entries[section.ref]) for section in sections],
        QuestionnaireContents(code_of(declaration), contents, versions, wanted.is_empty),
        company=declaration.organisation.name,
        year=declaration.reporting_year,
        language=wanted.language,
        made_on=today,
    )
    return _WRITERS[wanted.file_format](made)
