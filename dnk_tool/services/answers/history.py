"""Lists every text and value that was ever saved for a requirement, and restores one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Requirement
from dnk_tool.catalogue.standard.item_model import Item
from dnk_tool.domain.answers.answer import NO_FIGURE, Answer, Figure
from dnk_tool.domain.answers.draft import Draft, drafts_from_json
from dnk_tool.domain.answers.encoding import InvalidValue, answer_from_json, figure_from_json
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.figures.updates import restored_figure
from dnk_tool.services.answers.goal_records import SpreadGoals
from dnk_tool.services.answers.save import SectionEdit, save_section
from dnk_tool.services.editing.locks import open_section
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.answers.versioned_rows import REVISED_DRAFTS
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.answers import AnswerRevision
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRevision

ANSWER, FIGURE = "answer", "figure"


@dataclass(frozen=True)
class RevisionEntry:
    """A saved text or value. `kept_aside`: it lost a conflict and never became the current version.

    If the edition no longer offers the choice that was saved, answer and figure are None and the entry
    cannot be restored. `drafts`: those that nobody had checked in that text.
    """

    id: int
    kind: str
    ref: str
    item: Item | None
    answer: Answer | None
    figure: Figure | None
    at: datetime
    by: int | None
    is_current: bool
    kept_aside: bool
    drafts: tuple[Draft, ...] = ()


def revision_entries(
    session: Session, declaration: Declaration, requirement: Requirement
) -> list[RevisionEntry]:
    """Every saved version of the requirement's answers and figures, latest first, also those kept aside."""
    content = declarations.read_content(session, declaration)
    entries = list(_answer_entries(session, declaration, requirement, content))
    entries += _figure_entries(session, declaration, requirement, content)
    return sorted(entries, key=lambda entry: (entry.at, entry.id), reverse=True)


def restore_revision(
    work: Work, declaration: Declaration, requirement: Requirement, kind: str, revision_id: int
) -> SpreadGoals:
    """Write an earlier text or value as the newest version; returns what its goals changed elsewhere.

    Raises NotPermitted, Locked, and LookupError for a revision that belongs to another requirement or that
    the edition can no longer read.
    """
    section = declarations.selection_of(declaration).section_of[requirement.ref]
    open_section(work.session, declaration, section, work.actor)
    wanted = next(
        (
            revision_entry
            for revision_entry in revision_entries(work.session, declaration, requirement)
            if (revision_entry.kind, revision_entry.id) == (kind, revision_id)
        ),
        None,
    )
    if wanted is None or (wanted.answer is None and wanted.figure is None):
        raise LookupError(revision_id)
    content = declarations.read_content(work.session, declaration)
    submission = SectionEdit()
    if wanted.answer:
        edit = VersionedEdit(wanted.answer, content.version(wanted.ref))
        submission = SectionEdit({wanted.ref: edit}, drafts={wanted.ref: wanted.drafts})
    elif wanted.figure:
        figure = restored_figure(wanted.figure, content.sheet.figures.get(wanted.ref, NO_FIGURE))
        submission = SectionEdit(
            figures={wanted.ref: VersionedEdit(figure, content.figure_version(wanted.ref))}
        )
    outcome = save_section(work, declaration, section, submission, event=EventKind.ANSWER_RESTORED)
    return outcome.goals


def _answer_entries(
    session: Session, declaration: Declaration, requirement: Requirement, content: DeclarationContent
) -> Iterator[RevisionEntry]:
    items: dict[str, Item | None] = {requirement.ref: None}
    items.update({item.ref: item for item in requirement.items if not item.datapoint})
    for revision in history.answer_revisions(session, declaration.id, list(items)):
        item = items[revision.ref]
        change = content.changes.get(revision.ref)
        yield RevisionEntry(
            id=revision.id,
            kind=ANSWER,
            ref=revision.ref,
            item=item,
            answer=read_answer(item, revision.content),
            figure=None,
            drafts=drafts_from_json(revision.content.get(REVISED_DRAFTS)),
            is_current=not revision.kept_aside and change is not None and change.version == revision.version,
            **_revision_metadata(revision),
        )


def _figure_entries(
    session: Session, declaration: Declaration, requirement: Requirement, content: DeclarationContent
) -> Iterator[RevisionEntry]:
    items = {item.datapoint.key: item for item in requirement.items if item.datapoint}
    for revision in history.figure_revisions(
        session, declaration.organisation_id, declaration.reporting_year, list(items)
    ):
        change = content.figure_changes.get(revision.datapoint)
        yield RevisionEntry(
            id=revision.id,
            kind=FIGURE,
            ref=revision.datapoint,
            item=items[revision.datapoint],
            answer=None,
            figure=figure_from_json(revision.content),
            is_current=not revision.kept_aside and change is not None and change.version == revision.version,
            **_revision_metadata(revision),
        )


def _revision_metadata(revision: AnswerRevision | FigureRevision) -> dict[str, Any]:
    return {"at": revision.saved_at, "by": revision.saved_by, "kept_aside": revision.kept_aside}


def read_answer(item: Item | None, content: dict[str, Any]) -> Answer | None:
    """The answer that a revision holds; None if the edition no longer offers the choice that was saved."""
    try:
        return answer_from_json(item, content)
    except InvalidValue:
        return None
