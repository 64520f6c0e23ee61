"""Writes and publishes the rows of remarks, and records what its readers may know."""

from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.domain.review import ReviewSide, begins_as_draft
from dnk_tool.domain.text import normalised
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.review import RemarkRow

MAX_REMARK_LENGTH = 5_000

PERMISSION_BY_SIDE: dict[ReviewSide, Permission] = {
    ReviewSide.COMPANY: Permission.REMARK,
    ReviewSide.REVIEWERS: Permission.REVIEW,
}


class InvalidRemarkText(ValueError):
    """The remark is empty or longer than MAX_REMARK_LENGTH characters."""


def require_permission(
    session: Session, declaration: Declaration, section: str, side: ReviewSide, actor: Actor
) -> None:
    """Raise NotPermitted unless the actor may write remarks on this section for this side."""
    require(PERMISSION_BY_SIDE[side], actor, subject_of(session, declaration, section=section))


def set_text(row: RemarkRow, text: str) -> None:
    """Set the remark's text. Raises InvalidRemarkText."""
    wanted = normalised(text)
    if not wanted or len(wanted) > MAX_REMARK_LENGTH:
        raise InvalidRemarkText(len(wanted))
    row.text = wanted


def insert(work: Work, declaration: Declaration, row: RemarkRow, text: str) -> RemarkRow:
    """Store a new remark, and publish it unless it is to be a draft. Raises InvalidRemarkText."""
    set_text(row, text)
    row.declaration_id, row.written_at, row.author_id = declaration.id, work.now, work.actor.user_id
    work.session.add(row)
    work.session.flush()
    publish_unless_draft(work.session, declaration, row, now=work.now)
    return row


def publish_unless_draft(
    session: Session, declaration: Declaration, row: RemarkRow, *, now: datetime
) -> None:
    """Publish a saved remark unless it waits for the end of the round, as an answer to a draft does, too."""
    answers_draft = bool(row.thread_id) and _first_of(session, row).published_at is None
    if not (row.is_autosaved or answers_draft or begins_as_draft(row.side, row.audience, declaration.state)):
        publish(session, declaration, row, now=now)


def publish(session: Session, declaration: Declaration, row: RemarkRow, *, now: datetime) -> None:
    """Let its readers have the remark; an answer reopens a thread that was resolved before it was written."""
    row.published_at, row.is_autosaved = now, False
    first = _first_of(session, row)
    is_new = row.written_at == now
    if first is not row and first.resolved_at and (is_new or row.written_at > first.resolved_at):
        first.resolved_at = first.resolved_by = None
    record(session, declaration, EventKind.REMARK_WRITTEN, row, actor_id=row.author_id, now=now)


def record(
    session: Session,
    declaration: Declaration,
    kind: EventKind,
    row: RemarkRow,
    *,
    actor_id: int | None,
    now: datetime,
    **detail: bool,
) -> None:
    """Record the event with section and audience, never with the text."""
    history.record_declaration_event(
        session,
        declaration,
        kind,
        actor_id=actor_id,
        now=now,
        by_reviewers=row.side is ReviewSide.REVIEWERS,
        section=row.section,
        audience=row.audience.value,
        thread=row.thread_id or row.id,
        **detail,
    )


def _first_of(session: Session, row: RemarkRow) -> RemarkRow:
    return session.get_one(RemarkRow, row.thread_id) if row.thread_id else row
