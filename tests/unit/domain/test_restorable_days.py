"""How long something deleted can be restored: whole days in German time, also where the clocks change."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.permissions import RESTORABLE, restorable_since, restorable_until
from dnk_tool.language import local_day

MOMENTS = st.integers(1_735_689_600, 2_208_988_800).map(lambda second: datetime.fromtimestamp(second, UTC))


@given(MOMENTS, st.timedeltas(timedelta(0), 2 * RESTORABLE))
def test_it_can_be_restored_to_the_end_of_the_last_day(deleted_at: datetime, later: timedelta) -> None:
    now = deleted_at + later
    assert (deleted_at >= restorable_since(now)) == (local_day(now) <= restorable_until(deleted_at))


@pytest.mark.parametrize(
    ("deleted_at", "last"),
    [
        (datetime(2026, 11, 25, 9, tzinfo=UTC), "2026-12-25"),
        (datetime(2026, 11, 25, 23, 30, tzinfo=UTC), "2026-12-26"),  # in Germany it was the 26th
        (datetime(2026, 3, 1, 22, 30, tzinfo=UTC), "2026-03-31"),  # before summer time
        (datetime(2026, 10, 1, 22, 30, tzinfo=UTC), "2026-11-01"),  # before it ends
    ],
)
def test_days_are_counted_in_germany(deleted_at: datetime, last: str) -> None:
    assert restorable_until(deleted_at).isoformat() == last
