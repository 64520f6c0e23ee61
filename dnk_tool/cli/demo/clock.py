"""The demo's time: what happened in all companies is told day by day, as a trail is read."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from heapq import heapify, heappop, heappush

from dnk_tool.language import LOCAL_TIME_ZONE

# A story does something, and yields how many days ago it goes on.
Scenario = Iterator[int]

MORNING = time(9)
STEP = timedelta(minutes=4)


class DemoClock:
    """Moves on through the past, and never back."""

    def __init__(self, today: datetime) -> None:
        self.today = today.astimezone(LOCAL_TIME_ZONE).date()
        self.now = datetime.min.replace(tzinfo=LOCAL_TIME_ZONE)

    def day(self, ago: int) -> date:
        """So many days ago; less than none: in the future."""
        return self.today - timedelta(days=ago)

    def go_to(self, ago: int) -> None:
        """The morning of a day, or a moment later where the day has begun."""
        self.now = max(datetime.combine(self.day(ago), MORNING, LOCAL_TIME_ZONE), self.now + STEP)

    def tick(self) -> datetime:
        """A moment later."""
        self.now += STEP
        return self.now


def run_scenarios(clock: DemoClock, stories: Iterable[Scenario]) -> None:
    """Tell all stories at once: whatever happened first is told first."""
    waiting = [(-ago, number, story) for number, story in enumerate(stories) for ago in (next(story),)]
    heapify(waiting)
    while waiting:
        ago, number, story = heappop(waiting)
        clock.go_to(-ago)
        following = next(story, None)
        if following is not None:
            heappush(waiting, (-following, number, story))
