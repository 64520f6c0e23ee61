"""What a company's cluster recommends for a new declaration: the year of its cohort, and an indicator set."""

from dataclasses import dataclass
from datetime import UTC, datetime

from dnk_tool.catalogue import load_catalogue
from dnk_tool.language import local_day
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Year, and the key and the name of the set; both "" if the cluster recommends none."""

    cluster: str
    year: int
    indicator_set: str
    set_name: str


def recommendation(organisation_id: int, edition: str) -> Recommendation | None:
    """That of the cohort whose final day comes next; None if there is none, or its year is begun already.

    The last milestone counts as the final day of a cohort that has none.
    """
    today = local_day(datetime.now(UTC))
    begun = {
        row.reporting_year
        for row in declarations.of_organisations(db(), [organisation_id])
        if row.edition == edition
    }
    ahead = [
        (until, own.cluster.name, own.cohort)
        for own in cohorts.of_company(db(), organisation_id)
        if (until := own.cohort.due or max((one.day for one in own.milestones), default=None))
        and until >= today
        and own.cohort.reporting_year not in begun
    ]
    if not ahead:
        return None
    _until, cluster, cohort = min(ahead, key=lambda one: (one[0], one[1]))
    sets = {one.key: one.abbreviation for one in load_catalogue(edition).indicator_sets}
    key = cohort.indicator_set if cohort.indicator_set in sets else ""
    return Recommendation(cluster, cohort.reporting_year, key or "", sets.get(key or "", ""))
