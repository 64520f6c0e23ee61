"""The states of a declaration, the transitions between them, and the permissions these need, as data.

Which kinds of event a company sees in its activity log, and which its cluster.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.domain.permissions import Permission


class State(StrEnum):
    """The state of a declaration. In every state that is not in EDITABLE_STATES it is frozen as a version."""

    DRAFT = "draft"
    SIGNING = "signing"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes-requested"
    APPROVED = "approved"
    FINISHED = "finished"
    REOPENED = "reopened"


class Action(StrEnum):
    """The actions that move a declaration from one state to another."""

    ASK_SIGN_OFF = "ask-sign-off"
    CONFIRM_AND_SUBMIT = "confirm-and-submit"
    CONFIRM_AND_FINISH = "confirm-and-finish"
    DECLINE = "decline"
    SUBMIT = "submit"
    FINISH = "finish"
    RECALL = "recall"
    REQUEST_CHANGES = "request-changes"
    APPROVE = "approve"
    WITHDRAW_APPROVAL = "withdraw-approval"
    REOPEN = "reopen"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"


class EventKind(StrEnum):
    """The kinds of event, in the past tense; events are only ever added."""

    CREATED = "created"
    DECLARATION_DELETED = "declaration-deleted"
    DECLARATION_RESTORED = "declaration-restored"
    IMPORTED = "imported"
    SETTINGS_CHANGED = "settings-changed"
    SECTION_SAVED = "section-saved"
    ANSWER_RESTORED = "answer-restored"
    ASSESSMENT_SAVED = "assessment-saved"
    MEASURE_SAVED = "measure-saved"
    MEASURE_REMOVED = "measure-removed"
    MEASURE_RESTORED = "measure-restored"
    EXAMPLE_SAVED = "example-saved"
    EXAMPLE_OFFERED = "example-offered"
    EXAMPLE_PUBLISHED = "example-published"
    EXAMPLE_RETURNED = "example-returned"
    EXAMPLE_WITHDRAWN = "example-withdrawn"
    EXAMPLE_REMOVED = "example-removed"
    FIGURE_SAVED = "figure-saved"
    FIGURES_IMPORTED = "figures-imported"
    LINE_SAVED = "line-saved"
    LINE_REMOVED = "line-removed"
    LINE_RESTORED = "line-restored"
    EVIDENCE_ADDED = "evidence-added"
    EVIDENCE_CHANGED = "evidence-changed"
    EVIDENCE_REMOVED = "evidence-removed"
    WARNING_EXPLAINED = "warning-explained"
    ANSWERS_TAKEN_OVER = "answers-taken-over"
    GOAL_REVIEWED = "goal-reviewed"
    SELF_CHECK_SAVED = "self-check-saved"
    SIGN_OFF_ASKED = "sign-off-asked"
    SIGN_OFF_DECLINED = "sign-off-declined"
    SUBMITTED = "submitted"
    FINISHED = "finished"
    RECALLED = "recalled"
    CHANGES_REQUESTED = "changes-requested"
    APPROVED = "approved"
    APPROVAL_WITHDRAWN = "approval-withdrawn"
    REOPENED = "reopened"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    VERDICT_GIVEN = "verdict-given"
    REMARK_WRITTEN = "remark-written"
    REMARK_RESOLVED = "remark-resolved"
    REVIEW_ASSIGNED = "review-assigned"
    CONFLICT_MARKED = "conflict-marked"
    CONFLICT_ENDED = "conflict-ended"
    CONTRIBUTION_ASKED = "contribution-asked"
    CONTRIBUTION_ANSWERED = "contribution-answered"
    CONTRIBUTION_REVOKED = "contribution-revoked"
    PROFILE_CHANGED = "profile-changed"
    SIGN_OFF_RULE_CHANGED = "sign-off-rule-changed"
    CLIMATE_GOAL_SAVED = "climate-goal-saved"
    MEMBER_INVITED = "member-invited"
    MEMBER_JOINED = "member-joined"
    MEMBER_CHANGED = "member-changed"
    MEMBER_REMOVED = "member-removed"
    INVITATION_REVOKED = "invitation-revoked"
    CONSENT_GRANTED = "consent-granted"
    CONSENT_CHANGED = "consent-changed"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    CLUSTER_CREATED = "cluster-created"
    CLUSTER_CHANGED = "cluster-changed"
    COMPANY_INVITED = "company-invited"
    DEADLINE_SET = "deadline-set"
    MESSAGE_SENT = "message-sent"
    RELEASE_MADE = "release-made"
    RELEASE_WITHDRAWN = "release-withdrawn"
    JOINT_GOAL_SAVED = "joint-goal-saved"
    JOINT_SUM_MADE = "joint-sum-made"
    POLL_OPENED = "poll-opened"
    POLL_CLOSED = "poll-closed"
    POLL_DELETED = "poll-deleted"
    RESIDUE_SHOWN = "residue-shown"
    RESIDUE_REMOVED = "residue-removed"
    RESIDUE_PASSED_ON = "residue-passed-on"
    RESIDUE_ASKED = "residue-asked"
    RESIDUE_CONTACT = "residue-contact"
    RESIDUE_TAKEN_DOWN = "residue-taken-down"
    NEIGHBOUR_PROPOSED = "neighbour-proposed"
    NEIGHBOUR_ACCEPTED = "neighbour-accepted"
    NEIGHBOUR_ENDED = "neighbour-ended"
    AWARD_NOMINATED = "award-nominated"
    AWARD_WITHDRAWN = "award-withdrawn"
    JUROR_INVITED = "juror-invited"
    AWARD_DECIDED = "award-decided"
    COMPANY_CONFIRMED = "company-confirmed"
    CONFIRMATION_ENDED = "confirmation-ended"
    ARCHIVED = "archived"
    ARCHIVE_ENDED = "archive-ended"


class Decision(StrEnum):
    """The outcome of a request to sign off."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of state by an action, recorded as an event. `after` is None: back to the state before."""

    before: State
    action: Action
    after: State | None
    event: EventKind


