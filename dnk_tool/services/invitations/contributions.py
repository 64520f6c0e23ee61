"""Saves answers of a person who was asked by a secret link: only what was asked, until they complete it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.completeness import CompletionStatus, section_completeness
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Actor, NotPermitted
from dnk_tool.language import Language, local_day
from dnk_tool.services.accounts.identities import is_unclaimed
from dnk_tool.services.accounts.lifecycle import guest_account, one_line
from dnk_tool.services.answers import save as answer_save
from dnk_tool.services.answers import take_over
from dnk_tool.services.answers.save import SectionEdit, SectionSaveOutcome
from dnk_tool.services.invitations import contribution_requests as answer_requests
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink, LinkFault
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.invitations import requesters
from dnk_tool.store.invitations.contribution_requests import requested_section
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.invitations import Invitation

KIND = InvitationKind.CONTRIBUTION


class NothingAnswered(Exception):
    """None of the asked requirements has an answer yet."""


@dataclass(frozen=True)
class Contribution:
    """What a question's link opens. `section` holds the asked requirements only.

    `asker`: the member who asked or reminded last and may still do so.
    """

    invitation: Invitation
    declaration: Declaration
    section: Section
    asker: Account


def find_contribution(session: Session, token: str, *, now: datetime) -> Contribution:
    """The contribution that the link opens.

    Raises InvalidInvitationLink, also if the declaration no longer asks these requirements or the question is
    resting.
    """
    invitation = secret_links.usable_invitation(session, token, KIND, now=now)
    declaration = declarations.by_id(session, invitation.declaration_id or 0)
    section = requested_section(declaration, invitation.refs) if declaration else None
    if declaration is None or section is None:
        raise InvalidInvitationLink(LinkFault.REVOKED)
    return Contribution(invitation, declaration, section, _require_asker(session, invitation, now=now))


def asker_of(session: Session, invitation: Invitation, *, now: datetime) -> Account | None:
    """The member who asked or reminded last, or None if they may not ask any more."""
    company = invitation.organisation_id or 0
    return requesters.members_who_may_ask(session, company, today=local_day(now)).get(
        invitation.created_by or 0
    )


def contribution_content(session: Session, contribution: Contribution) -> DeclarationContent:
    """The declaration's content, reduced to the asked requirements."""
    return declarations.read_content(session, contribution.declaration).for_section(contribution.section)


def contributor_account(session: Session, invitation: Invitation, *, name: str, now: datetime) -> Account:
    """The account of the address that was asked, or a new one without a password, which permits no sign-in.

    An unclaimed account takes the name that the link's holder gave last; a claimed one keeps its own. Raises
    NotPermitted for a blocked account.
    """
    language = cast(Language, invitation.language)
    account = guest_account(session, email=invitation.email, name=name, language=language, now=now)
    if not account.active:
        raise NotPermitted
    if is_unclaimed(session, account):
        account.name = one_line(name) or account.name
    return account


def guest_name(session: Session, invitation: Invitation) -> tuple[str, bool]:
    """The name under which the person answers, and whether only the signed-in owner can change it."""
    account = accounts.by_email(session, invitation.email)
    if account is None or not account.name:
        return invitation.name, False
    return account.name, not is_unclaimed(session, account)


def save_contribution(
    session: Session,
    contribution: Contribution,
    submission: SectionEdit,
    *,
    token: str,
    name: str,
    now: datetime,
) -> SectionSaveOutcome:
    """Save the answers in the name of the person who was asked; the section's "done" mark stays as it is.

    Raises InvalidInvitationLink, Locked, and NotPermitted for requirements that were not asked.
    """
    invitation, declaration = contribution.invitation, contribution.declaration
    section = declarations.selection_of(declaration).section_by_ref[contribution.section.ref]
    _lock_contribution(session, contribution, token, now=now)
    account = contributor_account(session, invitation, name=name, now=now)
    submission = replace(submission, done=None)
    if not answer_save.touched_requirements(section, submission):
        # Nothing readable was sent, so there is nothing to check permissions for.
        sheet = declarations.read_content(session, declaration).sheet
        return SectionSaveOutcome({}, (), sheet)
    actor = _actor(contribution, account)
    outcome = answer_save.save_section(Work(session, actor, now), declaration, section, submission)
    if outcome.versions or outcome.conflicts:
        invitation.accepted_by = account.id
    return outcome


def complete_contribution(
    session: Session,
    contribution: Contribution,
    *,
    token: str,
    name: str,
    seen: Mapping[str, int] | None = None,
    now: datetime,
) -> Account:
    """Complete the contribution: redeem the link, confirm answers taken over. Returns the person's account.

    `seen`: version of each answer as shown; only those taken over from last year that are unchanged since
    are confirmed. Raises InvalidInvitationLink, Locked, and NothingAnswered if all requirements are open.
    """
    _lock_contribution(session, contribution, token, now=now)
    content = contribution_content(session, contribution)
    if section_completeness(content.sheet, contribution.section).status is CompletionStatus.OPEN:
        raise NothingAnswered
    account = contributor_account(session, contribution.invitation, name=name, now=now)
    # Autosave may have sent half a name: a claimed account without a name gets it only here.
    account.name = account.name or one_line(name)
    actor = _actor(contribution, account)
    take_over.confirm_taken_over(
        Work(session, actor, now), contribution.declaration, contribution.section, seen=seen
    )
    invitation = secret_links.redeem_invitation(session, token, KIND, account=account, now=now)
    answer_requests.record_request_event(
        Work(session, actor, now), contribution.declaration, EventKind.CONTRIBUTION_ANSWERED, invitation
    )
    return account


def _actor(contribution: Contribution, account: Account) -> Actor:
    """The person with the link's permissions alone, without those of their roles."""
    refs = frozenset(contribution.invitation.refs)
    return Actor(user_id=account.id, asked={contribution.declaration.id: refs})


def _lock_contribution(session: Session, contribution: Contribution, token: str, *, now: datetime) -> None:
    """Lock company, declaration and link in the usual order, then check the link again.

    Raises InvalidInvitationLink.
    """
    declaration = contribution.declaration
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    invitations.lock(session, token)
    secret_links.usable_invitation(session, token, KIND, now=now)
    _require_asker(session, contribution.invitation, now=now)


def _require_asker(session: Session, invitation: Invitation, *, now: datetime) -> Account:
    """The question's asker. Raises InvalidInvitationLink (RESTING) if they may not ask any more."""
    asker = asker_of(session, invitation, now=now)
    if asker is None:
        raise InvalidInvitationLink(LinkFault.RESTING)
    return asker
