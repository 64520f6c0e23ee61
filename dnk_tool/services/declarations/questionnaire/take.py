"""Takes a questionnaire that came back into its declaration, as a whole or not at all."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.answer import Answer, Figure
from dnk_tool.domain.declarations.questionnaire.comparison import (
    ReturnedEntry,
    StoredContents,
    holds_goals,
    with_goals_of_others,
)
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.services.answers.save import SectionEdit, save_section
from dnk_tool.services.declarations.questionnaire.contents import stored_contents
from dnk_tool.services.editing import progress
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True, slots=True)
class ChosenEntry:
    """An entry as the preview showed it at `version`; `is_taken`: the file's content is to be stored."""

    returned: ReturnedEntry
    version: int
    is_taken: bool


class QuestionnaireConflict(Exception):
    """What is stored is no longer as the preview showed it; nothing was written."""


def take_questionnaire(work: Work, declaration: Declaration, chosen: Collection[ChosenEntry]) -> int:
    """Save the chosen entries through the ordinary save of their sections; returns how many were written.

    A content of the file that is not taken where somebody changed the entry, too, is kept in the history.
    Raises NotPermitted, Locked, and QuestionnaireConflict if something changed since the preview: the caller
    must roll back then.
    """
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    stored = stored_contents(work.session, declaration, {}, work.now)
    chosen = [_with_goals(one, chosen, stored) for one in chosen]
    written, kept = 0, {one.returned.entry.key for one in chosen if not one.is_taken}
    ours: dict[str, int] = {}
    outcome = None
    for section in declarations.selection_of(declaration).sections:
        edit = _section_edit(section, chosen, stored, ours)
        if not edit.answers and not edit.figures:
            continue
        outcome = save_section(work, declaration, section, edit, counts_progress=False)
        if any(conflict.ref not in kept for conflict in outcome.conflicts):
            raise QuestionnaireConflict
        ours |= outcome.versions
        written += len(outcome.versions.keys() & (edit.answers.keys() | edit.figures.keys()))
    if outcome:
        progress.update_progress(declaration, outcome.sheet)
    return written


def _with_goals(one: ChosenEntry, chosen: Iterable[ChosenEntry], stored: StoredContents) -> ChosenEntry:
    """The entry with what the other chosen tables change in its goals, as a save of these carries it over."""
    if not one.is_taken:
        return one
    taken = [other.returned for other in chosen if other.is_taken]
    others = [(it.entry, stored.of(it.entry).content, it.content) for it in taken if holds_goals(it.entry)]
    content = with_goals_of_others(one.returned.entry, one.returned.content, others)
    return replace(one, returned=replace(one.returned, content=content))


def _section_edit(
    section: Section, chosen: Iterable[ChosenEntry], stored: StoredContents, ours: Mapping[str, int]
) -> SectionEdit:
    """The edit of a section. `ours`: versions that this save itself has given to entries, such as goals."""
    answers: dict[str, VersionedEdit[Answer]] = {}
    figures: dict[str, VersionedEdit[Figure]] = {}
    for one in chosen:
        entry, content = one.returned.entry, one.returned.content
        seen = one.version if one.is_taken else one.returned.made_at
        if one.is_taken and stored.of(entry).version == one.version:
            seen = ours.get(entry.key, seen)
        if entry.section.ref != section.ref:
            continue
        if isinstance(content, Figure):
            figures[entry.key] = VersionedEdit(content, seen, is_whole=False)
        else:
            answers[entry.key] = VersionedEdit(content, seen)
    return SectionEdit(answers, figures)
