"""The demo's clock, which runs the scenarios of all companies in the order of their days."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from heapq import heapify, heappop, heappush

from dnk_tool.language import LOCAL_TIME_ZONE

# A scenario acts, then yields how many days ago its next step happens.
Scenario = Iterator[int]

MORNING = time(9)
STEP = timedelta(minutes=4)


class DemoClock:
    """A clock that moves forward through the past, never back."""

    def __init__(self, today: datetime) -> None:
        self.today = today.astimezone(LOCAL_TIME_ZONE).date()
        self.now = datetime.min.replace(tzinfo=LOCAL_TIME_ZONE)

    def day(self, ago: int) -> date:
        """The day `ago` days before today; a negative number is in the future."""
        return self.today - timedelta(days=ago)

    def go_to(self, ago: int) -> None:
        """Move on to the morning of the day, or by STEP if that is past."""
        self.now = max(datetime.combine(self.day(ago), MORNING, LOCAL_TIME_ZONE), self.now + STEP)

    def tick(self) -> datetime:
        """Move on by STEP and return the time."""
        self.now += STEP
        return self.now


def run_scenarios(clock: DemoClock, stories: Iterable[Scenario]) -> None:
    """Run all scenarios interleaved, step by step in the order of their days."""
    waiting = [(-ago, number, story) for number, story in enumerate(stories) for ago in (next(story),)]
    heapify(waiting)
    while waiting:
        ago, number, story = heappop(waiting)
        clock.go_to(-ago)
        following = next(story, None)
        if following is not None:
            heappush(waiting, (-following, number, story))
