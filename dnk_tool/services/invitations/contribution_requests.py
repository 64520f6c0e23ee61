"""Asks somebody by mail for a few answers of one section, reminds them, and takes the question back."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.domain.review import is_unlocked
from dnk_tool.domain.text import normalised
from dnk_tool.language import Language, local_day
from dnk_tool.services.accounts.accounts import address
from dnk_tool.services.answers.save import Locked, section_is_open
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.invitations import secret_links
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.invitations import contribution_requests
from dnk_tool.store.invitations.contribution_requests import WAITING, QuestionStage, asked_section, stage
from dnk_tool.store.invitations.queries import Invitation, InvitationKind
from dnk_tool.store.review import verdicts
from dnk_tool.store.tables.declarations import Declaration

LONGEST_MESSAGE = 2_000
# Nobody is reminded twice on one day.
PAUSE = timedelta(days=1)


class NothingAsked(ValueError):
    """A question names at least one requirement of the declaration, and all are of one section."""


class TooLong(ValueError):
    """The message has more than LONGEST_MESSAGE characters."""


class AlreadyAsked(Exception):
    """The same person was asked for the same, and the link still works: `question`."""

    def __init__(self, question: Invitation) -> None:
        self.question = question
        super().__init__(f"question {question.id} is still open")


class TooSoon(Exception):
    """The person got a mail less than a day ago; `after` says when the next one may go out."""

    def __init__(self, after: datetime) -> None:
        self.after = after
        super().__init__(f"not before {after}")


def ask(
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
    section, message = asked_section(declaration, refs), normalised(message).strip()
    if section is None or len(section.all_requirements) != len(set(refs)):
        raise NothingAsked(refs)
    if len(message) > LONGEST_MESSAGE:
        raise TooLong(len(message))
    _begin(session, declaration, actor)
    if not section_is_open(session, declaration, section.ref):
        raise Locked(declaration.state)
    _refuse_double(session, declaration, address(email), refs, now=now)
    question, token = secret_links.invite(
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
    record(session, declaration, EventKind.CONTRIBUTION_ASKED, question, actor=actor, now=now)
    return question, token


def remind(
    session: Session, declaration: Declaration, question: Invitation, *, actor: Actor, now: datetime
) -> str:
    """The token of a new link for the same question; the old link is dead.

    Whoever reminds stands for the question from now on, and hears of the answer. Raises NotPermitted, Locked,
    LinkOver, and TooSoon within a day after the last mail, unless the question rests.
    """
    _begin(session, declaration, actor, question)
    section = asked_section(declaration, question.refs)
    if section is None or not section_is_open(session, declaration, section.ref):
        raise Locked(declaration.state)
    askers = contribution_requests.askers(session, declaration.organisation_id, today=local_day(now))
    not_before = may_remind_at(question, stage(question, now=now, askers=askers), now=now)
    if not_before is not None:
        raise TooSoon(not_before)
    token = secret_links.renew(question, now=now)
    question.created_by = actor.user_id
    return token


def may_remind_at(question: Invitation, found: QuestionStage, *, now: datetime) -> datetime | None:
    """When the person may be written to again; none: now. Whose link does not work need not wait."""
    after = question.sent_at + PAUSE
    return after if found in WAITING and now < after else None


def open_sections(session: Session, declaration: Declaration) -> frozenset[str]:
    """The sections about which somebody can be asked or reminded now."""
    is_in_review = declaration.state is State.CHANGES_REQUESTED
    judgements = verdicts.latest_judgements(session, declaration.id) if is_in_review else {}
    sections = declarations.selection_of(declaration).section_by_ref
    return frozenset(ref for ref in sections if is_unlocked(declaration.state, ref, judgements))


def revoke(
    session: Session, declaration: Declaration, question: Invitation, *, actor: Actor, now: datetime
) -> None:
    """Take the question back; what was saved stays. Raises NotPermitted and LinkOver."""
    _begin(session, declaration, actor, question)
    secret_links.revoke(question, now=now)
    record(session, declaration, EventKind.CONTRIBUTION_REVOKED, question, actor=actor, now=now)


def record(
    session: Session,
    declaration: Declaration,
    kind: EventKind,
    question: Invitation,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Note what happened to a question. The trail says what was asked, never whom."""
    section = asked_section(declaration, question.refs)
    history.record(
        session,
        declaration,
        kind,
        actor_id=actor.user_id,
        now=now,
        section=section.ref if section else "",
        refs=list(question.refs),
        invitation=question.id,
    )


def _begin(
    session: Session, declaration: Declaration, actor: Actor, question: Invitation | None = None
) -> None:
    """Wait for the turn, and see the question as it is then."""
    require(Permission.CONTRIBUTION_ASK, actor, subject_of(session, declaration))
    declarations.lock(session, declaration.organisation_id, declaration)
    if question is not None:
        session.flush()  # what is not written yet would be forgotten
        session.refresh(question, with_for_update=True)


def _refuse_double(
    session: Session, declaration: Declaration, email: str, refs: Collection[str], *, now: datetime
) -> None:
    """Pressing the button twice sends one mail."""
    for one, found in contribution_requests.with_stages(session, declaration, now=now):
        if one.email == email and found in WAITING and set(refs) <= set(one.refs):
            raise AlreadyAsked(one)
