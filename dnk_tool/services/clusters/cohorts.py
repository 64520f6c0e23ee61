"""Creates, changes and deletes the cohorts of a cluster, and says which members are in which.

What a cohort says: as somebody entered it, and as it is stored, with a version.
"""

import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.cohorts import MAX_MILESTONES
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import NEVER_STORED, Stored, Version, is_change
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.domain.text import normalised
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.services.clusters.year_archive import require_open_year
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.tables.clusters import Cluster, Cohort, CohortAssignment, CohortView, Milestone

VERSIONS = 999_999_937  # a version in a form has at most nine digits
MAX_NAME, MAX_TITLE, MAX_PLACE = 200, 200, 500


@dataclass(frozen=True)
class MilestoneData:
    """What somebody entered of a milestone; `id` is that of the present one, None for a new one."""

    day: date
    title: str
    place: str = ""
    note: str = ""
    sections: Sequence[str] = ()
    id: int | None = None


@dataclass(frozen=True)
class CohortData:
    """What somebody entered of a cohort; without a name it is that of all members without an assignment.

    `emptied`: ids of milestones to delete.
    """

    reporting_year: int
    name: str = ""
    starts: date | None = None
    due: date | None = None
    indicator_set: str | None = None
    milestones: Sequence[MilestoneData] = ()
    emptied: Collection[int] = ()

    @property
    def known_ids(self) -> frozenset[int]:
        """The stored milestones that the sender had seen."""
        return frozenset({one.id for one in self.milestones if one.id is not None}.union(self.emptied))


def stored_cohort(cohort: Cohort, milestones: Sequence[Milestone]) -> Stored[CohortData]:
    """The cohort with these of its milestones, and a version that differs as soon as one of them does."""
    content = CohortData(
        cohort.reporting_year,
        cohort.name,
        cohort.starts,
        cohort.due,
        cohort.indicator_set,
        _in_order(
            MilestoneData(one.day, one.title, one.place, one.note, tuple(one.sections), one.id)
            for one in milestones
        ),
    )
    return Stored(content, zlib.crc32(repr(content).encode()) % VERSIONS + 1)


def as_stored(data: CohortData, reporting_year: int) -> CohortData:
    """What was entered as it is stored: lines on one line, milestones by day, without emptied ones."""
    milestones = (
        replace(
            one,
            title=one_line(one.title)[:MAX_TITLE],
            place=one_line(one.place)[:MAX_PLACE],
            note=normalised(one.note),
            sections=tuple(one.sections),
        )
        for one in data.milestones
    )
    return replace(
        data,
        reporting_year=reporting_year,
        name=one_line(data.name)[:MAX_NAME],
        milestones=_in_order(milestones),
        emptied=(),
    )


def _in_order(milestones: Iterable[MilestoneData]) -> tuple[MilestoneData, ...]:
    return tuple(sorted(milestones, key=lambda one: (one.day, one.id or 0)))


class CohortNameTaken(Exception):
    """The cluster has a cohort of this name in this reporting year."""


def save_cohort(
    work: Work,
    cluster: Cluster,
    data: CohortData,
    *,
    cohort_id: int | None = None,
    seen: Version = NEVER_STORED,
) -> Cohort:
    """Create the cohort, or change the one with this id; its reporting year stays.

    `seen`: the version that the sender had seen, of the cohort and the milestones that the data name.
    Milestones that they do not name stay: somebody else may have added them meanwhile. Raises NotPermitted,
    ArchivedYear, CohortNameTaken, LookupError if the cohort is gone, and ConflictError without writing
    anything if somebody else changed it or one of these milestones.
    """
    lock_led_cluster(work.session, cluster.id, work.actor)
    cohort = _own(work.session, cluster, cohort_id) if cohort_id is not None else None
    year = cohort.reporting_year if cohort else data.reporting_year
    require_open_year(work.session, cluster.id, year)
    given = as_stored(data, year)
    if any(
        other.name.casefold() == given.name.casefold() and other is not cohort
        for other in cohorts.of_cluster(work.session, cluster.id, year)
    ):
        raise CohortNameTaken(given.name)
    if cohort and not _is_change(work.session, cohort, data, given, seen):
        return cohort
    before = cohort.due.isoformat() if cohort and cohort.due else None
    if cohort is None:
        cohort = Cohort(cluster_id=cluster.id, reporting_year=year, created_at=work.now)
        work.session.add(cohort)
    cohort.name, cohort.is_default = given.name, not given.name
    cohort.starts, cohort.due, cohort.indicator_set = given.starts, given.due, given.indicator_set
    work.session.flush()
    _put_milestones(work.session, cohort, given.milestones[:MAX_MILESTONES], data.emptied)
    after = given.due.isoformat() if given.due else None
    _record(work, cluster, cohort, **({} if before == after else {"due": [before, after]}))
    return cohort


def _is_change(session: Session, cohort: Cohort, data: CohortData, given: CohortData, seen: Version) -> bool:
    session.refresh(cohort)
    known = cohorts.milestones_of(session, cohort.id)
    shown = [milestone for milestone in known if milestone.id in data.known_ids]
    return is_change(stored_cohort(cohort, shown), seen, given)


