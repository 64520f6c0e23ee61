"""Points of a jury: weighted, without who abstains or has not finished, in an order of places."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from dnk_tool.domain.exchange.awards import (
    LINK_GRACE,
    AwardContent,
    AwardCriterion,
    AwardProblem,
    AwardRefused,
    AwardState,
    JurorSheet,
    award_results,
    check_award,
    opens_sheets,
    takes_nominations,
    weighted_points,
)

CRITERIA = (AwardCriterion("Wirkung", 60), AwardCriterion("Neuheit", 40))
DAY = date(2026, 12, 1)
ROUND = AwardContent("Preis", 2026, DAY, DAY, CRITERIA)


def test_points_are_weighted_exactly() -> None:
    assert weighted_points(JurorSheet((5, 2)), CRITERIA) == Decimal("3.8")
    assert weighted_points(JurorSheet((5, None)), CRITERIA) is None
    assert weighted_points(JurorSheet((5, 2), abstains=True), CRITERIA) is None


def test_who_abstains_changes_no_mean_and_who_has_not_finished_counts_as_open() -> None:
    sheets = {
        (1, 10): JurorSheet((5, 5)),
        (2, 10): JurorSheet((None, None), abstains=True),
        (3, 10): JurorSheet((1, None)),
    }
    (one,) = award_results([10], CRITERIA, sheets, [1, 2, 3, 4])
    assert (one.points, one.by_criterion) == (Decimal(5), (Decimal(5), Decimal(5)))
    assert (one.judged, one.abstained, one.open) == (1, 1, 2)


def test_equal_points_share_a_place_and_what_nobody_judged_stands_last() -> None:
    sheets = {(1, 1): JurorSheet((3, 3)), (1, 2): JurorSheet((3, 3)), (1, 4): JurorSheet((5, 5))}
    found = award_results([1, 2, 3, 4], CRITERIA, sheets, [1])
    assert [(one.nomination_id, one.place) for one in found] == [(4, 1), (1, 2), (2, 2), (3, None)]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (replace(ROUND, name=""), AwardProblem.NO_NAME),
        (replace(ROUND, criteria=()), AwardProblem.NO_CRITERIA),
        (replace(ROUND, criteria=(AwardCriterion("", 100),)), AwardProblem.NO_CRITERIA),
        (replace(ROUND, criteria=(AwardCriterion("A", 50),) * 2), AwardProblem.CRITERION_TWICE),
        (replace(ROUND, criteria=(AwardCriterion("A", 99),)), AwardProblem.NOT_WHOLE),
        (replace(ROUND, criteria=(AwardCriterion("A", 100), AwardCriterion("B", 0))), AwardProblem.NOT_WHOLE),
        (replace(ROUND, judge_until=date(2026, 11, 30)), AwardProblem.JURY_BEFORE_NOMINATIONS),
    ],
)
def test_a_round_that_does_not_fit_says_why(content: AwardContent, problem: AwardProblem) -> None:
    with pytest.raises(AwardRefused) as refused:
        check_award(content)
    assert refused.value.problem is problem


def test_the_last_day_counts_and_links_have_a_grace() -> None:
    assert check_award(ROUND) is ROUND
    assert takes_nominations(AwardState.NOMINATING, DAY, DAY)
    assert not takes_nominations(AwardState.NOMINATING, DAY, date(2026, 12, 2))
    assert not takes_nominations(AwardState.JUDGING, DAY, DAY)
    assert opens_sheets(AwardState.JUDGING, DAY, DAY + LINK_GRACE)
    assert not opens_sheets(AwardState.JUDGING, DAY, date(2026, 12, 16))
    assert not opens_sheets(AwardState.DECIDED, DAY, DAY)
