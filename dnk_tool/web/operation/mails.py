"""Mails about what the operator did with a company or a cluster, to those who lead it."""

from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.store import people as memberships
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails


def owners_of(organisation: Organisation) -> list[Account]:
    """The company's owners who can sign in."""
    owners = memberships.active_owners_of_companies(db(), [organisation.id])
    return [account for _organisation, account in owners]


def managers_of(cluster: Cluster) -> list[Account]:
    """The cluster's managers who can sign in."""
    staff = clusters.staff(db(), cluster.id)
    return [account for account, role in staff if role is ClusterRole.MANAGER and account.active]


def tell_owners(template: str, organisation: Organisation, **values: object) -> int:
    """Queue a mail for each of the company's owners. Returns how many get one."""
    owners = owners_of(organisation)
    mails.notify_accounts(template, owners, reply_to=mails.NOBODY, company=organisation.name, **values)
    return len(owners)


def tell_managers(template: str, cluster: Cluster) -> None:
    """Queue a mail for each of the cluster's managers."""
    mails.notify_accounts(template, managers_of(cluster), reply_to=mails.NOBODY, cluster=cluster.name)
