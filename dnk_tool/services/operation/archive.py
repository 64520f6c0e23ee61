"""Archives companies and clusters, and takes that back. What is archived can only be read."""

from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.organisations import Organisation


def archive_company(session: Session, organisation: Organisation, *, actor: Actor, now: datetime) -> bool:
    """Archive the company, as the operator. Returns whether that changes anything. Raises NotPermitted.

    A change that has begun ends first. What is published stays public.
    """
    return _set_company(session, organisation, now, actor=actor, now=now)


def end_company_archive(session: Session, organisation: Organisation, *, actor: Actor, now: datetime) -> bool:
    """Let the company be changed again. Returns whether that changes anything. Raises NotPermitted."""
    return _set_company(session, organisation, None, actor=actor, now=now)


def archive_cluster(session: Session, cluster: Cluster, *, actor: Actor, now: datetime) -> bool:
    """Archive the cluster, as the operator. Returns whether that changes anything. Raises NotPermitted.

    Its members keep everything, and can take back what they submitted.
    """
    return _set_cluster(session, cluster, now, actor=actor, now=now)


def end_cluster_archive(session: Session, cluster: Cluster, *, actor: Actor, now: datetime) -> bool:
    """Let the cluster work again. Returns whether that changes anything. Raises NotPermitted."""
    return _set_cluster(session, cluster, None, actor=actor, now=now)


def _set_company(
    session: Session, organisation: Organisation, since: datetime | None, *, actor: Actor, now: datetime
) -> bool:
    require(Permission.INSTALLATION_RUN, actor)
    declarations.lock_organisation(session, organisation.id, even_archived=True)
    if (organisation.archived_at is None) == (since is None):
        return False
    organisation.archived_at = since
    history.record_event(
        session, _event(since), organisation_id=organisation.id, actor_id=actor.user_id, now=now
    )
    return True


def _set_cluster(
    session: Session, cluster: Cluster, since: datetime | None, *, actor: Actor, now: datetime
) -> bool:
    require(Permission.INSTALLATION_RUN, actor)
    clusters.lock(session, cluster.id, even_archived=True)
    if (cluster.archived_at is None) == (since is None):
        return False
    cluster.archived_at = since
    history.record_event(session, _event(since), cluster_id=cluster.id, actor_id=actor.user_id, now=now)
    return True


def _event(since: datetime | None) -> EventKind:
    return EventKind.ARCHIVED if since else EventKind.ARCHIVE_ENDED
