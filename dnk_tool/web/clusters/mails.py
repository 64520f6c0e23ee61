"""Mails of a cluster: invitations, removals from the team, news about consents."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import cast

from flask import url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from dnk_tool.domain.clusters.company_list.rows import CompanyRow
from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_PUBLIC_LIST
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.mail import NewsFrequency, NewsKind, address_in
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.domain.text import normalised
from dnk_tool.language import Language, format_long_date, local_day
from dnk_tool.services.clusters.invitations import InvitationWithToken
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.mail.delivery import MailDraft
from dnk_tool.store import people as memberships
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.mail import news
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.http.access import current_account
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails

# Signs of Unicode's private use, between which a preview's text was put in.
_BEGIN, _END = "\ue000", "\ue001"
_NO_MARKS = {ord(_BEGIN): None, ord(_END): None}
_INSERTED = re.compile(f"{_BEGIN}([^{_END}]*){_END}")
_NO_TOKEN = "-"  # noqa: S105 -- of a link that is not made yet

INVITATION_ENDPOINTS = {
    InvitationKind.STAFF: "invitations.show",
    InvitationKind.COMPANY: "company_invitation.show",
}


@dataclass(frozen=True)
class PreviewedMail:
    """A mail before it is sent. `parts` are in turn text of every mail and text put into this one."""

    subject: str
    parts: Sequence[str]
    reply_to: str


def send_invitation(sent: InvitationWithToken, cluster: Cluster, *, sender: Account | None = None) -> None:
    """Queue the mail with the link, to a company or to staff, in the name of the sender.

    That is who acts, if nobody is given.
    """
    _queue([sent], write_invitation([sent], cluster, sender=sender or current_account()))


def send_invitations(
    sent: Iterable[InvitationWithToken], cluster: Cluster, *, is_reminder: bool = False
) -> int:
    """Queue the mails about many companies: one to each address, with the links of all its companies.

    Returns how many mails.
    """
    groups = by_address(sent)
    for group in groups:
        _queue(group, write_invitation(group, cluster, sender=current_account(), is_reminder=is_reminder))
    return len(groups)


def by_address(sent: Iterable[InvitationWithToken]) -> list[list[InvitationWithToken]]:
    """The invitations that share a mail."""
    ordered = sorted(sent, key=lambda it: (it[0].email, it[0].id))
    return [list(group) for _email, group in groupby(ordered, key=lambda it: it[0].email)]


def write_invitation(
    sent: Sequence[InvitationWithToken],
    cluster: Cluster,
    *,
    sender: Account | None,
    is_reminder: bool = False,
) -> MailDraft:
    """Write the mail about invitations to one address. Without a `sender` it comes from the cluster."""
    invitation, _token = sent[0]
    language = cast(Language, invitation.language)
    names = {row.name for row, _token in sent}
    to = Account(email=invitation.email, name=names.pop() if len(names) == 1 else "", language=language)
    is_single = len(sent) == 1
    subject, body = mails.render_mail(
        f"clusters/{invitation.kind.value}_invitation" if is_single else "clusters/company_invitations",
        to,
        invitation=invitation,
        valid_until=format_long_date(local_day(min(row.expires_at for row, _token in sent)), language),
        cluster=cluster,
        role=ClusterRole(invitation.role) if invitation.role else None,
        sender=(sender.name or sender.email) if sender else "",
        is_reminder=is_reminder,
        link=invitation_link(sent[0]),
        companies=[(row.company, invitation_link((row, token))) for row, token in sent],
    )
    reply_to = address_in(cluster.contact) or (sender.email if sender else mails.NOBODY)
    return MailDraft(to.email, subject, body, language, reply_to)


def mails_of_companies(rows: Iterable[CompanyRow]) -> list[list[CompanyRow]]:
    """The companies by the mail in which they are invited."""
    ordered = sorted(rows, key=lambda row: row.email)
    return [list(group) for _email, group in groupby(ordered, key=lambda row: row.email)]


def preview_invitation(rows: Sequence[CompanyRow], cluster: Cluster, *, message: str) -> PreviewedMail:
    """The mail that these companies with the same address will get; nothing is sent or stored."""
    expires_at = datetime.now(UTC) + secret_links.LIFETIME[InvitationKind.COMPANY]
    invitations = [
        Invitation(
            kind=InvitationKind.COMPANY,
            email=_insert(row.email),
            name=_insert(row.name),
            company=_insert(row.company),
            language=row.language,
            role="",
            message=_insert(normalised(message)),
            expires_at=expires_at,
        )
        for row in rows
    ]
    draft = write_invitation([(one, _NO_TOKEN) for one in invitations], cluster, sender=current_account())
    with force_locale(rows[0].language):
        link = _insert(_("Link zur Einladung, für jedes Unternehmen ein eigener"))
    body = draft.body.replace(invitation_link((invitations[0], _NO_TOKEN)), link)
    return PreviewedMail(_INSERTED.sub(r"\1", draft.subject), _INSERTED.split(body), draft.reply_to)


def _insert(text: str) -> str:
    """The text between signs by which a preview marks it; without those signs in it."""
    return f"{_BEGIN}{text.translate(_NO_MARKS)}{_END}" if text else ""


def tell_of_decline(invitation: Invitation) -> None:
    """Tell the cluster's managers that a company declined: by a mail at once, or in their next daily one."""
    cluster_id, now = invitation.cluster_id or 0, datetime.now(UTC)
    reason = invitation.decline_reason
    news.add(db(), cluster_id, NewsKind.DECLINED, invitation.company, now=now, text=reason)
    mails.notify_accounts(
        "clusters/invitation_declined",
        news.managers(db(), cluster_id, NewsFrequency.NOW),
        reply_to=invitation.email,
        cluster=clusters.by_id(db(), cluster_id),
        company=invitation.company,
        reason=reason,
        link=mails.public_base_url() + url_for("cluster_invitations.show", cluster_id=cluster_id),
    )


