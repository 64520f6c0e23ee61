"""Saves all answers, the new remark and the verdict of a reviewer's page at once, so that no text is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dnk_tool.catalogue import Section
from dnk_tool.domain.declarations.states import DONE_STATES
from dnk_tool.domain.review import Audience, ReviewSide, Verdict
from dnk_tool.services.review import drafts
from dnk_tool.services.review import remarks as review_remarks
from dnk_tool.services.review import verdicts as review_verdicts
from dnk_tool.services.review.drafts import NO_DRAFT, DraftPlace, SeenDraft
from dnk_tool.services.review.errors import ReviewClosed
from dnk_tool.services.review.remarks import ThreadChanged, ThreadReply
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True)
class ReviewerFeedback:
    """What a reviewer's page sends: a verdict (None: keep the present one), a new remark, answers by thread.

    `seen`: number of the verdict that the reviewer had seen; `version`: the version that they had read.
    `ref`: the requirement that the new remark is about; empty: the whole section. `draft`: the autosaved
    draft that became the new remark; without a text it is discarded.
    """

    version: int
    verdict: Verdict | None = None
    seen: int = 0
    text: str = ""
    audience: Audience = Audience.SHARED
    ref: str = ""
    replies: Mapping[int, ThreadReply] = field(default_factory=dict)
    draft: SeenDraft = NO_DRAFT


def save_reviewer_feedback(
    work: Work, declaration: Declaration, section: Section, opinion: ReviewerFeedback
) -> None:
    """Write the answers, then the new remark, then the verdict, which may need the remark.

    If the same person sends the same text twice, as a double click does, it is saved once. Raises
    ReviewClosed for text to the company once the declaration is done, and what `start_thread`, `save_reply`,
    `finish_draft`, `discard_draft`, `withdraw_remark` and `give_verdict` raise; the caller rolls back.
    """
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    remark_threads = remarks.threads(
        work.session,
        declaration.id,
        ReviewSide.REVIEWERS,
        cluster_id=declaration.cluster_id,
        sections=[section.ref],
    )
    if declaration.state in DONE_STATES and _addresses_company(remark_threads, opinion):
        raise ReviewClosed(declaration.state)
    for thread in remark_threads:
        if reply := opinion.replies.get(thread.id):
            _reply(work, declaration, thread, reply, opinion.version)
    _save_new_remark(work, declaration, section, opinion)
    if opinion.verdict:
        review_verdicts.give_verdict(
            work, declaration, section, opinion.verdict, seen=opinion.seen, version=opinion.version
        )


def _save_new_remark(
    work: Work, declaration: Declaration, section: Section, opinion: ReviewerFeedback
) -> None:
    if opinion.text:
        place = DraftPlace.in_section(section, opinion.ref, opinion.audience)
        drafts.finish_draft(
            work, declaration, place, opinion.text, opinion.draft, version=opinion.version
        ) or (
            review_remarks.start_thread(
                work,
                declaration,
                section,
                opinion.text,
                audience=opinion.audience,
                side=ReviewSide.REVIEWERS,
                ref=opinion.ref,
                version=opinion.version,
            )
        )
    elif opinion.draft.id:
        drafts.discard_draft(work.session, declaration, opinion.draft, actor=work.actor)


def _addresses_company(remark_threads: list[RemarkThread], opinion: ReviewerFeedback) -> bool:
    if opinion.text and opinion.audience is Audience.SHARED:
        return True
    shared = (remark_thread for remark_thread in remark_threads if remark_thread.audience is Audience.SHARED)
    return any(opinion.replies.get(remark_thread.id, ThreadReply()).text for remark_thread in shared)


def _reply(
    work: Work, declaration: Declaration, thread: RemarkThread, reply: ThreadReply, version: int
) -> None:
    is_withdrawn = reply.withdraws and thread.is_open
    if is_withdrawn and thread.has_answer:
        raise ThreadChanged(thread)
    review_remarks.save_reply(work, declaration, thread, reply, side=ReviewSide.REVIEWERS, version=version)
    if is_withdrawn:
        review_verdicts.withdraw_remark(work, declaration, thread)
