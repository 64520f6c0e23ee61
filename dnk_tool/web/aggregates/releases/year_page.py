"""What the page about a year's numbers shows: the release that stands, one in work, and who takes part."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.catalogue.aggregation_rules import AggregationRules, load_aggregation_rules
from dnk_tool.domain.aggregates.entering_versions import EnteringMembers, ReleaseState
from dnk_tool.domain.aggregates.json_format import release_from_json
from dnk_tool.domain.aggregates.model import Release, ReleaseContent
from dnk_tool.language import Language, local_day
from dnk_tool.store.aggregates import entering_members, releases
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.aggregates import ReleaseRow
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.aggregates.releases.material_shares import MaterialShareRow, material_share_rows
from dnk_tool.web.aggregates.releases.number_lists import NumberList, preview_lists, withheld_lists
from dnk_tool.web.aggregates.releases.rows import (
    CoverageRow,
    NumberGrid,
    ReleasedRow,
    coverage_rows,
    group_sums,
    middle_values,
    sums_and_rates,
)

FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class ReleaseYearPage:
    """A year of a cluster's numbers.

    `last`: the release that was made last, also a withdrawn one, `made_by` its manager's name; `sums`,
    `middles`, `groups`, `coverage` and `material` are its, if it stands. `work`: the one that is ordered,
    prepared or refused, with its `preview`: `passing` numbers, by figure. `withheld`: what rules withhold in
    the preview, or else in the release.
    `is_archived`: nothing of the year can be changed.
    """

    year: int
    years: tuple[int, ...]
    is_archived: bool
    participation: EnteringMembers
    last: Release | None
    reason: str
    made_by: str
    work: ReleaseRow | None
    sums: tuple[ReleasedRow, ...]
    middles: NumberGrid | None
    groups: tuple[NumberGrid, ...]
    preview: tuple[NumberList, ...]
    passing: int
    withheld: tuple[NumberList, ...]
    coverage: tuple[CoverageRow, ...]
    material: tuple[MaterialShareRow, ...]
    rules: AggregationRules

    @property
    def is_shown(self) -> bool:
        """Whether a release of the year stands."""
        return self.last is not None and self.last.withdrawn_at is None


def year_page(
    session: Session, cluster: Cluster, asked: int | None, language: Language, *, now: datetime
) -> ReleaseYearPage:
    """Read the page of the year that was asked for, by default of the last one with a cohort or release."""
    of_cluster = cohorts.of_cluster(session, cluster.id)
    ended = local_day(now).year - 1
    known = {*releases.years(session, cluster.id), *(each.reporting_year for each in of_cluster), ended}
    is_possible = asked is not None and FIRST_YEAR <= asked <= LAST_YEAR
    year = asked if asked is not None and is_possible else max(each for each in known if each <= ended)
    stored = releases.of_year(session, cluster.id, year)
    made = next((it for it in stored if it.row.made_at is not None), None)
    work = stored[0].row if stored and stored[0].row.made_at is None else None
    shown = made.release if made and made.is_shown else None
    before = releases.shown_release(session, cluster.id, year - 1) if shown else None
    maker = session.get(Account, made.row.made_by) if made and made.row.made_by else None
    content = shown.content if shown else None
    prepared = _prepared(work)
    newest = prepared or content
    return ReleaseYearPage(
        year=year,
        years=tuple(sorted({*known, year}, reverse=True)),
        is_archived=cluster.archived_at is not None
        or any(each.archived_at is not None for each in of_cluster if each.reporting_year == year),
        participation=entering_members.entering_members(session, cluster.id, year),
        last=made.release if made else None,
        reason=made.row.reason if made else "",
        made_by=maker.name if maker else "",
        work=work,
        sums=tuple(sums_and_rates(content, before.content if before else None, language)) if content else (),
        middles=middle_values(content, language) if content else None,
        groups=tuple(group_sums(content, language)) if content else (),
        preview=tuple(preview_lists(prepared, language)) if prepared else (),
        passing=sum(number.is_shown for number in prepared.numbers) if prepared else 0,
        withheld=tuple(withheld_lists(newest, language)) if newest else (),
        coverage=tuple(coverage_rows(content.coverage, language)) if content else (),
        material=tuple(material_share_rows(content, before.content if before else None, language))
        if content
        else (),
        rules=load_aggregation_rules(),
    )


def _prepared(work: ReleaseRow | None) -> ReleaseContent | None:
    """The content that waits for a manager's look; None if none does."""
    if work is None or work.state is not ReleaseState.PREPARED or work.content is None:
        return None
    return release_from_json(work.content)
