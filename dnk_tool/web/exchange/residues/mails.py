"""Mails about residues: that somebody asks, without a name, with both names once both agreed, neighbours."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from flask import url_for

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.language import local_day
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange.residue_inquiries import Inquiry, InquiryContact
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails


def send_inquiry(
    asked: Consent, sender: Cluster, title: str, message: str = "", *, but_for: Collection[int] = ()
) -> set[int]:
    """Tell a member that somebody asks about its notice, or that it is introduced; answers reach nobody.

    An answer by mail would tell who is asked before they agreed. `sender`: the cluster of who asks.
    `but_for`: the accounts that know already. Returns those that were told.
    """
    people = [account for account in _writers(asked.organisation_id) if account.id not in but_for]
    values = {"title": title, "message": message, "cluster": sender.name}
    link = _inquiries_page(asked)
    mails.notify_accounts("exchange/residue_inquiry", people, reply_to=mails.NOBODY, link=link, **values)
    return {account.id for account in people}


def send_contact(
    inquiry: Inquiry, recipient: Consent, contact: InquiryContact, *, but_for: Collection[int]
) -> set[int]:
    """Tell a member whom it can write to now, since both agreed; answers reach that person.

    `but_for`: the accounts that know already. Returns those that were told.
    """
    people = [account for account in _writers(recipient.organisation_id) if account.id not in but_for]
    mails.notify_accounts(
        "exchange/residue_contact",
        people,
        reply_to=contact.email,
        title=inquiry.notice.title,
        contact=contact,
        link=_inquiries_page(recipient),
    )
    return {account.id for account in people}


def send_taken_down(company: int, cluster: Cluster, title: str, reason: str) -> None:
    """Tell a company that its notice was taken down, and why; answers reach nobody.

    An answer, even an automatic one, would tell the manager whose notice it was.
    """
    link = url_for("residues.show", organisation_id=company, cluster=cluster.id)
    mails.notify_accounts(
        "exchange/residue_taken_down",
        _writers(company),
        reply_to=mails.NOBODY,
        title=title,
        reason=reason,
        cluster=cluster.name,
        link=f"{mails.public_base_url()}{link}",
    )


def send_report(cluster_id: int, reporting: Cluster, title: str, reason: str) -> None:
    """Tell the managers of a cluster that a member, maybe of a neighbour, finds a notice out of place.

    `reporting`: the cluster of that member, which is named only where it is the notice's own.
    """
    mails.notify_accounts(
        "exchange/residue_reported",
        _managers(cluster_id),
        reply_to=mails.NOBODY,
        title=title,
        reason=reason,
        cluster=reporting.name,
        is_neighbour=reporting.id != cluster_id,
        link=f"{mails.public_base_url()}{url_for('residue_board.show', cluster_id=cluster_id)}",
    )


def send_neighbour(to: Cluster, sender: Cluster, kind: EventKind) -> None:
    """Tell the managers of a cluster what another one proposed, accepted or ended; answers reach nobody."""
    mails.notify_accounts(
        "exchange/residue_neighbour",
        _managers(to.id),
        reply_to=mails.NOBODY,
        kind=kind.value,
        sender=sender.name,
        cluster=to.name,
        link=f"{mails.public_base_url()}{url_for('residue_neighbours.show', cluster_id=to.id)}",
    )


def _managers(cluster_id: int) -> Sequence[Account]:
    return [account for account, role in clusters.staff(db(), cluster_id) if role is ClusterRole.MANAGER]


def _writers(organisation_id: int) -> Sequence[Account]:
    today = local_day(datetime.now(UTC))
    return accounts.people_with_roles(db(), organisation_id, (Role.OWNER, Role.EDITOR), today=today)


def _inquiries_page(member: Consent) -> str:
    path = url_for(
        "residue_inquiries.show", organisation_id=member.organisation_id, cluster=member.cluster_id
    )
    return f"{mails.public_base_url()}{path}"
