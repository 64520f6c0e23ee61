"""Previews a questionnaire that came back: what it would change, and what is left out and why."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Answer
from dnk_tool.domain.answers.encoding import InvalidValue, answer_from_json, figure_from_json
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.questionnaire.cells import FieldFault
from dnk_tool.domain.declarations.questionnaire.comparison import (
    EntryChange,
    QuestionnairePreview,
    RejectedField,
    ReturnedEntry,
    StoredContents,
    compare,
    contradictory_goals,
)
from dnk_tool.domain.declarations.questionnaire.fields import Content, Entry
from dnk_tool.domain.declarations.questionnaire.returned import ReturnedFile, outside_fields, understand
from dnk_tool.domain.declarations.questionnaire.rows import row_numbers
from dnk_tool.domain.permissions import Actor
from dnk_tool.report.files.questionnaire.outline import QuestionnaireContents, outline
from dnk_tool.services.declarations.questionnaire.contents import (
    all_entries,
    code_of,
    editable_sections,
    entries_of,
    stored_contents,
)
from dnk_tool.services.editing.editable_content import editable_content
from dnk_tool.services.work import Work
from dnk_tool.store.tables.declarations import Declaration


def preview_questionnaire(
    work: Work, declaration: Declaration, returned: ReturnedFile
) -> QuestionnairePreview:
    """Compare a file with what is stored, without writing.

    What the actor may not edit, what is frozen and what the declaration does not ask for is rejected.
    """
    entries = {entry.ref: entry for entry in all_entries(declaration)}
    editable = {section.ref for section in editable_sections(declaration, work.actor)}
    permitted = {ref: entry for ref, entry in entries.items() if entry.section.ref in editable}
    stored = stored_contents(work.session, declaration, _versions_in_file(returned, permitted), work.now)
    understood, untouched, rejected = understand(returned, permitted, stored)
    preview = compare_entries(work.session, declaration, understood, stored=stored, now=work.now)
    rejected += _not_asked(returned, entries, editable)
    rejected += outside_fields(returned, _printed_texts(declaration, returned, entries, stored))
    return replace(preview, same=preview.same + untouched, rejected=(*preview.rejected, *rejected))


def compare_entries(
    session: Session,
    declaration: Declaration,
    returned: Sequence[ReturnedEntry],
    *,
    stored: StoredContents | None = None,
    now: datetime,
) -> QuestionnairePreview:
    """Compare entries that were understood with what is stored now.

    Frozen ones are rejected, and tables that change a goal in another way than one before them.
    """
    versions = {one.entry.key: one.made_at for one in returned}
    preview = compare(returned, stored or stored_contents(session, declaration, versions, now))
    current = editable_content(session, declaration)
    changes, rejected = list[EntryChange](), list[RejectedField]()
    contradictory = contradictory_goals(preview.changes)
    for change in preview.changes:
        entry = change.returned.entry
        if not current.is_section_open(entry.section):
            rejected.append(RejectedField(FieldFault.LOCKED, entry=entry))
        elif entry.ref in contradictory:
            rejected.append(RejectedField(FieldFault.OTHER_GOAL, entry=entry))
        else:
            changes.append(change)
    return replace(preview, changes=tuple(changes), rejected=tuple(rejected))


def returned_entries(
    declaration: Declaration, carried: Iterable[tuple[str, int, Mapping[str, object]]], *, actor: Actor
) -> list[ReturnedEntry]:
    """The entries of a preview from (ref, version when the file was made, JSON of the content).

    Those that the actor may no longer edit, or the declaration no longer asks for, are left out.
    """
    entries = {
        entry.ref: entry
        for section in editable_sections(declaration, actor)
        for entry in entries_of(declaration, section)
    }
    returned = []
    for ref, made_at, content in carried:
        if entry := entries.get(ref):
            try:
                said = figure_from_json(content) if entry.datapoint else answer_from_json(entry.item, content)
            except InvalidValue:
                continue
            returned.append(ReturnedEntry(entry, said, made_at))
    return returned


def _versions_in_file(returned: ReturnedFile, entries: Mapping[str, Entry]) -> dict[str, int]:
    """The versions with which the file was made, by key of an entry."""
    return {entries[ref].key: made_at for ref, made_at in returned.made_at.items() if ref in entries}


def _not_asked(
    returned: ReturnedFile, entries: Mapping[str, Entry], editable: Collection[str]
) -> list[RejectedField]:
    """What is left out: fields of another declaration, each unknown ref, and each section of others."""
    rejected = (
        [RejectedField(FieldFault.OTHER_DECLARATION, str(returned.foreign))] if returned.foreign else []
    )
    sections: dict[str, Entry] = {}
    for ref, fields in returned.fields.items():
        entry = entries.get(ref)
        if entry is None:
            said = next((one.text for one in fields.texts.values() if one.text.strip()), "")
            rejected += [RejectedField(FieldFault.NOT_ASKED, ref, shown=said)] if said else []
        elif entry.section.ref not in editable:
            sections.setdefault(entry.section.ref, entry)
    return [*rejected, *(RejectedField(FieldFault.NOT_YOURS, entry=entry) for entry in sections.values())]


def _printed_texts(
    declaration: Declaration, returned: ReturnedFile, entries: Mapping[str, Entry], stored: StoredContents
) -> set[str]:
    """Every text that a file about these sections has outside of its fields."""
    sections = {entries[ref].section.ref: entries[ref].section for ref in returned.fields if ref in entries}
    asked = [(section, entries_of(declaration, section)) for section in sections.values()]
    contents = {
        entry.key: _with_rows_of(returned, entry, stored.of(entry).content)
        for _section, own in asked
        for entry in own
    }
    made = outline(
        asked,
        QuestionnaireContents(code_of(declaration), contents, {}),
        company=declaration.organisation.name,
        year=declaration.reporting_year,
        language=returned.language,
        made_on=date.min,
    )
    return set(made.printed_texts())


def _with_rows_of(returned: ReturnedFile, entry: Entry, content: Content) -> Content:
    """The content; a table with as many rows as in the file, whose questions name them by number."""
    fields = returned.fields.get(entry.ref)
    if fields is None or not entry.columns:
        return content
    return Answer(value=Rows(({},) * max(row_numbers(fields.texts), default=0)))
