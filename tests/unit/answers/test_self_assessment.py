"""Self-assessment: profile over the areas, and where measures are missing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.answers.self_assessment import (
    Assessment,
    Measure,
    Rating,
    area_profiles,
    criteria_without_measures,
)

quick = settings(max_examples=50, deadline=None, database=None)

CATALOGUE = load_catalogue("dnk-2017")
PLAN = (Measure("Ziele festlegen"),)

numbers = st.sampled_from([criterion.number for criterion in CATALOGUE.criteria])
assessed = st.dictionaries(
    numbers, st.builds(Assessment, st.none() | st.sampled_from(Rating), st.sampled_from([(), PLAN]))
)


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
