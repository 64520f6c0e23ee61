"""The page for the first day with a declaration, and the empty questionnaire."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from dnk_tool.domain.answers import completeness
from dnk_tool.domain.answers.first_declaration import first_time_answers
from dnk_tool.domain.declarations.states import EDITABLE_STATES
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.language import known_language, local_day
from dnk_tool.services.answers.first_declaration import explain_first_goals
from dnk_tool.store.answers import earlier_year
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations import dashboard
from dnk_tool.web.declarations.first_day.effort import day_steps, effort_of
from dnk_tool.web.declarations.first_day.questionnaire import questionnaire_sections
from dnk_tool.web.http.access import current_actor, current_declaration, current_subject, current_work, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("first_day", __name__, url_prefix="/erklaerungen/<int:declaration_id>")


@blueprint.get("/erster-tag")
@permit(Permission.DECLARATION_VIEW)
def show(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    content = earlier_year.read_content_with_earlier(db(), declaration)
    selection = content.sheet.selection
    effort = effort_of(selection)
    steps = day_steps(effort)
    is_editable = declaration.state in EDITABLE_STATES
    ready = first_time_answers(content.sheet, known_language(declaration.language))
    return render_template(
        "declarations/first_day/first_day.html",
        declaration=declaration,
        effort=effort,
        steps=steps,
        whole=steps[-1].start + steps[-1].minutes,
        chosen=next(s for s in selection.catalogue.indicator_sets if s.key == selection.indicator_set),
        may_begin=is_editable and can(Permission.DECLARATION_EDIT, current_actor(), current_subject()),
        ready_count=len(ready) if content.earlier is None else 0,
        deadline=dashboard.deadline_line(
            clusters.deadline_of_declaration(db(), declaration),
            local_day(datetime.now(UTC)),
            current_language(),
        )
        if is_editable
        else None,
    )


@blueprint.post("/erster-tag")
@permit(Permission.DECLARATION_EDIT)
def begin(declaration_id: int) -> ResponseReturnValue:
    """Explain that there were no earlier goals if the box is ticked, and go to the first point."""
    declaration = current_declaration()
    if request.form.get("first"):
        ready = explain_first_goals(current_work(), declaration)
        if ready:
            flash(
                ngettext(
                    "%(num)d Frage zu früheren Zielen ist beantwortet. Sie prüfen sie, wenn Sie dort sind.",
                    "%(num)d Fragen zu früheren Zielen sind beantwortet. Sie prüfen sie, wenn Sie dort sind.",
                    len(ready),
                ),
                "success",
            )
    return redirect(_first_point(declaration), 303)


def _first_point(declaration: Declaration) -> str:
    """The address of the first open point in the wizard; of the overview once all are answered."""
    sheet = declarations.read_content(db(), declaration).sheet
    parts = {part.section: part for part in completeness.declaration_completeness(sheet)}
    is_done = completeness.CompletionStatus.DONE
    section = next((s for s in sheet.selection.sections if parts[s.ref].status is not is_done), None)
    if section is None:
        return url_for("overview.show", declaration_id=declaration.id)
    return dashboard.next_point(declaration, sheet, section).href


@blueprint.get("/fragebogen")
@permit(Permission.DECLARATION_VIEW)
def questionnaire(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    selection = declarations.selection_of(declaration)
    return render_template(
        "declarations/first_day/questionnaire.html",
        declaration=declaration,
        chosen=next(s for s in selection.catalogue.indicator_sets if s.key == selection.indicator_set),
        sections=questionnaire_sections(selection),
        search_url=None,  # this page is for paper, and long enough
    )
