"""Reads the questions that a company sent to people by mail, and how far each of them is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, select
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
    """How far a question is."""

    OPEN = "open"
    BEGUN = "begun"
    ANSWERED = "answered"
    EXPIRED = "expired"
    RESTING = "resting"
    REVOKED = "revoked"


WAITING = frozenset({ContributionRequestStage.OPEN, ContributionRequestStage.BEGUN})
# Who asked still waits for an answer, or somebody should send the link again.
UNANSWERED = WAITING | {ContributionRequestStage.EXPIRED, ContributionRequestStage.RESTING}


def request_stage(
    question: Invitation, *, now: datetime, askers: Collection[int]
) -> ContributionRequestStage:
    """How far the question is; it rests once who stands for it is none of those who may ask, `askers`.

    `accepted_by` alone says that the person has saved something.
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
    """All questions about a declaration, latest first."""
    return _only_contribution_requests(invitations.of_declaration(session, declaration_id))


def requests_with_stages(
    session: Session, declaration: Declaration, *, now: datetime
) -> Sequence[tuple[Invitation, ContributionRequestStage]]:
    """All questions about a declaration and how far each is, latest first, in one statement."""
    company = declaration.organisation_id
    rows = session.execute(
        # The role is read as a value: a row that this session knows already may have changed since.
        select(Invitation, Membership.role)
        .outerjoin(Account, and_(Account.id == Invitation.created_by, Account.active.is_(True)))
        .outerjoin(
            Membership,
            and_(Membership.user_id == Account.id, *is_current_membership(company, local_day(now))),
        )
        .where(Invitation.declaration_id == declaration.id, Invitation.kind == InvitationKind.CONTRIBUTION)
        .order_by(Invitation.id.desc())
    )
    return [
        (one, request_stage(one, now=now, askers=accounts_that_may_ask(company, {one.created_by: role})))
        for one, role in rows
    ]


@dataclass(frozen=True, slots=True)
class ContributionRequestCounts:
    """How many questions about a declaration have no answer, how many of them rest, and how many have one."""

    unanswered: int
    resting: int
    answered: int


def count_by_stage(session: Session, declaration: Declaration, *, now: datetime) -> ContributionRequestCounts:
    """How the questions about a declaration stand."""
    stages = [found for _question, found in requests_with_stages(session, declaration, now=now)]
    return ContributionRequestCounts(
        sum(stage in UNANSWERED for stage in stages),
        stages.count(ContributionRequestStage.RESTING),
        stages.count(ContributionRequestStage.ANSWERED),
    )


def people_asked_before(session: Session, organisation_id: int) -> dict[str, str]:
    """Whom this company has asked before: the name by address, latest first."""
    people: dict[str, str] = {}
    for one in _only_contribution_requests(invitations.of_organisation(session, organisation_id)):
        people.setdefault(one.email, one.name)
    return people


def find_request(session: Session, declaration_id: int, invitation_id: int) -> Invitation | None:
    """One question about a declaration."""
    invitation = session.get(Invitation, invitation_id)
    is_it = (
        invitation
        and invitation.kind is InvitationKind.CONTRIBUTION
        and invitation.declaration_id == declaration_id
    )
    return invitation if is_it else None


def requested_section(declaration: Declaration, refs: Collection[str]) -> Section | None:
    """The section with the asked requirements only; None if the declaration asks none of them any more."""
    selection = declarations.selection_of(declaration)
    for ref in refs:
        if ref in selection.requirements:
            return selection.section_of[ref].restricted_to(refs)
    return None


def _only_contribution_requests(found: Sequence[Invitation]) -> Sequence[Invitation]:
    return [one for one in found if one.kind is InvitationKind.CONTRIBUTION]
