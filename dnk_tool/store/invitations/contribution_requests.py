"""Reads a company's contribution requests (questions sent by mail) and their stages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.language import local_day
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.invitations.requesters import accounts_that_may_ask, is_current_membership
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.organisations import Membership


class ContributionRequestStage(StrEnum):
    """The stage of a contribution request."""

    OPEN = "open"
    BEGUN = "begun"
    ANSWERED = "answered"
    EXPIRED = "expired"
    RESTING = "resting"
    REVOKED = "revoked"


WAITING = frozenset({ContributionRequestStage.OPEN, ContributionRequestStage.BEGUN})
# Without an answer: it is waited for, or somebody should send the link again.
UNANSWERED = WAITING | {ContributionRequestStage.EXPIRED, ContributionRequestStage.RESTING}

# Run at each page of a criterion, so built once. The role is read as a column: a Membership in the session
# may be out of date.
_WITH_ROLES = (
    select(Invitation, Membership.role)
    .outerjoin(Account, and_(Account.id == Invitation.created_by, Account.active.is_(True)))
    .outerjoin(
        Membership,
        and_(
            Membership.user_id == Account.id, *is_current_membership(bindparam("company"), bindparam("today"))
        ),
    )
    .where(
        Invitation.declaration_id == bindparam("declaration"), Invitation.kind == InvitationKind.CONTRIBUTION
    )
    .order_by(Invitation.id.desc())
)


def request_stage(
    question: Invitation, *, now: datetime, askers: Collection[int]
) -> ContributionRequestStage:
    """The stage of a request. `askers`: accounts that may ask; a request of any other account rests.

    `accepted_by` without `accepted_at` means that the person has saved something, but not finished.
    """
    if question.revoked_at:
        return ContributionRequestStage.REVOKED
    if question.accepted_at:
        return ContributionRequestStage.ANSWERED
    if question.expires_at <= now:
        return ContributionRequestStage.EXPIRED
    if question.created_by not in askers:
        return ContributionRequestStage.RESTING
    return ContributionRequestStage.BEGUN if question.accepted_by else ContributionRequestStage.OPEN


def of_declaration(session: Session, declaration_id: int) -> Sequence[Invitation]:
    """All contribution requests for a declaration, latest first."""
    return _only_contribution_requests(invitations.of_declaration(session, declaration_id))


def requests_with_stages(
    session: Session, declaration: Declaration, *, now: datetime
) -> Sequence[tuple[Invitation, ContributionRequestStage]]:
    """All contribution requests for a declaration with their stages, latest first, in one statement."""
    company = declaration.organisation_id
    wanted = {"declaration": declaration.id, "company": company, "today": local_day(now)}
    rows = session.execute(_WITH_ROLES, wanted)
    return [
        (
            request,
            request_stage(
                request, now=now, askers=accounts_that_may_ask(company, {request.created_by: role})
            ),
        )
        for request, role in rows
    ]


@dataclass(frozen=True, slots=True)
class ContributionRequestCounts:
    """Numbers of a declaration's requests without an answer, resting (a part of those), and answered."""

    unanswered: int
    resting: int
    answered: int


def count_by_stage(session: Session, declaration: Declaration, *, now: datetime) -> ContributionRequestCounts:
    """Count a declaration's requests by stage; revoked ones are in no number."""
    stages = [stage for _question, stage in requests_with_stages(session, declaration, now=now)]
    return ContributionRequestCounts(
        sum(stage in UNANSWERED for stage in stages),
        stages.count(ContributionRequestStage.RESTING),
        stages.count(ContributionRequestStage.ANSWERED),
    )


def people_asked_before(session: Session, organisation_id: int) -> dict[str, str]:
    """The people whom the company has asked: name by address, latest request first."""
    people: dict[str, str] = {}
    for request in _only_contribution_requests(invitations.of_organisation(session, organisation_id)):
        people.setdefault(request.email, request.name)
    return people


def find_request(session: Session, declaration_id: int, invitation_id: int) -> Invitation | None:
    """A contribution request for this declaration; None for any other invitation."""
    invitation = session.get(Invitation, invitation_id)
    is_it = (
        invitation
        and invitation.kind is InvitationKind.CONTRIBUTION
        and invitation.declaration_id == declaration_id
    )
    return invitation if is_it else None


def requested_section(declaration: Declaration, refs: Collection[str]) -> Section | None:
    """The section restricted to the requested requirements; None if none of them is in the declaration."""
    selection = declarations.selection_of(declaration)
    for ref in refs:
        if ref in selection.requirements:
            return selection.section_of[ref].restricted_to(refs)
    return None


def _only_contribution_requests(all_invitations: Sequence[Invitation]) -> Sequence[Invitation]:
    return [invitation for invitation in all_invitations if invitation.kind is InvitationKind.CONTRIBUTION]
