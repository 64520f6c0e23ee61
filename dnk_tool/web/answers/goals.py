"""The page of all goals of the year before, each with its review."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.goals import GoalReview
from dnk_tool.domain.editing import Conflict
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.answers import goals as goal_reviews
from dnk_tool.services.answers.goals import GoalReviewSaveOutcome
from dnk_tool.services.editing.locks import section_is_open
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.goal_fields import (
    GoalForm,
    GoalPage,
    goal_errors,
    goal_pages,
    posted_goal_forms,
    valid_goal_reviews,
)
from dnk_tool.web.http.access import current_declaration, current_work, permit
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("goals", __name__, url_prefix="/erklaerungen/<int:declaration_id>/ziele")


@blueprint.get("")
@permit(Permission.DECLARATION_VIEW)
def show(declaration_id: int) -> ResponseReturnValue:
    return render_goals_page(current_declaration())


@blueprint.post("")
@permit(Permission.DECLARATION_EDIT)
def save(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    selection = declarations.selection_of(declaration)
    forms = {section.ref: posted_goal_forms(section, request.form) for section in selection.sections}
    sent = {ref: form for section_forms in forms.values() for ref, form in section_forms.items()}
    if goal_errors(sent):
        return render_goals_page(declaration, sent=sent), 422
    conflicts: list[Conflict[GoalReview]] = []
    for section in selection.sections:
        if forms[section.ref]:
            conflicts += save_goals(declaration, section, forms[section.ref]).conflicts
    if conflicts:
        db().commit()  # saves what does not conflict
        return render_goals_page(declaration, sent=sent, conflicts=conflicts), 409
    flash(_("Gespeichert."), "success")
    return redirect(url_for("overview.show", declaration_id=declaration_id), 303)


def save_goals(
    declaration: Declaration, section: Section, forms: Mapping[str, GoalForm]
) -> GoalReviewSaveOutcome:
    """Save the valid goal reviews. Does not query the database if the page has none."""
    given = valid_goal_reviews(forms)
    if not given:
        return GoalReviewSaveOutcome()
    return goal_reviews.save_goal_reviews(current_work(), declaration, section, given)


def render_goals_page(
    declaration: Declaration,
    *,
    sent: Mapping[str, GoalForm] | None = None,
    conflicts: Sequence[Conflict[GoalReview]] = (),
    only: Section | None = None,
) -> str:
    """Render the goals; with `only` one section's goals, which the form then sends to that section's page."""
    theirs = {conflict.ref: conflict for conflict in conflicts}
    pages: list[GoalPage] = []
    for section, goal, stored in goal_reviews.goals_of(db(), declaration):
        if only is None or section.ref == only.ref:
            given = {goal.aspect.ref: stored}
            pages += goal_pages(
                [goal], given, declaration, section=section, sent=sent, conflicts=theirs
            ).values()
    here = url_for("goals.show", declaration_id=declaration.id)
    if only is not None:
        here = url_for("criterion.show", declaration_id=declaration.id, section_ref=only.ref)
    return render_template(
        "answers/goals.html",
        declaration=declaration,
        goals=pages,
        here=here,
        only=only,
        open_sections={
            page.section.ref
            for page in pages
            if page.section and section_is_open(db(), declaration, page.section.ref)
        },
        errors=goal_errors(sent or {}),
    )
