"""Year, selection and page of the member list: what links, lists, messages and files of a cluster share.

The selection of members as query parameters, written and read here alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from dnk_tool.catalogue import editions, load_catalogue
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.clusters.cockpit import ClusterTask, MemberStage, NextMove
from dnk_tool.domain.clusters.criterion_signs import SignFilter
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.domain.permissions import companies_kept_from
from dnk_tool.language import local_day
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.store.clusters import cockpit_sums, cohorts
from dnk_tool.store.clusters.cockpit import MemberFilter, MemberSortOrder
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.clusters.cockpit_sums import ReportingYearSummary
from dnk_tool.store.tables.clusters import Cohort
from dnk_tool.web.http.access import current_actor, current_cluster
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.transactions import db

MAX_PAGE = 10_000
# These columns sort descending on the first click.
LARGEST_FIRST = frozenset({MemberSortOrder.DONE, MemberSortOrder.REMARKS, MemberSortOrder.ACTIVITY})


MAX_SEARCH_LENGTH = 100
DESCENDING = "ab"
SEPARATOR = "."
NOBODY = "0"
TAKING_PART = {"ja": True, "nein": False}

Enumeration = TypeVar("Enumeration", bound=StrEnum)


def filter_parameters(wanted: MemberFilter) -> dict[str, str]:
    """Filter and order as query parameters; what selects nothing is left out."""
    parameters = {
        "stand": wanted.stage or "",
        "aufgabe": wanted.task or "",
        "am-zug": wanted.turn or "",
        "dabei": next((said for said, takes in TAKING_PART.items() if takes is wanted.takes_part), ""),
        "kriterium": wanted.criterion,
        "zeichen": wanted.sign or "",
        "fehlt": SEPARATOR.join(wanted.lacking),
        "branche": wanted.sector,
        "groesse": wanted.size or "",
        "indikatoren": wanted.indicator_set,
        "nur": _joined_ids(wanted.members),
        "suche": wanted.text,
        "sortierung": wanted.order if wanted.order is not MemberSortOrder.COMPANY else "",
        "richtung": DESCENDING if wanted.descending else "",
    }
    return {name: str(value) for name, value in parameters.items() if value}


def read_filter(arguments: MultiDict[str, str]) -> MemberFilter:
    """Read filter and order; missing and invalid values get their defaults.

    A sign without a criterion selects nothing. Ticks come one by one or joined.
    """
    catalogue = load_catalogue(editions()[-1])
    known = [criterion.ref for criterion in catalogue.criteria]
    criterion = arguments.get("kriterium", "")
    criterion = criterion if criterion in known else ""
    lacking = frozenset(arguments.get("fehlt", "").split(SEPARATOR))
    sectors = {section.key for section in load_sectors().current.sections}
    sets = {indicator_set.key for indicator_set in catalogue.indicator_sets}
    return MemberFilter(
        stage=_member_of(MemberStage, arguments, "stand"),
        task=_member_of(ClusterTask, arguments, "aufgabe"),
        turn=_member_of(NextMove, arguments, "am-zug"),
        takes_part=TAKING_PART.get(arguments.get("dabei", "")),
        criterion=criterion,
        sign=_member_of(SignFilter, arguments, "zeichen") if criterion else None,
        lacking=tuple(ref for ref in known if ref in lacking),
        sector=_one_of(sectors, arguments, "branche"),
        size=_member_of(CompanySize, arguments, "groesse"),
        indicator_set=_one_of(sets, arguments, "indikatoren"),
        members=_read_ids(arguments.getlist("nur")),
        text=one_line(arguments.get("suche", ""))[:MAX_SEARCH_LENGTH],
        order=_member_of(MemberSortOrder, arguments, "sortierung") or MemberSortOrder.COMPANY,
        descending=arguments.get("richtung") == DESCENDING,
    )


def _joined_ids(members: frozenset[int] | None) -> str:
    if members is None:
        return ""
    return SEPARATOR.join(map(str, sorted(members))) or NOBODY


def _read_ids(values: Iterable[str]) -> frozenset[int] | None:
    parts = SEPARATOR.join(filter(None, values)).split(SEPARATOR)
    numbers = [whole_number(part) for part in parts if part]
    return frozenset(number for number in numbers if number) if numbers else None


def _member_of(kind: type[Enumeration], arguments: Mapping[str, str], name: str) -> Enumeration | None:
    value = arguments.get(name)
    return next((choice for choice in kind if choice.value == value), None)


def _one_of(known: Iterable[str], arguments: Mapping[str, str], name: str) -> str:
    value = arguments.get(name, "")
    return value if value in known else ""


@dataclass(frozen=True)
class MemberListQuery:
    """The reporting year, the filter, and the page number."""

    view: ClusterYear
    years: ReportingYearSummary
    wanted: MemberFilter
    number: int = 1

    @property
    def cohort(self) -> Cohort | None:
        """The cohort looked at, or the only one of the year; None for all members of several."""
        of_year = self.years.of_year(self.view.year)
        only = of_year[0] if len(of_year) == 1 else None
        return next((one for one in of_year if one.id == self.view.cohort_id), only)

    @property
    def due(self) -> date | None:
        """The final day to show above the members: that of the cohort, or the first of several."""
        if self.cohort:
            return self.cohort.due
        return min((one.due for one in self.years.of_year(self.view.year) if one.due), default=None)

    @property
    def choices(self) -> list[tuple[int, Cohort | None]]:
        """Years and cohorts to choose from, latest year first; None stands for all members of the year.

        Archived years are out of the way, unless one is shown.
        """
        found: list[tuple[int, Cohort | None]] = []
        known = {year for year in self.years.known if not self.years.is_archived(year)}
        for year in sorted({*known, self.view.year}, reverse=True):
            of_year = self.years.of_year(year)
            found += [(year, None), *((year, one) for one in of_year if len(of_year) > 1)]
        return found

    @property
    def is_narrowed(self) -> bool:
        """Whether the filter leaves out members; a criterion without a sign only sorts."""
        criterion = self.wanted.criterion if self.wanted.sign else ""
        selected = replace(self.wanted, criterion=criterion, order=MemberSortOrder.COMPANY, descending=False)
        return selected != MemberFilter()

    @property
    def is_narrowed_further(self) -> bool:
        """Whether the filter uses more than the fields that are always in sight."""
        wanted = self.wanted
        profile = wanted.sector or wanted.size or wanted.indicator_set
        return bool(wanted.lacking or wanted.task or wanted.turn or profile) or wanted.takes_part is not None

    @property
    def without_criterion(self) -> MemberFilter:
        """The filter without the criterion, of whose signs the heat map counts all."""
        return replace(self.wanted, criterion="", sign=None)

    @property
    def fields(self) -> dict[str, str]:
        """Year, filter and order as query parameters."""
        parameters = {"jahr": str(self.view.year), "kohorte": str(self.view.cohort_id or "")}
        return {name: value for name, value in parameters.items() if value} | filter_parameters(self.wanted)

    @property
    def fields_to_tick(self) -> dict[str, str]:
        """The parameters that ticks refine; 0 is nobody, so that no tick is not everybody."""
        return {**replace(self, wanted=replace(self.wanted, members=None)).fields, "nur": "0"}

    def address(
        self, endpoint: str, *, number: int = 1, part: str = "", anchor: str | None = None, **changes: Any
    ) -> str:
        """The address of a page with this filter, changed by `changes`; `part`: an area of the heat map."""
        other = replace(self, wanted=replace(self.wanted, **changes))
        more = {"seite": number if number > 1 else None, "teil": part or None}
        values: dict[str, Any] = {**other.fields, **more}
        return url_for(endpoint, cluster_id=self.view.cluster_id, _anchor=anchor, **values)

    def address_with_only(self, endpoint: str, *, anchor: str | None = None, **wanted: Any) -> str:
        """The address of a page for the same year with only this filter."""
        return replace(self, wanted=MemberFilter(**wanted)).address(endpoint, anchor=anchor)

    def sorted_by(self, endpoint: str, order: MemberSortOrder, anchor: str) -> str:
        """The address of the page sorted by the column; reversed if it is sorted by it already."""
        is_again = order is self.wanted.order
        descending = not self.wanted.descending if is_again else order in LARGEST_FIRST
        return self.address(endpoint, order=order, descending=descending, anchor=anchor)

    def sorting(self, order: MemberSortOrder) -> str:
        """The column's `aria-sort`: "ascending", "descending", or "" if not sorted by it."""
        if order is not self.wanted.order:
            return ""
        return "descending" if self.wanted.descending else "ascending"


def requested_query() -> MemberListQuery:
    """Read the query from the address; missing and invalid values get their defaults."""
    cluster, now = current_cluster(), datetime.now(UTC)
    years = cockpit_sums.reporting_years(db(), cluster.id)
    year = whole_number(request.args.get("jahr"), digits=5) or 0
    cohort_id = whole_number(request.args.get("kohorte")) or None
    if year not in years.known:
        kept = cohorts.chosen_view(db(), current_actor().user_id or 0, cluster.id)
        if kept and kept.reporting_year in years.known:
            year, cohort_id = kept.reporting_year, kept.cohort_id
        else:
            year, cohort_id = years.latest(local_day(now)), None
    number = min(whole_number(request.args.get("seite"), digits=5) or 1, MAX_PAGE)
    kept_from = companies_kept_from(current_actor(), cluster.id)
    view = years.view(cluster.id, year, now=now, cohort_id=cohort_id, kept_from=kept_from)
    return MemberListQuery(view, years, read_filter(request.args), number)
