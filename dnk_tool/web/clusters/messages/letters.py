"""A cluster's message for each recipient: filled in for the company, in the recipient's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from dnk_tool.domain.clusters.message_placeholders import Placeholder, fill_placeholders
from dnk_tool.domain.text import truncated
from dnk_tool.language import format_long_date, known_language
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.services.clusters.messages import Letter
from dnk_tool.store.clusters.cockpit import MemberSummary
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.mail.cluster_messages import MessageRecipient
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.mail import mails

MAX_SUBJECT_LINE_LENGTH = 300  # the outbox stores no more


@dataclass(frozen=True)
class MessageDraft:
    """The manager's text, and what all letters share."""

    subject: str
    text: str
    sender: str
    cluster: str
    view: ClusterYear
    criteria: int


def letters(
    message: MessageDraft, recipients: Sequence[MessageRecipient], members: Mapping[int, MemberSummary]
) -> list[Letter]:
    """Write one letter for each recipient; `members` are their companies by id."""
    return [_letter(message, recipient, members[recipient.organisation_id]) for recipient in recipients]


def _letter(message: MessageDraft, recipient: MessageRecipient, member: MemberSummary) -> Letter:
    account, link = recipient.account, _link(member)
    values = _placeholder_values(message, member, account, link)
    subject, body = mails.render_mail(
        "clusters/cluster_message",
        account,
        subject=truncated(one_line(fill_placeholders(message.subject, values)), MAX_SUBJECT_LINE_LENGTH),
        text=fill_placeholders(message.text, values),
        link=link,
        sender=message.sender,
        cluster=message.cluster,
        company=member.name,
    )
    return Letter(recipient, subject, body)


def _placeholder_values(
    message: MessageDraft, member: MemberSummary, account: Account, link: str
) -> dict[Placeholder, str]:
    due, language = member.due, account.language
    with force_locale(language):
        return {
            Placeholder.COMPANY: one_line(member.name),
            Placeholder.YEAR: str(message.view.year),
            Placeholder.DEADLINE: format_long_date(due, known_language(language))
            if due
            else _("noch nicht festgelegt"),
            Placeholder.DONE: _("%(done)s von %(total)s", done=member.done, total=message.criteria),
            Placeholder.LINK: link,
        }


def _link(member: MemberSummary) -> str:
    """Where the company continues: its declaration, or a new one."""
    if member.declaration_id is None:
        path = url_for("settings.new", organisation_id=member.organisation_id)
    else:
        path = url_for("overview.show", declaration_id=member.declaration_id)
    return mails.public_base_url() + path
