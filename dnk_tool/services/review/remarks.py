"""Writes remarks, answers them and resolves them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor, NotPermitted, Permission, require
from dnk_tool.domain.review import READABLE_AUDIENCES, Audience, ReviewSide
from dnk_tool.domain.text import normalised
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.review import RemarkRow

MAX_REMARK_LENGTH = 5_000

PERMISSION_BY_SIDE: dict[ReviewSide, Permission] = {
    ReviewSide.COMPANY: Permission.REMARK,
    ReviewSide.REVIEWERS: Permission.REVIEW,
}


@dataclass(frozen=True)
class ThreadReply:
    """An answer to one thread, whether it is done or taken back, and how many remarks the sender had read."""

    text: str = ""
    resolves: bool = False
    read: int = 0
    withdraws: bool = False

    @property
    def closes(self) -> bool:
        return self.resolves or self.withdraws


class InvalidRemarkText(ValueError):
    """A remark needs words, and no more than MAX_REMARK_LENGTH characters."""


class ThreadUnanswered(Exception):
    """A thread is resolved only once somebody has answered it."""

    def __init__(self, thread: RemarkThread) -> None:
        self.thread = thread
        super().__init__(f"thread {thread.id} has no answer")


class ThreadChanged(Exception):
    """Somebody wrote in the thread meanwhile; it is not called done unread."""

    def __init__(self, thread: RemarkThread) -> None:
        self.thread = thread
        super().__init__(f"thread {thread.id} has grown")


def start_thread(
    session: Session,
    declaration: Declaration,
    section: Section,
    text: str,
    *,
    audience: Audience,
    side: ReviewSide,
    version: int,
    actor: Actor,
    now: datetime,
    ref: str = "",
) -> RemarkRow:
    """Begin a thread on a section or on one requirement of it (`ref`).

    The same words sent twice by the same person, as a double click does, begin one thread; once somebody
    has answered, they begin another. Raises NotPermitted and NoText.
    """
    _require_permission(session, declaration, section.ref, side, actor)
    if audience not in READABLE_AUDIENCES[side]:
        raise NotPermitted(audience)
    if ref and ref not in {requirement.ref for requirement in section.all_requirements}:
        raise ValueError(ref)
    # Within the company no cluster takes part.
    cluster_id = None if audience is Audience.COMPANY else declaration.cluster_id
    said = (actor.user_id, normalised(text), audience, ref, cluster_id, version)
    for current_thread in _current_threads(session, declaration, section.ref, side):
        if (
            current_thread.is_open
            and len(current_thread.remarks) == 1
            and _duplicate_key(current_thread) == said
        ):
            return session.get_one(RemarkRow, current_thread.id)
    first = RemarkRow(section=section.ref, ref=ref, audience=audience, cluster_id=cluster_id)
    return _write(session, declaration, first, text, side=side, version=version, actor=actor, now=now)


def answer_thread(
    session: Session,
    declaration: Declaration,
    thread: RemarkThread,
    text: str,
    *,
    side: ReviewSide,
    version: int,
    actor: Actor,
    now: datetime,
) -> RemarkRow:
    """Add to a thread; one that was resolved is open again.

    What its last remark says already, by the same person, is not said again. Raises NotPermitted and NoText.
    """
    _require_permission(session, declaration, thread.section, side, actor)
    if thread.audience not in READABLE_AUDIENCES[side]:
        raise NotPermitted(thread.audience)
    for current_thread in _current_threads(session, declaration, thread.section, side):
        last = current_thread.remarks[-1]
        if current_thread.id == thread.id and (last.by, last.text) == (actor.user_id, normalised(text)):
            return session.get_one(RemarkRow, last.id)
    first = session.get_one(RemarkRow, thread.id)
    row = RemarkRow(
        section=thread.section,
        ref=thread.ref,
        audience=thread.audience,
        cluster_id=first.cluster_id,
        thread_id=thread.id,
    )
    written = _write(session, declaration, row, text, side=side, version=version, actor=actor, now=now)
    first.resolved_at = first.resolved_by = None
    return written


def save_reply(
    session: Session,
    declaration: Declaration,
    thread: RemarkThread,
    given: ThreadReply,
    *,
    side: ReviewSide,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Write the text, if there is one, then call the thread done, if that was asked. Raises as both do."""
    read = given.read
    if given.closes and thread.is_open and len(thread.remarks) != read:
        raise ThreadChanged(thread)
    if normalised(given.text):
        written = answer_thread(
            session, declaration, thread, given.text, side=side, version=version, actor=actor, now=now
        )
        read += written.id not in {remark.id for remark in thread.remarks}
    if given.resolves and not given.withdraws and thread.is_open:
        resolve_thread(session, declaration, thread, read=read, side=side, actor=actor, now=now)


def resolve_thread(
    session: Session,
    declaration: Declaration,
    thread: RemarkThread,
    *,
    read: int,
    side: ReviewSide,
    actor: Actor,
    now: datetime,
) -> None:
    """Call a thread done, by the side that began it; `read` is how many remarks of it the sender has read.

    Raises NotPermitted, MoreWasSaid and NoAnswer.
    """
    _require_permission(session, declaration, thread.section, side, actor)
    if thread.audience not in READABLE_AUDIENCES[side] or thread.first.side is not side:
        raise NotPermitted(thread.audience)
    remark_threads = _current_threads(session, declaration, thread.section, side)
    current = next((one for one in remark_threads if one.id == thread.id), None)
    if current is None or not current.is_open:
        return
    if len(current.remarks) != read:
        raise ThreadChanged(current)
    if not current.has_answer:
        raise ThreadUnanswered(current)
    first = session.get_one(RemarkRow, thread.id)
    first.resolved_at, first.resolved_by = now, actor.user_id
    _record(session, declaration, EventKind.REMARK_RESOLVED, first, actor=actor, now=now)


def _current_threads(
    session: Session, declaration: Declaration, section: str, side: ReviewSide
) -> list[RemarkThread]:
    """The threads on a section as they stand once it is this transaction's turn."""
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    return remarks.threads(
        session, declaration.id, side, cluster_id=declaration.cluster_id, sections=[section]
    )


def _duplicate_key(thread: RemarkThread) -> tuple[object, ...]:
    first = thread.first
    return first.by, first.text, thread.audience, thread.ref, thread.cluster_id, first.version


def _require_permission(
    session: Session, declaration: Declaration, section: str, side: ReviewSide, actor: Actor
) -> None:
    require(PERMISSION_BY_SIDE[side], actor, subject_of(session, declaration, section=section))


def _write(
    session: Session,
    declaration: Declaration,
    row: RemarkRow,
    text: str,
    *,
    side: ReviewSide,
    version: int,
    actor: Actor,
    now: datetime,
) -> RemarkRow:
    row.text = normalised(text)
    if not row.text or len(row.text) > MAX_REMARK_LENGTH:
        raise InvalidRemarkText(len(row.text))
    row.declaration_id, row.side, row.version = declaration.id, side, version
    row.written_at, row.author_id = now, actor.user_id
    session.add(row)
    session.flush()
    _record(session, declaration, EventKind.REMARK_WRITTEN, row, actor=actor, now=now)
    return row


def _record(
    session: Session,
    declaration: Declaration,
    kind: EventKind,
    row: RemarkRow,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The trail names section and audience, never the words."""
    history.record_declaration_event(
        session,
        declaration,
        kind,
        actor_id=actor.user_id,
        now=now,
        by_reviewers=row.side is ReviewSide.REVIEWERS,
        section=row.section,
        audience=row.audience.value,
        thread=row.thread_id or row.id,
    )
