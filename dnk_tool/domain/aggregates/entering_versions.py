"""Which finished versions of members enter a release, and why the other members' do not."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ReleaseState(StrEnum):
    """How far a release is.

    It is ordered, prepared in the background for a look at what passes the rules, and made by a manager.
    REFUSED: the numbers of the year cannot be corrected without giving a company away.
    """

    ORDERED = "ordered"
    PREPARED = "prepared"
    MADE = "made"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, order=True)
class EnteringVersion:
    """The finished version of a member whose figures may enter a release of its year.

    `snapshot`: id of the frozen version. `is_published`: everybody can read it; `is_submitted`: reviewers of
    the cluster can. `shows_profile`: the member allows its section and size to be used.
    `was_published` and `was_submitted`: everybody, or reviewers of the cluster, could read any version of the
    declaration at any time. What they read then is known, although this version may say something else.
    `is_confirmed`: the operator says that the company is a real firm.
    """

    company: int
    snapshot: int
    declaration: int
    version: int
    is_published: bool
    is_submitted: bool
    shows_profile: bool
    was_published: bool = False
    was_submitted: bool = False
    is_confirmed: bool = False

    @property
    def counts(self) -> bool:
        """Whether a release may speak of it: as it is a real firm, or the manager can read it anyway."""
        return self.is_confirmed or self.is_submitted or self.is_published


@dataclass(frozen=True, slots=True)
class EnteringMembers:
    """How many members enter a release of a year, and how many do not for which reason; each counts once.

    `archived`: they can only be read. `earlier_edition`: they agreed to words that do not speak of
    comparisons. `not_allowed`: they allow no figures; `later`: only those of later years. `unfinished`: they
    allow it and have no finished version of the year; `unconfirmed`: they have one that the manager cannot
    read, and nobody has confirmed the company.
    """

    members: int
    archived: int
    earlier_edition: int
    not_allowed: int
    later: int
    unfinished: int
    unconfirmed: int = 0

    @property
    def entering(self) -> int:
        """How many enter."""
        return self.allowing - self.unfinished - self.unconfirmed

    @property
    def allowing(self) -> int:
        """How many allow their figures of the year to be used."""
        return self.members - self.archived - self.earlier_edition - self.not_allowed - self.later


def inputs_digest(versions: Iterable[EnteringVersion], earlier: Iterable[tuple[int, int]]) -> str:
    """The SHA-256 of what a release is made from: it changes with any of it.

    `earlier`: number of each release made before, with how many companies have left it since.
    """
    entering = sorted(
        (
            *(each.company, each.snapshot, each.is_published, each.is_submitted, each.shows_profile),
            *(each.was_published, each.was_submitted, each.is_confirmed),
        )
        for each in versions
    )
    return hashlib.sha256(repr((entering, sorted(earlier))).encode()).hexdigest()