def delete_cohort(work: Work, cluster: Cluster, cohort_id: int) -> None:
    """Delete the cohort with its milestones; its members are in that of all members again.

    Raises NotPermitted, ArchivedYear, and LookupError if it is gone.
    """
    lock_led_cluster(work.session, cluster.id, work.actor)
    cohort = _own(work.session, cluster, cohort_id)
    require_open_year(work.session, cluster.id, cohort.reporting_year)
    _record(work, cluster, cohort, due=[cohort.due and cohort.due.isoformat(), None], removed=True)
    work.session.delete(cohort)
    work.session.flush()


def assign(
    work: Work,
    cluster: Cluster,
    reporting_year: int,
    organisation_ids: Collection[int],
    *,
    cohort_id: int | None,
) -> int:
    """Put members into a cohort of the year; without one they take no part. Returns how many changed.

    Companies that are no members are left out. Raises NotPermitted, ArchivedYear, and LookupError if the
    cohort is gone.
    """
    lock_led_cluster(work.session, cluster.id, work.actor)
    require_open_year(work.session, cluster.id, reporting_year)
    cohort = None if cohort_id is None else _own(work.session, cluster, cohort_id)
    known = cohorts.assignments(work.session, cluster.id, reporting_year)
    changed = 0
    for key in sorted(cluster_lists.members_among(work.session, cluster.id, organisation_ids)):
        row = known.get(key)
        if row is not None and row.cohort_id == cohort_id:
            continue
        if row is None:
            row = CohortAssignment(cluster_id=cluster.id, organisation_id=key, reporting_year=reporting_year)
            work.session.add(row)
        row.cohort_id, row.assigned_at = cohort_id, work.now
        changed += 1
    if changed:
        _record(work, cluster, cohort, reporting_year=reporting_year, assigned=changed)
    work.session.flush()
    return changed


def release(work: Work, cluster: Cluster, reporting_year: int, organisation_ids: Collection[int]) -> int:
    """Take back the assignments of these members in the year. Returns how many.

    Raises NotPermitted, and ArchivedYear.
    """
    lock_led_cluster(work.session, cluster.id, work.actor)
    require_open_year(work.session, cluster.id, reporting_year)
    known = cohorts.assignments(work.session, cluster.id, reporting_year)
    rows = [known[key] for key in organisation_ids if key in known]
    for row in rows:
        work.session.delete(row)
    if rows:
        _record(work, cluster, None, reporting_year=reporting_year, released=len(rows))
    work.session.flush()
    return len(rows)


def assign_newcomer(
    session: Session, cluster_id: int, organisation_id: int, cohort_id: int, *, now: datetime
) -> None:
    """Put a company that has just joined into the cohort of its invitation, unless it is gone or archived."""
    cohort = cohorts.by_id(session, cluster_id, cohort_id)
    if cohort is None or cohort.archived_at is not None:
        return
    session.merge(
        CohortAssignment(
            cluster_id=cluster_id,
            organisation_id=organisation_id,
            reporting_year=cohort.reporting_year,
            cohort_id=cohort.id,
            assigned_at=now,
        )
    )
    session.flush()


def choose_view(
    session: Session, cluster: Cluster, reporting_year: int, cohort_id: int | None, *, actor: Actor
) -> None:
    """Keep which year and cohort this person looks at; it concerns nobody else. Raises NotPermitted."""
    require(Permission.CLUSTER_VIEW, actor, Subject(cluster_id=cluster.id))
    cohort = cohorts.by_id(session, cluster.id, cohort_id) if cohort_id is not None else None
    session.merge(
        CohortView(
            account_id=actor.user_id,
            cluster_id=cluster.id,
            reporting_year=cohort.reporting_year if cohort else reporting_year,
            cohort_id=cohort.id if cohort else None,
        )
    )
    session.flush()


def _own(session: Session, cluster: Cluster, cohort_id: int) -> Cohort:
    cohort = cohorts.by_id(session, cluster.id, cohort_id)
    if cohort is None:
        raise LookupError(cohort_id)
    return cohort


def _put_milestones(
    session: Session, cohort: Cohort, wanted: Sequence[MilestoneData], emptied: Collection[int]
) -> None:
    known = {milestone.id: milestone for milestone in cohorts.milestones_of(session, cohort.id)}
    for data in wanted:
        row = known.pop(data.id, None) if data.id is not None else None
        if row is None:
            row = Milestone(cohort_id=cohort.id)
            session.add(row)
        row.day, row.title, row.place = data.day, data.title, data.place
        row.note, row.sections = data.note, list(data.sections)
    for key, gone in known.items():
        if key in emptied:
            session.delete(gone)
    session.flush()


def _record(work: Work, cluster: Cluster, cohort: Cohort | None, **detail: Any) -> None:
    about: dict[str, Any] = {"reporting_year": cohort.reporting_year, "cohort": cohort.name} if cohort else {}
    history.record_event(
        work.session,
        EventKind.DEADLINE_SET,
        cluster_id=cluster.id,
        actor_id=work.actor.user_id,
        now=work.now,
        **(about | detail),
    )
