"""The timeline of a cohort: its milestones with how many members are ready for each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from dnk_tool.domain.clusters.cockpit import DELIVERED_STATES
from dnk_tool.domain.clusters.cohorts import sections_text
from dnk_tool.language import local_day
from dnk_tool.store.clusters.criterion_progress import MemberSigns
from dnk_tool.store.tables.clusters import Cohort, Milestone
from dnk_tool.web.clusters.cockpit.member_list_query import MemberListQuery
from dnk_tool.web.clusters.cockpit.milestones import not_ready_url


@dataclass(frozen=True)
class TimelineStep:
    """A milestone, or the final day. `place`: "past", "next" or "later"; `done`: None without criteria.

    `href` leads to the members that are not ready for a milestone.
    """

    day: date
    title: str
    place: str
    criteria: str
    where: str
    done: int | None
    href: str = ""


@dataclass(frozen=True)
class Timeline:
    """The steps of a cohort by day, the number of its members, and its week if it has its first day."""

    name: str
    steps: Sequence[TimelineStep]
    members: int
    week: tuple[int, int] | None

    @property
    def next_step(self) -> TimelineStep | None:
        """The step that comes next; None after the last."""
        return next((step for step in self.steps if step.place == "next"), None)


def timeline(
    shown: MemberListQuery,
    known: tuple[str, ...],
    milestones: Iterable[Milestone],
    members: Iterable[MemberSigns],
) -> Timeline | None:
    """The timeline of the cohort shown; None without a cohort or a day. `known`: all criteria.

    `milestones` and `members` are those of all cohorts that are looked at.
    """
    cohort = shown.cohort
    if cohort is None:
        return None
    theirs, today = [one for one in milestones if one.cohort_id == cohort.id], local_day(shown.view.now)
    if not theirs and cohort.due is None:
        return None
    rows = [member for member in members if member.cohort_id == cohort.id]
    return Timeline(cohort.name, _steps(shown, cohort, theirs, rows, known), len(rows), _week(cohort, today))


def _steps(
    shown: MemberListQuery,
    cohort: Cohort,
    milestones: Sequence[Milestone],
    rows: Sequence[MemberSigns],
    known: tuple[str, ...],
) -> list[TimelineStep]:
    today = local_day(shown.view.now)
    days = [one.day for one in milestones] + ([cohort.due] if cohort.due else [])
    following = min((day for day in days if day >= today), default=None)

    def place_of(day: date) -> str:
        return "past" if day < today else "next" if day == following else "later"

    steps = [
        TimelineStep(
            one.day,
            one.title,
            place_of(one.day),
            sections_text(one.sections, known),
            one.place,
            sum(row.is_ready(one.sections) for row in rows) if one.sections else None,
            not_ready_url(shown, one, known) if one.sections else "",
        )
        for one in milestones
    ]
    if cohort.due:
        delivered = sum(row.state in DELIVERED_STATES for row in rows)
        steps.append(TimelineStep(cohort.due, _("Einreichen"), place_of(cohort.due), "", "", delivered))
    return sorted(steps, key=lambda step: step.day)


def _week(cohort: Cohort, today: date) -> tuple[int, int] | None:
    """The week of the cohort and how many there are; None before its first and after its final day."""
    if not (cohort.starts and cohort.due and cohort.starts <= today <= cohort.due):
        return None
    return (today - cohort.starts).days // 7 + 1, max(1, -(-(cohort.due - cohort.starts).days // 7))
