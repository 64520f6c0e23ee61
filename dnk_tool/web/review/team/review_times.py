"""How long reviews take: the median of days, for the team and for each person with enough decisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dnk_tool.domain.clusters.cockpit import ReviewEvent, median_days, review_times_by_reviewer
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.web.http.access import current_actor

# One decision, or two, would tell more about the company than about the person.
FEWEST_DECISIONS = 3


@dataclass(frozen=True)
class ReviewTime:
    """The median of days from submission to decision; no `name`: of the team."""

    name: str
    days: int


def review_time_rows(
    events: Iterable[ReviewEvent], names: Mapping[int, str], cluster_id: int
) -> list[ReviewTime]:
    """That of the team and, below it, those of people who decided often enough, by name.

    Managers see everybody's, others only their own.
    """
    by_reviewer = review_times_by_reviewer(events)
    is_lead = current_actor().clusters.get(cluster_id) is ClusterRole.MANAGER
    own = current_actor().user_id
    shown = [
        (names[person], times)
        for person, times in by_reviewer.items()
        if person is not None
        and person in names
        and len(times) >= FEWEST_DECISIONS
        and (is_lead or person == own)
    ]
    everybody = [time for times in by_reviewer.values() for time in times]
    rows = [("", everybody), *sorted(shown)]
    return [ReviewTime(name, median_days(times) or 0) for name, times in rows if times]