def _queue(sent: Sequence[InvitationWithToken], draft: MailDraft) -> None:
    written = (draft.subject, draft.body)
    mail = mails.queue_mail(
        written, recipient=draft.recipient, language=draft.language, reply_to=draft.reply_to
    )
    for row, _token in sent:
        row.mail = mail


def invitation_link(sent: InvitationWithToken) -> str:
    """The address that the invitation's mail names."""
    invitation, token = sent
    return mails.public_base_url() + url_for(INVITATION_ENDPOINTS[invitation.kind], token=token)


def send_staff_removal_mail(account: Account, cluster: Cluster) -> None:
    """Tell the person that they no longer work for the cluster."""
    reply_to = address_in(cluster.contact) or current_account().email
    mails.notify_accounts("clusters/staff_removed", [account], reply_to=reply_to, cluster=cluster)


def send_member_removal_mail(
    organisation: Organisation, cluster: Cluster, *, recalled: Iterable[int]
) -> None:
    """Tell the company's owners that the cluster took it out, and what stays theirs."""
    mails.notify_accounts(
        "clusters/member_removed",
        [account for _one, account in memberships.active_owners_of_companies(db(), [organisation.id])],
        reply_to=address_in(cluster.contact) or current_account().email,
        cluster=cluster,
        company=organisation.name,
        recalled=list(recalled),
        link=mails.public_base_url() + url_for("company.show", organisation_id=organisation.id),
    )


def tell_of_new_member(consent: Consent, organisation: Organisation, *, by: Account) -> None:
    """Tell the cluster's managers that a company joined: by a mail at once, or in their next daily one.

    `by`: who decided for the company.
    """
    news.add(db(), consent.cluster_id, NewsKind.JOINED, organisation.name, now=datetime.now(UTC))
    at_once = news.managers(db(), consent.cluster_id, NewsFrequency.NOW)
    _notify("clusters/consent_granted", at_once, consent, organisation, by=by)


def notify_managers(
    template: str, consent: Consent, organisation: Organisation, *, by: Account, **values: object
) -> None:
    """Queue a mail about a consent that ends to each of the cluster's managers; it always comes at once.

    `by`: who decided for the company.
    """
    staff = clusters.staff(db(), consent.cluster_id)
    managers = [account for account, role in staff if role is ClusterRole.MANAGER]
    _notify(template, managers, consent, organisation, by=by, **values)


def _notify(
    template: str,
    managers: Iterable[Account],
    consent: Consent,
    organisation: Organisation,
    *,
    by: Account,
    **values: object,
) -> None:
    mails.notify_accounts(
        template,
        managers,
        reply_to=by.email,
        cluster=clusters.by_id(db(), consent.cluster_id),
        company=organisation.name,
        aggregates_from=consent.aggregates_from,
        link=mails.public_base_url() + url_for("cluster_members.show", cluster_id=consent.cluster_id),
        **values,
    )


def send_renewal_requests(asked: Iterable[Consent], cluster: Cluster) -> int:
    """Ask each company's owners to answer the newest consent; return the number of companies."""
    consents = {consent.organisation_id: consent for consent in asked}
    count = 0
    for organisation, group in groupby(
        memberships.active_owners_of_companies(db(), consents), key=itemgetter(0)
    ):
        count += 1
        about = {"organisation_id": organisation.id, "consent_id": consents[organisation.id].id}
        mails.notify_accounts(
            "clusters/consent_renewal",
            [account for _organisation, account in group],
            reply_to=address_in(cluster.contact) or current_account().email,
            cluster=cluster,
            company=organisation.name,
            is_listed=consents[organisation.id].edition in EDITIONS_WITH_PUBLIC_LIST,
            link=mails.public_base_url() + url_for("consents.ask_to_renew", **about),
        )
    return count
