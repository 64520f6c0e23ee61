"""The sign of a member at a criterion, and the shares made of all signs."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.answers.completeness import SectionProgress
from dnk_tool.domain.clusters.criterion_signs import (
    MISSING_SIGNS,
    CriterionCounts,
    CriterionSign,
    SignFilter,
    count_signs,
    criterion_sign,
    is_ready,
    most_missing,
)
from dnk_tool.domain.declarations.states import State

CRITERIA = ("1", "2", "3")
MEMBERS = st.lists(st.dictionaries(st.sampled_from(CRITERIA), st.sampled_from(CriterionSign)), max_size=250)


@pytest.mark.parametrize("progress", [None, *SectionProgress])
def test_a_remark_counts_more_than_the_progress(progress: SectionProgress | None) -> None:
    assert criterion_sign(progress, has_remark=True) is CriterionSign.REMARK
    sign = criterion_sign(progress, has_remark=False)
    assert sign.value == (progress.value if progress else "open")


def test_every_sign_is_asked_for_by_name_and_those_not_done_together() -> None:
    by_name = {sign for choice in SignFilter if choice is not SignFilter.MISSING for sign in choice.signs}
    assert by_name == set(CriterionSign)
    done = {CriterionSign.ANSWERED, CriterionSign.EXPLAINED}
    assert SignFilter.MISSING.signs == MISSING_SIGNS == set(CriterionSign) - done


def test_a_member_is_ready_when_the_criteria_are_finished_or_it_has_submitted() -> None:
    progress = {"1": "answered", "2": "explained", "3": "in-progress"}
    assert is_ready(State.DRAFT, progress, ("1", "2"))
    assert not is_ready(State.DRAFT, progress, ("1", "2", "3"))
    assert not is_ready(None, {}, ("4",)), "nothing there yet"
    assert is_ready(State.SUBMITTED, progress, ("3", "4"))
    assert not is_ready(State.FINISHED, progress, ("3",)), "finished without a submission is not delivered"


@given(members=MEMBERS)
def test_shares_are_honest_and_every_member_counts_once(members: list[dict[str, CriterionSign]]) -> None:
    for counts in count_signs(CRITERIA, members):
        assert counts.members == len(members)
        lacking = sum(signs.get(counts.criterion, CriterionSign.OPEN) in MISSING_SIGNS for signs in members)
        assert counts.missing == lacking
        if not members:
            assert counts.percent_done is None
            continue
        share = 100 * (len(members) - lacking) / len(members)
        assert abs(counts.percent_done - share) <= 1
        assert (counts.percent_done == 100) is (lacking == 0)
        assert (counts.percent_done == 0) is (lacking == len(members))


@given(missing=st.lists(st.integers(0, 5), max_size=20), most=st.integers(1, 5))
def test_where_it_sticks_is_what_most_members_lack(missing: list[int], most: int) -> None:
    counts = [
        CriterionCounts(str(number), Counter({CriterionSign.OPEN: open_}))
        for number, open_ in enumerate(missing)
    ]
    stuck = most_missing(counts, most=most)
    assert len(stuck) == min(most, sum(map(bool, missing)))
    left = [criterion_counts.missing for criterion_counts in counts if criterion_counts not in stuck]
    assert all(criterion_counts.missing >= max(left, default=0) for criterion_counts in stuck)
