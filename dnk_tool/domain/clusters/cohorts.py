"""Cohorts of a cluster: who belongs to one without an assignment, and the milestones of the template."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dnk_tool.language import local_day

# Who joins later than this before the final day of the cohort of all members is asked for nothing that year.
LATE_JOINING = timedelta(days=30)
MAX_MILESTONES = 6
ONE_YEAR = timedelta(weeks=52)  # so that a Wednesday stays one
COURSE_WEEKS = 15


@dataclass(frozen=True, slots=True)
class MilestonePlan:
    """A milestone to be: its day, what it is called, and the criteria that are to be finished by then."""

    day: date
    title: str
    sections: tuple[str, ...]


# "5 meetings, 15 weeks": week of each meeting and the criteria that it asks for.
COURSE = ((0, ()), (2, range(1, 5)), (4, range(5, 11)), (6, range(11, 14)), (12, range(14, 21)))


def course_plan(starts: date, first: str, others: str) -> list[MilestonePlan]:
    """The milestones of the template from its first day; `others` is numbered, such as "Workshop"."""
    return [
        MilestonePlan(
            starts + timedelta(weeks=week),
            f"{others} {number}" if number else first,
            tuple(str(criterion) for criterion in criteria),
        )
        for number, (week, criteria) in enumerate(COURSE)
    ]


def course_end(starts: date) -> date:
    """The final day that the template proposes."""
    return starts + timedelta(weeks=COURSE_WEEKS)


def last_day_to_join(due: date) -> date:
    """The last day on which a new member still comes into the cohort of all members by itself."""
    return due - LATE_JOINING


def is_late_joiner(due: date | None, joined_at: datetime) -> bool:
    """Whether a member joined too late to be asked by `due`; somebody may still assign it."""
    return due is not None and local_day(joined_at) > last_day_to_join(due)


def has_started(starts: date | None, reporting_year: int, today: date) -> bool:
    """Whether a cohort has started; without a first day it starts when its reporting year is over."""
    return (starts or date(reporting_year + 1, 1, 1)) <= today


def next_reporting_year_name(name: str, year: int) -> str:
    """The name of the same cohort a year later: the years in it move on."""
    for number in (year + 2, year + 1, year):
        name = name.replace(str(number), str(number + 1))
    return name


def sections_from_text(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Read "1-4, 7" as criteria, in the order of `known`. Raises ValueError with the part that is none."""
    found: set[str] = set()
    for part in text.replace("–", "-").replace(";", ",").split(","):
        words = part.strip()
        if not words:
            continue
        first, dash, last = (piece.strip() for piece in words.partition("-"))
        if first not in known or (dash and last not in known):
            raise ValueError(words)
        start, end = known.index(first), known.index(last if dash else first)
        if start > end:
            raise ValueError(words)
        found.update(known[start : end + 1])
    return tuple(section for section in known if section in found)


def sections_text(sections: tuple[str, ...] | list[str], known: tuple[str, ...]) -> str:
    """The criteria in the fewest words: "1–4, 7"."""
    numbers = [known.index(section) for section in known if section in set(sections)]
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        known[run[0]] if len(run) == 1 else f"{known[run[0]]}{'–' if len(run) > 2 else ', '}{known[run[-1]]}"
        for run in runs
    )
