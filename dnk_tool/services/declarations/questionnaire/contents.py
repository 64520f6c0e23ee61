"""What a questionnaire is about: a declaration's entries, and what is stored of them now and before."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.encoding import InvalidValue, answer_from_json, figure_from_json
from dnk_tool.domain.declarations.questionnaire.comparison import StoredContents
from dnk_tool.domain.declarations.questionnaire.fields import Content, Entry, section_entries
from dnk_tool.domain.declarations.questionnaire.marks import declaration_code
from dnk_tool.domain.permissions import Actor, Permission, Subject, can
from dnk_tool.store.answers import history
from dnk_tool.store.answers.versioned_rows import AnswerRows, FigureRows
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration


def code_of(declaration: Declaration) -> str:
    """The code with which a file says to which declaration it belongs."""
    return declaration_code(declaration.id, declaration.edition, declaration.created_at)


def permitted_sections(declaration: Declaration, actor: Actor, permission: Permission) -> list[Section]:
    """The sections of the declaration for which the actor has the permission."""
    company = declaration.organisation_id
    return [
        section
        for section in declarations.selection_of(declaration).sections
        if can(permission, actor, Subject(company, section=section.ref))
    ]


def editable_sections(declaration: Declaration, actor: Actor) -> list[Section]:
    """The sections that the actor may edit; whether they are open now is not checked."""
    return permitted_sections(declaration, actor, Permission.SECTION_EDIT)


def entries_of(declaration: Declaration, section: Section) -> list[Entry]:
    """The entries of a section, with the reasons of the edition."""
    catalogue = declarations.selection_of(declaration).catalogue
    return list(section_entries(section, [(reason.key, reason.label) for reason in catalogue.reasons]))


def all_entries(declaration: Declaration) -> list[Entry]:
    """The entries of everything that the declaration asks for."""
    sections = declarations.selection_of(declaration).sections
    return [entry for section in sections for entry in entries_of(declaration, section)]


def stored_contents(
    session: Session, declaration: Declaration, versions: Mapping[str, int], now: datetime
) -> StoredContents:
    """What is stored now, and at these earlier versions by key; the number of SQL statements is constant."""
    answers = AnswerRows(session, declaration, by=None, now=now)
    figures = FigureRows(session, declaration, by=None, now=now)
    earlier: dict[tuple[str, int], Content] = {}
    outdated = {key for key, version in versions.items() if version and version != answers.version(key)}
    items = answers.selection.items
    for revision in history.answer_revisions(session, declaration.id, outdated & answers.rows.keys()):
        if not revision.kept_aside:
            try:
                content = answer_from_json(items.get(revision.ref), revision.content)
            except InvalidValue:
                continue
            earlier[revision.ref, revision.version] = content
    asked = {
        key for key, version in versions.items() if key in figures.rows and version != figures.version(key)
    }
    company, year = declaration.organisation_id, declaration.reporting_year
    for changed in history.figure_revisions(session, company, year, asked):
        if not changed.kept_aside:
            earlier[changed.datapoint, changed.version] = figure_from_json(changed.content)
    return StoredContents(
        {ref: answers.stored(ref) for ref in answers.rows},
        {key: figures.stored(key) for key in figures.rows},
        earlier,
    )
