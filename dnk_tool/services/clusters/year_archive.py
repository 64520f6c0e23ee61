"""Archives the cohorts of a reporting year, so that they can be read and nobody changes them."""

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import ArchivedYear, Permission
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.tables.clusters import Cluster


def set_year_archived(work: Work, cluster: Cluster, reporting_year: int, *, is_archived: bool) -> bool:
    """Archive the cohorts of the year, or take that back. Returns whether that changes anything.

    Raises NotPermitted.
    """
    lock_led_cluster(work.session, cluster.id, work.actor)
    of_year = cohorts.of_cluster(work.session, cluster.id, reporting_year)
    changed = [cohort for cohort in of_year if (cohort.archived_at is not None) != is_archived]
    for cohort in changed:
        cohort.archived_at = work.now if is_archived else None
    if changed:
        history.record_event(
            work.session,
            EventKind.ARCHIVED if is_archived else EventKind.ARCHIVE_ENDED,
            cluster_id=cluster.id,
            actor_id=work.actor.user_id,
            now=work.now,
            reporting_year=reporting_year,
        )
    return bool(changed)


def require_open_year(session: Session, cluster_id: int, reporting_year: int) -> None:
    """Raise ArchivedYear while the cohorts of the year are archived: before anything of them changes."""
    of_year = cohorts.of_cluster(session, cluster_id, reporting_year)
    if any(cohort.archived_at is not None for cohort in of_year):
        raise ArchivedYear(Permission.CLUSTER_LEAD)
