"""The heat map of a cluster: members by criteria, a sign in each cell."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.catalogue import Criterion
from dnk_tool.domain.answers.completeness import SectionProgress
from dnk_tool.domain.clusters.cockpit import ClusterTask, MemberStage
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.review import ReviewSide
from dnk_tool.store.clusters import cockpit_sums
from dnk_tool.store.clusters.cockpit import MemberSortOrder, MemberSummary
from dnk_tool.store.review import remarks
from dnk_tool.web.clusters.cockpit import member_list_query
from dnk_tool.web.clusters.cockpit.member_list_query import MemberListQuery
from dnk_tool.web.clusters.cockpit.overview import (
    blueprint,
    can_review,
    member_url,
    newest_catalogue,
    page_count,
    requested_member_page,
)
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True)
class HeatMapCell:
    """Progress of one member in one criterion. `href` leads to its open remarks, if any."""

    progress: SectionProgress
    remarks: int
    href: str


@dataclass(frozen=True)
class HeatMapRow:
    """One member. `others` counts open remarks on sections that are not criteria."""

    member: MemberSummary
    cells: list[HeatMapCell]
    others: int
    others_href: str


@blueprint.get("/waermebild")
@permit(Permission.CLUSTER_VIEW)
def heat_map(cluster_id: int) -> ResponseReturnValue:
    shown, members, total = requested_member_page(member_list_query.requested_query())
    criteria = newest_catalogue().criteria
    return render_template(
        "clusters/cockpit/heat_map.html",
        shown=shown,
        total=total,
        last_page=page_count(total),
        criteria=criteria,
        rows=_rows(shown, members, criteria),
        Progress=SectionProgress,
        link=lambda member: member_url(shown, member),
        Stage=MemberStage,
        Task=ClusterTask,
        Order=MemberSortOrder,
    )


def _rows(
    shown: MemberListQuery, members: list[MemberSummary], criteria: tuple[Criterion, ...]
) -> list[HeatMapRow]:
    cluster_id = shown.view.cluster_id
    progress_by_declaration = cockpit_sums.progress_of(
        db(), [member.declaration_id for member in members if member.declaration_id]
    )
    ours = [member.declaration_id for member in members if member.declaration_id and member.remarks]
    counts = remarks.open_counts(db(), ours, ReviewSide.REVIEWERS, cluster_id=cluster_id)
    rows = []
    for member in members:
        progress = progress_by_declaration.get(member.declaration_id or 0, {})
        by_section = dict(counts.get(member.declaration_id or 0, {}))
        cells = [
            HeatMapCell(
                progress.get(criterion.ref, SectionProgress.OPEN),
                by_section.get(criterion.ref, 0),
                _remarks_url(shown, member, criterion.ref) if by_section.pop(criterion.ref, 0) else "",
            )
            for criterion in criteria
        ]
        others = sum(by_section.values())
        rows.append(HeatMapRow(member, cells, others, _others_url(shown, member, by_section)))
    return rows


def _others_url(shown: MemberListQuery, member: MemberSummary, others: Mapping[str, int]) -> str:
    """Where to read the other remarks: their section if there is only one, else the member."""
    if len(others) == 1:
        return _remarks_url(shown, member, next(iter(others)))
    return member_url(shown, member) if others else ""


def _remarks_url(shown: MemberListQuery, member: MemberSummary, section_ref: str) -> str:
    """The criterion in the review, or the member if the reader cannot open the review."""
    if not can_review(shown, member) or "review.criterion" not in current_app.view_functions:
        return member_url(shown, member)
    return url_for(
        "review.criterion",
        cluster_id=shown.view.cluster_id,
        declaration_id=member.declaration_id,
        section_ref=section_ref,
    )