EDITABLE_STATES = frozenset({State.DRAFT, State.CHANGES_REQUESTED, State.REOPENED})
# In these states every section may change; while changes are requested, only those the reviewers named.
OPEN_STATES = EDITABLE_STATES - {State.CHANGES_REQUESTED}
DONE_STATES = frozenset({State.APPROVED, State.FINISHED})

TRANSITIONS = (
    *(
        Transition(s, Action.ASK_SIGN_OFF, State.SIGNING, EventKind.SIGN_OFF_ASKED)
        for s in State
        if s in EDITABLE_STATES
    ),
    Transition(State.SIGNING, Action.CONFIRM_AND_SUBMIT, State.SUBMITTED, EventKind.SUBMITTED),
    Transition(State.SIGNING, Action.CONFIRM_AND_FINISH, State.FINISHED, EventKind.FINISHED),
    Transition(State.SIGNING, Action.DECLINE, None, EventKind.SIGN_OFF_DECLINED),
    *(
        Transition(s, Action.SUBMIT, State.SUBMITTED, EventKind.SUBMITTED)
        for s in State
        if s in EDITABLE_STATES
    ),
    Transition(State.DRAFT, Action.FINISH, State.FINISHED, EventKind.FINISHED),
    Transition(State.REOPENED, Action.FINISH, State.FINISHED, EventKind.FINISHED),
    Transition(State.SIGNING, Action.RECALL, None, EventKind.RECALLED),
    Transition(State.SUBMITTED, Action.RECALL, State.REOPENED, EventKind.RECALLED),
    Transition(State.CHANGES_REQUESTED, Action.RECALL, State.REOPENED, EventKind.RECALLED),
    Transition(State.SUBMITTED, Action.REQUEST_CHANGES, State.CHANGES_REQUESTED, EventKind.CHANGES_REQUESTED),
    Transition(State.SUBMITTED, Action.APPROVE, State.APPROVED, EventKind.APPROVED),
    Transition(State.APPROVED, Action.WITHDRAW_APPROVAL, State.SUBMITTED, EventKind.APPROVAL_WITHDRAWN),
    # The approval of an earlier version is withdrawn beside the work on the next one.
    *(
        Transition(s, Action.WITHDRAW_APPROVAL, s, EventKind.APPROVAL_WITHDRAWN)
        for s in State
        if s is not State.APPROVED
    ),
    *(Transition(s, Action.REOPEN, State.REOPENED, EventKind.REOPENED) for s in State if s in DONE_STATES),
    # A published version stays public while the next one is in work, until somebody withdraws it.
    *(Transition(s, Action.PUBLISH, s, EventKind.PUBLISHED) for s in State),
    *(Transition(s, Action.UNPUBLISH, s, EventKind.UNPUBLISHED) for s in State),
)

