"""Self-assessment over the areas, where measures are missing; quick checks, which are counted, not rated."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.self_checks import load_self_checks
from dnk_tool.domain.answers.self_assessment import (
    Assessment,
    Measure,
    Rating,
    area_profiles,
    criteria_without_measures,
)
from dnk_tool.domain.answers.self_check import (
    SelfCheckAnswer,
    SelfCheckCount,
    count_answers,
    is_planned,
    merge_answers,
    open_points,
)

quick = settings(max_examples=50, deadline=None, database=None)

CATALOGUE = load_catalogue("dnk-2017")
PLAN = (Measure("Ziele festlegen"),)

numbers = st.sampled_from([criterion.number for criterion in CATALOGUE.criteria])
assessed = st.dictionaries(
    numbers, st.builds(Assessment, st.none() | st.sampled_from(Rating), st.sampled_from([(), PLAN]))
)
ENERGY = load_self_checks()["energy"]
KEYS = [question.key for question in ENERGY.questions]
REPLIES = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(SelfCheckAnswer))


def test_levels_rise_with_the_ratings() -> None:
    assert [rating.level for rating in Rating] == [0, 1, 2, 3, 4]


def test_nothing_is_rated_at_first() -> None:
    for part in area_profiles(CATALOGUE, {}):
        assert part.unrated == len(part.area.criteria)
    assert criteria_without_measures({}) == ()


@quick
@given(assessments=assessed)
def test_every_criterion_counts_once(assessments: dict[int, Assessment]) -> None:
    parts = area_profiles(CATALOGUE, assessments)
    assert [part.area for part in parts] == list(CATALOGUE.areas)
    for part in parts:
        assert sum(part.counts.values()) + part.unrated == len(part.area.criteria)
    rated = sum(assessment.rating is not None for assessment in assessments.values())
    assert sum(sum(part.counts.values()) for part in parts) == rated


def test_gaps_are_weak_criteria_without_a_measure_weakest_first() -> None:
    assessments = {
        1: Assessment(Rating.PLANNED),
        2: Assessment(Rating.NOT_STARTED, PLAN),
        3: Assessment(Rating.PARTIAL),
        4: Assessment(None),
        9: Assessment(Rating.NOT_STARTED),
        5: Assessment(Rating.NOT_STARTED),
        6: Assessment(Rating.PLANNED),
    }
    assert criteria_without_measures(assessments) == (5, 9, 1, 6)


@quick
@given(assessments=assessed)
def test_a_measure_closes_a_gap(assessments: dict[int, Assessment]) -> None:
    planned = {number: Assessment(assessment.rating, PLAN) for number, assessment in assessments.items()}
    assert criteria_without_measures(planned) == ()
    assert set(criteria_without_measures(assessments)) <= set(assessments)


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
