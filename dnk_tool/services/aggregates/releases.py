"""Orders, makes, discards and withdraws the releases of a cluster's numbers: by its managers, recorded.

Locks are taken in this order: companies, cluster, release.
"""

from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.aggregates.entering_versions import ReleaseState
from dnk_tool.domain.aggregates.json_format import release_from_json
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.aggregates.inputs import current_digest
from dnk_tool.services.clusters.year_archive import require_open_year
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.work import Work
from dnk_tool.store.aggregates import company_removal, entering_members, releases
from dnk_tool.store.answers import history
from dnk_tool.store.tables.aggregates import ReleaseRow
from dnk_tool.store.tables.clusters import Cluster

MAX_REASON_LENGTH = 500


class ReleaseChanged(Exception):
    """Somebody made, discarded, prepared anew or withdrew the release meanwhile."""


class ReleaseOutdated(Exception):
    """What the release was prepared from has changed: a consent, a version, a publication."""


class NoReason(ValueError):
    """A withdrawal needs a reason."""


def order_release(work: Work, cluster: Cluster, reporting_year: int) -> ReleaseRow:
    """Have a release of the year prepared in the background; a corrected one if one was made before.

    What was prepared or refused before is prepared anew. Raises NotPermitted, and Archived for an archived
    cluster or year.
    """
    _lock(work.session, cluster, reporting_year, work.actor)
    known = releases.of_year(work.session, cluster.id, reporting_year)
    row = known[0].row if known and known[0].row.made_at is None else None
    if row is None:
        number = known[0].row.number + 1 if known else 1
        row = ReleaseRow(cluster_id=cluster.id, reporting_year=reporting_year, number=number)
        work.session.add(row)
    else:
        work.session.refresh(row, with_for_update=True)
        company_removal.remove_companies(work.session, row.id)
    row.state, row.content, row.ordered_at = ReleaseState.ORDERED, None, work.now
    row.sha256 = row.inputs = row.refusal = ""
    row.companies = 0
    work.session.flush()
    return row


def discard_release(session: Session, cluster: Cluster, release_id: int, *, actor: Actor) -> None:
    """Discard a release that is not made yet. Raises NotPermitted, Archived and ReleaseChanged."""
    row = _locked(session, cluster, release_id, actor)
    if row.made_at is not None:
        raise ReleaseChanged(release_id)
    session.delete(row)
    session.flush()


def make_release(work: Work, cluster: Cluster, release_id: int, sha256: str) -> ReleaseRow:
    """Make a prepared release: from now on members and the cluster's report show its numbers.

    `sha256`: digest of the content that the manager looked at. Raises NotPermitted, Archived, ReleaseChanged
    if it is another one by now or shows no number, and ReleaseOutdated if what it was prepared from has
    changed.
    """
    companies = releases.company_ids(work.session, release_id)
    entering_members.lock_companies(work.session, companies)
    row = _locked(work.session, cluster, release_id, work.actor)
    if row.state is not ReleaseState.PREPARED or row.sha256 != sha256 or not _shows_a_number(row):
        raise ReleaseChanged(release_id)
    is_other = releases.company_ids(work.session, release_id) != companies
    if is_other or current_digest(work.session, row) != row.inputs:
        raise ReleaseOutdated(release_id)
    row.state, row.made_at, row.made_by = ReleaseState.MADE, work.now, work.actor.user_id
    work.session.flush()
    _record(work, EventKind.RELEASE_MADE, row, entering=row.companies)
    return row


def _shows_a_number(row: ReleaseRow) -> bool:
    return row.content is not None and any(it.is_shown for it in release_from_json(row.content).numbers)


def withdraw_release(work: Work, cluster: Cluster, release_id: int, reason: str) -> ReleaseRow:
    """Withdraw a release that was made: nobody sees its numbers any more, and the team can read why.

    Raises NotPermitted, Archived, NoReason, and ReleaseChanged if it was withdrawn or corrected meanwhile.
    """
    if not reason.strip():
        raise NoReason(release_id)
    row = _locked(work.session, cluster, release_id, work.actor)
    newer = [
        it.row.id
        for it in releases.of_year(work.session, cluster.id, row.reporting_year)
        if it.row.made_at is not None and it.row.number > row.number
    ]
    if row.made_at is None or row.withdrawn_at is not None or newer:
        raise ReleaseChanged(release_id)
    row.withdrawn_at, row.withdrawn_by = work.now, work.actor.user_id
    row.reason = reason.strip()[:MAX_REASON_LENGTH]
    work.session.flush()
    _record(work, EventKind.RELEASE_WITHDRAWN, row)
    return row


def _lock(session: Session, cluster: Cluster, reporting_year: int, actor: Actor) -> None:
    lock_led_cluster(session, cluster.id, actor)
    require_open_year(session, cluster.id, reporting_year)


def _locked(session: Session, cluster: Cluster, release_id: int, actor: Actor) -> ReleaseRow:
    """The release of the cluster, locked; raises ReleaseChanged if there is none."""
    lock_led_cluster(session, cluster.id, actor)
    row = releases.locked(session, release_id)
    if row is None or row.cluster_id != cluster.id:
        raise ReleaseChanged(release_id)
    require_open_year(session, cluster.id, row.reporting_year)
    return row


def _record(work: Work, kind: EventKind, row: ReleaseRow, **detail: Any) -> None:
    history.record_event(
        work.session,
        kind,
        cluster_id=row.cluster_id,
        actor_id=work.actor.user_id,
        now=work.now,
        reporting_year=row.reporting_year,
        number=row.number,
        **detail,
    )
