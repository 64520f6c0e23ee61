"""The review: what counts as judged, who reads which remarks, and what a request for changes opens."""

from datetime import UTC, datetime

import pytest

from dnk_tool.domain.declarations.states import EDITABLE_STATES, State
from dnk_tool.domain.review import (
    READABLE_AUDIENCES,
    Audience,
    Judgement,
    ReviewSide,
    ReviewStatus,
    Verdict,
    is_unlocked,
    latest_by_section,
    review_status,
)

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
YES, NO = Verdict.ACCEPTED, Verdict.CHANGE_NEEDED


def judged(section: str, version: int, verdict: Verdict) -> Judgement:
    return Judgement(section, version, verdict, 1, NOW, 7)


def by_section(*judgements: Judgement) -> dict[str, Judgement]:
    return {judgement.section: judgement for judgement in judgements}


def test_the_latest_judgement_is_that_of_the_highest_version_in_whatever_order() -> None:
    rows = [judged("1", 2, YES), judged("1", 3, NO), judged("1", 1, YES), judged("2", 1, YES)]
    for order in (rows, rows[::-1]):
        assert {ref: judgement.version for ref, judgement in latest_by_section(order).items()} == {
            "1": 3,
            "2": 1,
        }
    assert latest_by_section([]) == {}


@pytest.mark.parametrize(
    ("judgement", "has_changed", "expected"),
    [
        (None, False, ReviewStatus.PENDING),
        (judged("1", 2, YES), False, ReviewStatus.ACCEPTED),
        (judged("1", 2, NO), False, ReviewStatus.CHANGE_NEEDED),
        (judged("1", 1, YES), False, ReviewStatus.ACCEPTED),
        (judged("1", 1, YES), True, ReviewStatus.PENDING),
        (judged("1", 1, NO), False, ReviewStatus.PENDING),
        (judged("1", 1, NO), True, ReviewStatus.PENDING),
    ],
)
def test_the_standing_in_version_two(
    judgement: Judgement | None, has_changed: bool, expected: ReviewStatus
) -> None:
    assert review_status(judgement, 2, has_changed=has_changed) is expected


def test_each_side_reads_its_own_and_what_is_shared_and_nothing_else() -> None:
    assert READABLE_AUDIENCES[ReviewSide.COMPANY] == {Audience.COMPANY, Audience.SHARED}
    assert READABLE_AUDIENCES[ReviewSide.REVIEWERS] == {Audience.REVIEWERS, Audience.SHARED}
    assert set(READABLE_AUDIENCES) == set(ReviewSide)


@pytest.mark.parametrize("state", list(State))
def test_verdicts_open_sections_only_while_changes_are_requested(state: State) -> None:
    judgements = by_section(judged("3", 1, NO), judged("4", 1, YES))
    opened = {ref for ref in ("3", "4", "5") if is_unlocked(state, ref, judgements)}
    if state is State.CHANGES_REQUESTED:
        assert opened == {"3"}
    else:
        assert opened == ({"3", "4", "5"} if state in EDITABLE_STATES else set())


def test_a_wish_of_the_round_before_that_nobody_has_looked_at_again_opens_nothing() -> None:
    judgements = by_section(judged("3", 1, NO), judged("5", 2, NO), judged("6", 2, YES))
    assert {ref for ref in judgements if is_unlocked(State.CHANGES_REQUESTED, ref, judgements)} == {"5"}


def test_without_any_verdict_nothing_is_open_while_changes_are_requested() -> None:
    assert not is_unlocked(State.CHANGES_REQUESTED, "1", {})
