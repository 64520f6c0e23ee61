"""Which kinds of event a company sees in its activity log, and which its cluster."""

from dnk_tool.domain.declarations.states import EventKind

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
