"""Who is in a cohort: the members of the cluster with a tick each."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.permissions import Permission
from dnk_tool.language import format_short_date, local_day
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.services.clusters import cohorts as cohort_service
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.clusters.cohorts import CohortMember, CohortStanding
from dnk_tool.store.tables.clusters import Cohort
from dnk_tool.web.clusters.cohorts.pages import own_cohort_or_404
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text import paging

blueprint = Blueprint(
    "cohort_companies", __name__, url_prefix="/cluster/<int:cluster_id>/kohorten/<int:cohort_id>/unternehmen"
)
MAX_SEARCH_LENGTH = 100
PAGE_SIZE = 30


@blueprint.get("")
@permit(Permission.CLUSTER_LEAD)
def show(cluster_id: int, cohort_id: int) -> ResponseReturnValue:
    cohort = own_cohort_or_404(cluster_id, cohort_id)
    text = _search()
    part = paging.paginate(cohorts.count(db(), cohort, text), "seite", size=PAGE_SIZE)
    of_year = cohorts.of_cluster(db(), cluster_id, cohort.reporting_year)
    names = {one.id: one.name for one in of_year}
    default = next((one for one in of_year if one.is_default), None)
    found = cohorts.list_members(db(), cohort, default, text, offset=part.offset, limit=part.size)
    return render_template(
        "clusters/cohorts/companies.html",
        cluster=current_cluster(),
        cohort=cohort,
        groups=[
            (_group_title(*group, default), [(one, _note(one, names, default)) for one in members])
            for group, members in groupby(found, key=lambda one: (one.standing, one.alike))
        ],
        default=default,
        CohortStanding=CohortStanding,
        text=text,
        part=part,
    )


@blueprint.post("")
@permit(Permission.CLUSTER_LEAD)
def save(cluster_id: int, cohort_id: int) -> ResponseReturnValue:
    """Carry out the pressed button for the ticked members, or for the one member whose button it is."""
    cohort = own_cohort_or_404(cluster_id, cohort_id)
    single = request.form.get("include", "")
    action = "assign" if single else request.form.get("action", "")
    ticked = map(whole_number, [single] if single else request.form.getlist("member"))
    chosen: Sequence[int] = [member for member in ticked if member is not None]
    if request.form.get("all") and not single:
        chosen = cohorts.all_ids(db(), cohort, _search())
    if not chosen:
        flash(_("Kreuzen Sie zuerst an, um welche Unternehmen es geht."), "info")
        return redirect(_address(cohort), 303)
    year, actor, now = cohort.reporting_year, current_actor(), datetime.now(UTC)
    cluster = current_cluster()
    if action == "release":
        count = cohort_service.release(Work(db(), actor, now), cluster, year, chosen)
    else:
        target = None if action == "exclude" else cohort.id
        count = cohort_service.assign(Work(db(), actor, now), cluster, year, chosen, cohort_id=target)
    flash(_result(action, count), "success")
    return redirect(_address(cohort), 303)


def _result(action: str, count: int) -> str:
    if action == "exclude":
        words = ngettext(
            "%(num)d Unternehmen ist dieses Jahr nicht dabei. Es wird nicht erinnert und ist nie überfällig.",
            "%(num)d Unternehmen sind dieses Jahr nicht dabei. "
            "Sie werden nicht erinnert und sind nie überfällig.",
            count,
        )
    elif action == "release":
        words = ngettext(
            "%(num)d Unternehmen ist jetzt ohne eigene Kohorte.",
            "%(num)d Unternehmen sind jetzt ohne eigene Kohorte.",
            count,
        )
    else:
        words = ngettext(
            "%(num)d Unternehmen ist jetzt in dieser Kohorte.",
            "%(num)d Unternehmen sind jetzt in dieser Kohorte.",
            count,
        )
    return str(words)


def _note(member: CohortMember, names: Mapping[int, str], default: Cohort | None) -> str:
    """What the heading does not say yet about where the member stands; else nothing."""
    if member.standing is CohortStanding.ELSEWHERE:
        return str(_("in Kohorte %(name)s", name=names.get(member.cohort_id or 0, "")))
    if member.standing is CohortStanding.ABSENT and not member.is_assigned and default and default.due:
        words = _(
            "am %(day)s beigetreten, zu spät für die Frist %(due)s: wird dieses Jahr nach nichts gefragt",
            day=format_short_date(local_day(member.joined_at), current_language()),
            due=format_short_date(default.due, current_language()),
        )
        return str(words)
    return ""


def _group_title(standing: CohortStanding, count: int, default: Cohort | None) -> str:
    titles: dict[CohortStanding, str] = {
        CohortStanding.INSIDE: _("In dieser Kohorte (%(count)s)", count=count),
        CohortStanding.UNASSIGNED: _("Bei allen Mitgliedern (%(count)s)", count=count)
        if default
        else _("Noch in keiner Kohorte (%(count)s)", count=count),
        CohortStanding.ELSEWHERE: _("In anderen Kohorten (%(count)s)", count=count),
        CohortStanding.ABSENT: _("Dieses Jahr nicht dabei (%(count)s)", count=count),
    }
    return titles[standing]


def _search() -> str:
    return one_line(request.values.get("suche", ""))[:MAX_SEARCH_LENGTH]


def _address(cohort: Cohort) -> str:
    """The page of the list from which the form was sent."""
    number = whole_number(request.form.get("seite"), digits=6) or 1
    return url_for(
        "cohort_companies.show",
        cluster_id=cohort.cluster_id,
        cohort_id=cohort.id,
        suche=_search() or None,
        seite=number if number > 1 else None,
    )
