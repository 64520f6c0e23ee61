"""Who comes into a cohort by itself, what the template dates, and criteria read from words."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.clusters.cohorts import (
    course_end,
    course_plan,
    has_started,
    is_late_joiner,
    next_reporting_year_name,
    sections_from_text,
    sections_text,
)

KNOWN = tuple(str(number) for number in range(1, 21))
DUE = date(2026, 12, 2)


@pytest.mark.parametrize(
    ("joined", "is_late"), [(date(2026, 11, 2), False), (date(2026, 11, 3), True), (date(2026, 12, 3), True)]
)
def test_late_is_who_joins_in_the_last_30_days(joined: date, is_late: bool) -> None:
    at = datetime(joined.year, joined.month, joined.day, 12, tzinfo=UTC)
    assert is_late_joiner(DUE, at) is is_late
    assert not is_late_joiner(None, at)


def test_a_cohort_without_a_first_day_starts_when_its_year_is_over() -> None:
    assert has_started(None, 2025, date(2026, 1, 1))
    assert not has_started(None, 2025, date(2025, 12, 31))
    assert has_started(date(2025, 11, 1), 2025, date(2025, 11, 1))


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_template_keeps_the_weekday_and_asks_for_each_criterion_once(starts: date) -> None:
    plan = course_plan(starts, "Auftakt", "Workshop")
    assert {one.day.weekday() for one in plan} == {starts.weekday()}
    assert [section for one in plan for section in one.sections] == list(KNOWN)
    assert plan[0].day == starts
    assert plan[-1].day < course_end(starts) == starts + timedelta(weeks=15)


@given(st.sets(st.sampled_from(KNOWN)))
def test_criteria_are_read_as_they_are_written(chosen: set[str]) -> None:
    assert set(sections_from_text(sections_text(tuple(chosen), KNOWN), KNOWN)) == chosen


@given(st.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused_by_name(text: str) -> None:
    with suppress(ValueError):
        assert set(sections_from_text(text, KNOWN)) <= set(KNOWN)


@pytest.mark.parametrize(
    ("text", "said"),
    [("1-4", "1–4"), ("20, 5;6 - 7", "5–7, 20"), ("5, 6", "5, 6"), ("", ""), ("3", "3")],
)
def test_the_fewest_words(text: str, said: str) -> None:
    assert sections_text(sections_from_text(text, KNOWN), KNOWN) == said


@pytest.mark.parametrize("text", ["0", "21", "4-1", "1-", "eins", "1-4-6"])
def test_what_is_no_criterion_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text.partition("-")[0]):
        sections_from_text(text, KNOWN)


def test_the_years_in_a_name_move_on() -> None:
    assert next_reporting_year_name("Herbst 2026 (für 2025)", 2025) == "Herbst 2027 (für 2026)"
