"""Counts of who takes part: small groups stand with the others, and few companies are blurred."""

import pytest

from dnk_tool.domain.aggregates.model import Difference, FigureCoverage
from dnk_tool.domain.aggregates.participation import (
    MemberGroup,
    TakingPart,
    count_participation,
    joined_groups,
)
from dnk_tool.domain.aggregates.small_counts import ShownCount, shown_coverage, shown_parts
from dnk_tool.domain.answers.completeness import SectionProgress
from dnk_tool.domain.clusters.cockpit import MemberStage
from dnk_tool.domain.organisation import CompanySize

LEAST = 5


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


def exact(count: int) -> ShownCount:
    return ShownCount(count, is_exact=True)


def blurred(count: int) -> ShownCount:
    return ShownCount(count, is_exact=False)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((0, 0), (exact(0), exact(0))),
        ((5, 6), (exact(5), exact(6))),
        ((1, 0), (blurred(0), blurred(0))),
        ((0, 4), (blurred(0), blurred(0))),
        ((1, 16), (blurred(0), blurred(15))),
        ((0, 10), (blurred(0), blurred(5))),
        ((4, 5, 9), (blurred(0), blurred(5), blurred(5))),
    ],
)
def test_a_small_part_blurs_all_of_them(counts: tuple[int, ...], shown: tuple[ShownCount, ...]) -> None:
    assert shown_parts(counts, LEAST) == shown


def test_one_more_and_one_less_of_a_few_look_alike() -> None:
    """Who reads the coverage of two days does not see in which part a company is that joined."""
    assert shown_parts((1, 11), LEAST) == shown_parts((2, 11), LEAST) == shown_parts((1, 12), LEAST)


def coverage(comparable: int, **reasons: int) -> FigureCoverage:
    given = {Difference[name.upper()]: count for name, count in reasons.items()}
    return FigureCoverage("energy.total", 20, 14, 6, comparable, given)


def test_a_reason_of_a_few_is_not_named() -> None:
    shown = shown_coverage(coverage(13, gases=1), LEAST)
    assert (dict(shown.differences), shown.has_hidden_reasons) == ({}, True)
    shown = shown_coverage(coverage(3, estimated=6, boundary=5, gases=2), LEAST)
    assert shown.differences == {Difference.ESTIMATED: exact(6), Difference.BOUNDARY: exact(5)}
    assert not shown.has_hidden_reasons
    assert shown_coverage(coverage(8, estimated=6), LEAST).differences == {Difference.ESTIMATED: blurred(5)}
    assert not shown_coverage(coverage(14), LEAST).has_hidden_reasons
