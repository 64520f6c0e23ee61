"""Mails of a cluster: invitations, removals from the team, news about consents."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

from flask import url_for

from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_PUBLIC_LIST
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.language import Language, format_long_date, local_day
from dnk_tool.services.clusters.invitations import InvitationWithToken
from dnk_tool.store import people as memberships
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails

INVITATION_ENDPOINTS = {
    InvitationKind.STAFF: "invitations.show",
    InvitationKind.COMPANY: "company_invitation.show",
}


def send_invitation(sent: InvitationWithToken, cluster: Cluster, *, sender: str | None = None) -> None:
    """Queue the mail with the link, to a company or to staff; looks `sender` up if it is None."""
    invitation, _token = sent
    _queue_invitation_mail(
        f"clusters/{invitation.kind.value}_invitation",
        invitation,
        name=invitation.name,
        cluster=cluster,
        role=ClusterRole(invitation.role) if invitation.role else None,
        sender=accounts.name_of(db(), invitation.created_by) if sender is None else sender,
        link=_invitation_link(sent),
    )


def send_invitations(sent: Iterable[InvitationWithToken], cluster: Cluster, *, sender: str) -> None:
    """Queue the mails of a company list: one to each address, with the links of all its companies."""
    for _email, group in groupby(sorted(sent, key=_recipient_address), key=_recipient_address):
        together = list(group)
        if len(together) > 1:
            _send_combined_invitation(together, cluster, sender)
        else:
            send_invitation(together[0], cluster, sender=sender)


def _send_combined_invitation(sent: list[InvitationWithToken], cluster: Cluster, sender: str) -> None:
    names = {invitation.name for invitation, _token in sent}
    _queue_invitation_mail(
        "clusters/company_invitations",
        sent[0][0],
        name=names.pop() if len(names) == 1 else "",
        cluster=cluster,
        sender=sender,
        companies=[
            (invitation_with_token[0].company, _invitation_link(invitation_with_token))
            for invitation_with_token in sent
        ],
    )


def _queue_invitation_mail(template: str, invitation: Invitation, *, name: str, **values: Any) -> None:
    language = cast(Language, invitation.language)
    recipient = Account(email=invitation.email, name=name, language=language)
    valid_until = format_long_date(local_day(invitation.expires_at), language)
    written = mails.render_mail(template, recipient, invitation=invitation, valid_until=valid_until, **values)
    mails.queue_mail(written, recipient=invitation.email, language=language)


def _recipient_address(sent: InvitationWithToken) -> str:
    return sent[0].email


def _invitation_link(sent: InvitationWithToken) -> str:
    invitation, token = sent
    return mails.public_base_url() + url_for(INVITATION_ENDPOINTS[invitation.kind], token=token)


def send_staff_removal_mail(account: Account, cluster: Cluster) -> None:
    """Tell the person that they no longer work for the cluster."""
    mails.notify_accounts("clusters/staff_removed", [account], cluster=cluster)


def send_member_removal_mail(
    organisation: Organisation, cluster: Cluster, *, recalled: Iterable[int]
) -> None:
    """Tell the company's owners that the cluster took it out, and what stays theirs."""
    mails.notify_accounts(
        "clusters/member_removed",
        [account for _one, account in memberships.active_owners_of_companies(db(), [organisation.id])],
        cluster=cluster,
        company=organisation.name,
        recalled=list(recalled),
        link=mails.public_base_url() + url_for("company.show", organisation_id=organisation.id),
    )


def notify_managers(template: str, consent: Consent, organisation: Organisation, **values: object) -> None:
    """Queue a mail about a consent to each of the cluster's managers."""
    staff = clusters.staff(db(), consent.cluster_id)
    mails.notify_accounts(
        template,
        [account for account, role in staff if role is ClusterRole.MANAGER],
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
            cluster=cluster,
            company=organisation.name,
            is_listed=consents[organisation.id].edition in EDITIONS_WITH_PUBLIC_LIST,
            link=mails.public_base_url() + url_for("consents.ask_to_renew", **about),
        )
    return count
