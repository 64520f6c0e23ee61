"""The cohorts of a cluster: the list of a year, and the pages to create, change, copy and delete one.

What somebody else stored of a cohort while its form was open, in lines beside what was typed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.clusters.cohorts import ONE_YEAR, next_reporting_year_name, sections_text
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import format_short_date, local_day
from dnk_tool.services.clusters import cohorts as cohort_service
from dnk_tool.services.clusters.cohorts import CohortData, CohortNameTaken, MilestoneData
from dnk_tool.store.clusters import cockpit_sums, cohorts
from dnk_tool.store.clusters.cockpit import MemberFilter
from dnk_tool.store.clusters.cohorts import CohortSize
from dnk_tool.store.clusters.criterion_progress import progress_by_member
from dnk_tool.store.tables.clusters import Cohort
from dnk_tool.web.clusters.cockpit.member_list_query import MemberListQuery
from dnk_tool.web.clusters.cockpit.overview import newest_catalogue
from dnk_tool.web.clusters.cockpit.timeline import Timeline, timeline
from dnk_tool.web.clusters.cohorts.form import CohortForm, cohort_values, criteria_refs
from dnk_tool.web.http.access import current_cluster, current_work, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import seen_version

blueprint = Blueprint("cohorts", __name__, url_prefix="/cluster/<int:cluster_id>")


def stored_differently(mine: CohortData, theirs: CohortData) -> list[str]:
    """What is stored now where it differs from what was typed; milestones that were deleted last."""
    typed = {one.id: one for one in mine.milestones if one.id}
    stored = {one.id for one in theirs.milestones}
    return [
        *_frame(mine, theirs),
        *(_milestone(one) for one in theirs.milestones if one not in mine.milestones),
        *(_deleted(one) for key, one in typed.items() if key not in stored),
    ]


def _frame(mine: CohortData, theirs: CohortData) -> Iterator[str]:
    language, nothing = current_language(), _("ohne")
    if mine.name != theirs.name:
        yield _("Name: %(name)s", name=theirs.name)
    for label, typed, day in (
        (_("Erster Tag"), mine.starts, theirs.starts),
        (_("Einreichen bis"), mine.due, theirs.due),
    ):
        if typed != day:
            yield f"{label}: {format_short_date(day, language) if day else nothing}"
    if mine.indicator_set != theirs.indicator_set:
        yield _("Ein anderes empfohlenes Indikatorenset")


def _milestone(one: MilestoneData) -> str:
    criteria = sections_text(tuple(one.sections), criteria_refs())
    parts = [
        one.title,
        format_short_date(one.day, current_language()),
        _("Kriterien %(numbers)s", numbers=criteria) if criteria else "",
        one.place,
        one.note,
    ]
    return ", ".join(part for part in parts if part)


def _deleted(one: MilestoneData) -> str:
    return str(
        _("„%(title)s“ ist gelöscht. Wenn Sie speichern, entsteht der Termin von Neuem.", title=one.title)
    )


@blueprint.get("/kohorten")
@cluster_page(_l("Kohorten"), Permission.CLUSTER_LEAD, position=50, tab=ClusterTab.PLANNING)
def show(cluster_id: int) -> ResponseReturnValue:
    now = datetime.now(UTC)
    today = local_day(now)
    known = cockpit_sums.reporting_years(db(), cluster_id)
    years = sorted({cohort.reporting_year for cohort in known.cohorts}, reverse=True)
    asked = request.args.get("jahr", "")
    chosen = next((year for year in years if str(year) == asked), known.latest(today))
    year = chosen if chosen in years else next(iter(years), chosen)
    of_year = known.of_year(year)
    return render_template(
        "clusters/cohorts/list.html",
        cluster=current_cluster(),
        years=years,
        year=year,
        cohorts=of_year,
        sizes=_sizes(cluster_id, of_year),
        timelines=_timelines(MemberListQuery(known.view(cluster_id, year, now=now), known, MemberFilter())),
        today=today,
    )


def _timelines(shown: MemberListQuery) -> Mapping[int, Timeline | None]:
    """The timeline of each cohort of the year that has milestones, by its id."""
    milestones = cohorts.milestones_by_cohort(db(), [one.id for one in shown.years.of_year(shown.view.year)])
    members = progress_by_member(db(), shown.view, shown.wanted).values() if milestones else ()
    return {
        key: timeline(
            replace(shown, view=replace(shown.view, cohort_id=key)), criteria_refs(), of_cohort, members
        )
        for key, of_cohort in milestones.items()
    }


def _sizes(cluster_id: int, of_year: list[Cohort]) -> Mapping[int, CohortSize]:
    found = cohorts.sizes(db(), cluster_id, of_year)
    return {cohort.id: found.get(cohort.id, CohortSize()) for cohort in of_year}


@blueprint.get("/fristen")
@permit(Permission.CLUSTER_LEAD)
def moved(cluster_id: int) -> ResponseReturnValue:
    """Lead from the address that the page had before there were cohorts."""
    return redirect(url_for("cohorts.show", cluster_id=cluster_id), 301)


@blueprint.get("/kohorten/neu")
@permit(Permission.CLUSTER_LEAD)
def new(cluster_id: int) -> ResponseReturnValue:
    """An empty cohort, or with `?aus=` a copy of another one a year later."""
    source = _asked_source(cluster_id)
    today = local_day(datetime.now(UTC))
    values: dict[str, object] = {"reporting_year": today.year - 1}
    if source:
        values = _a_year_later(cohort_values(source, cohorts.milestones_of(db(), source.id)))
    form = CohortForm(formdata=None, data=values)
    return _page(form, source=source)


@blueprint.post("/kohorten/neu")
@permit(Permission.CLUSTER_LEAD)
@creates
def create(cluster_id: int) -> ResponseReturnValue:
    form, source = CohortForm(), _asked_source(cluster_id)
    if (page := _answered_without_saving(form)) is not None:
        return _page(form, source=source), page
    try:
        cohort = _save(form)
    except CohortNameTaken:
        return _page(form, source=source), 422
    if source and form.takes_members.data:
        _take_members(source, cohort)
    flash(_("Die Kohorte ist angelegt. Jetzt wählen Sie, wer dazugehört."), "success")
    if cohort.is_default:
        return redirect(url_for("cohorts.show", cluster_id=cluster_id, jahr=cohort.reporting_year), 303)
    return redirect(url_for("cohort_companies.show", cluster_id=cluster_id, cohort_id=cohort.id), 303)


@blueprint.get("/kohorten/<int:cohort_id>")
@permit(Permission.CLUSTER_LEAD)
def edit(cluster_id: int, cohort_id: int) -> ResponseReturnValue:
    cohort = own_cohort_or_404(cluster_id, cohort_id)
    values = cohort_values(cohort, cohorts.milestones_of(db(), cohort.id))
    return _page(CohortForm(formdata=None, data=values), cohort=cohort)


@blueprint.post("/kohorten/<int:cohort_id>")
@permit(Permission.CLUSTER_LEAD)
def change(cluster_id: int, cohort_id: int) -> ResponseReturnValue:
    cohort, form = own_cohort_or_404(cluster_id, cohort_id), CohortForm()
    form.reporting_year.data, form.reporting_year.raw_data = cohort.reporting_year, None
    if (page := _answered_without_saving(form, cohort)) is not None:
        return _page(form, cohort=cohort), page
    try:
        _save(form, cohort)
    except CohortNameTaken:
        return _page(form, cohort=cohort), 422
    except ConflictError as error:
        db().rollback()
        form.version.data = str(error.conflict.version)
        differences = stored_differently(error.conflict.mine, error.conflict.theirs)
        return _page(form, cohort=own_cohort_or_404(cluster_id, cohort_id), differences=differences), 409
    flash(_("Gespeichert."), "success")
    return redirect(url_for("cohorts.show", cluster_id=cluster_id, jahr=cohort.reporting_year), 303)


@blueprint.get("/kohorten/<int:cohort_id>/loeschen")
@permit(Permission.CLUSTER_LEAD)
def ask_to_delete(cluster_id: int, cohort_id: int) -> ResponseReturnValue:
    cohort = own_cohort_or_404(cluster_id, cohort_id)
    return render_template(
        "clusters/cohorts/delete.html",
        cluster=current_cluster(),
        cohort=cohort,
        size=_sizes(cluster_id, [cohort])[cohort.id],
        milestones=cohorts.milestones_of(db(), cohort.id),
    )


@blueprint.post("/kohorten/<int:cohort_id>/loeschen")
@permit(Permission.CLUSTER_LEAD)
def delete(cluster_id: int, cohort_id: int) -> ResponseReturnValue:
    year = own_cohort_or_404(cluster_id, cohort_id).reporting_year
    cohort_service.delete_cohort(current_work(), current_cluster(), cohort_id)
    flash(_("Die Kohorte ist gelöscht."), "success")
    return redirect(url_for("cohorts.show", cluster_id=cluster_id, jahr=year), 303)


def own_cohort_or_404(cluster_id: int, cohort_id: int) -> Cohort:
    """The cluster's cohort with this id; aborts with 404 if it has none."""
    cohort = cohorts.by_id(db(), cluster_id, cohort_id)
    if cohort is None:
        abort(404)
    return cohort


