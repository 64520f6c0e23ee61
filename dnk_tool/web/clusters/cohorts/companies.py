"""Who is in a cohort: the members of the cluster with a tick each."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.services.clusters import cohorts as cohort_service
from dnk_tool.store.clusters import cohort_members, cohorts
from dnk_tool.store.clusters.cohort_members import PAGE_SIZE, CohortMember, Standing
from dnk_tool.store.tables.clusters import Cohort
from dnk_tool.web.clusters.cohorts.pages import own_cohort_or_404
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.transactions import db

blueprint = Blueprint(
    "cohort_companies", __name__, url_prefix="/cluster/<int:cluster_id>/kohorten/<int:cohort_id>/unternehmen"
)
MAX_SEARCH_LENGTH = 100


@blueprint.get("")
@permit(Permission.CLUSTER_LEAD)
def show(cluster_id: int, cohort_id: int) -> ResponseReturnValue:
    cohort = own_cohort_or_404(cluster_id, cohort_id)
    text, number = _search(), _page_number()
    of_year = cohorts.of_cluster(db(), cluster_id, cohort.reporting_year)
    names = {one.id: one.name for one in of_year}
    default = next((one for one in of_year if one.is_default), None)
    found, total = cohort_members.list_page(db(), cohort, default, text, number=number)
    last = max(1, -(-total // PAGE_SIZE))
    return render_template(
        "clusters/cohorts/companies.html",
        cluster=current_cluster(),
        cohort=cohort,
        groups=[
            (_group_title(*group, default), [(one, _note(one, names, default)) for one in members])
            for group, members in groupby(found, key=lambda one: (one.standing, one.alike))
        ],
        default=default,
        Standing=Standing,
        total=total,
        text=text,
        number=number,
        last=last,
        before=_address(cohort, text, number - 1) if number > 1 else "",
        after=_address(cohort, text, number + 1) if number < last else "",
    )


@blueprint.post("")
@permit(Permission.CLUSTER_LEAD)
def save(cluster_id: int, cohort_id: int) -> ResponseReturnValue:
    """Carry out the pressed button for the ticked members, or for the one member whose button it is."""
    cohort = own_cohort_or_404(cluster_id, cohort_id)
    single = request.form.get("include", "")
    action = "assign" if single else request.form.get("action", "")
    chosen: Sequence[int] = _ids([single] if single else request.form.getlist("member"))
    if request.form.get("all") and not single:
        chosen = cohort_members.all_ids(db(), cohort, _search())
    if not chosen:
        flash(_("Kreuzen Sie zuerst an, um welche Unternehmen es geht."), "info")
        return redirect(_address(cohort, _search(), _page_number()), 303)
    year, actor, now = cohort.reporting_year, current_actor(), datetime.now(UTC)
    cluster = current_cluster()
    if action == "release":
        count = cohort_service.release(db(), cluster, year, chosen, actor=actor, now=now)
    else:
        target = None if action == "exclude" else cohort.id
        count = cohort_service.assign(db(), cluster, year, chosen, cohort_id=target, actor=actor, now=now)
    flash(_result(action, count), "success")
    return redirect(_address(cohort, _search(), _page_number()), 303)


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
    if member.standing is Standing.ELSEWHERE:
        return str(_("in Kohorte %(name)s", name=names.get(member.cohort_id or 0, "")))
    if member.standing is Standing.ABSENT and not member.is_assigned and default and default.due:
        words = _(
            "am %(day)s beigetreten, zu spät für die Frist %(due)s: wird dieses Jahr nach nichts gefragt",
            day=local_day(member.joined_at).strftime("%d.%m.%Y"),
            due=default.due.strftime("%d.%m.%Y"),
        )
        return str(words)
    return ""


def _group_title(standing: Standing, count: int, default: Cohort | None) -> str:
    titles: dict[Standing, str] = {
        Standing.INSIDE: _("In dieser Kohorte (%(count)s)", count=count),
        Standing.UNASSIGNED: _("Bei allen Mitgliedern (%(count)s)", count=count)
        if default
        else _("Noch in keiner Kohorte (%(count)s)", count=count),
        Standing.ELSEWHERE: _("In anderen Kohorten (%(count)s)", count=count),
        Standing.ABSENT: _("Dieses Jahr nicht dabei (%(count)s)", count=count),
    }
    return titles[standing]


def _ids(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10]


def _search() -> str:
    return one_line(request.values.get("suche", ""))[:MAX_SEARCH_LENGTH]


def _page_number() -> int:
    asked = request.values.get("seite", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _address(cohort: Cohort, text: str, number: int) -> str:
    values: dict[str, Any] = {"suche": text} if text else {}
    if number > 1:
        values["seite"] = number
    return url_for("cohort_companies.show", cluster_id=cohort.cluster_id, cohort_id=cohort.id, **values)
