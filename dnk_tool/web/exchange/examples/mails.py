"""Tells managers that an example waits, and its company what became of it; never a word of the example."""

from datetime import UTC, datetime
from typing import Any

from flask import url_for

from dnk_tool.domain.mail import address_in
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.language import local_day
from dnk_tool.store.accounts.queries import people_with_roles
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange.examples import ShownExample
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.http.access import current_account, current_organisation
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails


def tell_managers(cluster: Cluster, example_id: int) -> None:
    """Mail the managers of a cluster that the current company offers an example."""
    team = clusters.staff(db(), cluster.id)
    mails.notify_accounts(
        "exchange/example_offered",
        [account for account, role in team if role is ClusterRole.MANAGER and account.active],
        reply_to=current_account().email,
        company=current_organisation().name,
        cluster=cluster.name,
        link=_address("examples.read", cluster_id=cluster.id, example_id=example_id),
    )


def tell_company(cluster: Cluster, shown: ShownExample, *, is_published: bool) -> None:
    """Mail the owners of a company that its example is published, or that it came back."""
    mails.notify_accounts(
        "exchange/example_decided",
        people_with_roles(db(), shown.organisation_id, (Role.OWNER,), today=local_day(datetime.now(UTC))),
        reply_to=address_in(cluster.contact) or current_account().email,
        company=shown.company,
        cluster=cluster.name,
        is_published=is_published,
        link=_address("own_examples.show", organisation_id=shown.organisation_id, example_id=shown.id),
    )


def _address(endpoint: str, **values: Any) -> str:
    return mails.public_base_url() + url_for(endpoint, **values)
