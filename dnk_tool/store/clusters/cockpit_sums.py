"""Counts of a cluster's members, and the review history and activity of single members."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.completeness import SectionProgress
from dnk_tool.domain.clusters.cockpit import (
    REVIEW_ROUND_EVENTS,
    TIMELINE_EVENTS,
    ClusterTask,
    MemberStage,
    ReviewEvent,
    member_stage,
)
from dnk_tool.domain.clusters.cohorts import has_started
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.store.clusters import cockpit_sql, cohorts
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.tables.clusters import Cohort, Consent
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.organisations import Organisation

MAX_EVENTS = 500


@dataclass(frozen=True)
class ReportingYearSummary:
    """The number of companies with a declaration by year, and the cluster's cohorts."""

    declared: Mapping[int, int]
    cohorts: Sequence[Cohort]

    @property
    def known(self) -> list[int]:
        """All years with a declaration or a cohort, latest first."""
        return sorted(self.declared.keys() | {cohort.reporting_year for cohort in self.cohorts}, reverse=True)

    def of_year(self, year: int) -> list[Cohort]:
        """The cohorts of the reporting year, that of all members first."""
        return [cohort for cohort in self.cohorts if cohort.reporting_year == year]

    def is_archived(self, year: int) -> bool:
        """Whether the managers archived the reporting year."""
        return any(cohort.archived_at is not None for cohort in self.of_year(year))

    def default_of(self, year: int) -> Cohort | None:
        """The cohort of all members without an assignment in the reporting year."""
        return next((cohort for cohort in self.of_year(year) if cohort.is_default), None)

    def view(
        self,
        cluster_id: int,
        year: int,
        *,
        now: datetime,
        cohort_id: int | None = None,
        kept_from: frozenset[int] = frozenset(),
    ) -> ClusterYear:
        """The look at a year, of one cohort or of all members; a cohort of another year counts for none.

        `kept_from`: the companies whose review is closed to the reader.
        """
        default = self.default_of(year)
        known = {cohort.id for cohort in self.of_year(year)}
        return ClusterYear(
            cluster_id,
            year,
            default.due if default else None,
            now,
            default_id=default.id if default else None,
            cohort_id=cohort_id if cohort_id in known else None,
            kept_from=kept_from,
        )

    def latest(self, today: date) -> int:
        """The year shown first: the newest with a cohort that has started, else the one that most declare.

        What is planned for later, and one member who begins the next year or mistypes one, changes the page
        for nobody. Without any such year, the first that is planned, or last year.
        """
        started = [
            cohort.reporting_year
            for cohort in self.cohorts
            if cohort.archived_at is None and has_started(cohort.starts, cohort.reporting_year, today)
        ]
        if started:
            return max(started)
        declared = [(count, year) for year, count in self.declared.items() if year <= today.year]
        planned = [cohort.reporting_year for cohort in self.cohorts]
        return max(declared)[1] if declared else min(planned, default=today.year - 1)


@dataclass(frozen=True)
class MemberCounts:
    """Numbers of members in a year: all, at each stage, with each task, and `approved` by this cluster.

    `waiting` counts the declarations of all years that wait for the cluster's review.
    """

    members: int
    stages: Mapping[MemberStage, int]
    tasks: Mapping[ClusterTask, int]
    approved: int
    waiting: int
    archived: int


def reporting_years(session: Session, cluster_id: int) -> ReportingYearSummary:
    """The years for which members have a declaration or the cluster a cohort, in two statements."""
    declared = session.execute(
        select(Declaration.reporting_year, func.count(Declaration.organisation_id.distinct()))
        .join(Consent, Consent.organisation_id == Declaration.organisation_id)
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .where(
            Consent.cluster_id == cluster_id,
            Consent.withdrawn_at.is_(None),
            Organisation.archived_at.is_(None),
        )
        .group_by(Declaration.reporting_year)
    )
    return ReportingYearSummary({row[0]: row[1] for row in declared}, cohorts.of_cluster(session, cluster_id))


