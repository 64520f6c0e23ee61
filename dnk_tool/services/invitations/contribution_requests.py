"""Asks somebody by mail for a few answers of one section, reminds them, and takes the question back."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.domain.review import is_unlocked
from dnk_tool.domain.text import normalised
from dnk_tool.language import Language, local_day
from dnk_tool.services.accounts.lifecycle import normalised_address
from dnk_tool.services.editing.locks import Locked, section_is_open
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.invitations import secret_links
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.invitations import contribution_requests, requesters
from dnk_tool.store.invitations.contribution_requests import (
    WAITING,
    ContributionRequestStage,
    request_stage,
    requested_section,
)
from dnk_tool.store.review import verdicts as stored_verdicts
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.invitations import Invitation

MAX_MESSAGE_LENGTH = 2_000
# Nobody is reminded twice on one day.
REMINDER_PAUSE = timedelta(days=1)


class InvalidRequestScope(ValueError):
    """A question names at least one requirement of the declaration, and all are of one section."""


class MessageTooLong(ValueError):
    """The message has more than MAX_MESSAGE_LENGTH characters."""


class ContributionAlreadyRequested(Exception):
    """The same person was asked for the same, and the link still works: `question`."""

    def __init__(self, question: Invitation) -> None:
        self.question = question
        super().__init__(f"question {question.id} is still open")


class ReminderTooSoon(Exception):
    """The person got a mail less than a day ago; `after` says when the next one may go out."""

    def __init__(self, after: datetime) -> None:
        self.after = after
        super().__init__(f"not before {after}")


def request_contribution(
    session: Session,
    declaration: Declaration,
    *,
    email: str,
    name: str,
    refs: Collection[str],
    message: str,
    language: Language,
    actor: Actor,
    now: datetime,
) -> tuple[Invitation, str]:
    """A new question about these requirements of one section, and the token of its link.

    Raises NotPermitted, Locked, NothingAsked, TooLong, InvalidAddress and AlreadyAsked.
    """
    section, message = requested_section(declaration, refs), normalised(message).strip()
    if section is None or len(section.all_requirements) != len(set(refs)):
        raise InvalidRequestScope(refs)
    if len(message) > MAX_MESSAGE_LENGTH:
        raise MessageTooLong(len(message))
    _lock_request(session, declaration, actor)
    if not section_is_open(session, declaration, section.ref):
        raise Locked(declaration.state)
    _refuse_duplicate(session, declaration, normalised_address(email), refs, now=now)
    question, token = secret_links.create_invitation(
        session,
        InvitationKind.CONTRIBUTION,
        email=email,
        name=name,
        language=language,
        organisation_id=declaration.organisation_id,
        declaration_id=declaration.id,
        refs=set(refs),
        message=message,
        by=actor.user_id,
        now=now,
    )
    record_request_event(session, declaration, EventKind.CONTRIBUTION_ASKED, question, actor=actor, now=now)
    return question, token


def remind_of_request(
    session: Session, declaration: Declaration, question: Invitation, *, actor: Actor, now: datetime
) -> str:
    """The token of a new link for the same question; the old link is dead.

    Whoever reminds stands for the question from now on, and hears of the answer. Raises NotPermitted, Locked,
    LinkOver, and TooSoon within a day after the last mail, unless the question rests.
    """
    _lock_request(session, declaration, actor, question)
    section = requested_section(declaration, question.refs)
    if section is None or not section_is_open(session, declaration, section.ref):
        raise Locked(declaration.state)
    askers = requesters.members_who_may_ask(session, declaration.organisation_id, today=local_day(now))
    not_before = earliest_reminder(question, request_stage(question, now=now, askers=askers), now=now)
    if not_before is not None:
        raise ReminderTooSoon(not_before)
    return secret_links.resend_invitation(question, actor=actor, now=now)


def earliest_reminder(
    question: Invitation, contribution_request_stage: ContributionRequestStage, *, now: datetime
) -> datetime | None:
    """When the person may be written to again; none: now. Whose link does not work need not wait."""
    after = question.sent_at + REMINDER_PAUSE
    return after if contribution_request_stage in WAITING and now < after else None


def open_sections(session: Session, declaration: Declaration) -> frozenset[str]:
    """The sections about which somebody can be asked or reminded now."""
    is_in_review = declaration.state is State.CHANGES_REQUESTED
    judgements = stored_verdicts.latest_judgements(session, declaration.id) if is_in_review else {}
    sections = declarations.selection_of(declaration).section_by_ref
    return frozenset(ref for ref in sections if is_unlocked(declaration.state, ref, judgements))


def revoke_request(
    session: Session, declaration: Declaration, question: Invitation, *, actor: Actor, now: datetime
) -> None:
    """Take the question back; what was saved stays. Raises NotPermitted and LinkOver."""
    _lock_request(session, declaration, actor, question)
    secret_links.revoke_invitation(question, now=now)
    record_request_event(session, declaration, EventKind.CONTRIBUTION_REVOKED, question, actor=actor, now=now)


def record_request_event(
    session: Session,
    declaration: Declaration,
    kind: EventKind,
    question: Invitation,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Note what happened to a question. The trail says what was asked, never whom."""
    section = requested_section(declaration, question.refs)
    history.record_declaration_event(
        session,
        declaration,
        kind,
        actor_id=actor.user_id,
        now=now,
        section=section.ref if section else "",
        refs=list(question.refs),
        invitation=question.id,
    )


def _lock_request(
    session: Session, declaration: Declaration, actor: Actor, question: Invitation | None = None
) -> None:
    """Wait for the turn, and see the question as it is then."""
    require(Permission.CONTRIBUTION_ASK, actor, subject_of(session, declaration))
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    if question is not None:
        session.flush()  # what is not written yet would be forgotten
        session.refresh(question, with_for_update=True)


def _refuse_duplicate(
    session: Session, declaration: Declaration, email: str, refs: Collection[str], *, now: datetime
) -> None:
    """Pressing the button twice sends one mail."""
    for one, found in contribution_requests.requests_with_stages(session, declaration, now=now):
        if one.email == email and found in WAITING and set(refs) <= set(one.refs):
            raise ContributionAlreadyRequested(one)
