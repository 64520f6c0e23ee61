"""The heat map of a cluster: members by criteria, a sign in every cell."""

from dataclasses import dataclass

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.catalogue import Criterion
from dnk_tool.domain.cockpit import Stage, Task
from dnk_tool.domain.completeness import Progress
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.review import Side
from dnk_tool.store import cockpit_sums, remarks
from dnk_tool.store.cockpit import Member, Order
from dnk_tool.web.access import permit
from dnk_tool.web.cluster import filtering
from dnk_tool.web.cluster.cockpit import blueprint, last_page, link_of, newest_catalogue, page_of
from dnk_tool.web.cluster.filtering import Shown
from dnk_tool.web.transactions import db


@dataclass(frozen=True)
class Cell:
    """How far one criterion of one member is. `href`: where its remarks are read, if there are any."""

    progress: Progress
    remarks: int
    href: str


@blueprint.get("/waermebild")
@permit(Permission.CLUSTER_VIEW)
def heat_map(cluster_id: int) -> ResponseReturnValue:
    shown, members, total = page_of(filtering.read())
    criteria = newest_catalogue().criteria
    return render_template(
        "cluster/heat_map.html",
        shown=shown,
        total=total,
        last_page=last_page(total),
        criteria=criteria,
        rows=_rows(shown, members, criteria),
        Progress=Progress,
        link=lambda member: link_of(shown, member),
        Stage=Stage,
        Task=Task,
        Order=Order,
    )


def _rows(
    shown: Shown, members: list[Member], criteria: tuple[Criterion, ...]
) -> list[tuple[Member, list[Cell]]]:
    cluster_id = shown.view.cluster_id
    found = cockpit_sums.progress_of(db(), [one.declaration_id for one in members if one.declaration_id])
    ours = [one.declaration_id for one in members if one.declaration_id and one.remarks]
    counts = remarks.open_counts(db(), ours, Side.REVIEWERS, cluster_id=cluster_id)
    rows = []
    for member in members:
        progress = found.get(member.declaration_id or 0, {})
        by_section = counts.get(member.declaration_id or 0, {})
        cells = [
            Cell(
                progress.get(one.ref, Progress.OPEN),
                by_section.get(one.ref, 0),
                _remarks_url(shown, member, one.ref) if by_section.get(one.ref) else "",
            )
            for one in criteria
        ]
        rows.append((member, cells))
    return rows


def _remarks_url(shown: Shown, member: Member, section_ref: str) -> str:
    """The criterion in the review, or the member where there is no such page."""
    if "review.criterion" not in current_app.view_functions:
        return link_of(shown, member)
    return url_for(
        "review.criterion",
        cluster_id=shown.view.cluster_id,
        declaration_id=member.declaration_id,
        section_ref=section_ref,
    )
