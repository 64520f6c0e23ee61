"""What a cohort says: as somebody entered it, and as it is stored, with a version."""

import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dnk_tool.domain.editing.versions import Stored
from dnk_tool.domain.text import normalised
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.store.tables.clusters import Cohort, Milestone

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
