"""The members of a cluster in one reporting year: filtered, sorted and paged by the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.cockpit import (
    ClusterTask,
    MemberStage,
    NextMove,
    member_stage,
    member_tasks,
    next_move,
)
from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_CONTACTS
from dnk_tool.domain.clusters.criterion_signs import MISSING_SIGNS, SignFilter
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.organisation import CompanySize, company_size
from dnk_tool.domain.review import ReviewSide
from dnk_tool.store.clusters import cockpit_sql, selection_sql
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.name_sorting import folded, folded_text
from dnk_tool.store.review import remarks
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation

PAGE_SIZE = 50


class MemberSortOrder(StrEnum):
    """The column that members are sorted by."""

    COMPANY = "company"
    STAGE = "stage"
    DONE = "done"
    REMARKS = "remarks"
    ACTIVITY = "activity"


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Which members are selected, and in which order: one selection for lists, heat map, messages and files.

    `criterion` with `sign` selects by what stands there; alone it only puts those in front at which it is not
    done. `lacking`: the criteria of a milestone for which a member is not ready. `sector` is a section of the
    present classification. `takes_part`: False for those of "not this year"; None for all. `members`: the
    companies that were ticked; None: no ticks.
    """

    stage: MemberStage | None = None
    task: ClusterTask | None = None
    turn: NextMove | None = None
    takes_part: bool | None = None
    criterion: str = ""
    sign: SignFilter | None = None
    lacking: tuple[str, ...] = ()
    sector: str = ""
    size: CompanySize | None = None
    indicator_set: str = ""
    members: frozenset[int] | None = None
    text: str = ""
    order: MemberSortOrder = MemberSortOrder.COMPANY
    descending: bool = False


@dataclass(frozen=True, slots=True)
class MemberSummary:
    """A member of the cluster with the progress of its declaration of the year, but none of its content.

    `changed_last`: last change of any of its declarations; `has_later`: it has begun a later year.
    `is_here`: the declaration was submitted to this cluster. `done` counts criteria, `remarks` open threads.
    `due`: the final day of its cohort; `takes_part`: False if it takes no part this year.
    `sector`, `employees` and `indicator_set` are empty unless the cluster may see them. `edition` is that of
    the consent.
    """

    organisation_id: int
    name: str
    joined_at: datetime
    declaration_id: int | None
    state: State | None
    done: int
    changed_at: datetime | None
    submitted_at: datetime | None
    is_here: bool
    is_published: bool
    remarks: int
    year: int
    changed_last: datetime | None
    has_later: bool
    due: date | None
    takes_part: bool
    cohort_id: int | None
    sector: str
    employees: int | None
    indicator_set: str
    edition: str

    @property
    def shows_contacts(self) -> bool:
        """Whether the consent says that the cluster sees who leads or edits."""
        return self.edition in EDITIONS_WITH_CONTACTS

    @property
    def size(self) -> CompanySize | None:
        """The size class by employees; None if it is unknown or not shown."""
        return company_size(self.employees)

    @property
    def stage(self) -> MemberStage:
        """Derives it from the declaration of the year, also one that was not submitted to this cluster."""
        return member_stage(self.state, is_published=self.is_published)

    @property
    def turn(self) -> NextMove:
        """Whose turn it is in the declaration of the year: the company's, the cluster's or nobody's."""
        return next_move(self.state, is_here=self.is_here)

    @property
    def active_at(self) -> datetime:
        """The later of its last change in any declaration and its joining."""
        return max(self.changed_last or self.joined_at, self.joined_at)

    def tasks(self, view: ClusterYear) -> frozenset[ClusterTask]:
        """The tasks that this member gives the cluster."""
        return member_tasks(
            self.state,
            is_here=self.is_here,
            takes_part=self.takes_part,
            active_at=self.active_at,
            has_later=self.has_later,
            due=self.due,
            now=view.now,
        )

    def waits_since(self, task: ClusterTask) -> datetime:
        """Since when the task waits: last activity, submission or last change."""
        if task is ClusterTask.SILENT:
            return self.active_at
        changed = self.changed_at or self.joined_at
        return (self.submitted_at or changed) if task is ClusterTask.REVIEW else changed


