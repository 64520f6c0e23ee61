"""The sign of a member at each criterion, which signs a cluster asks for, and how many members have each."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.domain.answers.completeness import FINISHED_PROGRESS, SectionProgress
from dnk_tool.domain.clusters.cockpit import DELIVERED_STATES
from dnk_tool.domain.declarations.states import State


class CriterionSign(StrEnum):
    """What a cluster sees of a member at one criterion."""

    ANSWERED = "answered"
    EXPLAINED = "explained"
    IN_PROGRESS = "in-progress"
    REMARK = "remark"
    OPEN = "open"


class SignFilter(StrEnum):
    """Which signs at a criterion a selection asks for; MISSING: each with which it is not done."""

    MISSING = "missing"
    OPEN = "open"
    IN_PROGRESS = "in-progress"
    REMARK = "remark"
    EXPLAINED = "explained"
    ANSWERED = "answered"

    @property
    def signs(self) -> frozenset[CriterionSign]:
        """The signs that are asked for."""
        return MISSING_SIGNS if self is SignFilter.MISSING else frozenset({CriterionSign(self.value)})


MISSING_SIGNS = frozenset({CriterionSign.OPEN, CriterionSign.IN_PROGRESS, CriterionSign.REMARK})


def criterion_sign(progress: SectionProgress | None, *, has_remark: bool) -> CriterionSign:
    """The sign at a criterion; None: nothing is counted yet. An open remark counts more than the progress."""
    if has_remark:
        return CriterionSign.REMARK
    return CriterionSign(progress.value) if progress else CriterionSign.OPEN


def is_ready(state: State | None, progress: Mapping[str, str], criteria: Iterable[str]) -> bool:
    """Whether a member is ready for a milestone: nothing of its criteria is left."""
    return not criteria_left(state, progress, criteria)


def criteria_left(
    state: State | None, progress: Mapping[str, str], criteria: Iterable[str]
) -> tuple[str, ...]:
    """Those of a milestone's criteria that a member has not finished; none once it has submitted."""
    if state in DELIVERED_STATES:
        return ()
    return tuple(ref for ref in criteria if progress.get(ref) not in FINISHED_PROGRESS)


@dataclass(frozen=True, slots=True)
class CriterionCounts:
    """How many members have each sign at a criterion."""

    criterion: str
    signs: Mapping[CriterionSign, int]

    @property
    def members(self) -> int:
        """All members that are counted."""
        return sum(self.signs.values())

    @property
    def missing(self) -> int:
        """The members at which the criterion is not done."""
        return sum(count for sign, count in self.signs.items() if sign in MISSING_SIGNS)

    @property
    def percent_done(self) -> int | None:
        """The share of members who have done it: 100 only if all, 0 only if none; None without members."""
        if not self.members:
            return None
        percent = round(100 * (self.members - self.missing) / self.members)
        return min(max(percent, 1 if self.missing < self.members else 0), 99 if self.missing else 100)


def count_signs(
    criteria: Iterable[str], members: Collection[Mapping[str, CriterionSign]]
) -> list[CriterionCounts]:
    """Count the signs of all members at each criterion; a sign that is not given is OPEN."""
    return [
        CriterionCounts(criterion, Counter(signs.get(criterion, CriterionSign.OPEN) for signs in members))
        for criterion in criteria
    ]


def most_missing(counts: Iterable[CriterionCounts], *, most: int) -> list[CriterionCounts]:
    """The criteria at which most members are not done, at most `most` of them, in their order when equal."""
    lacking = [criterion_counts for criterion_counts in counts if criterion_counts.missing]
    return sorted(lacking, key=lambda criterion_counts: -criterion_counts.missing)[:most]
