"""Mails about residues: that somebody asks, without a name, and with both names once both agreed."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from flask import url_for

from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.language import local_day
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange.residue_inquiries import Inquiry, InquiryContact
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails


def send_inquiry(
    asked: int, cluster: Cluster, title: str, message: str = "", *, but_for: Collection[int] = ()
) -> set[int]:
    """Tell a company that somebody asks about its notice, or that it is introduced; answers reach nobody.

    An answer by mail would tell who is asked before they agreed. `but_for`: the accounts that know already.
    Returns those that were told.
    """
    people = [account for account in _writers(asked) if account.id not in but_for]
    values = {"title": title, "message": message, "cluster": cluster.name}
    link = _inquiries_page(asked, cluster)
    mails.notify_accounts("exchange/residue_inquiry", people, reply_to=mails.NOBODY, link=link, **values)
    return {account.id for account in people}


def send_contact(
    inquiry: Inquiry, cluster: Cluster, recipients: int, contact: InquiryContact, *, but_for: Collection[int]
) -> set[int]:
    """Tell a company whom it can write to now, since both agreed; answers reach that person.

    `but_for`: the accounts that know already. Returns those that were told.
    """
    people = [account for account in _writers(recipients) if account.id not in but_for]
    mails.notify_accounts(
        "exchange/residue_contact",
        people,
        reply_to=contact.email,
        title=inquiry.notice.title,
        contact=contact,
        link=_inquiries_page(recipients, cluster),
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


def send_report(cluster: Cluster, title: str, reason: str) -> None:
    """Tell the managers that a member finds a notice out of place; nobody is named."""
    managers = [account for account, role in clusters.staff(db(), cluster.id) if role is ClusterRole.MANAGER]
    link = url_for("residue_board.show", cluster_id=cluster.id)
    mails.notify_accounts(
        "exchange/residue_reported",
        managers,
        reply_to=mails.NOBODY,
        title=title,
        reason=reason,
        cluster=cluster.name,
        link=f"{mails.public_base_url()}{link}",
    )


def _writers(organisation_id: int) -> Sequence[Account]:
    today = local_day(datetime.now(UTC))
    return accounts.people_with_roles(db(), organisation_id, (Role.OWNER, Role.EDITOR), today=today)


def _inquiries_page(organisation_id: int, cluster: Cluster) -> str:
    path = url_for("residue_inquiries.show", organisation_id=organisation_id, cluster=cluster.id)
    return f"{mails.public_base_url()}{path}"
