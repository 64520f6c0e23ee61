"""Self-assessment: rating and measures per criterion, and the result as picture, table and list."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField, RadioField

from dnk_tool.catalogue import Criterion
from dnk_tool.domain.answers.self_assessment import (
    MAX_MEASURES,
    Assessment,
    Measure,
    Rating,
    area_profiles,
    criteria_without_measures,
)
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.measures.model import MAX_COMPANY_MEASURES
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.answers.self_assessment import (
    CriterionAssessment,
    assessment_of,
    assessments_of,
    save_assessment,
)
from dnk_tool.services.measures.criterion_measures import RegisterFull
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.http.access import current_declaration, current_work, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import DayField, LineField, ProseField, RowsField, seen_version
from dnk_tool.web.text.labels import label_of
from dnk_tool.web.text.options import numbered_title

blueprint = Blueprint(
    "assessment", __name__, url_prefix="/erklaerungen/<int:declaration_id>/selbsteinschaetzung"
)


class MeasureForm(Form):
    """One measure: text, owner and due date. `id` names the company's measure that it is, if it is one."""

    id = HiddenField()
    text = ProseField()
    owner = LineField()
    due = DayField()


class AssessmentForm(FlaskForm):
    """Rating and measures of one criterion."""

    rating = RadioField(choices=["", *(rating.value for rating in Rating)], default="")
    measures = RowsField(MeasureForm, MAX_MEASURES)
    version = HiddenField(default="0")


@blueprint.get("/")
@permit(Permission.DECLARATION_VIEW)
def show(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    selection = declarations.selection_of(declaration)
    assessments = assessments_of(db(), declaration)
    rated = sum(assessment.rating is not None for assessment in assessments.values())
    criteria = {criterion.number: criterion for criterion in selection.criteria}
    return render_template(
        "answers/self_assessment.html",
        declaration=declaration,
        selection=selection,
        assessments=assessments,
        rated=rated,
        areas=[
            (
                area,
                [
                    _task_row(criterion, assessments)
                    for criterion in selection.criteria
                    if criterion.area == area.key
                ],
            )
            for area in selection.catalogue.areas
        ],
        profiles=area_profiles(selection.catalogue, assessments),
        ratings=list(Rating),
        today=local_day(datetime.now(UTC)),
        gaps=[criteria[number] for number in criteria_without_measures(assessments)],
        measures=sorted(
            (
                (criteria[number], measure)
                for number, assessment in assessments.items()
                for measure in assessment.measures
            ),
            key=lambda pair: (pair[1].due is None, pair[1].due, pair[0].number),
        ),
    )


def _task_row(criterion: Criterion, assessments: Mapping[int, Assessment]) -> dict[str, str]:
    """Task-list row of a criterion, with its rating and number of measures."""
    assessment = assessments.get(criterion.number, Assessment())
    count, rating = len(assessment.measures), assessment.rating
    return {
        "title": numbered_title(criterion),
        "href": _url(current_declaration().id, criterion.number),
        "hint": ngettext("%(num)d Maßnahme", "%(num)d Maßnahmen", count) if count else "",
        "status": label_of(rating) if rating else _("Offen"),
        "kind": "progress" if rating else "open",
    }


@blueprint.get("/<int:number>")
@permit(Permission.DECLARATION_VIEW)
def edit(declaration_id: int, number: int) -> ResponseReturnValue:
    declaration = current_declaration()
    criterion = _criterion(number)
    form = AssessmentForm(formdata=None, data=_data(assessment_of(db(), declaration, number)))
    form.measures.show_empty_row()
    return _page(criterion, form)


@blueprint.post("/<int:number>")
@permit(Permission.DECLARATION_EDIT)
def save(declaration_id: int, number: int) -> ResponseReturnValue:
    """Save rating and measures. Returns 409 with the other person's version after an edit conflict."""
    declaration = current_declaration()
    criterion = _criterion(number)
    form = AssessmentForm()
    if not form.validate():
        return _page(criterion, form), 422
    try:
        save_assessment(
            current_work(), declaration, number, _assessment(form), seen=seen_version(form), ids=_ids(form)
        )
    except RegisterFull:
        db().rollback()
        form.measures.too_many = _(
            "Mehr als %(most)s Maßnahmen kann Ihr Unternehmen nicht haben. Löschen Sie zuerst eine.",
            most=MAX_COMPANY_MEASURES,
        )
        return _page(criterion, form), 422
    except ConflictError as error:
        db().rollback()
        form.version.data = str(error.conflict.version)
        return _page(criterion, form, theirs=error.conflict.theirs), 409
    flash(_("Gespeichert."), "success")
    if request.form.get("action") == "add-row:measures":
        return redirect(_url(declaration_id, number, _anchor="measures"), 303)
    if request.form.get("action") == "overview" or number == len(_criteria()):
        return redirect(url_for("assessment.show", declaration_id=declaration_id), 303)
    return redirect(_url(declaration_id, number + 1), 303)


def _criteria() -> tuple[Criterion, ...]:
    return declarations.selection_of(current_declaration()).criteria


def _criterion(number: int) -> Criterion:
    for criterion in _criteria():
        if criterion.number == number:
            return criterion
    abort(404)


def _url(declaration_id: int, number: int, **values: Any) -> str:
    return url_for("assessment.edit", declaration_id=declaration_id, number=number, **values)


def _data(current: CriterionAssessment) -> dict[str, Any]:
    assessment = current.stored.content
    return {
        "rating": assessment.rating.value if assessment.rating else "",
        "measures": [
            {"id": str(measure_id), "text": measure.text, "owner": measure.owner, "due": measure.due}
            for measure_id, measure in zip(current.ids, assessment.measures, strict=True)
        ],
        "version": str(current.stored.version),
    }


def _assessment(form: AssessmentForm) -> Assessment:
    measures = tuple(
        Measure(entry.form.text.data, entry.form.owner.data or "", entry.form.due.data)
        for entry in form.measures
        if entry.form.text.data
    )
    return Assessment(Rating(form.rating.data) if form.rating.data else None, measures)


def _ids(form: AssessmentForm) -> list[int | None]:
    """The ids of the measures in the order of `_assessment`; None for new ones."""
    return [whole_number(entry.form.id.data) for entry in form.measures if entry.form.text.data]


def _page(criterion: Criterion, form: AssessmentForm, *, theirs: Assessment | None = None) -> str:
    return render_template(
        "answers/self_assessment_edit.html",
        declaration=current_declaration(),
        criterion=criterion,
        last=len(_criteria()),
        form=form,
        errors=field_errors(form),
        ratings=list(Rating),
        theirs=theirs,
    )
