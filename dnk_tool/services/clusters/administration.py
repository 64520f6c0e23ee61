"""Creates clusters and changes their name, contact and public list."""

from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor, Permission, Subject, can, require
from dnk_tool.domain.text import normalised
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.tables.clusters import Cluster

MAX_NAME_LENGTH, MAX_CONTACT_LENGTH = 200, 2_000


class NoName(ValueError):
    """The name is empty or longer than MAX_NAME_LENGTH characters."""


class NameTaken(Exception):
    """Another cluster has this name."""


def create_cluster(work: Work, name: str) -> Cluster:
    """Create a cluster without staff, as the operator. Raises NotPermitted, NoName and NameTaken."""
    require(Permission.INSTALLATION_RUN, work.actor)
    name = _free_name(work.session, name)
    cluster = Cluster(name=name, created_at=work.now)
    work.session.add(cluster)
    work.session.flush()
    history.record_event(
        work.session,
        EventKind.CLUSTER_CREATED,
        cluster_id=cluster.id,
        actor_id=work.actor.user_id,
        now=work.now,
        name=name,
    )
    return cluster


def change_cluster(
    work: Work,
    cluster: Cluster,
    *,
    name: str,
    contact: str | None = None,
    has_public_list: bool | None = None,
) -> None:
    """Change the cluster's name, contact and public list; None keeps the contact or list as it is.

    `contact`: whom members may ask, cut at MAX_CONTACT_LENGTH characters. Raises NotPermitted, NoName and
    NameTaken.
    """
    require_cluster_lead(work.actor, cluster)
    changes: dict[str, list[Any]] = {}
    name = _free_name(work.session, name, cluster)
    if name != cluster.name:
        changes["name"] = [cluster.name, name]
        cluster.name = name
    contact = cluster.contact if contact is None else normalised(contact)[:MAX_CONTACT_LENGTH]
    if contact != cluster.contact:
        # Whom to ask is a person: the event says only that it changed.
        changes["contact"] = []
        cluster.contact = contact
    if has_public_list not in (None, cluster.has_public_list):
        changes["has_public_list"] = [cluster.has_public_list, has_public_list]
        cluster.has_public_list = bool(has_public_list)
    if changes:
        _record_event(work, EventKind.CLUSTER_CHANGED, cluster, fields=changes)


def require_cluster_lead(actor: Actor, cluster: Cluster) -> None:
    """Raise NotPermitted unless the actor manages the cluster or runs the installation."""
    if not can(Permission.INSTALLATION_RUN, actor):
        require(Permission.CLUSTER_LEAD, actor, Subject(cluster_id=cluster.id))


def _record_event(work: Work, kind: EventKind, cluster: Cluster, **detail: Any) -> None:
    history.record_event(
        work.session, kind, cluster_id=cluster.id, actor_id=work.actor.user_id, now=work.now, **detail
    )


def _free_name(session: Session, name: str, cluster: Cluster | None = None) -> str:
    name = one_line(name)
    if not name or len(name) > MAX_NAME_LENGTH:
        raise NoName(name)
    if cluster_lists.has_name(session, name, other_than=cluster.id if cluster else None):
        raise NameTaken(name)
    return name
