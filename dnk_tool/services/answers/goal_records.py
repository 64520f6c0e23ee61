"""Keeps one record of each goal: a change in one criterion's table reaches the others that hold the goal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section, Selection
from dnk_tool.domain.answers.answer import Answer
from dnk_tool.domain.answers.goal_records import (
    GoalRecord,
    changed_goals,
    goal_records,
    goal_tables,
    with_changes,
    with_goal,
    without_goal,
)
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor, Permission, Subject, can, require
from dnk_tool.services.editing import progress
from dnk_tool.services.editing.locks import open_section, section_is_open
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.answers.versioned_rows import put
from dnk_tool.store.answers.writer import AnswerWriter
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True, slots=True)
class SpreadGoals:
    """What a change of goals did elsewhere: refs of the sections that follow it, and of those that may not.

    `left`: refs of sections that hold a changed goal and are frozen, or that the person may not edit.
    """

    sections: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


NO_SPREAD = SpreadGoals()


def spread_goals(
    writer: AnswerWriter, before: Mapping[str, Answer], *, actor: Actor, now: datetime
) -> SpreadGoals:
    """Carry each change of a goal to the other tables that hold it, as an event of each section.

    `before`: the answers before the save. Only cells that changed are carried, and a section that the person
    may not edit stays as it is.
    """
    tables = goal_tables(writer.selection)
    spread: list[str] = []
    left: list[str] = []
    for ref in [ref for ref in tables if ref in writer.versions]:
        changes = changed_goals(before.get(ref, Answer()).value, writer.answers.content(ref).value)
        for other in tables if changes else ():
            rows = with_changes(writer.answers.content(other).value, changes)
            if other == ref or rows is None or rows == writer.answers.content(other).value:
                continue
            section = section_of(writer.selection, other)
            if not _may_edit(writer.session, writer.declaration, section, tables[other].ref, actor):
                left.append(section.ref)
                continue
            _put_rows(writer, other, rows)
            _record(writer, section, other, actor=actor, now=now)
            spread.append(section.ref)
    return SpreadGoals(tuple(dict.fromkeys(spread)), tuple(dict.fromkeys(left)))


@dataclass(frozen=True, slots=True)
class GoalPlacement:
    """The tables to which a goal is added and from which it is removed, by their refs."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()


class GoalWithoutCriterion(ValueError):
    """A goal would be in no criterion any more; `words` are its own."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(words)


def place_goals(
    work: Work, declaration: Declaration, placements: Mapping[str, GoalPlacement]
) -> tuple[Section, ...]:
    """Add goals to criteria and remove them from others; returns the sections that changed.

    `placements` by key of the goal; skips a key that no goal has any more, and what is done already. Raises
    NotPermitted, Locked, and GoalWithoutCriterion before anything is written. What only a removed row says
    is filled into the empty cells of the rows that stay, where these are open.
    """
    require(Permission.DECLARATION_EDIT, work.actor, Subject(declaration.organisation_id))
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    writer = AnswerWriter(work.session, declaration, work.actor.user_id, work.now)
    records = {record.key: record for record in goal_records(writer.selection, writer.answers.contents())}
    wanted = [(records[key], placement) for key, placement in placements.items() if key in records]
    for record, placement in wanted:
        if not (set(record.tables) | placement.added) - placement.removed:
            raise GoalWithoutCriterion(record.words)
    changed: list[Section] = []
    for ref in goal_tables(writer.selection):
        before = writer.answers.content(ref).value
        section = section_of(writer.selection, ref)
        is_open = section_is_open(work.session, declaration, section.ref)
        rows = _placed_rows(ref, before, wanted, is_open=is_open)
        if rows != (before or Rows(())):
            open_section(work.session, declaration, section, work.actor)
            _put_rows(writer, ref, rows)
            _record(writer, section, ref, actor=work.actor, now=work.now)
            changed.append(section)
    if changed:
        done = declarations.done_sections(work.session, declaration.id)
        progress.update_progress(declaration, writer.sheet(done=done))
    return tuple(changed)


def records_of(session: Session, declaration: Declaration) -> tuple[GoalRecord, ...]:
    """Every goal of the declaration once."""
    content = declarations.read_content(session, declaration)
    return goal_records(content.sheet.selection, content.sheet.answers)


def section_of(selection: Selection, table: str) -> Section:
    """The section in which a table of goals stands."""
    aspect = goal_tables(selection)[table]
    return next(section for section in selection.sections if aspect in section.all_requirements)


def _placed_rows(
    ref: str, value: object, wanted: Sequence[tuple[GoalRecord, GoalPlacement]], *, is_open: bool
) -> Rows:
    rows = value if isinstance(value, Rows) else Rows(())
    for record, placement in wanted:
        if ref in placement.removed:
            rows = without_goal(rows, record.key)
        elif ref in placement.added or (placement.removed and ref in record.tables and is_open):
            rows = with_goal(rows, record)
    return rows


def _may_edit(session: Session, declaration: Declaration, section: Section, ref: str, actor: Actor) -> bool:
    subject = Subject(
        declaration.organisation_id,
        declaration_id=declaration.id,
        section=section.ref,
        requirements=frozenset({ref}),
    )
    return can(Permission.SECTION_EDIT, actor, subject) and section_is_open(session, declaration, section.ref)


def _put_rows(writer: AnswerWriter, ref: str, rows: Rows) -> None:
    """Store the rows. An answer taken over from an earlier year stays to be confirmed."""
    row = writer.answers.rows.get(ref)
    taken_from = row.taken_from if row else None
    put(writer.answers, ref, Answer(value=rows if rows else None))
    writer.answers.note_taken(ref, taken_from)


def _record(writer: AnswerWriter, section: Section, ref: str, *, actor: Actor, now: datetime) -> None:
    history.record_declaration_event(
        writer.session,
        writer.declaration,
        EventKind.SECTION_SAVED,
        actor_id=actor.user_id,
        now=now,
        section=section.ref,
        versions={ref: writer.versions[ref]},
        done=None,
    )
