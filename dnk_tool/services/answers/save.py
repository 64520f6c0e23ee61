"""Saves what an editor says on one page; colleagues on different fields never collide."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.answer import Answer, Figure
from dnk_tool.domain.answers.completeness import Completeness, section_completeness
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.editing import progress
from dnk_tool.services.editing.locks import open_section
from dnk_tool.services.figures import recalculate as recalculation
from dnk_tool.store.answers import history
from dnk_tool.store.answers.writer import AnswerWriter, EditConflict, VersionedEdit
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration, SectionMark


@dataclass(frozen=True)
class SectionEdit:
    """What one page sends: answers by ref, figures by datapoint, and whether the section is done."""

    answers: Mapping[str, VersionedEdit[Answer]] = field(default_factory=dict)
    figures: Mapping[str, VersionedEdit[Figure]] = field(default_factory=dict)
    done: bool | None = None


@dataclass(frozen=True)
class SectionSaveOutcome:
    """What a save did: versions that rose, by ref or datapoint; collisions; how the section stands now.

    `caught_up`: versions of what said the same already, though the sender knew an older one. So a sender who
    never got the answer to a save, and sends the same again, does not collide with itself afterwards.
    """

    versions: Mapping[str, int]
    conflicts: tuple[EditConflict, ...]
    completeness: Completeness
    already_stored: Mapping[str, int] = field(default_factory=dict)


def save_section(
    session: Session,
    declaration: Declaration,
    section: Section,
    submission: SectionEdit,
    *,
    actor: Actor,
    now: datetime,
    event: EventKind = EventKind.SECTION_SAVED,
) -> SectionSaveOutcome:
    """Write what changed on one page, keep each text that arrived, and record it as one event.

    An answer whose sender had seen the latest version is written. One that somebody else changed meanwhile
    is written neither over nor away: it comes back as a Collision and stays in the history, kept aside.
    What the lines of calculators make of a changed figure follows it, as an event of its own.
    Raises NotPermitted and Locked.
    """
    open_section(session, declaration, section, actor, requirements=touched_requirements(section, submission))
    writer = AnswerWriter(session, declaration, actor.user_id, now)
    for ref, answer in submission.answers.items():
        writer.save_answer(ref, answer)
    for datapoint, figure in submission.figures.items():
        writer.save_figure(datapoint, figure)
    done, is_changed = _set_done_mark(session, declaration, section, submission.done, actor=actor, now=now)
    sheet = writer.sheet(done=done)
    if writer.versions or is_changed:
        progress.update_progress(declaration, sheet)
        history.record_declaration_event(
            session,
            declaration,
            event,
            actor_id=actor.user_id,
            now=now,
            section=section.ref,
            versions=dict(sorted(writer.versions.items())),
            done=submission.done,
        )
    recalculation.recalculate_dependents(writer)
    return SectionSaveOutcome(
        writer.versions, tuple(writer.conflicts), section_completeness(sheet, section), writer.already_stored
    )


def touched_requirements(section: Section, submission: SectionEdit) -> frozenset[str]:
    """The requirements of the section that a submission speaks of."""
    keys = submission.answers.keys() | submission.figures.keys()
    return frozenset(
        requirement.ref
        for requirement in section.all_requirements
        if requirement.ref in keys
        or any((item.datapoint.key if item.datapoint else item.ref) in keys for item in requirement.items)
    )


def _set_done_mark(
    session: Session,
    declaration: Declaration,
    section: Section,
    done: bool | None,
    *,
    actor: Actor,
    now: datetime,
) -> tuple[frozenset[str], bool]:
    """Set or take away the editor's word that the section is done: all marks now, and whether that is new."""
    marks = declarations.section_marks(session, declaration.id)
    mark = marks.get(section.ref)
    if done and mark is None:
        session.add(
            SectionMark(
                declaration_id=declaration.id, section=section.ref, marked_at=now, marked_by=actor.user_id
            )
        )
        return frozenset(marks) | {section.ref}, True
    if done is False and mark is not None:
        session.delete(mark)
        return frozenset(marks) - {section.ref}, True
    return frozenset(marks), False
