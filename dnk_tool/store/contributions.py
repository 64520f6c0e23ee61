"""Reads the questions that a company sent to people by mail, and how far each of them is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.store import declarations, invitations
from dnk_tool.store.invitations import Invitation, InvitationKind
from dnk_tool.store.models import Declaration


class QuestionStage(StrEnum):
    """How far a question is."""

    OPEN = "open"
    BEGUN = "begun"
    ANSWERED = "answered"
    EXPIRED = "expired"
    REVOKED = "revoked"


WAITING = frozenset({QuestionStage.OPEN, QuestionStage.BEGUN})
# Who asked still waits for an answer, or should send the link again.
UNANSWERED = WAITING | {QuestionStage.EXPIRED}


def stage(question: Invitation, *, now: datetime) -> QuestionStage:
    """How far the question is. `accepted_by` alone says that the person has saved something."""
    if question.revoked_at:
        return QuestionStage.REVOKED
    if question.accepted_at:
        return QuestionStage.ANSWERED
    if question.expires_at <= now:
        return QuestionStage.EXPIRED
    return QuestionStage.BEGUN if question.accepted_by else QuestionStage.OPEN


def of_declaration(session: Session, declaration_id: int) -> Sequence[Invitation]:
    """All questions about a declaration, latest first."""
    return _questions(invitations.of_declaration(session, declaration_id))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many questions about a declaration wait for an answer, and how many have one."""

    unanswered: int
    answered: int


def counts(session: Session, declaration_id: int, *, now: datetime) -> Counts:
    """How the questions about a declaration stand."""
    stages = [stage(one, now=now) for one in of_declaration(session, declaration_id)]
    return Counts(sum(one in UNANSWERED for one in stages), stages.count(QuestionStage.ANSWERED))


def known_people(session: Session, organisation_id: int) -> dict[str, str]:
    """Whom this company has asked before: the name by address, latest first."""
    people: dict[str, str] = {}
    for one in _questions(invitations.of_organisation(session, organisation_id)):
        people.setdefault(one.email, one.name)
    return people


def question(session: Session, declaration_id: int, invitation_id: int) -> Invitation | None:
    """One question about a declaration."""
    found = session.get(Invitation, invitation_id)
    is_it = found and found.kind is InvitationKind.CONTRIBUTION and found.declaration_id == declaration_id
    return found if is_it else None


def asked_section(declaration: Declaration, refs: Collection[str]) -> Section | None:
    """The section with the asked requirements only; None if the declaration asks none of them any more."""
    selection = declarations.selection_of(declaration)
    for ref in refs:
        if ref in selection.requirements:
            return selection.section_of[ref].only(refs)
    return None


def _questions(found: Sequence[Invitation]) -> Sequence[Invitation]:
    return [one for one in found if one.kind is InvitationKind.CONTRIBUTION]
