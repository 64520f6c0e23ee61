"""What a working group leads to on the web, when it meets next, and which criteria it serves."""

from datetime import date

import pytest

from dnk_tool.domain.exchange.working_groups import (
    GroupDate,
    WorkingGroupContent,
    coming_dates,
    is_web_address,
    serving,
)

TODAY = date(2026, 12, 1)


@pytest.mark.parametrize("text", ["https://a.example", "http://a.example/b", "Https://a.example"])
def test_pages_of_the_web_are_addresses(text: str) -> None:
    assert is_web_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "https://", "a.example", "javascript:alert(1)", "https://a b", "Rathaus, Hameln", "ftp://a.b"],
)
def test_nothing_else_is_led_to(text: str) -> None:
    assert not is_web_address(text)


def test_dates_come_in_their_order_and_past_ones_not_at_all() -> None:
    past, today, later, last = (
        GroupDate(day, time, "")
        for day, time in (
            (date(2026, 11, 30), "10:00"),
            (TODAY, "15:00"),
            (date(2026, 12, 2), "09:00"),
            (date(2026, 12, 2), "15:00"),
        )
    )
    assert coming_dates((last, later, past, today), TODAY) == (today, later, last)


def test_a_group_serves_the_criteria_that_it_names() -> None:
    warmth = WorkingGroupContent("Abwärme", criteria=("11", "12"))
    returns = WorkingGroupContent("Rücknahme", criteria=("1",))
    assert serving([warmth, returns], "12") == [warmth]
    assert serving([warmth, returns], "1") == [returns]