def _asked_source(cluster_id: int) -> Cohort | None:
    asked = whole_number(request.args.get("aus"))
    return None if asked is None else cohorts.by_id(db(), cluster_id, asked)


def _a_year_later(values: dict[str, object]) -> dict[str, object]:
    """The same cohort for the next reporting year, each day on the same weekday."""
    year = int(str(values["reporting_year"]))
    milestones = values["milestones"]
    assert isinstance(milestones, list)  # noqa: S101 -- `cohort_values` makes it
    return values | {
        "reporting_year": year + 1,
        "takes_members": True,
        "name": next_reporting_year_name(str(values["name"]), year),
        "milestones": [one | {"key": "", "day": one["day"] + ONE_YEAR} for one in milestones],
        **{name: _later(values[name]) for name in ("starts", "due")},
    }


def _later(day: object) -> date | None:
    return day + ONE_YEAR if isinstance(day, date) else None


def _answered_without_saving(form: CohortForm, cohort: Cohort | None = None) -> int | None:
    """The status of the page if nothing is saved yet: a row button, a fault, or a question; else None."""
    form.prepare(newest_catalogue(), current_language())
    action = request.form.get("action", "")
    if action == "template":
        return 200 if form.fill_from_template() else 422
    if action == "add-row":
        form.milestones.show_empty_row()
        return 200
    if not form.validate():
        return 422
    today = local_day(datetime.now(UTC))
    if cohort is not None and not cohort.is_default and not form.name.data:
        form.name.errors = [_("Geben Sie der Kohorte einen Namen, zum Beispiel „Herbst 2026“.")]
        return 422
    return (
        422
        if form.ask_about(cohort.due if cohort else None, today=today, language=current_language())
        else None
    )