def count_members_by_stage(session: Session, view: ClusterYear) -> MemberCounts:
    """Count all members by stage and task, in one statement. No filter applies."""
    each = cockpit_sql.select_members(
        view,
        Declaration.state,
        cockpit_sql.is_published().label("is_published"),
        cockpit_sql.is_submitted_here(view).label("is_here"),
        *(case((cockpit_sql.has_task(task, view), 1), else_=0).label(task.value) for task in ClusterTask),
    ).subquery("each")
    alike = (each.c.state, each.c.is_published, each.c.is_here)
    waiting = select(func.count()).select_from(
        cockpit_sql.select_waiting_for_review(view, Declaration.id).subquery("waiting")
    )
    archived = cluster_lists.select_archived_count(view.cluster_id).scalar_subquery()
    sums = (func.sum(each.c[task.value]) for task in ClusterTask)
    rows = session.execute(
        select(*alike, waiting.scalar_subquery(), archived, func.count(), *sums).group_by(*alike)
    ).all()
    stages: Counter[MemberStage] = Counter()
    tasks: Counter[ClusterTask] = Counter()
    approved = 0
    for state, is_published, is_here, _waiting, _archived, count, *to_do in rows:
        stages[member_stage(state, is_published=is_published)] += count
        tasks.update(dict(zip(ClusterTask, to_do, strict=True)))
        approved += count if state is State.APPROVED and is_here else 0
    if rows:
        return MemberCounts(stages.total(), stages, tasks, approved, waiting=rows[0][3], archived=rows[0][4])
    resting = session.scalar(select(archived)) or 0
    return MemberCounts(0, stages, tasks, approved, waiting=0, archived=resting)


def review_events(session: Session, view: ClusterYear) -> list[ReviewEvent]:
    """The submissions to this cluster and its decisions on declarations of the year, in order of time."""
    rows = session.execute(
        select(Declaration.id, Event.kind, Event.happened_at)
        .join(Declaration, Declaration.id == Event.declaration_id)
        .join(Consent, Consent.organisation_id == Declaration.organisation_id)
        .where(
            Consent.cluster_id == view.cluster_id,
            Consent.withdrawn_at.is_(None),
            Event.cluster_id == view.cluster_id,
            Event.kind.in_(REVIEW_ROUND_EVENTS),
            Declaration.reporting_year == view.year,
        )
        .order_by(Event.id)
    )
    return [ReviewEvent(key, kind, at) for key, kind, at in rows]


def progress_of(session: Session, declaration_ids: Collection[int]) -> dict[int, dict[str, SectionProgress]]:
    """Progress by section of each declaration; empty for one not yet counted."""
    rows = session.execute(
        select(Declaration.id, Declaration.progress).where(Declaration.id.in_(declaration_ids))
    )
    return {
        key: {section: SectionProgress(word) for section, word in (progress or {}).items()}
        for key, progress in rows
    }


def member_activity(
    session: Session, cluster_id: int, organisation_id: int, declaration_id: int | None, *, since: datetime
) -> Sequence[tuple[EventKind, datetime]]:
    """Kind and time of a member's joining and its declaration's steps from `since` on, latest first."""
    of_declaration = (Event.declaration_id == declaration_id) & Event.kind.in_(TIMELINE_EVENTS)
    of_cluster = (Event.cluster_id == cluster_id) & (Event.kind == EventKind.CONSENT_GRANTED)
    rows = session.execute(
        select(Event.kind, Event.happened_at)
        .where(
            Event.organisation_id == organisation_id,
            Event.happened_at >= since,
            or_(of_declaration, of_cluster),
        )
        .order_by(Event.happened_at.desc(), Event.id.desc())
        .limit(MAX_EVENTS)
    )
    return [(kind, at) for kind, at in rows]
