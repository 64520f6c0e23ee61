"""Writes, answers and resolves remarks, for either side of a review."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import NotPermitted
from dnk_tool.domain.review import READABLE_AUDIENCES, Audience, ReviewSide
from dnk_tool.domain.text import normalised
from dnk_tool.services.review import drafts, remark_rows
from dnk_tool.services.review.drafts import NO_DRAFT, DraftPlace, SeenDraft
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.review import RemarkRow


@dataclass(frozen=True)
class ThreadReply:
    """What the sender does with one thread: answer it (`text`; empty: no answer), resolve it or withdraw it.

    `read`: how many of its remarks the sender had read. `draft`: the autosaved draft that became the text.
    """

    text: str = ""
    resolves: bool = False
    read: int = 0
    withdraws: bool = False
    draft: SeenDraft = NO_DRAFT

    @property
    def closes(self) -> bool:
        """Whether the thread is to be resolved or withdrawn, which requires that all of it was read."""
        return self.resolves or self.withdraws


class ThreadUnanswered(Exception):
    """The thread cannot be resolved before somebody has answered it."""

    def __init__(self, thread: RemarkThread) -> None:
        self.thread = thread
        super().__init__(f"thread {thread.id} has no answer")


class ThreadChanged(Exception):
    """The thread has remarks that the sender has not read, so it is neither resolved nor withdrawn."""

    def __init__(self, thread: RemarkThread) -> None:
        self.thread = thread
        super().__init__(f"thread {thread.id} has grown")


def start_thread(
    work: Work,
    declaration: Declaration,
    section: Section,
    text: str,
    *,
    audience: Audience,
    side: ReviewSide,
    version: int,
    ref: str = "",
) -> RemarkRow:
    """Begin a thread on a section or on one of its requirements (`ref`); returns its first remark.

    Of reviewers to the company it is a draft while a version is submitted (`begins_as_draft`).
    If the same person sends the same text again, as a double click does, returns the remark written before,
    unless somebody has answered it. Raises NotPermitted, InvalidRemarkText, and ValueError for a `ref` of
    another section.
    """
    remark_rows.require_permission(work.session, declaration, section.ref, side, work.actor)
    if audience not in READABLE_AUDIENCES[side]:
        raise NotPermitted(audience)
    if ref and ref not in section.refs:
        raise ValueError(ref)
    # No cluster takes part in a thread within the company.
    cluster_id = None if audience is Audience.COMPANY else declaration.cluster_id
    said = (work.actor.user_id, normalised(text), audience, ref, cluster_id, version)
    for current_thread in _current_threads(work.session, declaration, section.ref, side):
        if current_thread.is_open and current_thread.length == 1 and _duplicate_key(current_thread) == said:
            return work.session.get_one(RemarkRow, current_thread.id)
    first = RemarkRow(
        section=section.ref, ref=ref, audience=audience, cluster_id=cluster_id, side=side, version=version
    )
    return remark_rows.insert(work, declaration, first, text)


def answer_thread(
    work: Work, declaration: Declaration, thread: RemarkThread, text: str, *, side: ReviewSide, version: int
) -> RemarkRow:
    """Add a remark to a thread, and reopen the thread if it was resolved; a draft does so when published.

    If the last remark is by the same person and has the same text, returns that one and adds none. Raises
    NotPermitted and InvalidRemarkText.
    """
    remark_rows.require_permission(work.session, declaration, thread.section, side, work.actor)
    if thread.audience not in READABLE_AUDIENCES[side]:
        raise NotPermitted(thread.audience)
    for current_thread in _current_threads(work.session, declaration, thread.section, side):
        if current_thread.id != thread.id:
            continue
        last = [remark for remark in current_thread.remarks if not remark.is_autosaved][-1:]
        if last and (last[0].by, last[0].text) == (work.actor.user_id, normalised(text)):
            return work.session.get_one(RemarkRow, last[0].id)
    first = work.session.get_one(RemarkRow, thread.id)
    row = RemarkRow(
        section=thread.section,
        ref=thread.ref,
        audience=thread.audience,
        cluster_id=first.cluster_id,
        thread_id=thread.id,
        side=side,
        version=version,
    )
    return remark_rows.insert(work, declaration, row, text)


def save_reply(
    work: Work,
    declaration: Declaration,
    thread: RemarkThread,
    given: ThreadReply,
    *,
    side: ReviewSide,
    version: int,
) -> None:
    """Write the answer, if any, then resolve the thread, if asked. Withdrawing is left to the caller.

    Raises ThreadChanged if the thread is to be closed unread, and what `answer_thread` and `resolve_thread`
    raise.
    """
    read = given.read
    if given.closes and thread.is_open and thread.length != read:
        raise ThreadChanged(thread)
    if normalised(given.text):
        place = DraftPlace.in_thread(thread)
        written = (
            drafts.finish_draft(work, declaration, place, given.text, given.draft, version=version)
            if side is ReviewSide.REVIEWERS
            else None
        ) or answer_thread(work, declaration, thread, given.text, side=side, version=version)
        read += written.id not in {remark.id for remark in thread.remarks if not remark.is_autosaved}
    if given.resolves and not given.withdraws and thread.is_open:
        resolve_thread(work, declaration, thread, read=read, side=side)


def resolve_thread(
    work: Work, declaration: Declaration, thread: RemarkThread, *, read: int, side: ReviewSide
) -> None:
    """Resolve a thread, which only the side that began it may; does nothing if it is resolved already.

    `read`: how many of its remarks the sender has read. Raises NotPermitted, ThreadChanged and
    ThreadUnanswered.
    """
    remark_rows.require_permission(work.session, declaration, thread.section, side, work.actor)
    if thread.audience not in READABLE_AUDIENCES[side] or thread.first.side is not side:
        raise NotPermitted(thread.audience)
    remark_threads = _current_threads(work.session, declaration, thread.section, side)
    current = next((remark_thread for remark_thread in remark_threads if remark_thread.id == thread.id), None)
    if current is None or not current.is_open:
        return
    if current.length != read:
        raise ThreadChanged(current)
    if not current.has_answer:
        raise ThreadUnanswered(current)
    first = work.session.get_one(RemarkRow, thread.id)
    first.resolved_at, first.resolved_by = work.now, work.actor.user_id
    remark_rows.record(
        work.session, declaration, EventKind.REMARK_RESOLVED, first, actor_id=work.actor.user_id, now=work.now
    )


def _current_threads(
    session: Session, declaration: Declaration, section: str, side: ReviewSide
) -> list[RemarkThread]:
    """The threads on a section, read after the company was locked."""
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    return remarks.threads(
        session, declaration.id, side, cluster_id=declaration.cluster_id, sections=[section]
    )


def _duplicate_key(thread: RemarkThread) -> tuple[object, ...]:
    first = thread.first
    return first.by, first.text, thread.audience, thread.ref, thread.cluster_id, first.version
