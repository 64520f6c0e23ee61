"""Archives the cohorts of a reporting year, so that they can be read and nobody changes them."""

from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor, ArchivedYear, Permission
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.tables.clusters import Cluster


def set_year_archived(
    session: Session, cluster: Cluster, reporting_year: int, *, is_archived: bool, actor: Actor, now: datetime
) -> bool:
    """Archive the cohorts of the year, or take that back. Returns whether that changes anything.

    Raises NotPermitted.
    """
    lock_led_cluster(session, cluster.id, actor)
    of_year = cohorts.of_cluster(session, cluster.id, reporting_year)
    changed = [cohort for cohort in of_year if (cohort.archived_at is not None) != is_archived]
    for cohort in changed:
        cohort.archived_at = now if is_archived else None
    if changed:
        history.record_event(
            session,
            EventKind.ARCHIVED if is_archived else EventKind.ARCHIVE_ENDED,
            cluster_id=cluster.id,
            actor_id=actor.user_id,
            now=now,
            reporting_year=reporting_year,
        )
    return bool(changed)


def require_open_year(session: Session, cluster_id: int, reporting_year: int) -> None:
    """Raise ArchivedYear while the cohorts of the year are archived: before anything of them changes."""
    of_year = cohorts.of_cluster(session, cluster_id, reporting_year)
    if any(cohort.archived_at is not None for cohort in of_year):
        raise ArchivedYear(Permission.CLUSTER_LEAD)
