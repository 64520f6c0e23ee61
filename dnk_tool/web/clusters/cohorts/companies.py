"""Who is in a cohort: the members of the cluster with a tick each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.clusters.cohorts import is_late_joiner
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import format_short_date, local_day
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.services.clusters import cohorts as cohort_service
from dnk_tool.store.clusters import cohort_members, cohorts
from dnk_tool.store.clusters.cohort_members import CohortMember
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


@dataclass(frozen=True)
class MemberLine:
    """A member and where it stands this year, in words. `kind`: that of a status tag."""

    member: CohortMember
    text: str
    kind: str
    may_include: bool = False


@blueprint.get("")
@permit(Permission.CLUSTER_LEAD)
def show(cluster_id: int, cohort_id: int) -> ResponseReturnValue:
    cohort = own_cohort_or_404(cluster_id, cohort_id)
    text = _search()
    part = paging.paginate(cohort_members.count(db(), cohort, text), "seite", size=PAGE_SIZE)
    found = cohort_members.list_members(db(), cohort, text, offset=part.offset, limit=part.size)
    of_year = cohorts.of_cluster(db(), cluster_id, cohort.reporting_year)
    names = {one.id: one.name for one in of_year}
    default = next((one for one in of_year if one.is_default), None)
    return render_template(
        "clusters/cohorts/companies.html",
        cluster=current_cluster(),
        cohort=cohort,
        lines=[_line(member, cohort, names, default) for member in found],
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
        chosen = cohort_members.all_ids(db(), cohort, _search())
    if not chosen:
        flash(_("Kreuzen Sie zuerst an, um welche Unternehmen es geht."), "info")
        return redirect(_address(cohort), 303)
    year, actor, now = cohort.reporting_year, current_actor(), datetime.now(UTC)
    cluster = current_cluster()
    if action == "release":
        count = cohort_service.release(db(), cluster, year, chosen, actor=actor, now=now)
    else:
        target = None if action == "exclude" else cohort.id
        count = cohort_service.assign(db(), cluster, year, chosen, cohort_id=target, actor=actor, now=now)
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
            "%(num)d Zuordnung ist zurückgenommen.", "%(num)d Zuordnungen sind zurückgenommen.", count
        )
    else:
        words = ngettext(
            "%(num)d Unternehmen ist jetzt in dieser Kohorte.",
            "%(num)d Unternehmen sind jetzt in dieser Kohorte.",
            count,
        )
    return str(words)


def _line(member: CohortMember, cohort: Cohort, names: dict[int, str], default: Cohort | None) -> MemberLine:
    """Where the member stands in the year of the cohort."""
    if member.is_assigned and member.cohort_id is None:
        return MemberLine(member, _("dieses Jahr nicht dabei"), "locked", may_include=True)
    if member.is_assigned:
        if member.cohort_id == cohort.id:
            return MemberLine(member, _("in dieser Kohorte"), "done")
        name = names.get(member.cohort_id or 0, "") or _("Alle Mitglieder")
        return MemberLine(member, _("in Kohorte %(name)s", name=name), "progress")
    due: date | None = default.due if default else None
    if due and is_late_joiner(due, member.joined_at):
        return MemberLine(
            member,
            _(
                "am %(day)s beigetreten, zu spät für die Frist %(due)s: wird dieses Jahr nach nichts gefragt",
                day=format_short_date(local_day(member.joined_at), current_language()),
                due=format_short_date(due, current_language()),
            ),
            "attention",
            may_include=True,
        )
    if default is None:
        return MemberLine(member, _("noch in keiner Kohorte"), "open")
    if default.id == cohort.id:
        return MemberLine(member, _("in dieser Kohorte"), "done")
    return MemberLine(member, _("bei allen Mitgliedern"), "open")


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
