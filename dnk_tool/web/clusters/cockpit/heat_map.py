"""The heat map of a cluster: members by criteria, a sign in each cell, and who lacks the asked criterion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from dnk_tool.catalogue import Criterion
from dnk_tool.catalogue.standard.model import Area
from dnk_tool.domain.clusters.cockpit import ClusterTask, MemberStage
from dnk_tool.domain.clusters.criterion_signs import MISSING_SIGNS, CriterionCounts, CriterionSign, SignFilter
from dnk_tool.domain.permissions import Permission
from dnk_tool.store.clusters.cockpit import MemberSortOrder, MemberSummary
from dnk_tool.store.clusters.criterion_progress import MemberSigns, progress_by_member
from dnk_tool.web.clusters.cockpit import member_list_query
from dnk_tool.web.clusters.cockpit.criteria import HEAT_MAP, SignChip, counts_of, criterion_title, sign_chips
from dnk_tool.web.clusters.cockpit.member_list_query import MemberListQuery
from dnk_tool.web.clusters.cockpit.milestones import milestone_options, shown_milestones
from dnk_tool.web.clusters.cockpit.overview import (
    answer_url,
    blueprint,
    filter_choices,
    member_url,
    newest_catalogue,
    page_count,
    requested_member_page,
)
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.labels import label_of

HEAT_MAP_PAGE_SIZE = 300


@dataclass(frozen=True)
class HeatMapColumn:
    """A criterion with its counts; `part` numbers its area from 1, `href` asks who lacks it."""

    criterion: Criterion
    part: int
    counts: CriterionCounts
    href: str
    is_asked: bool


@dataclass(frozen=True)
class HeatMapPart:
    """An area of the criteria, counted from 1; a narrow window shows it alone, by its address."""

    area: Area
    number: int
    href: str
    is_shown: bool

    @property
    def columns(self) -> int:
        """How many criteria the area has."""
        return len(self.area.criteria)


@dataclass(frozen=True)
class HeatMapCell:
    """The sign of one member at one criterion. `href` leads to the submitted answer, if any."""

    sign: CriterionSign
    column: HeatMapColumn
    remarks: int
    href: str


@dataclass(frozen=True)
class HeatMapRow:
    """One member. `others` counts open remarks on sections that are not criteria."""

    member: MemberSummary
    cells: list[HeatMapCell]
    others: int
    others_href: str
    is_missing: bool


@dataclass(frozen=True)
class AskedCriterion:
    """What is asked about one criterion: counts by sign, and the message to those concerned."""

    title: str
    area: str
    chips: list[SignChip]
    count: int
    message_href: str
    close_href: str


@blueprint.get("/waermebild")
@permit(Permission.CLUSTER_VIEW)
def heat_map(cluster_id: int) -> ResponseReturnValue:
    shown, members, total = requested_member_page(
        member_list_query.requested_query(), size=HEAT_MAP_PAGE_SIZE
    )
    catalogue = newest_catalogue()
    progress = progress_by_member(db(), shown.view, shown.without_criterion)
    columns = _columns(shown, catalogue.areas, catalogue.criteria, counts_of(catalogue.criteria, progress))
    rows = [_row(shown, member, columns, progress[member.organisation_id]) for member in members]
    splits = bool(shown.wanted.criterion) and shown.wanted.sign is None
    missing = [row for row in rows if splits and row.is_missing]
    return render_template(
        "clusters/cockpit/heat_map.html",
        shown=shown,
        total=total,
        last_page=page_count(total, size=HEAT_MAP_PAGE_SIZE),
        criteria=catalogue.criteria,
        columns=columns,
        parts=_parts(shown, catalogue.areas, columns),
        asked=_asked(shown, columns),
        missing=missing,
        rows=rows[len(missing) :],
        ticks_all=shown.wanted.sign is not None,
        choices=filter_choices(
            catalogue.criteria,
            milestone_options(shown_milestones(shown), catalogue.criteria, shown.wanted.lacking),
        ),
        link=lambda member: member_url(shown, member),
        Sign=CriterionSign,
        words={sign: label_of(sign) for sign in CriterionSign},
        Stage=MemberStage,
        Task=ClusterTask,
        Order=MemberSortOrder,
    )


def _columns(
    shown: MemberListQuery,
    areas: Sequence[Area],
    criteria: Sequence[Criterion],
    counts: Sequence[CriterionCounts],
) -> list[HeatMapColumn]:
    numbers = {area.key: number for number, area in enumerate(areas, start=1)}
    return [
        HeatMapColumn(
            criterion,
            numbers[criterion.area],
            of_criterion,
            shown.address(HEAT_MAP, criterion=criterion.ref, sign=None, anchor="gefragt"),
            is_asked=criterion.ref == shown.wanted.criterion,
        )
        for criterion, of_criterion in zip(criteria, counts, strict=True)
    ]


def _parts(
    shown: MemberListQuery, areas: Sequence[Area], columns: Sequence[HeatMapColumn]
) -> list[HeatMapPart]:
    """The areas; that of the address or of the asked criterion is shown, else the first."""
    asked = next((column.criterion.area for column in columns if column.is_asked), areas[0].key)
    known = {area.key for area in areas}
    wanted = request.args.get("teil", "")
    chosen = wanted if wanted in known else asked
    return [
        HeatMapPart(area, number, shown.address(HEAT_MAP, part=area.key), is_shown=area.key == chosen)
        for number, area in enumerate(areas, start=1)
    ]


def _asked(shown: MemberListQuery, columns: Sequence[HeatMapColumn]) -> AskedCriterion | None:
    column = next((column for column in columns if column.is_asked), None)
    if column is None:
        return None
    sign = shown.wanted.sign or SignFilter.MISSING
    return AskedCriterion(
        criterion_title(column.criterion),
        column.criterion.area,
        sign_chips(shown, column.counts),
        sum(column.counts.signs.get(of_filter, 0) for of_filter in sign.signs),
        shown.address("cockpit.message", criterion=column.criterion.ref, sign=sign),
        shown.address(HEAT_MAP, criterion="", sign=None),
    )


def _row(
    shown: MemberListQuery, member: MemberSummary, columns: Sequence[HeatMapColumn], progress: MemberSigns
) -> HeatMapRow:
    others = dict(progress.remarks)
    address = answer_url(shown, member)
    cells = []
    for column in columns:
        ref = column.criterion.ref
        sign, remarks = progress.signs.get(ref, CriterionSign.OPEN), others.pop(ref, 0)
        href = f"{address}{ref}" if address else member_url(shown, member) if remarks else ""
        cells.append(HeatMapCell(sign, column, remarks, href))
    is_missing = any(cell.column.is_asked and cell.sign in MISSING_SIGNS for cell in cells)
    return HeatMapRow(member, cells, sum(others.values()), _others_url(shown, member, others), is_missing)


def _others_url(shown: MemberListQuery, member: MemberSummary, others: Mapping[str, int]) -> str:
    """Where to read the other remarks: their section if there is only one, else the member."""
    address = answer_url(shown, member)
    if len(others) == 1 and address:
        return f"{address}{next(iter(others))}"
    return member_url(shown, member) if others else ""
