"""Withdraws approvals, with a reason."""

from dnk_tool.domain.declarations.states import Action
from dnk_tool.domain.text import normalised
from dnk_tool.services.declarations import transitions
from dnk_tool.services.work import Work
from dnk_tool.store.review import checklist, decisions
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.review import Approval

MAX_REASON_LENGTH = 5_000


class NoApproval(Exception):
    """There is no such approval: it was withdrawn already, or another version has been approved since."""


def withdraw_approval(work: Work, declaration: Declaration, version: int, reason: str) -> Approval:
    """Withdraw the approval of a version, the newest that stands, and keep it with the reason.

    The version is under review again, unless the company has begun the next one; its checklist is open again
    in any case. What it published stays public, without the mark of the review. Raises NotPermitted,
    NoApproval, and ValueError without a reason or for one that is too long, each before anything is written.
    """
    step = transitions.begin_transition(work.session, declaration, Action.WITHDRAW_APPROVAL, work.actor)
    approval = decisions.newest_approval(work.session, declaration.id, declaration.cluster_id)
    if approval is None or approval.version != version:
        raise NoApproval
    text = normalised(reason)
    if not text or len(text) > MAX_REASON_LENGTH:
        raise ValueError(len(text))
    approval.withdrawn_at, approval.withdrawn_by, approval.reason = work.now, work.actor.user_id, text
    checklist.delete_ticks(work.session, declaration.id, version)
    transitions.apply_transition(work, declaration, step, version=version)
    return approval
