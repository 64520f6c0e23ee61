"""Counts who takes part in a cluster in a year: by sector, size and stage, and how far the criteria are."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dnk_tool.domain.answers.completeness import SectionProgress
from dnk_tool.domain.clusters.cockpit import MemberStage
from dnk_tool.domain.organisation import CompanySize

# The declaration is complete, whether the cluster has it or not.
FINISHED_STAGES = frozenset(
    {MemberStage.FINISHED, MemberStage.SUBMITTED, MemberStage.APPROVED, MemberStage.PUBLISHED}
)
LEAST_COMPANIES = 5  # of a group that stands by itself; smaller ones join the others


@dataclass(frozen=True, slots=True)
class TakingPart:
    """What a cluster knows of a member in a year. `progress`: the stored word of each criterion by its ref.

    `section` (a section of the classification of sectors) and `size` are empty where it does not show them.
    """

    stage: MemberStage
    is_submitted: bool
    section: str = ""
    size: CompanySize | None = None
    progress: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_finished(self) -> bool:
        """Whether its declaration is complete."""
        return self.stage in FINISHED_STAGES


@dataclass(frozen=True, slots=True)
class MemberGroup:
    """Members that are alike, how many of them have finished, and how many have submitted.

    `key` is empty for all the others.
    """

    key: str
    members: int
    finished: int
    submitted: int


@dataclass(frozen=True, slots=True)
class Participation:
    """Who takes part, as counts alone. `areas`: by key of the area, how many criteria have which progress,
    added up over the members.
    """

    members: int
    submitted: int
    stages: Mapping[MemberStage, int]
    sectors: tuple[MemberGroup, ...]
    sizes: tuple[MemberGroup, ...]
    areas: Mapping[str, Mapping[SectionProgress, int]]

    @property
    def finished(self) -> int:
        """How many members' declarations are complete."""
        return self.at(*FINISHED_STAGES)

    def at(self, *stages: MemberStage) -> int:
        """How many members are at one of these stages."""
        return sum(self.stages.get(stage, 0) for stage in stages)


def count_participation(
    members: Sequence[TakingPart], criteria: Mapping[str, Sequence[str]], *, least: int = LEAST_COMPANIES
) -> Participation:
    """Count the members; `criteria` are the refs of each area. Groups of fewer than `least` are joined."""
    return Participation(
        members=len(members),
        submitted=sum(member.is_submitted for member in members),
        stages=Counter(member.stage for member in members),
        sectors=_groups(members, lambda member: member.section, least),
        sizes=_groups(members, lambda member: member.size.value if member.size else "", least),
        areas={area: _progress(members, refs) for area, refs in criteria.items()},
    )


def _progress(members: Iterable[TakingPart], refs: Sequence[str]) -> Mapping[SectionProgress, int]:
    return Counter(
        SectionProgress(member.progress.get(ref, SectionProgress.OPEN)) for member in members for ref in refs
    )


def _groups(
    members: Iterable[TakingPart], key_of: Callable[[TakingPart], str], least: int
) -> tuple[MemberGroup, ...]:
    alike: dict[str, list[TakingPart]] = {}
    for member in members:
        alike.setdefault(key_of(member), []).append(member)
    groups = [
        MemberGroup(
            key, len(found), sum(it.is_finished for it in found), sum(it.is_submitted for it in found)
        )
        for key, found in alike.items()
    ]
    return joined_groups(groups, least=least)


def joined_groups(groups: Iterable[MemberGroup], *, least: int = LEAST_COMPANIES) -> tuple[MemberGroup, ...]:
    """The groups with at least `least` members, the largest first, and last the others as one.

    Where the others are fewer, the smallest group joins them: else what is left of all would name them.
    """
    ordered = sorted(groups, key=lambda group: (-group.members, group.key))
    shown = [group for group in ordered if group.key and group.members >= least]
    rest = [group for group in ordered if group not in shown]
    while shown and 0 < sum(group.members for group in rest) < least:
        rest.append(shown.pop())
    if not rest:
        return tuple(shown)
    others = MemberGroup(
        "", sum(it.members for it in rest), sum(it.finished for it in rest), sum(it.submitted for it in rest)
    )
    return (*shown, others)