def list_page(
    session: Session, view: ClusterYear, wanted: MemberFilter, *, number: int = 1, size: int = PAGE_SIZE
) -> tuple[Sequence[MemberSummary], int]:
    """The members of page `number` (from 1, of `size` rows) and the total of all pages, in one statement.

    A page beyond the last is empty, and its total is 0.
    """
    statement = _sorted(_filtered(view, wanted), view, wanted).add_columns(func.count().over())
    rows = session.execute(statement.limit(size).offset((number - 1) * size)).all()
    return [MemberSummary(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def list_all(session: Session, view: ClusterYear, wanted: MemberFilter) -> Sequence[MemberSummary]:
    """All members that match the filter, in its order."""
    return [MemberSummary(*row) for row in session.execute(_sorted(_filtered(view, wanted), view, wanted))]


def find_member(session: Session, view: ClusterYear, organisation_id: int) -> MemberSummary | None:
    """The member with this company id; None if it is not a member today."""
    row = session.execute(_filtered(view, MemberFilter()).where(Organisation.id == organisation_id)).first()
    return MemberSummary(*row) if row else None


def members_by_task(
    session: Session, view: ClusterYear, *, most: int
) -> dict[ClusterTask, list[MemberSummary]]:
    """For each task the `most` members waiting longest, in one statement. Reviews are of all years."""
    parts = [
        _members_with_task(task, view)
        .add_columns(literal(task.value).label("task"))
        .order_by(_waiting_since(task), Organisation.id)
        .limit(most)
        .subquery(f"of_{task.value}")
        for task in ClusterTask
    ]
    summaries_by_task: dict[ClusterTask, list[MemberSummary]] = {task: [] for task in ClusterTask}
    for row in session.execute(union_all(*(select(part) for part in parts))):
        summaries_by_task[ClusterTask(row[-1])].append(MemberSummary(*row[:-1]))
    for task, members in summaries_by_task.items():
        members.sort(key=partial(_waiting_order, task))
    return summaries_by_task


def _members_with_task(task: ClusterTask, view: ClusterYear) -> Select[Any]:
    """Select the members with a task: reviews of any year, all other tasks of the view's year."""
    if task is ClusterTask.REVIEW:
        return _select_summaries(cockpit_sql.select_waiting_for_review, view)
    return _filtered(view, MemberFilter(task=task))


def _waiting_since(task: ClusterTask) -> ColumnElement[datetime]:
    """`MemberSummary.waits_since` as an SQL expression."""
    if task is ClusterTask.SILENT:
        return cockpit_sql.active_at()
    changed = func.coalesce(Declaration.changed_at, Consent.granted_at)
    return func.coalesce(Declaration.submitted_at, changed) if task is ClusterTask.REVIEW else changed


def _waiting_order(task: ClusterTask, member_summary: MemberSummary) -> tuple[datetime, int]:
    return member_summary.waits_since(task), member_summary.organisation_id


def _filtered(view: ClusterYear, wanted: MemberFilter) -> Select[Any]:
    """Select the members that match the filter."""
    return _select_summaries(cockpit_sql.select_members, view).where(*filter_conditions(view, wanted))


def filter_conditions(view: ClusterYear, wanted: MemberFilter) -> list[ColumnElement[bool]]:
    """What holds for the members that the filter selects, for the rows of `cockpit_sql.select_members`."""
    conditions = []
    if wanted.stage:
        conditions.append(cockpit_sql.is_at_stage(wanted.stage))
    if wanted.task:
        conditions.append(cockpit_sql.has_task(wanted.task, view))
    if wanted.turn:
        conditions.append(cockpit_sql.has_next_move(wanted.turn, view))
    if wanted.takes_part is not None:
        conditions.append(cockpit_sql.takes_part().is_(wanted.takes_part))
    if wanted.criterion and wanted.sign:
        conditions.append(selection_sql.has_sign_in(wanted.sign.signs, wanted.criterion, view))
    if wanted.lacking:
        conditions.append(selection_sql.is_not_ready(wanted.lacking))
    if wanted.sector:
        conditions.append(selection_sql.is_in_sector(wanted.sector, view))
    if wanted.size:
        conditions.append(selection_sql.is_of_size(wanted.size, view))
    if wanted.indicator_set:
        conditions.append(selection_sql.reports_with(wanted.indicator_set, view))
    if wanted.members is not None:
        conditions.append(Organisation.id.in_(wanted.members))
    if wanted.text:
        name = folded(Organisation.name)
        conditions.append(name.contains(folded_text(wanted.text), autoescape=True))
    return conditions


def _select_summaries(rows: Callable[..., Select[Any]], view: ClusterYear) -> Select[Any]:
    """Select the columns of `MemberSummary` from rows that a function of `cockpit_sql` selects."""
    counted = remarks.open_totals(ReviewSide.REVIEWERS, cluster_id=view.cluster_id).subquery("open_remarks")
    ours = and_(
        counted.c.declaration_id == Declaration.id,
        Declaration.cluster_id == view.cluster_id,
        cockpit_sql.is_review_open(view),
    )
    return rows(
        view,
        Organisation.id,
        Organisation.name,
        Consent.granted_at,
        Declaration.id.label("declaration_id"),
        Declaration.state,
        func.coalesce(Declaration.criteria_done, 0).label("done"),
        Declaration.changed_at,
        Declaration.submitted_at,
        cockpit_sql.is_submitted_here(view).label("is_here"),
        cockpit_sql.is_published().label("is_published"),
        func.coalesce(counted.c.count, 0).label("remarks"),
        func.coalesce(Declaration.reporting_year, view.year).label("year"),
        cockpit_sql.last_changed_at().label("changed_last"),
        cockpit_sql.has_later(view).label("has_later"),
        cockpit_sql.member_due(view).label("due"),
        cockpit_sql.takes_part().label("takes_part"),
        cockpit_sql.member_cohort(view).label("cohort_id"),
        *selection_sql.profile_columns(view),
        Consent.edition,
    ).outerjoin(counted, ours)


def _sorted(statement: Select[Any], view: ClusterYear, wanted: MemberFilter) -> Select[Any]:
    """Sort by the wanted order, then by name and id, so that each member is on one page only.

    Members at which the wanted criterion is not done come first.
    """
    columns, name = statement.selected_columns, folded(Organisation.name)
    keys: tuple[Any, ...] = {
        MemberSortOrder.COMPANY: (name,),
        MemberSortOrder.STAGE: (cockpit_sql.stage_number(),),
        MemberSortOrder.DONE: (columns.done,),
        MemberSortOrder.REMARKS: (columns.remarks,),
        # Databases differ in where they sort NULL.
        MemberSortOrder.ACTIVITY: (case((Declaration.id.is_(None), 0), else_=1), Declaration.changed_at),
    }[wanted.order]
    if wanted.criterion and not wanted.sign:
        is_missing = selection_sql.has_sign_in(MISSING_SIGNS, wanted.criterion, view)
        statement = statement.order_by(case((is_missing, 0), else_=1))
    return statement.order_by(
        *(key.desc() if wanted.descending else key.asc() for key in keys), name, Organisation.id
    )
