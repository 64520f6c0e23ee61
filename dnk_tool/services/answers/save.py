"""Saves the answers and figures of one page; colleagues who edit different fields never conflict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Sheet, is_same_answer
from dnk_tool.domain.answers.completeness import Completeness, declaration_completeness
from dnk_tool.domain.answers.draft import Draft, drafts_from_json, has_unchecked_example
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import Conflict, VersionedEdit, decide
from dnk_tool.domain.figures.updates import decide_figure
from dnk_tool.services.answers.goal_records import NO_SPREAD, SpreadGoals, spread_goals
from dnk_tool.services.editing import progress
from dnk_tool.services.editing.locks import open_section
from dnk_tool.services.figures import recalculate as recalculation
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.answers.versioned_rows import carry_out
from dnk_tool.store.answers.writer import AnswerWriter
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration, SectionMark


@dataclass(frozen=True)
class SectionEdit:
    """What one page sends: answers by ref, figures by datapoint, and the mark that the section is done.

    `done`: set or remove the mark; None leaves it as it is. `drafts`: what the program put into some of the
    answers, by ref.
    """

    answers: Mapping[str, VersionedEdit[Answer]] = field(default_factory=dict)
    figures: Mapping[str, VersionedEdit[Figure]] = field(default_factory=dict)
    done: bool | None = None
    drafts: Mapping[str, Sequence[Draft]] = field(default_factory=dict)


@dataclass(frozen=True)
class SectionSaveOutcome:
    """What a save did: new versions by ref or datapoint, and conflicts.

    `sheet`: the declaration's answers after it; `counted`: how complete each section is then, if counted.

    `already_stored`: current versions of answers whose submitted content was stored before, though the sender
    knew an older one. The client must adopt them; otherwise a retry after a lost response would conflict with
    its own first attempt. `goals`: the other sections that hold a goal changed here.
    """

    versions: Mapping[str, int]
    conflicts: tuple[Conflict[Answer] | Conflict[Figure], ...]
    sheet: Sheet
    already_stored: Mapping[str, int] = field(default_factory=dict)
    goals: SpreadGoals = NO_SPREAD
    counted: Sequence[Completeness] = ()

    @cached_property
    def parts(self) -> Mapping[str, Completeness]:
        """How complete each section is now, by ref."""
        return {part.section: part for part in self.counted or declaration_completeness(self.sheet)}


def save_section(
    work: Work,
    declaration: Declaration,
    section: Section,
    submission: SectionEdit,
    *,
    event: EventKind = EventKind.SECTION_SAVED,
    counts_progress: bool = True,
) -> SectionSaveOutcome:
    """Write what changed on one page, and record it as one event.

    Writes an answer if its sender had seen the latest version. If somebody else changed it meanwhile, the
    stored answer stays; the sender's comes back as a Conflict and is kept aside in the history, so that no
    text is lost. A goal that other criteria hold too is changed there as well. Then recalculates the figures
    that calculators derive from a changed one, as an event of its own. Whoever says that the section is done
    confirms the ready-made answers and drafts that they had seen, not those of an earlier year, nor examples,
    which were written about somebody else. `counts_progress`: False
    where many saves follow one another, after which the caller counts. Raises NotPermitted and Locked.
    """
    open_section(
        work.session, declaration, section, work.actor, requirements=touched_requirements(section, submission)
    )
    done, is_changed = _set_done_mark(work, declaration, section, submission.done)
    writer = AnswerWriter(work.session, declaration, work.actor.user_id, work.now)
    before = {ref: writer.answers.content(ref) for ref in submission.answers}
    _write_edits(writer, submission)
    confirmed = _confirm_ready_made(writer, declaration, submission) if submission.done else []
    versions = dict(sorted(writer.versions.items()))
    spread = spread_goals(writer, before, actor=work.actor, now=work.now) if versions else NO_SPREAD
    sheet, counted = writer.sheet(done=done), tuple[Completeness, ...]()
    more: dict[str, Any] = {"confirmed": confirmed} if confirmed else {}
    if versions or is_changed or confirmed:
        if counts_progress:
            counted = progress.update_progress(declaration, sheet)
        history.record_declaration_event(
            work.session,
            declaration,
            event,
            actor_id=work.actor.user_id,
            now=work.now,
            section=section.ref,
            versions=versions,
            done=submission.done,
            **more,
        )
    if recalculation.recalculate_dependents(writer).written:
        sheet, counted = declarations.read_content(work.session, declaration).sheet, ()
    return SectionSaveOutcome(
        writer.versions, writer.conflicts, sheet, writer.already_stored, spread, counted
    )


def _write_edits(writer: AnswerWriter, submission: SectionEdit) -> None:
    """Write each answer and figure, or keep it aside where it conflicts."""
    answers, figures = writer.answers, writer.figures
    for ref, edit in submission.answers.items():
        decision = decide(answers.stored(ref), answers.seen(ref, edit), edit.value, is_same=is_same_answer)
        carry_out(answers, ref, decision)
        for draft in submission.drafts.get(ref, ()) if ref in answers.versions else ():
            answers.add_draft(ref, draft, writer.declaration.reporting_year)
    for key, entered in submission.figures.items():
        carry_out(figures, key, decide_figure(figures.stored(key), figures.seen(key, entered), entered))


def _confirm_ready_made(writer: AnswerWriter, declaration: Declaration, submission: SectionEdit) -> list[str]:
    """Remove the marks of the ready-made answers that the sender had seen as they are; gives their refs."""
    answers, confirmed = writer.answers, []
    for ref, edit in submission.answers.items():
        row = answers.rows.get(ref)
        is_hidden = row and row.drafts and edit.value.disclosure is Disclosure.EXPLAIN
        if row and (is_hidden or has_unchecked_example(drafts_from_json(row.drafts))):
            continue
        is_own = ref in answers.versions and ref not in submission.drafts  # written around a draft just now
        is_seen = is_own or edit.seen == answers.version(ref)
        if row and row.taken_from == declaration.reporting_year and is_seen:
            answers.check_drafts(ref)
            confirmed.append(ref)
    return sorted(confirmed)


def touched_requirements(section: Section, submission: SectionEdit) -> frozenset[str]:
    """Refs of the section's requirements of which the submission edits an answer, an item or a figure."""
    keys = submission.answers.keys() | submission.figures.keys()
    return frozenset(
        requirement.ref
        for requirement in section.all_requirements
        if requirement.ref in keys
        or any((item.datapoint.key if item.datapoint else item.ref) in keys for item in requirement.items)
    )


def _set_done_mark(
    work: Work, declaration: Declaration, section: Section, done: bool | None
) -> tuple[frozenset[str], bool]:
    """Set or remove the section's done mark. Returns all marked sections, and whether this changed."""
    marks = declarations.done_sections(work.session, declaration.id)
    if done is None or done is (section.ref in marks):
        return marks, False
    key = {"declaration_id": declaration.id, "section": section.ref}
    if done:
        work.session.add(SectionMark(**key, marked_at=work.now, marked_by=work.actor.user_id))
        return marks | {section.ref}, True
    work.session.delete(work.session.get_one(SectionMark, key))
    return marks - {section.ref}, True
