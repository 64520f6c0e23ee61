"""The cockpit of a cluster: tasks, counts and all members; and a page for each member.

Which reporting year and cohort a person looks at: their own choice, which changes nobody else's page.
The options of the filter of members.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.catalogue import Catalogue, Criterion, editions, load_catalogue
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.answers.completeness import FINISHED_PROGRESS
from dnk_tool.domain.clusters.cockpit import ClusterTask, MemberStage, NextMove, median_days, review_times
from dnk_tool.domain.clusters.criterion_signs import SignFilter, criterion_sign
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Permission, Subject, can_read
from dnk_tool.domain.review import ReviewSide
from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.services.clusters import cohorts as cohort_service
from dnk_tool.store.clusters import cockpit, cockpit_sums
from dnk_tool.store.clusters.cockpit import PAGE_SIZE, MemberFilter, MemberSortOrder, MemberSummary
from dnk_tool.store.clusters.criterion_progress import progress_by_member
from dnk_tool.store.review import remarks
from dnk_tool.web.clusters.cockpit import member_list_query
from dnk_tool.web.clusters.cockpit.criteria import criterion_title, stuck_criteria
from dnk_tool.web.clusters.cockpit.first_steps import first_steps
from dnk_tool.web.clusters.cockpit.member_list_query import MemberListQuery
from dnk_tool.web.clusters.cockpit.member_rows import member_rows
from dnk_tool.web.clusters.cockpit.milestones import milestone_options, next_milestone_step, shown_milestones
from dnk_tool.web.clusters.cockpit.timeline import timeline
from dnk_tool.web.clusters.member_file.contents import member_file
from dnk_tool.web.http import conflict_of_interest
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.cluster_pages import cluster_page
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.publication.labels import SIZES
from dnk_tool.web.text.options import Option, enum_options, pair_options

blueprint = Blueprint("cockpit", __name__, url_prefix="/cluster/<int:cluster_id>")

MAX_ACTIVITY = 30

TAG_KINDS = {
    MemberStage.NOT_STARTED: "open",
    MemberStage.DRAFT: "progress",
    MemberStage.SIGNING: "progress",
    MemberStage.SUBMITTED: "attention",
    MemberStage.CHANGES_REQUESTED: "progress",
    MemberStage.REOPENED: "progress",
    MemberStage.FINISHED: "progress",
    MemberStage.APPROVED: "approved",
    MemberStage.PUBLISHED: "approved",
}


def filter_choices(criteria: Sequence[Criterion], milestones: list[Option]) -> Mapping[str, list[Option]]:
    """The options of each field, by the name of its parameter."""
    language, everything = current_language(), _("alle")
    sections = load_sectors().current.sections
    sets = load_catalogue(editions()[-1]).indicator_sets
    return {
        "kriterium": pair_options(
            ((criterion.ref, criterion_title(criterion)) for criterion in criteria), everything
        ),
        "fehlt": milestones,
        "zeichen": enum_options(SignFilter),
        "stand": enum_options(MemberStage, everything),
        "aufgabe": enum_options(ClusterTask, everything),
        "am-zug": enum_options(NextMove, everything),
        "dabei": pair_options(
            (("ja", _("dieses Jahr dabei")), ("nein", _("dieses Jahr nicht dabei"))), everything
        ),
        "branche": pair_options(
            ((section.key, section.label.to(language)) for section in sections), everything
        ),
        "groesse": pair_options(((size.value, str(label)) for size, label in SIZES.items()), everything),
        "indikatoren": pair_options(
            ((indicator_set.key, indicator_set.title.to(language)) for indicator_set in sets), everything
        ),
    }


@blueprint.app_template_global("stage_kind")
def stage_kind(stage: MemberStage) -> str:
    """The kind of tag for a member's stage, as the tag component names it."""
    return TAG_KINDS[stage]


@blueprint.get("/")
@cluster_page(_l("Übersicht"), Permission.CLUSTER_VIEW, position=10)
def show(cluster_id: int) -> ResponseReturnValue:
    shown = member_list_query.requested_query()
    shown, members, total = requested_member_page(shown)
    criteria = newest_catalogue().criteria
    progress = progress_by_member(db(), shown.view, MemberFilter())
    tally = cockpit_sums.count_members_by_stage(db(), shown.view)
    milestones = shown_milestones(shown)
    longest = cockpit.members_by_task(db(), shown.view, most=1)
    return render_template(
        "clusters/cockpit/cockpit.html",
        shown=shown,
        rows=member_rows(shown.view, members, criteria, progress),
        total=total,
        last_page=page_count(total),
        tally=tally,
        steps=first_steps(
            shown, tally, longest, next_milestone_step(shown, milestones, criteria, progress.values())
        ),
        stuck=stuck_criteria(shown, criteria, progress),
        median=median_days(review_times(cockpit_sums.review_events(db(), shown.view))),
        criteria=criteria,
        link=lambda member: member_url(shown, member),
        choices=filter_choices(criteria, milestone_options(milestones, criteria, shown.wanted.lacking)),
        timeline=timeline(
            shown, tuple(criterion.ref for criterion in criteria), milestones, progress.values()
        ),
        Stage=MemberStage,
        Task=ClusterTask,
        Order=MemberSortOrder,
    )


