"""The reviewers' steps: give verdicts on sections, then request changes or approve the version."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.declarations.states import Action, EventKind, State, Transition
from dnk_tool.domain.editing import Stored, is_change
from dnk_tool.domain.permissions import Actor, NotPermitted, Permission, require
from dnk_tool.domain.review import Audience, ReviewSide, ReviewStatus, Verdict
from dnk_tool.services.declarations import submission, transitions
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.review import drafts, remark_rows, round_closing
from dnk_tool.services.review import remarks as review_remarks
from dnk_tool.services.review.errors import (
    NothingToChange,
    NotInReview,
    OpenRemarks,
    RemarkAlreadyAnswered,
    RemarkMissing,
    SectionsNotAccepted,
    VersionSuperseded,
)
from dnk_tool.services.review.round import ReviewRound, current_round
from dnk_tool.services.review.round_closing import NO_LETTER, RoundClosing
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks
from dnk_tool.store.review import verdicts as stored_verdicts
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.review import Approval, RemarkRow, VerdictRow


def give_verdict(
    work: Work,
    declaration: Declaration,
    section: Section,
    verdict: Verdict,
    *,
    seen: int,
    version: int | None = None,
) -> None:
    """Judge one section of the submitted version.

    `seen`: number of the verdict that the sender had seen (0: none); `version`: the version that they read.
    Repeating the stored verdict changes nothing. Raises NotPermitted, NotInReview, VersionSuperseded,
    ConflictError and RemarkMissing, each before anything is written.
    """
    lock_for_review(work.session, declaration, version, work.actor)
    row = stored_verdicts.verdict_row(work.session, declaration.id, section.ref, declaration.version)
    if not is_change(_stored(row), seen, verdict):
        return
    if verdict is Verdict.CHANGE_NEEDED:
        _require_remarks(work.session, declaration, [section.ref])
    if row is None:
        row = VerdictRow(
            declaration_id=declaration.id, section=section.ref, version=declaration.version, number=0
        )
        work.session.add(row)
    row.verdict, row.given_at, row.given_by = verdict, work.now, work.actor.user_id
    row.number += 1
    history.record_declaration_event(
        work.session,
        declaration,
        EventKind.VERDICT_GIVEN,
        actor_id=work.actor.user_id,
        now=work.now,
        by_reviewers=True,
        section=section.ref,
        verdict=verdict.value,
        version=declaration.version,
    )


def _stored(row: VerdictRow | None) -> Stored[Verdict | None]:
    return Stored(row.verdict, row.number, row.given_at, row.given_by) if row else Stored(None)


def lock_for_review(session: Session, declaration: Declaration, version: int | None, actor: Actor) -> None:
    require(Permission.REVIEW, actor, subject_of(session, declaration))
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    if declaration.state is not State.SUBMITTED:
        raise NotInReview(declaration.state)
    if version not in (None, declaration.version):
        raise VersionSuperseded(declaration.version)


def request_changes(
    work: Work, declaration: Declaration, closing: RoundClosing = NO_LETTER
) -> tuple[Section, ...]:
    """Give the declaration back, open for changes in exactly the sections that need one; returns these.

    Publishes all drafts of remarks, with letter and day. Sections that nobody has judged yet stay locked.
    Raises NotPermitted, TransitionNotAllowed, NothingToChange, RemarkMissing, DraftsChanged and ValueError
    (`record_closing`), each before anything is written.
    """
    step = transitions.begin_transition(work.session, declaration, Action.REQUEST_CHANGES, work.actor)
    review_round = _submitted_round(work.session, declaration)
    wanted = review_round.with_status(ReviewStatus.CHANGE_NEEDED)
    if not wanted:
        raise NothingToChange
    refs = [section.ref for section in wanted]
    _require_remarks(work.session, declaration, refs)
    round_closing.require_unchanged_drafts(work.session, declaration, closing.shown)
    round_closing.record_closing(work, declaration, closing)
    drafts.publish_drafts(work.session, declaration, now=work.now)
    transitions.apply_transition(work, declaration, step, sections=refs)
    return wanted


def approve(work: Work, declaration: Declaration, *, shown: str | None = None) -> Approval:
    """Approve the submitted version as formally complete; the approval keeps the cluster's present name.

    Publishes drafts that answer the company; a draft that asks it for something is an open remark. `shown`:
    the `fingerprint` of the drafts that the reviewer has read. Raises NotPermitted, TransitionNotAllowed,
    SectionsNotAccepted, OpenRemarks and DraftsChanged, each before anything is written.
    """
    step, review_round = require_approvable(work.session, declaration, actor=work.actor)
    round_closing.require_unchanged_drafts(work.session, declaration, shown)
    cluster = clusters.by_id(work.session, review_round.snapshot.cluster_id or 0)
    approval = Approval(
        declaration_id=declaration.id,
        version=review_round.version,
        cluster_id=review_round.snapshot.cluster_id,
        cluster_name=cluster.name if cluster else "",
        approved_at=work.now,
        approved_by=work.actor.user_id,
    )
    work.session.add(approval)
    drafts.publish_drafts(work.session, declaration, now=work.now)
    transitions.apply_transition(work, declaration, step)
    return approval


def require_approvable(
    session: Session, declaration: Declaration, *, actor: Actor
) -> tuple[Transition, ReviewRound]:
    """Lock the company, and return the transition and the round of the version that may be approved.

    Raises NotPermitted, TransitionNotAllowed, SectionsNotAccepted and OpenRemarks.
    """
    step = transitions.begin_transition(session, declaration, Action.APPROVE, actor)
    review_round = _submitted_round(session, declaration)
    missing = [
        section
        for section in review_round.sections
        if review_round.standings[section.ref] is not ReviewStatus.ACCEPTED
    ]
    if missing:
        raise SectionsNotAccepted(missing)
    if still_open := open_remarks(_threads(session, declaration)):
        raise OpenRemarks(still_open)
    return step, review_round


def resolve_answered(work: Work, declaration: Declaration, read: Mapping[int, int]) -> int:
    """Resolve all remarks to which the company gave the last answer; returns how many. Raises NotPermitted.

    `read`: by thread id, how many remarks the sender had read; threads with more by now stay open.
    """
    require(Permission.REVIEW, work.actor, subject_of(work.session, declaration))
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    remark_threads = open_remarks(_threads(work.session, declaration))
    answered = [
        remark_thread
        for remark_thread in remark_threads
        if remark_thread.is_answered and read.get(remark_thread.id) == remark_thread.length
    ]
    for remark_thread in answered:
        review_remarks.resolve_thread(
            work, declaration, remark_thread, read=read[remark_thread.id], side=ReviewSide.REVIEWERS
        )
    return len(answered)


def withdraw_remark(work: Work, declaration: Declaration, thread: RemarkThread) -> None:
    """Withdraw a remark to the company that it has not answered, so that it need not act on it.

    Raises NotPermitted, and RemarkAlreadyAnswered: an answered remark can only be resolved.
    """
    require(Permission.REVIEW, work.actor, subject_of(work.session, declaration))
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    open_threads = {remark.id: remark for remark in open_remarks(_threads(work.session, declaration))}
    if thread.id not in open_threads or open_threads[thread.id].is_draft:
        raise NotPermitted(thread.audience)
    if open_threads[thread.id].has_answer:
        raise RemarkAlreadyAnswered(thread)
    first = work.session.get_one(RemarkRow, thread.id)
    first.resolved_at, first.resolved_by = work.now, work.actor.user_id
    remark_rows.record(
        work.session,
        declaration,
        EventKind.REMARK_RESOLVED,
        first,
        actor_id=work.actor.user_id,
        now=work.now,
        withdrawn=True,
    )


def open_remarks(threads: Iterable[RemarkThread]) -> list[RemarkThread]:
    """Remarks of the reviewers to the company that are open once the round ends, which sends all drafts."""
    return [thread for thread in threads if thread.is_to_company and thread.is_open_with(thread.remarks)]


def open_questions(threads: Iterable[RemarkThread]) -> list[RemarkThread]:
    """Unresolved remarks of the company to the reviewers, without an answer yet."""
    asked = [
        thread
        for thread in threads
        if thread.audience is Audience.SHARED and thread.first.side is ReviewSide.COMPANY
    ]
    return [thread for thread in asked if thread.is_open and not thread.is_answered]


def sections_awaiting_company(threads: Iterable[RemarkThread]) -> set[str]:
    """Sections with a remark that the company must still answer, and which tells it what to change."""
    return {thread.section for thread in threads if submission.waits_for_company(thread)}


def _threads(session: Session, declaration: Declaration) -> list[RemarkThread]:
    return remarks.threads(session, declaration.id, ReviewSide.REVIEWERS, cluster_id=declaration.cluster_id)


def _require_remarks(session: Session, declaration: Declaration, sections: Iterable[str]) -> None:
    known = sections_awaiting_company(_threads(session, declaration))
    if missing := [ref for ref in sections if ref not in known]:
        raise RemarkMissing(missing)


def _submitted_round(session: Session, declaration: Declaration) -> ReviewRound:
    """The round of the submitted version. Raises LookupError without one, which this state rules out."""
    review_round = current_round(session, declaration)
    if review_round is None or review_round.version != declaration.version:
        raise LookupError(f"declaration {declaration.id} has no submitted version {declaration.version}")
    return review_round
