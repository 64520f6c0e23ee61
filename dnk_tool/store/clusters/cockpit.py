"""The members of a cluster in one reporting year: filtered, sorted and paged by the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.cockpit import Stage, Task, Turn, stage_of, tasks_of, turn_of
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.review import Side
from dnk_tool.store.clusters import cockpit_sql as terms
from dnk_tool.store.clusters.cockpit_sql import View
from dnk_tool.store.clusters.queries import Consent
from dnk_tool.store.name_sorting import folded, folded_text
from dnk_tool.store.review import remarks
from dnk_tool.store.tables.declarations import Declaration, Organisation

PAGE = 50


class Order(StrEnum):
    """What members are sorted by."""

    COMPANY = "company"
    STAGE = "stage"
    DONE = "done"
    REMARKS = "remarks"
    ACTIVITY = "activity"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which members are asked for, and in which order."""

    stage: Stage | None = None
    task: Task | None = None
    text: str = ""
    order: Order = Order.COMPANY
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A company that consents, with how far its declaration of the year is. No word of what it says.

    `changed_last` is when its declaration of any year changed; `has_later`: it has begun a later year.
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

    @property
    def stage(self) -> Stage:
        return stage_of(self.state, is_published=self.is_published)

    @property
    def turn(self) -> Turn:
        return turn_of(self.state, is_here=self.is_here)

    @property
    def active_at(self) -> datetime:
        return max(self.changed_last or self.joined_at, self.joined_at)

    def tasks(self, view: View) -> frozenset[Task]:
        """What this member gives the cluster to do."""
        return tasks_of(
            self.state,
            is_here=self.is_here,
            joined_at=self.joined_at,
            active_at=self.active_at,
            has_later=self.has_later,
            due=view.due,
            now=view.now,
        )

    def waits_since(self, task: Task) -> datetime:
        """Since when the task stands."""
        if task is Task.SILENT:
            return self.active_at
        changed = self.changed_at or self.joined_at
        return (self.submitted_at or changed) if task is Task.REVIEW else changed


def page(session: Session, view: View, wanted: Wanted, *, number: int = 1) -> tuple[Sequence[Member], int]:
    """The members of one page, and how many there are on all pages, in one statement.

    A page behind the last one is empty, and so is the number then.
    """
    statement = _sorted(_filtered(view, wanted), wanted).add_columns(func.count().over())
    rows = session.execute(statement.limit(PAGE).offset((number - 1) * PAGE)).all()
    return [Member(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def every(session: Session, view: View, wanted: Wanted) -> Sequence[Member]:
    """All members that are asked for, sorted."""
    return [Member(*row) for row in session.execute(_sorted(_filtered(view, wanted), wanted))]


def member(session: Session, view: View, organisation_id: int) -> Member | None:
    """One member."""
    row = session.execute(_filtered(view, Wanted()).where(Organisation.id == organisation_id)).first()
    return Member(*row) if row else None


def to_do(session: Session, view: View, *, most: int) -> dict[Task, list[Member]]:
    """For each task those members that wait longest, in one statement; for review those of all years."""
    parts = [
        _asking(task, view)
        .add_columns(literal(task.value).label("task"))
        .order_by(_since(task), Organisation.id)
        .limit(most)
        .subquery(f"of_{task.value}")
        for task in Task
    ]
    found: dict[Task, list[Member]] = {task: [] for task in Task}
    for row in session.execute(union_all(*(select(part) for part in parts))):
        found[Task(row[-1])].append(Member(*row[:-1]))
    for task, members in found.items():
        members.sort(key=partial(_longest_first, task))
    return found


def _asking(task: Task, view: View) -> Select[Any]:
    """A review is due whatever the year; everything else is asked of the year that is looked at."""
    if task is Task.REVIEW:
        return _read(terms.waiting, view)
    return _filtered(view, Wanted(task=task))


def _since(task: Task) -> ColumnElement[datetime]:
    """`Member.waits_since`, asked of rows."""
    if task is Task.SILENT:
        return terms.active_at()
    changed = func.coalesce(Declaration.changed_at, Consent.granted_at)
    return func.coalesce(Declaration.submitted_at, changed) if task is Task.REVIEW else changed


def _longest_first(task: Task, one: Member) -> tuple[datetime, int]:
    return one.waits_since(task), one.organisation_id


def _filtered(view: View, wanted: Wanted) -> Select[Any]:
    """The members that are asked for."""
    statement = _read(terms.members, view)
    if wanted.stage:
        statement = statement.where(terms.is_at(wanted.stage))
    if wanted.task:
        statement = statement.where(terms.has_task(wanted.task, view))
    if wanted.text:
        name = folded(Organisation.name)
        statement = statement.where(name.contains(folded_text(wanted.text), autoescape=True))
    return statement


def _read(rows: Callable[..., Select[Any]], view: View) -> Select[Any]:
    """The columns of Member, of rows that `terms` names."""
    counted = remarks.open_totals(Side.REVIEWERS, cluster_id=view.cluster_id).subquery("open_remarks")
    ours = and_(counted.c.declaration_id == Declaration.id, Declaration.cluster_id == view.cluster_id)
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
        terms.is_here(view).label("is_here"),
        terms.is_published().label("is_published"),
        func.coalesce(counted.c.count, 0).label("remarks"),
        func.coalesce(Declaration.reporting_year, view.year).label("year"),
        terms.changed_last().label("changed_last"),
        terms.has_later(view).label("has_later"),
    ).outerjoin(counted, ours)


def _sorted(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    """By what is wanted, then by name, so that every member stands on one page only."""
    columns, name = statement.selected_columns, folded(Organisation.name)
    keys: tuple[Any, ...] = {
        Order.COMPANY: (name,),
        Order.STAGE: (terms.stage_number(),),
        Order.DONE: (columns.done,),
        Order.REMARKS: (columns.remarks,),
        # Databases differ in where nothing stands.
        Order.ACTIVITY: (case((Declaration.id.is_(None), 0), else_=1), Declaration.changed_at),
    }[wanted.order]
    return statement.order_by(
        *(key.desc() if wanted.descending else key.asc() for key in keys), name, Organisation.id
    )
