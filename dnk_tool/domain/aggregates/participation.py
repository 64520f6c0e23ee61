"""Counts who takes part in a cluster in a year: by sector, size and stage, and how far the criteria are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dnk_tool.domain.answers.completeness import SectionProgress
from dnk_tool.domain.clusters.cockpit import MemberStage
from dnk_tool.domain.organisation import CompanySize

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


@dataclass(frozen=True, slots=True)
class MemberGroup:
    """Members that are alike, and how many of them have submitted. `key` is empty for all the others."""

    key: str
    members: int
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
        sectors=_groups(((member.section, member.is_submitted) for member in members), least),
        sizes=_groups(
            ((member.size.value if member.size else "", member.is_submitted) for member in members), least
        ),
        areas={area: _progress(members, refs) for area, refs in criteria.items()},
    )


def _progress(members: Iterable[TakingPart], refs: Sequence[str]) -> Mapping[SectionProgress, int]:
    return Counter(
        SectionProgress(member.progress.get(ref, SectionProgress.OPEN)) for member in members for ref in refs
    )


def _groups(known: Iterable[tuple[str, bool]], least: int) -> tuple[MemberGroup, ...]:
    counted: dict[str, MemberGroup] = {}
    for key, is_submitted in known:
        had = counted.get(key, MemberGroup(key, 0, 0))
        counted[key] = MemberGroup(key, had.members + 1, had.submitted + is_submitted)
    return joined_groups(tuple(counted.values()), least=least)


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
    others = MemberGroup("", sum(it.members for it in rest), sum(it.submitted for it in rest))
    return (*shown, others)
