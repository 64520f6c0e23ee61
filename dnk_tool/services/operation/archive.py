"""Archives companies and clusters, and takes that back. What is archived can only be read."""

from datetime import datetime

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Permission, require
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.organisations import Organisation


def begin_archive(work: Work, subject: Organisation | Cluster) -> bool:
    """Archive the company or the cluster. Returns whether that changes anything. Raises NotPermitted.

    A change that has begun ends first. What a company published stays public. Members of a cluster keep
    everything, and can take back what they submitted.
    """
    return _set_archived(work, subject, work.now)


def end_archive(work: Work, subject: Organisation | Cluster) -> bool:
    """Let the company or the cluster work again. Returns whether that changes anything.

    Raises NotPermitted.
    """
    return _set_archived(work, subject, None)


def _set_archived(work: Work, subject: Organisation | Cluster, since: datetime | None) -> bool:
    require(Permission.INSTALLATION_RUN, work.actor)
    if isinstance(subject, Organisation):
        where = {"organisation_id": subject.id}
        declarations.lock_organisation(work.session, subject.id, even_archived=True)
    else:
        where = {"cluster_id": subject.id}
        clusters.lock(work.session, subject.id, even_archived=True)
    if (subject.archived_at is None) == (since is None):
        return False
    subject.archived_at = since
    kind = EventKind.ARCHIVED if since else EventKind.ARCHIVE_ENDED
    history.record_event(work.session, kind, **where, actor_id=work.actor.user_id, now=work.now)
    return True
