"""Mails of a cluster: invitations, removals from the team, news about consents."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar, cast

from flask import url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from dnk_tool.domain.clusters.company_list.rows import CompanyRow
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.domain.text import normalised
from dnk_tool.language import Language, format_long_date, local_day
from dnk_tool.services.clusters.invitations import InvitationWithToken
from dnk_tool.services.invitations import secret_links
from dnk_tool.store import people as memberships
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails

Item = TypeVar("Item")

# Signs of Unicode's private use, between which a preview's text was put in.
_BEGIN, _END = "\ue000", "\ue001"
_NO_MARKS = {ord(_BEGIN): None, ord(_END): None}
_INSERTED = re.compile(f"{_BEGIN}([^{_END}]*){_END}")

INVITATION_ENDPOINTS = {
    InvitationKind.STAFF: "invitations.show",
    InvitationKind.COMPANY: "company_invitation.show",
}


@dataclass(frozen=True)
class PreviewedMail:
    """A mail before it is sent. `parts` are in turn text of every mail and text put into this one."""

    subject: str
    parts: Sequence[str]


def send_invitation(sent: InvitationWithToken, cluster: Cluster, *, sender: str | None = None) -> None:
    """Queue the mail with the link, to a company or to staff; looks `sender` up if it is None."""
    invitation, _token = sent
    written = _write_invitation_mail(
        f"clusters/{invitation.kind.value}_invitation",
        invitation,
        name=invitation.name,
        cluster=cluster,
        role=ClusterRole(invitation.role) if invitation.role else None,
        sender=accounts.name_of(db(), invitation.created_by) if sender is None else sender,
        link=_invitation_link(sent),
    )
    mails.queue_mail(written, recipient=invitation.email, language=invitation.language)


def send_invitations(
    sent: Iterable[InvitationWithToken], cluster: Cluster, *, sender: str, reply_to: str
) -> None:
    """Queue the mails of a company list: one to each address, with the links of all its companies."""
    for together in _by_address(sent, key=lambda one: one[0].email):
        invitations = [invitation for invitation, _token in together]
        links = [_invitation_link(one) for one in together]
        written = _write_company_invitation(invitations, links, cluster, sender)
        mails.queue_mail(
            written, recipient=invitations[0].email, language=invitations[0].language, reply_to=reply_to
        )


def mails_of_companies(rows: Iterable[CompanyRow]) -> list[list[CompanyRow]]:
    """The companies by the mail in which they are invited."""
    return _by_address(rows, key=lambda row: row.email)


def preview_invitation(
    rows: Sequence[CompanyRow], cluster: Cluster, *, sender: str, message: str
) -> PreviewedMail:
    """The mail that these companies with the same address will get; nothing is sent or stored."""
    expires_at = datetime.now(UTC) + secret_links.LIFETIME[InvitationKind.COMPANY]
    invitations = [
        Invitation(
            kind=InvitationKind.COMPANY,
            email=_insert(row.email),
            name=_insert(row.name),
            company=_insert(row.company),
            language=row.language,
            message=_insert(normalised(message)),
            expires_at=expires_at,
        )
        for row in rows
    ]
    with force_locale(rows[0].language):
        link = _insert(_("Link zur Einladung, für jedes Unternehmen ein eigener"))
    subject, body = _write_company_invitation(invitations, [link] * len(rows), cluster, sender)
    return PreviewedMail(_INSERTED.sub(r"\1", subject), _INSERTED.split(body))


def _insert(text: str) -> str:
    """The text between signs by which a preview marks it; without those signs in it."""
    return f"{_BEGIN}{text.translate(_NO_MARKS)}{_END}" if text else ""


def _by_address(items: Iterable[Item], *, key: Callable[[Item], str]) -> list[list[Item]]:
    return [list(group) for _address, group in groupby(sorted(items, key=key), key=key)]


def _write_company_invitation(
    invitations: Sequence[Invitation], links: Sequence[str], cluster: Cluster, sender: str
) -> tuple[str, str]:
    """The subject and body of one mail, with the links of all companies that it invites."""
    first, names = invitations[0], {invitation.name for invitation in invitations}
    if len(invitations) == 1:
        return _write_invitation_mail(
            "clusters/company_invitation",
            first,
            name=first.name,
            cluster=cluster,
            role=None,
            sender=sender,
            link=links[0],
        )
    return _write_invitation_mail(
        "clusters/company_invitations",
        first,
        name=names.pop() if len(names) == 1 else "",
        cluster=cluster,
        sender=sender,
        companies=[(invitation.company, link) for invitation, link in zip(invitations, links, strict=True)],
    )


def _write_invitation_mail(
    template: str, invitation: Invitation, *, name: str, **values: Any
) -> tuple[str, str]:
    language = cast(Language, invitation.language)
    recipient = Account(email=invitation.email, name=name, language=language)
    valid_until = format_long_date(local_day(invitation.expires_at), language)
    return mails.render_mail(template, recipient, invitation=invitation, valid_until=valid_until, **values)


def _invitation_link(sent: InvitationWithToken) -> str:
    invitation, token = sent
    return mails.public_base_url() + url_for(INVITATION_ENDPOINTS[invitation.kind], token=token)


def send_staff_removal_mail(account: Account, cluster: Cluster) -> None:
    """Tell the person that they no longer work for the cluster."""
    mails.notify_accounts("clusters/staff_removed", [account], cluster=cluster)


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
            cluster=cluster,
            company=organisation.name,
            link=mails.public_base_url() + url_for("consents.ask_to_renew", **about),
        )
    return count
