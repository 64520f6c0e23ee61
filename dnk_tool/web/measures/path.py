"""A company's path to its climate goal: the page, the goal's own page, and the base year taken anew."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.measures.climate_goal import SCOPE3_CATEGORIES
from dnk_tool.domain.measures.path import NotCounted
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.measures import climate_goals as goals
from dnk_tool.services.measures.climate_goals import CompanyPath
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import sites
from dnk_tool.store.measures import climate_goals, path_figures
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.access import current_organisation, current_work, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.transactions import db
from dnk_tool.web.measures import path_page, path_texts
from dnk_tool.web.measures.company_pages import company_page
from dnk_tool.web.measures.path_form import ClimateGoalForm, first_data, goal_data
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import seen_version
from dnk_tool.web.text.options import pair_options

LONGEST_REASON = 2_000

blueprint = Blueprint("climate_path", __name__, url_prefix="/unternehmen/<int:organisation_id>/pfad")


@blueprint.get("")
@company_page(
    _l("Klimapfad"),
    _l("Ziel, Weg dorthin und was die Maßnahmen bringen"),
    Permission.ORGANISATION_VIEW,
    position=20,
)
def show(organisation_id: int) -> ResponseReturnValue:
    return _page()


@blueprint.get("/ziel")
@permit(Permission.ORGANISATION_EDIT)
def edit(organisation_id: int) -> ResponseReturnValue:
    stored = climate_goals.stored_goal(climate_goals.goal_row(db(), organisation_id))
    if stored.content is not None:
        return _goal_page(ClimateGoalForm(formdata=None, data=goal_data(stored.content, stored.version)))
    figures = path_figures.figures_by_year(db(), organisation_id)
    return _goal_page(ClimateGoalForm(formdata=None, data=first_data(figures)))


@blueprint.post("/ziel")
@permit(Permission.ORGANISATION_EDIT)
def save(organisation_id: int) -> ResponseReturnValue:
    form = ClimateGoalForm()
    stored = climate_goals.stored_goal(climate_goals.goal_row(db(), organisation_id))
    figures = path_figures.figures_by_year(db(), organisation_id)
    goal = form.goal(stored.content, figures) if form.validate() else None
    if goal is None:
        return _goal_page(form), 422
    try:
        goals.save_goal(current_work(), organisation_id, goal, seen=seen_version(form))
    except ConflictError as error:
        form.version.data, form.version.raw_data = str(error.conflict.version), None
        return _goal_page(form, theirs=path_texts.goal_sentence(error.conflict.theirs)), 409
    flash(_("Das Ziel ist gespeichert."), "success")
    return redirect(url_for("climate_path.show", organisation_id=organisation_id), 303)


@blueprint.post("/basisjahr")
@permit(Permission.ORGANISATION_EDIT)
def take_base_year(organisation_id: int) -> ResponseReturnValue:
    """Take what the figures of the base year give today, with the reason."""
    reason = request.form.get("reason", "").strip()
    if not reason or len(reason) > LONGEST_REASON:
        return _page(
            reason=reason, error=_("Schreiben Sie in einem Satz, warum sich der Wert geändert hat.")
        ), 422
    try:
        taken = goals.take_base_year(current_work(), organisation_id, reason, seen=_seen())
    except ConflictError:
        return _page(reason=reason, error=_("Jemand hat das Ziel gerade geändert. Bitte prüfen Sie es.")), 409
    if taken:
        flash(_("Das Basisjahr ist neu berechnet. Der Anlass steht jetzt dabei."), "success")
    return redirect(url_for("climate_path.show", organisation_id=organisation_id), 303)


@blueprint.post("/entfernen")
@permit(Permission.ORGANISATION_EDIT)
def remove(organisation_id: int) -> ResponseReturnValue:
    try:
        goals.remove_goal(current_work(), organisation_id, seen=_seen())
    except ConflictError:
        flash(_("Jemand hat das Ziel gerade geändert. Bitte prüfen Sie es."), "warning")
        return redirect(url_for("climate_path.edit", organisation_id=organisation_id), 303)
    flash(_("Das Ziel ist entfernt. Kennzahlen und Maßnahmen sind noch da."), "success")
    return redirect(url_for("climate_path.show", organisation_id=organisation_id), 303)


def _seen() -> int:
    return whole_number(request.form.get("version")) or 0


def _page(*, reason: str = "", error: str = "") -> str:
    organisation = current_organisation()
    known = goals.path_of_company(db(), organisation.id)
    if known is None:
        return render_template("measures/path_invitation.html", organisation=organisation)
    of_year = {row.reporting_year: row for row in declarations.of_organisations(db(), [organisation.id])}
    goal, path = known.goal, known.path
    return render_template(
        "measures/path.html",
        organisation=organisation,
        goal=goal,
        path=path,
        version=known.version,
        sentences=(
            path_texts.goal_sentence(goal),
            path_texts.outlook_sentence(goal, path),
            path_texts.gap_sentence(goal, path),
        ),
        table=path_page.path_table(goal, path),
        missing=path_page.missing_figures(known, of_year),
        idea=path_page.closing_idea(path),
        ideas=path_page.named_measures(path, NotCounted.IDEA),
        left_out=path_page.left_out(path),
        details=path_page.goal_details(goal),
        open_declaration=of_year[max(of_year)] if of_year else None,
        base_change=_base_change(known, of_year),
        reason=reason,
        errors=[{"text": error, "href": "#reason"}] if error else [],
    )


def _base_change(known: CompanyPath, of_year: dict[int, Declaration]) -> path_page.BaseChange | None:
    """What has changed about the base year since it was taken; None where nothing has."""
    goal = known.goal
    years = [year for year in of_year if goal.base_year < year <= goal.target_year]
    scopes = sites.read_scopes(db(), current_organisation(), years) if years else {}
    moved = tuple(sorted(year for year, scope in scopes.items() if scope.has_changed))
    sets = {year: row.gwp_set for year, row in of_year.items() if row.gwp_set}
    return path_page.base_change(known, moved, sets)


def _goal_page(form: ClimateGoalForm, *, theirs: str = "") -> str:
    labels = path_texts.datapoint_labels(SCOPE3_CATEGORIES)
    return render_template(
        "measures/path_goal.html",
        organisation=current_organisation(),
        form=form,
        errors=field_errors(form),
        categories=pair_options(zip(SCOPE3_CATEGORIES, labels, strict=True)),
        theirs=theirs,
        is_new=form.version.data in (None, "", "0"),
    )
