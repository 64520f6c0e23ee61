"""A quick check is counted, not rated; its open points have an order; two people's answers are merged."""

from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.catalogue.self_checks import load_self_checks
from dnk_tool.domain.answers.self_assessment import Assessment, Measure
from dnk_tool.domain.answers.self_check import (
    SelfCheckAnswer,
    SelfCheckCount,
    count_answers,
    is_planned,
    merge_answers,
    open_points,
)

ENERGY = load_self_checks()["energy"]
KEYS = [question.key for question in ENERGY.questions]
REPLIES = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(SelfCheckAnswer))


def test_answers_are_counted_and_what_is_asked_no_more_is_not() -> None:
    replies = {
        KEYS[0]: SelfCheckAnswer.YES,
        KEYS[1]: SelfCheckAnswer.NO,
        KEYS[2]: SelfCheckAnswer.PARTLY,
        "vanished": SelfCheckAnswer.NO,
    }
    assert count_answers(ENERGY, replies) == SelfCheckCount(yes=1, partly=1, no=1, unanswered=10)


@given(REPLIES)
def test_no_comes_before_partly_and_each_by_priority(replies: dict[str, SelfCheckAnswer]) -> None:
    points = open_points(ENERGY, replies)
    order = [(replies[point.key] is SelfCheckAnswer.PARTLY, point.priority) for point in points]
    assert order == sorted(order)
    assert {point.key for point in points} == {
        key for key, reply in replies.items() if reply is not SelfCheckAnswer.YES
    }


def test_a_measure_is_known_in_either_language_and_any_spacing() -> None:
    question = ENERGY.questions[0]
    for text in (question.measure.de, question.measure.en.upper(), f"  {question.measure.de}\n"):
        assert is_planned(question, Assessment(measures=(Measure("Anderes"), Measure(text))))
    assert not is_planned(question, Assessment(measures=(Measure(question.measure.de[:-1]),)))


@given(REPLIES, REPLIES, REPLIES)
def test_two_peoples_answers_lose_nothing(
    mine: dict[str, SelfCheckAnswer], seen: dict[str, SelfCheckAnswer], theirs: dict[str, SelfCheckAnswer]
) -> None:
    together, clashes = merge_answers(mine, seen, theirs)
    for key in KEYS:
        own, before, other = (replies.get(key) for replies in (mine, seen, theirs))
        if own == before:
            assert together.get(key) == other
            assert key not in clashes
        else:
            assert together.get(key) == own
            assert (key in clashes) == (other not in (before, own))
