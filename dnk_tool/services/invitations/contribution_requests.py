"""Asks a person by mail to answer requirements of one section, reminds them, and revokes the question."""

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
from dnk_tool.services.work import Work
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
    """The refs of a question are empty, not in the declaration, or not of one section."""


class MessageTooLong(ValueError):
    """The message has more than MAX_MESSAGE_LENGTH characters."""


class ContributionAlreadyRequested(Exception):
    """The same address was asked for these requirements already, and that link still works: `question`."""

    def __init__(self, question: Invitation) -> None:
        self.question = question
        super().__init__(f"question {question.id} is still open")


class ReminderTooSoon(Exception):
    """The person got a mail less than REMINDER_PAUSE ago; `after`: when the next one may be sent."""

    def __init__(self, after: datetime) -> None:
        self.after = after
        super().__init__(f"not before {after}")


def request_contribution(
    work: Work,
    declaration: Declaration,
    *,
    email: str,
    name: str,
    refs: Collection[str],
    message: str,
    language: Language,
) -> tuple[Invitation, str]:
    """Create a question about these requirements; returns it and the token for its mail.

    `message`: the asker's words, at most MAX_MESSAGE_LENGTH characters. Raises InvalidRequestScope,
    MessageTooLong, NotPermitted, Locked, InvalidAddress and ContributionAlreadyRequested.
    """
    section, message = requested_section(declaration, refs), normalised(message).strip()
    if section is None or len(section.all_requirements) != len(set(refs)):
        raise InvalidRequestScope(refs)
    if len(message) > MAX_MESSAGE_LENGTH:
        raise MessageTooLong(len(message))
    _lock_request(work.session, declaration, work.actor)
    if not section_is_open(work.session, declaration, section.ref):
        raise Locked(declaration.state)
    _refuse_duplicate(work.session, declaration, normalised_address(email), refs, now=work.now)
    question, token = secret_links.create_invitation(
        work.session,
        InvitationKind.CONTRIBUTION,
        email=email,
        name=name,
        language=language,
        organisation_id=declaration.organisation_id,
        declaration_id=declaration.id,
        refs=set(refs),
        message=message,
        by=work.actor.user_id,
        now=work.now,
    )
    record_request_event(work, declaration, EventKind.CONTRIBUTION_ASKED, question)
    return question, token


def remind_of_request(work: Work, declaration: Declaration, question: Invitation) -> str:
    """Renew a question's link and return the token for the reminder; the old link stops working.

    The actor becomes the question's asker and is notified of the answer. Raises NotPermitted, Locked,
    InvalidInvitationLink, and ReminderTooSoon within REMINDER_PAUSE after the last mail, unless the question
    is resting or expired.
    """
    _lock_request(work.session, declaration, work.actor, question)
    section = requested_section(declaration, question.refs)
    if section is None or not section_is_open(work.session, declaration, section.ref):
        raise Locked(declaration.state)
    askers = requesters.members_who_may_ask(
        work.session, declaration.organisation_id, today=local_day(work.now)
    )
    not_before = earliest_reminder(
        question, request_stage(question, now=work.now, askers=askers), now=work.now
    )
    if not_before is not None:
        raise ReminderTooSoon(not_before)
    return secret_links.resend_invitation(work, question)


def earliest_reminder(
    question: Invitation, contribution_request_stage: ContributionRequestStage, *, now: datetime
) -> datetime | None:
    """When the person may be reminded; None if at once, as for a question whose link does not work."""
    after = question.sent_at + REMINDER_PAUSE
    return after if contribution_request_stage in WAITING and now < after else None


def open_sections(session: Session, declaration: Declaration) -> frozenset[str]:
    """The refs of the sections that can be edited now, so that people can be asked about them or reminded."""
    is_in_review = declaration.state is State.CHANGES_REQUESTED
    judgements = stored_verdicts.latest_judgements(session, declaration.id) if is_in_review else {}
    sections = declarations.selection_of(declaration).section_by_ref
    return frozenset(ref for ref in sections if is_unlocked(declaration.state, ref, judgements))


def revoke_request(work: Work, declaration: Declaration, question: Invitation) -> None:
    """Revoke the question; saved answers stay. Raises NotPermitted and InvalidInvitationLink."""
    _lock_request(work.session, declaration, work.actor, question)
    secret_links.revoke_invitation(question, now=work.now)
    record_request_event(work, declaration, EventKind.CONTRIBUTION_REVOKED, question)


def record_request_event(work: Work, declaration: Declaration, kind: EventKind, question: Invitation) -> None:
    """Record an event of a question. The activity log names the requirements, never the person asked."""
    section = requested_section(declaration, question.refs)
    history.record_declaration_event(
        work.session,
        declaration,
        kind,
        actor_id=work.actor.user_id,
        now=work.now,
        section=section.ref if section else "",
        refs=list(question.refs),
        invitation=question.id,
    )


def _lock_request(
    session: Session, declaration: Declaration, actor: Actor, question: Invitation | None = None
) -> None:
    """Lock the company and the declaration, and read the question anew. Raises NotPermitted."""
    require(Permission.CONTRIBUTION_ASK, actor, subject_of(session, declaration))
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    if question is not None:
        session.flush()  # refresh would discard unwritten changes
        session.refresh(question, with_for_update=True)


def _refuse_duplicate(
    session: Session, declaration: Declaration, email: str, refs: Collection[str], *, now: datetime
) -> None:
    """Raise ContributionAlreadyRequested, so that pressing the button twice sends one mail."""
    for request, stage in contribution_requests.requests_with_stages(session, declaration, now=now):
        if request.email == email and stage in WAITING and set(refs) <= set(request.refs):
            raise ContributionAlreadyRequested(request)
