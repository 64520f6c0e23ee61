"""The company's steps of a review: submit or finish, with a sign-off where required, and recall.

Finishes a declaration without a review, and reopens a finished or approved one as a new version.
"""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EDITABLE_STATES, Action, State, TransitionNotAllowed
from dnk_tool.domain.permissions import Permission, require
from dnk_tool.domain.review import Judgement, ReviewSide, is_unlocked
from dnk_tool.services.declarations import sign_off as sign_off_steps
from dnk_tool.services.declarations.transitions import apply_transition, begin_transition, freeze_version
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations import versions
from dnk_tool.store.review import remarks
from dnk_tool.store.review import verdicts as stored_verdicts
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration, Snapshot


class SignOffNeeded(Exception):
    """The company wants each version confirmed by a named person first: see `submission.submit`."""


def finish(work: Work, declaration: Declaration) -> Snapshot:
    """Freeze the declaration as a finished version, without a review. The command line needs no sign-off.

    Raises NotPermitted, TransitionNotAllowed, SignOffNeeded, DeclarationIncomplete and UnreadableSnapshot,
    each before anything is changed.
    """
    step = begin_transition(work.session, declaration, Action.FINISH, work.actor)
    if declaration.organisation.requires_sign_off and not work.actor.is_shell:
        raise SignOffNeeded
    snapshot = freeze_version(work, declaration)
    apply_transition(work, declaration, step)
    return snapshot


def reopen(work: Work, declaration: Declaration) -> None:
    """Open a finished or approved declaration as its next version; the frozen version stays.

    Raises NotPermitted and TransitionNotAllowed.
    """
    step = begin_transition(work.session, declaration, Action.REOPEN, work.actor)
    apply_transition(work, declaration, step)


class NoSignatory(ValueError):
    """The company requires a sign-off, but no signatory with an active account was named."""


class RemarksUnanswered(Exception):
    """Remarks of the reviewers have no answer yet; `threads` are these."""

    def __init__(self, threads: list[RemarkThread]) -> None:
        self.threads = threads
        super().__init__(f"{len(threads)} remarks without an answer")


def submit(
    work: Work, declaration: Declaration, *, cluster_id: int | None, signatory: Account | None = None
) -> Snapshot:
    """Freeze the declaration as a version and submit it to the cluster, or finish it if `cluster_id` is None.

    If the company requires a sign-off, `signatory` is asked first; an owner who names themself confirms at
    once. Raises NotPermitted, TransitionNotAllowed, NoConsent, RemarksUnanswered, NoSignatory,
    DeclarationIncomplete and UnreadableSnapshot, each before anything is changed.
    """
    require(Permission.DECLARATION_FINISH, work.actor, subject_of(work.session, declaration))
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    _check_target(work.session, declaration, cluster_id)
    if waiting := unanswered_remarks(work.session, declaration, () if cluster_id is None else (cluster_id,)):
        raise RemarksUnanswered(waiting)
    if declaration.organisation.requires_sign_off:
        return _submit_for_sign_off(work, declaration, cluster_id, signatory)
    if cluster_id is None:
        return finish(work, declaration)
    step = begin_transition(work.session, declaration, Action.SUBMIT, work.actor)
    snapshot = freeze_version(work, declaration)
    sign_off_steps.assign_to_cluster(declaration, snapshot, cluster_id, now=work.now)
    apply_transition(work, declaration, step)
    return snapshot


def unanswered_remarks(
    session: Session, declaration: Declaration, cluster_ids: Collection[int]
) -> list[RemarkThread]:
    """Open remarks of these clusters' reviewers that the company has not answered, on sections it can edit.

    They need an answer also after the company recalled or reopened the declaration. Remarks on sections that
    are no longer asked for are left out.
    """
    if declaration.state not in EDITABLE_STATES:
        return []
    threads = remarks.threads(session, declaration.id, ReviewSide.COMPANY)
    if not any(waits_for_company(thread) for thread in threads):
        return []
    is_in_review = declaration.state is State.CHANGES_REQUESTED
    judgements = stored_verdicts.latest_judgements(session, declaration.id) if is_in_review else {}
    return waiting_remarks(declaration, threads, judgements, cluster_ids)


def waiting_remarks(
    declaration: Declaration,
    threads: Iterable[RemarkThread],
    judgements: Mapping[str, Judgement],
    cluster_ids: Collection[int],
) -> list[RemarkThread]:
    """Those of the threads that wait for the company's answer; see `unanswered_remarks`."""
    asked = declarations.selection_of(declaration).section_by_ref
    return [
        thread
        for thread in threads
        if declaration.state in EDITABLE_STATES
        and waits_for_company(thread)
        and thread.cluster_id in cluster_ids
        and thread.section in asked
        and is_unlocked(declaration.state, thread.section, judgements)
    ]


def waits_for_company(thread: RemarkThread) -> bool:
    """Whether it is an open remark of the reviewers to the company without an answer since."""
    return thread.is_to_company and thread.is_open and not thread.is_answered


def recall(work: Work, declaration: Declaration) -> int | None:
    """Take back a version that waits for a sign-off or a review; returns the cluster that had it, if any.

    The cluster can no longer read that version. Raises NotPermitted and TransitionNotAllowed.
    """
    step = begin_transition(work.session, declaration, Action.RECALL, work.actor)
    if declaration.state is State.SIGNING:
        sign_off_steps.withdraw_sign_off(work.session, declaration, now=work.now)
        apply_transition(work, declaration, step)
        return None
    had = declaration.cluster_id
    apply_transition(work, declaration, step)
    _revoke_cluster_access(work.session, declaration)
    return had


def _check_target(session: Session, declaration: Declaration, cluster_id: int | None) -> None:
    """Raise TransitionNotAllowed or NoConsent unless the version may go to this cluster (None: to none).

    While changes are requested only the cluster that requested them may get it, until it is recalled.
    """
    is_in_review = declaration.state is State.CHANGES_REQUESTED
    if is_in_review and (cluster_id is None or cluster_id != declaration.cluster_id):
        raise TransitionNotAllowed(declaration.state, Action.SUBMIT if cluster_id else Action.FINISH)
    if cluster_id is not None:
        sign_off_steps.require_consent(session, declaration, cluster_id)


def _submit_for_sign_off(
    work: Work, declaration: Declaration, cluster_id: int | None, signatory: Account | None
) -> Snapshot:
    if signatory is None or not signatory.active:
        raise NoSignatory
    if signatory.id == work.actor.user_id:
        require(Permission.ORGANISATION_OWN, work.actor, subject_of(work.session, declaration))
    snapshot = sign_off_steps.request_sign_off(work, declaration, cluster_id, signatory)
    if signatory.id == work.actor.user_id:
        sign_off_steps.confirm_sign_off(work, declaration)
    return snapshot


def _revoke_cluster_access(session: Session, declaration: Declaration) -> None:
    """Take the submitted version from the cluster; versions it approved or returned before stay with it."""
    submitted = versions.submitted_to(session, declaration.id, declaration.cluster_id)
    for snapshot in submitted[:1]:
        snapshot.cluster_id = None
    declaration.submitted_at = None
    if len(submitted) < 2:
        declaration.cluster_id = None
