"""A working group of a cluster: what it is about, when it meets, its links, and the criteria it serves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

LONGEST_GROUP_NAME, LONGEST_PURPOSE, LONGEST_PLACE, LONGEST_LINK, LONGEST_LABEL = 120, 500, 200, 500, 120
MOST_DATES, MOST_LINKS, MOST_GROUPS = 12, 8, 40
WEB = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class GroupDate:
    """When a group meets, and where: a place, or the address of a video meeting. `time`: as written."""

    day: date
    time: str
    place: str

    @property
    def is_link(self) -> bool:
        """Whether the place is an address on the web."""
        return is_web_address(self.place)


@dataclass(frozen=True, slots=True)
class GroupLink:
    """Where a group keeps something: an address on the web, and what is there."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class WorkingGroupContent:
    """What a manager writes of a group. `criteria`: refs of those it serves."""

    name: str
    purpose: str = ""
    dates: tuple[GroupDate, ...] = ()
    links: tuple[GroupLink, ...] = ()
    criteria: tuple[str, ...] = ()


def is_web_address(text: str) -> bool:
    """Whether a browser opens the text as a page: nothing but http and https is led to.

    Phones begin a line with a capital letter, so the case does not count.
    """
    return text.lower().startswith(WEB) and " " not in text and len(text.split("//", 1)[1]) > 0


def coming_dates(dates: Sequence[GroupDate], today: date) -> tuple[GroupDate, ...]:
    """The dates from today on, the next one first."""
    return tuple(sorted((one for one in dates if one.day >= today), key=lambda one: (one.day, one.time)))


def serving(groups: Sequence[WorkingGroupContent], criterion: str) -> list[WorkingGroupContent]:
    """The groups that serve a criterion, which is a ref as "12"."""
    return [group for group in groups if criterion in group.criteria]
