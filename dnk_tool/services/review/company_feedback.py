"""Saves the answers and the new remark of a page of the company at once, so that no text is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.editing import Stored, is_change
from dnk_tool.domain.permissions import Actor
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.domain.text import normalised
from dnk_tool.services.review import remark_rows
from dnk_tool.services.review import remarks as review_remarks
from dnk_tool.services.review.drafts import SeenDraft
from dnk_tool.services.review.remarks import ThreadChanged, ThreadReply
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.review import RemarkRow


@dataclass(frozen=True)
class CompanyFeedback:
    """What one page sends: answers by thread id, and a new remark (`text`; empty: none).

    `ref`: the requirement that the new remark is about; empty: the whole section.
    """

    text: str = ""
    audience: Audience = Audience.COMPANY
    ref: str = ""
    replies: Mapping[int, ThreadReply] = field(default_factory=dict)


def save_company_feedback(
    work: Work, declaration: Declaration, section: Section, said: CompanyFeedback
) -> RemarkRow | None:
    """Write the answers, then the new remark; returns the new one, if any.

    Raises NotPermitted, InvalidRemarkText, ThreadChanged, ThreadUnanswered, and ValueError for a `ref` of
    another section; the caller rolls back.
    """
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    speaker: Any = {"side": ReviewSide.COMPANY, "version": declaration.version}
    for thread in remarks.threads(work.session, declaration.id, ReviewSide.COMPANY, sections=[section.ref]):
        if reply := said.replies.get(thread.id):
            review_remarks.save_reply(work, declaration, thread, reply, **speaker)
    if not said.text:
        return None
    return review_remarks.start_thread(
        work, declaration, section, said.text, audience=said.audience, ref=said.ref, **speaker
    )


def answer_remark(
    work: Work, declaration: Declaration, thread: RemarkThread, reply: ThreadReply, *, was_open: bool = True
) -> None:
    """Answer one remark of the reviewers, of which the sender had seen `reply.read` texts and its state.

    Answering twice with the same text writes one answer. Raises ThreadChanged if the thread has grown or was
    closed meanwhile, because the answer would count for what nobody has read; NotPermitted and
    InvalidRemarkText.
    """
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    known = remarks.threads(work.session, declaration.id, ReviewSide.COMPANY, sections=[thread.section])
    current = next((one for one in known if one.id == thread.id), None)
    if current is None:
        raise ThreadChanged(thread)
    last = current.remarks[-1]
    if (last.by, last.text) == (work.actor.user_id, normalised(reply.text)):
        _drop_sent(work.session, declaration, thread, reply, work.actor)
        return
    if current.is_open is not was_open or current.length != reply.read:
        raise ThreadChanged(current)
    review_remarks.save_reply(
        work, declaration, current, reply, side=ReviewSide.COMPANY, version=declaration.version
    )
    _drop_sent(work.session, declaration, thread, reply, work.actor)


def unsent_answer(
    session: Session, declaration: Declaration, thread: RemarkThread, actor: Actor
) -> RemarkRow | None:
    """What the person has typed in answer to the thread and not sent; nobody else ever reads it."""
    return remarks.autosaved_draft(
        session,
        declaration.id,
        None,
        thread.section,
        ref=thread.ref,
        thread_id=thread.id,
        author_id=actor.user_id,
    )


def keep_answer(work: Work, declaration: Declaration, thread: RemarkThread, reply: ThreadReply) -> SeenDraft:
    """Keep an answer that is not sent yet, and return its draft; an empty one deletes it.

    Raises ConflictError if the draft was changed in another window since `reply.draft`, which an empty text
    leaves as it is; NotPermitted and InvalidRemarkText.
    """
    remark_rows.require_permission(work.session, declaration, thread.section, ReviewSide.COMPANY, work.actor)
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    row, wanted = unsent_answer(work.session, declaration, thread, work.actor), normalised(reply.text)
    if row is None:
        if not wanted:
            return SeenDraft()
        row = _empty_draft(declaration, thread)
        remark_rows.insert(work, declaration, row, wanted)
        return SeenDraft(row.id, row.number)
    if not wanted:
        if row.number != reply.draft.number:
            return reply.draft
        work.session.delete(row)
        return SeenDraft()
    # A text that continues the stored one loses nothing of it, such as after a lost response.
    seen = row.number if wanted.startswith(row.text) else reply.draft.number
    if is_change(Stored(row.text, row.number, row.written_at, row.author_id), seen, wanted):
        remark_rows.set_text(row, wanted)
        row.number, row.written_at = row.number + 1, work.now
    return SeenDraft(row.id, row.number)


def _empty_draft(declaration: Declaration, thread: RemarkThread) -> RemarkRow:
    """A draft within the company and without a cluster: reviewers cannot read it, whatever they ask for."""
    return RemarkRow(
        section=thread.section,
        ref=thread.ref,
        audience=Audience.COMPANY,
        thread_id=thread.id,
        side=ReviewSide.COMPANY,
        version=declaration.version,
        is_autosaved=True,
    )


def _drop_sent(
    session: Session, declaration: Declaration, thread: RemarkThread, reply: ThreadReply, actor: Actor
) -> None:
    """Delete the draft that was sent; one of another window stays for the next answer."""
    row = unsent_answer(session, declaration, thread, actor)
    if row and (row.number == reply.draft.number or row.text == normalised(reply.text)):
        session.delete(row)
