"""Mails about contribution requests: to the person asked, and to the asker once answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from flask import url_for

from dnk_tool import language as languages
from dnk_tool.catalogue import Criterion, Indicator, Requirement, Section
from dnk_tool.language import LOCAL_TIME_ZONE, Language
from dnk_tool.services.invitations.contributions import Contribution
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.invitations.contribution_requests import requested_section
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.web.mail import mails
from dnk_tool.web.text.section_parts import point_url


@dataclass(frozen=True)
class ContributionTopic:
    """What a request is about; `points` is empty if it is about the whole section."""

    number: int | None
    title: str
    points: Sequence[str]


def contribution_topic(
    declaration: Declaration, question: Invitation, language: Language
) -> ContributionTopic:
    """The request's topic; only its refs if the declaration does not ask for them any more."""
    section = requested_section(declaration, question.refs)
    if section is None:
        return ContributionTopic(None, ", ".join(question.refs), ())
    whole = declarations.selection_of(declaration).section_by_ref[section.ref]
    is_whole = section.all_requirements == whole.all_requirements
    points = (
        ()
        if is_whole
        else tuple(requirement_label(requirement, language) for requirement in section.all_requirements)
    )
    return ContributionTopic(criterion_number(section), section.title.to(language), points)


def requested_url(declaration: Declaration, section: Section) -> str:
    """The page that holds what was asked; `section` holds only that."""
    whole = declarations.selection_of(declaration).section_by_ref[section.ref]
    return point_url(declaration.id, whole, section.all_requirements[0].ref)


def criterion_number(section: Section) -> int | None:
    """The criterion's number; None for other sections."""
    return section.number if isinstance(section, Criterion) else None


def requirement_label(requirement: Requirement, language: Language) -> str:
    """A requirement on one line: "15.1 Arbeitnehmerrechte", or an indicator with its code."""
    title = requirement.title.to(language)
    if isinstance(requirement, Indicator):
        return f"{requirement.code}: {title}"
    return f"{requirement.ref} {title}" if requirement.is_explainable else title


def send_request_mail(
    template: str, declaration: Declaration, question: Invitation, *, asker: Account, token: str = ""
) -> None:
    """Queue a mail to the person asked.

    `template`: invitations/contribution, …_reminder or …_revoked.
    """
    language = cast(Language, question.language)
    path = url_for("contributions.answer", token=token) if token else ""
    recipient = Account(email=question.email, name=question.name, language=language)
    written = mails.render_mail(
        template,
        recipient,
        asker=asker.name or asker.email,
        asker_email=asker.email,
        company=declaration.organisation.name,
        year=declaration.reporting_year,
        matter=contribution_topic(declaration, question, language),
        message=question.message,
        link=mails.public_base_url() + path,
        until=languages.format_long_date(question.expires_at.astimezone(LOCAL_TIME_ZONE).date(), language),
    )
    mails.queue_mail(written, recipient=question.email, language=language, reply_to=asker.email)


def notify_asker(contribution: Contribution, guest: Account) -> None:
    """Tell the person responsible for the request that it was answered."""
    asker, declaration = contribution.asker, contribution.declaration
    path = requested_url(declaration, contribution.section)
    mails.notify_accounts(
        "invitations/contribution_answered",
        [asker],
        reply_to=guest.email,
        guest=guest.name or guest.email,
        company=declaration.organisation.name,
        year=declaration.reporting_year,
        matter=contribution_topic(declaration, contribution.invitation, cast(Language, asker.language)),
        link=mails.public_base_url() + path,
    )