# The permission that an action needs in any state.
REQUIRED_PERMISSIONS: Mapping[Action, Permission] = {
    Action.ASK_SIGN_OFF: Permission.DECLARATION_FINISH,
    Action.CONFIRM_AND_SUBMIT: Permission.DECLARATION_SIGN,
    Action.CONFIRM_AND_FINISH: Permission.DECLARATION_SIGN,
    Action.DECLINE: Permission.DECLARATION_SIGN,
    Action.SUBMIT: Permission.DECLARATION_FINISH,
    Action.FINISH: Permission.DECLARATION_FINISH,
    Action.RECALL: Permission.DECLARATION_FINISH,
    Action.REQUEST_CHANGES: Permission.REVIEW,
    Action.APPROVE: Permission.REVIEW,
    Action.WITHDRAW_APPROVAL: Permission.REVIEW,
    Action.REOPEN: Permission.DECLARATION_FINISH,
    Action.PUBLISH: Permission.DECLARATION_PUBLISH,
    Action.UNPUBLISH: Permission.DECLARATION_PUBLISH,
}


class TransitionNotAllowed(Exception):
    """The declaration's state does not allow the action."""

    def __init__(self, state: State, action: Action) -> None:
        self.state, self.action = state, action
        super().__init__(f"{action} is not possible while {state}")


def find_transition(state: State, action: Action) -> Transition:
    """The transition that the action takes from this state. Raises TransitionNotAllowed."""
    for transition in TRANSITIONS:
        if (transition.before, transition.action) == (state, action):
            return transition
    raise TransitionNotAllowed(state, action)


REMARK_EVENTS = frozenset({EventKind.REMARK_WRITTEN, EventKind.REMARK_RESOLVED})

# Events between a company and its cluster. The cluster sees no other event of a company.
REVIEW_EVENTS = frozenset(
    {
        EventKind.SUBMITTED,
        EventKind.RECALLED,
        EventKind.CHANGES_REQUESTED,
        EventKind.APPROVED,
        EventKind.APPROVAL_WITHDRAWN,
        EventKind.VERDICT_GIVEN,
        EventKind.REVIEW_ASSIGNED,
    }
)
# A cluster sees who belonged to it, also after a consent was withdrawn.
MEMBERSHIP_EVENTS = frozenset(
    {EventKind.CONSENT_GRANTED, EventKind.CONSENT_CHANGED, EventKind.CONSENT_WITHDRAWN}
)
# What concerns the cluster alone, and no company sees.
OWN_EVENTS_OF_CLUSTER = frozenset(
    {
        EventKind.CLUSTER_CREATED,
        EventKind.CLUSTER_CHANGED,
        EventKind.COMPANY_INVITED,
        EventKind.DEADLINE_SET,
        EventKind.MESSAGE_SENT,
        EventKind.RELEASE_MADE,
        EventKind.RELEASE_WITHDRAWN,
        EventKind.JOINT_GOAL_SAVED,
        EventKind.JOINT_SUM_MADE,
        EventKind.POLL_OPENED,
        EventKind.POLL_CLOSED,
        EventKind.POLL_DELETED,
        EventKind.JUROR_INVITED,
        EventKind.AWARD_DECIDED,
        EventKind.NEIGHBOUR_PROPOSED,
        EventKind.NEIGHBOUR_ACCEPTED,
        EventKind.NEIGHBOUR_ENDED,
    }
)
TEAM_EVENTS = OWN_EVENTS_OF_CLUSTER | {
    EventKind.MEMBER_INVITED,
    EventKind.MEMBER_JOINED,
    EventKind.MEMBER_CHANGED,
    EventKind.MEMBER_REMOVED,
    EventKind.INVITATION_REVOKED,
    EventKind.ARCHIVED,
    EventKind.ARCHIVE_ENDED,
    EventKind.RESIDUE_ASKED,
    EventKind.RESIDUE_TAKEN_DOWN,
}
CONFLICT_EVENTS = frozenset({EventKind.CONFLICT_MARKED, EventKind.CONFLICT_ENDED})
# Events that a cluster sees without the name of the person in the company.
EVENTS_BY_COMPANY = MEMBERSHIP_EVENTS | {EventKind.SUBMITTED, EventKind.RECALLED}
CLUSTER_EVENTS = REVIEW_EVENTS | MEMBERSHIP_EVENTS | TEAM_EVENTS | CONFLICT_EVENTS
REVIEWERS_EVENTS = frozenset({EventKind.VERDICT_GIVEN, EventKind.REVIEW_ASSIGNED})
# A company sees no verdicts but the request for changes or the approval that they led to. The other
# events are the cluster's own.
EVENTS_HIDDEN_FROM_COMPANY = REVIEWERS_EVENTS | CONFLICT_EVENTS | OWN_EVENTS_OF_CLUSTER
