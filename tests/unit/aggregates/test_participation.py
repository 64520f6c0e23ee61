"""Counts of who takes part: small groups stand with the others, and nothing is counted twice."""

import pytest

from dnk_tool.domain.aggregates.participation import (
    MemberGroup,
    TakingPart,
    count_participation,
    joined_groups,
)
from dnk_tool.domain.answers.completeness import SectionProgress
from dnk_tool.domain.clusters.cockpit import MemberStage
from dnk_tool.domain.organisation import CompanySize


def groups(**members: int) -> list[MemberGroup]:
    """Groups of so many members; `_` has no name."""
    return [MemberGroup("" if key == "_" else key, count, 0, 0) for key, count in members.items()]


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (groups(C=5, F=6), {"F": 6, "C": 5}),
        (groups(C=5, F=4), {"": 9}),  # the others would be four
        (groups(C=9, F=5, G=4), {"C": 9, "": 9}),  # the smallest joins them
        (groups(C=9, F=3, G=2), {"C": 9, "": 5}),
        (groups(C=9, F=5, _=5), {"C": 9, "F": 5, "": 5}),
        (groups(C=9, _=1), {"": 10}),
        (groups(C=4), {"": 4}),
        ([], {}),
    ],
)
def test_a_group_of_fewer_than_five_stands_with_the_others(
    found: list[MemberGroup], shown: dict[str, int]
) -> None:
    joined = joined_groups(found)
    assert {group.key: group.members for group in joined} == shown
    assert sum(group.members for group in joined) == sum(group.members for group in found)


def test_stages_submissions_and_criteria_are_counted_over_all() -> None:
    one = TakingPart(MemberStage.APPROVED, True, "C", CompanySize.SMALL, {"1": "answered", "2": "explained"})
    other = TakingPart(MemberStage.DRAFT, False, progress={"1": "in-progress"})
    known = count_participation([one] * 5 + [other] * 5, {"strategy": ["1", "2"]})
    assert (known.members, known.finished, known.submitted) == (10, 5, 5)
    assert known.stages == {MemberStage.APPROVED: 5, MemberStage.DRAFT: 5}
    assert known.sectors == (MemberGroup("C", 5, 5, 5), MemberGroup("", 5, 0, 0))
    assert known.sizes == (MemberGroup("small", 5, 5, 5), MemberGroup("", 5, 0, 0))
    assert known.areas["strategy"] == {
        SectionProgress.ANSWERED: 5,
        SectionProgress.EXPLAINED: 5,
        SectionProgress.IN_PROGRESS: 5,
        SectionProgress.OPEN: 5,
    }
    assert known.at(MemberStage.APPROVED, MemberStage.PUBLISHED) == 5
