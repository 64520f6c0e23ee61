"""The cockpit of a cluster: what to do first, then figures, then all members; and a page for each of them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby

from flask import Blueprint, abort, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.catalogue import Catalogue, editions, load
from dnk_tool.domain.clusters.cockpit import Stage, Task, median_days, review_times
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Permission, Subject, can
from dnk_tool.domain.review import Side
from dnk_tool.language import LOCAL_TIME
from dnk_tool.store.clusters import cockpit, cockpit_sums
from dnk_tool.store.clusters.cockpit import PAGE, Member, Order
from dnk_tool.store.review import remarks
from dnk_tool.web.clusters.cockpit import member_list_query
from dnk_tool.web.clusters.cockpit.member_list_query import Shown
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review import conflict_of_interest

blueprint = Blueprint("cockpit", __name__, url_prefix="/cluster/<int:cluster_id>")

MOST_TO_DO = 5
MOST_ACTIVITY = 30

TAG_KINDS = {
    Stage.NOT_STARTED: "open",
    Stage.DRAFT: "progress",
    Stage.SIGNING: "progress",
    Stage.SUBMITTED: "attention",
    Stage.CHANGES_REQUESTED: "progress",
    Stage.REOPENED: "progress",
    Stage.FINISHED: "done",
    Stage.APPROVED: "approved",
    Stage.PUBLISHED: "approved",
}


@blueprint.app_template_global("stage_kind")
def stage_kind(stage: Stage) -> str:
    """The kind of the tag that says where a member stands."""
    return TAG_KINDS[stage]


@blueprint.get("/")
@permit(Permission.CLUSTER_VIEW)
def show(cluster_id: int) -> ResponseReturnValue:
    shown = member_list_query.read()
    shown, members, total = page_of(shown)
    return render_template(
        "cluster/cockpit.html",
        shown=shown,
        members=members,
        total=total,
        last_page=last_page(total),
        tally=cockpit_sums.tally(db(), shown.view),
        to_do=cockpit.to_do(db(), shown.view, most=MOST_TO_DO),
        median=median_days(review_times(cockpit_sums.moves(db(), shown.view))),
        criteria=newest_catalogue().criteria,
        link=lambda member: link_of(shown, member),
        Stage=Stage,
        Task=Task,
        Order=Order,
    )


def page_of(shown: Shown) -> tuple[Shown, list[Member], int]:
    """The members of the page that is asked for, or of the first where that one does not exist."""
    members, total = cockpit.page(db(), shown.view, shown.wanted, number=shown.number)
    if not members and shown.number > 1:
        shown = replace(shown, number=1)
        members, total = cockpit.page(db(), shown.view, shown.wanted)
    return shown, list(members), total


def last_page(total: int) -> int:
    return max(1, -(-total // PAGE))


def newest_catalogue() -> Catalogue:
    """The edition whose criteria are counted and named."""
    return load(editions()[-1])


def link_of(shown: Shown, member: Member) -> str:
    """The review where it opens for the reader, else how far the member is."""
    if may_review(shown, member) and "review.show" in current_app.view_functions:
        return url_for("review.show", cluster_id=shown.view.cluster_id, declaration_id=member.declaration_id)
    return url_for(
        "cockpit.member",
        cluster_id=shown.view.cluster_id,
        organisation_id=member.organisation_id,
        jahr=member.year,
    )


def may_review(shown: Shown, member: Member) -> bool:
    """Whether the member submitted something to this cluster, and the reader may judge it."""
    cluster_id = shown.view.cluster_id
    subject = Subject(
        member.organisation_id,
        cluster_id,
        member.declaration_id,
        consents=frozenset({cluster_id}),  # whoever does not consent is no member
        reviewing=cluster_id if member.is_here else None,
    )
    return can(Permission.REVIEW, current_actor(), subject)


@blueprint.get("/mitglieder/<int:organisation_id>")
@permit(Permission.CLUSTER_VIEW)
def member(cluster_id: int, organisation_id: int) -> ResponseReturnValue:
    shown = member_list_query.read()
    found = cockpit.member(db(), shown.view, organisation_id)
    if found is None:
        abort(404)
    key = found.declaration_id
    events = cockpit_sums.activity(db(), cluster_id, organisation_id, key, since=found.joined_at)
    ours = [key] if key and found.is_here else []
    return render_template(
        "cluster/member.html",
        shown=shown,
        member=found,
        progress=cockpit_sums.progress_of(db(), [key] if key else []).get(key or 0, {}),
        open_remarks=remarks.open_counts(db(), ours, Side.REVIEWERS, cluster_id=cluster_id).get(key or 0, {}),
        catalogue=newest_catalogue(),
        activity=list(by_day(events))[:MOST_ACTIVITY],
        review_url=link_of(shown, found) if may_review(shown, found) else "",
        why_not=conflict_of_interest.reason() if found.is_here and not may_review(shown, found) else "",
        cluster=current_cluster(),
        Task=Task,
    )


def by_day(events: Iterable[tuple[EventKind, datetime]]) -> Iterator[tuple[date, EventKind, int]]:
    """The same thing, done several times on one day, once with how often."""
    days = ((at.astimezone(LOCAL_TIME).date(), kind) for kind, at in events)
    for (day, kind), alike in groupby(days):
        yield day, kind, len(list(alike))