def _save(form: CohortForm, cohort: Cohort | None = None) -> Cohort:
    """Save what is entered. Raises ConflictError, and CohortNameTaken with the message at its field."""
    try:
        return cohort_service.save_cohort(
            current_work(),
            current_cluster(),
            form.cohort,
            cohort_id=cohort.id if cohort else None,
            seen=seen_version(form),
        )
    except CohortNameTaken as taken:
        form.name.errors = [
            _("So heißt in diesem Berichtsjahr schon eine Kohorte. Wählen Sie einen anderen Namen.")
            if form.name.data
            else _(
                "Für alle Mitglieder gibt es in diesem Berichtsjahr schon Termine. Geben Sie einen Namen ein."
            )
        ]
        raise taken


def _take_members(source: Cohort, cohort: Cohort) -> None:
    """Assign the members of the cohort that was copied, except those with an assignment of the new year."""
    assigned = cohorts.assignments(db(), source.cluster_id, source.reporting_year)
    decided = cohorts.assignments(db(), source.cluster_id, cohort.reporting_year)
    members = [key for key, row in assigned.items() if row.cohort_id == source.id and key not in decided]
    cohort_service.assign(
        current_work(), current_cluster(), cohort.reporting_year, members, cohort_id=cohort.id
    )


def _page(
    form: CohortForm,
    *,
    cohort: Cohort | None = None,
    source: Cohort | None = None,
    differences: Sequence[str] = (),
) -> str:
    form.prepare(newest_catalogue(), current_language())
    if not form.milestones.entries:
        form.milestones.show_empty_row()
    return render_template(
        "clusters/cohorts/edit.html",
        cluster=current_cluster(),
        form=form,
        errors=field_errors(form),
        cohort=cohort,
        source=source,
        differences=differences,
    )
