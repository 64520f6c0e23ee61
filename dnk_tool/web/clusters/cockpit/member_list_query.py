"""Filter, order and page of the member list: read from the address and written to links."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask import request, url_for

from dnk_tool.domain.clusters.cockpit import ClusterTask, MemberStage
from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.store.clusters import cockpit_sums
from dnk_tool.store.clusters.cockpit import MemberFilter, MemberSortOrder
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.clusters.cockpit_sums import ReportingYearSummary
from dnk_tool.web.http.access import current_cluster
from dnk_tool.web.http.transactions import db

MAX_SEARCH_LENGTH = 100
MAX_PAGE = 10_000
DESCENDING = "ab"
# These columns sort descending on the first click.
LARGEST_FIRST = frozenset({MemberSortOrder.DONE, MemberSortOrder.REMARKS, MemberSortOrder.ACTIVITY})

Enumeration = TypeVar("Enumeration", bound=StrEnum)


@dataclass(frozen=True)
class MemberListQuery:
    """The reporting year, the filter, and the page number."""

    view: ClusterYear
    years: ReportingYearSummary
    wanted: MemberFilter
    number: int = 1

    @property
    def choices(self) -> list[int]:
        """The years to choose from, latest first; always includes the year shown."""
        return sorted({*self.years.known, self.view.year}, reverse=True)

    @property
    def is_narrowed(self) -> bool:
        """Whether the filter leaves out members."""
        return bool(self.wanted.stage or self.wanted.task or self.wanted.text)

    @property
    def fields(self) -> dict[str, str]:
        """Year, filter and order as query parameters."""
        wanted = self.wanted
        parameters = {
            "jahr": str(self.view.year),
            "stand": wanted.stage or "",
            "aufgabe": wanted.task or "",
            "suche": wanted.text,
            "sortierung": wanted.order if wanted.order is not MemberSortOrder.COMPANY else "",
            "richtung": DESCENDING if wanted.descending else "",
        }
        return {name: str(value) for name, value in parameters.items() if value}

    def address(self, endpoint: str, *, number: int = 1, anchor: str | None = None, **changes: Any) -> str:
        """The address of a page with this filter, changed by `changes`."""
        other = replace(self, wanted=replace(self.wanted, **changes))
        values: dict[str, Any] = {**other.fields, **({"seite": number} if number > 1 else {})}
        return url_for(endpoint, cluster_id=self.view.cluster_id, _anchor=anchor, **values)

    def address_with_only(self, endpoint: str, *, anchor: str | None = None, **wanted: Any) -> str:
        """The address of a page for the same year with only this filter."""
        return replace(self, wanted=MemberFilter(**wanted)).address(endpoint, anchor=anchor)

    def of_year(self, endpoint: str, year: int) -> str:
        """The address of the same page for another year."""
        return replace(self, view=replace(self.view, year=year)).address(endpoint)

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
    year = _number(request.args.get("jahr", ""))
    if year not in years.known:
        year = years.latest(now.astimezone(LOCAL_TIME_ZONE).date())
    wanted = MemberFilter(
        stage=_enum_argument(MemberStage, "stand"),
        task=_enum_argument(ClusterTask, "aufgabe"),
        text=one_line(request.args.get("suche", ""))[:MAX_SEARCH_LENGTH],
        order=_enum_argument(MemberSortOrder, "sortierung") or MemberSortOrder.COMPANY,
        descending=request.args.get("richtung") == DESCENDING,
    )
    number = min(max(_number(request.args.get("seite", "")), 1), MAX_PAGE)
    return MemberListQuery(
        ClusterYear(cluster.id, year, years.deadlines.get(year), now), years, wanted, number
    )


def _enum_argument(kind: type[Enumeration], name: str) -> Enumeration | None:
    value = request.args.get(name)
    return next((choice for choice in kind if choice.value == value), None)


def _number(text: str) -> int:
    """Parse a small whole number; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_PAGE)) else 0