def requested_member_page(
    shown: MemberListQuery, *, size: int = PAGE_SIZE
) -> tuple[MemberListQuery, list[MemberSummary], int]:
    """Read the requested page of `size` members; the first page if it does not exist."""
    members, total = cockpit.list_page(db(), shown.view, shown.wanted, number=shown.number, size=size)
    if not members and shown.number > 1:
        shown = replace(shown, number=1)
        members, total = cockpit.list_page(db(), shown.view, shown.wanted, size=size)
    return shown, list(members), total


def page_count(total: int, *, size: int = PAGE_SIZE) -> int:
    """How many pages of `size` rows `total` members fill, at least one."""
    return max(1, -(-total // size))


def newest_catalogue() -> Catalogue:
    """The newest edition, whose criteria the cockpit counts and names."""
    return load_catalogue(editions()[-1])


def member_url(shown: MemberListQuery, member: MemberSummary) -> str:
    """The review if the reader may open it, else the member's page."""
    if can_review(shown, member) and "review.show" in current_app.view_functions:
        return url_for("review.show", cluster_id=shown.view.cluster_id, declaration_id=member.declaration_id)
    return url_for(
        "cockpit.member",
        cluster_id=shown.view.cluster_id,
        organisation_id=member.organisation_id,
        jahr=member.year,
    )


def answer_url(shown: MemberListQuery, member: MemberSummary) -> str:
    """What the address of each submitted answer begins with; empty if the reader cannot open the review."""
    if not can_review(shown, member) or "review.criterion" not in current_app.view_functions:
        return ""
    address = url_for(
        "review.criterion",
        cluster_id=shown.view.cluster_id,
        declaration_id=member.declaration_id,
        section_ref="0",
    )
    return address.removesuffix("0")


def can_review(shown: MemberListQuery, member: MemberSummary) -> bool:
    """Whether the member submitted a version to this cluster that the reader may review."""
    cluster_id = shown.view.cluster_id
    subject = Subject(
        member.organisation_id,
        cluster_id,
        member.declaration_id,
        consents=frozenset({cluster_id}),  # members are companies that consent
        reviewing=cluster_id if member.is_here else None,
    )
    return can_read(Permission.REVIEW, current_actor(), subject)


@blueprint.get("/mitglieder/<int:organisation_id>")
@permit(Permission.CLUSTER_VIEW)
def member(cluster_id: int, organisation_id: int) -> ResponseReturnValue:
    shown = member_list_query.requested_query()
    member_summary = cockpit.find_member(db(), shown.view, organisation_id)
    if member_summary is None:
        abort(404)
    key = member_summary.declaration_id
    events = cockpit_sums.member_activity(
        db(), cluster_id, organisation_id, key, since=member_summary.joined_at
    )
    is_open = member_summary.is_here and organisation_id not in shown.view.kept_from
    ours = [key] if key and is_open else []
    catalogue = newest_catalogue()
    progress = cockpit_sums.progress_of(db(), [key] if key else []).get(key or 0, {})
    open_remarks = remarks.open_counts(db(), ours, ReviewSide.REVIEWERS, cluster_id=cluster_id).get(
        key or 0, {}
    )
    signs = {
        one.ref: criterion_sign(progress.get(one.ref), has_remark=one.ref in open_remarks)
        for one in catalogue.criteria
    }
    return render_template(
        "clusters/member.html",
        shown=shown,
        member=member_summary,
        progress=progress,
        open_remarks=open_remarks,
        signs=signs,
        elsewhere=sum(count for ref, count in open_remarks.items() if ref not in signs),
        # With an open remark a criterion is not done, as in the heat map.
        done=member_summary.done
        - sum(ref in open_remarks and progress.get(ref) in FINISHED_PROGRESS for ref in signs),
        answer_url=answer_url(shown, member_summary),
        catalogue=catalogue,
        activity=list(activity_by_day(events))[:MAX_ACTIVITY],
        page=member_file(shown.view, member_summary),
        review_url=member_url(shown, member_summary) if can_review(shown, member_summary) else "",
        why_not=conflict_of_interest.conflict_message()
        if member_summary.is_here and not can_review(shown, member_summary)
        else "",
        cluster=current_cluster(),
        Task=ClusterTask,
    )


def activity_by_day(events: Iterable[tuple[EventKind, datetime]]) -> Iterator[tuple[date, EventKind, int]]:
    """Yield (day, kind, count), joining equal events that follow each other on a day."""
    days = ((at.astimezone(LOCAL_TIME_ZONE).date(), kind) for kind, at in events)
    for (day, kind), alike in groupby(days):
        yield day, kind, len(list(alike))


PAGES = {"liste": "cockpit.show", "waermebild": "cockpit.heat_map"}


@blueprint.post("/ansicht")
@permit(Permission.CLUSTER_VIEW)
def choose_view(cluster_id: int) -> ResponseReturnValue:
    """Keep the chosen year and cohort; anything that is neither changes nothing."""
    year, _dash, key = request.form.get("ansicht", "").partition("-")
    asked, cohort_id = whole_number(year, digits=4), whole_number(key)
    if asked is not None and len(year) == 4 and (cohort_id is not None or not key):
        cohort_service.choose_view(db(), current_cluster(), asked, cohort_id, actor=current_actor())
    page = PAGES.get(request.form.get("seite", ""), PAGES["liste"])
    return redirect(url_for(page, cluster_id=cluster_id), 303)
