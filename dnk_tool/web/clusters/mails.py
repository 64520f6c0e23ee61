"""Mails of a cluster: invitations, removals from the team, news about consents."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import cast

from flask import url_for

from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.mail import NewsFrequency, NewsKind, address_in
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.language import Language, format_long_date, local_day
from dnk_tool.services.clusters.invitations import InvitationWithToken
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

INVITATION_ENDPOINTS = {
    InvitationKind.STAFF: "invitations.show",
    InvitationKind.COMPANY: "company_invitation.show",
}


def send_invitation(sent: InvitationWithToken, cluster: Cluster) -> None:
    """Queue the mail with the link, to a company or to staff, in the name of the person who acts."""
    _queue([sent], write_invitation([sent], cluster, sender=current_account()))


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
    """Ask each company's owners whether the public list may name it; return the number of companies."""
    consents = {consent.organisation_id: consent.id for consent in asked}
    count = 0
    for organisation, group in groupby(
        memberships.active_owners_of_companies(db(), consents), key=itemgetter(0)
    ):
        count += 1
        about = {"organisation_id": organisation.id, "consent_id": consents[organisation.id]}
        mails.notify_accounts(
            "clusters/consent_renewal",
            [account for _organisation, account in group],
            reply_to=address_in(cluster.contact) or current_account().email,
            cluster=cluster,
            company=organisation.name,
            link=mails.public_base_url() + url_for("consents.ask_to_renew", **about),
        )
    return count
