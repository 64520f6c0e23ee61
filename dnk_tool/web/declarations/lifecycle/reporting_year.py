"""Changes the reporting year of a declaration in work: what it means first, then the change."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, ValidationError

from dnk_tool.domain.declarations.states import OPEN_STATES
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.declarations import reporting_year as year_change
from dnk_tool.services.declarations.reporting_year import YearChangeConsequences, YearFixed, YearMoved
from dnk_tool.services.declarations.start import YearAhead, YearTaken
from dnk_tool.services.editing.locks import Locked
from dnk_tool.store.declarations import versions
from dnk_tool.store.invitations import contribution_requests
from dnk_tool.web.http.access import current_declaration, current_work, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import YearField

blueprint = Blueprint("reporting_year", __name__, url_prefix="/erklaerungen/<int:declaration_id>")

TAKE, LEAVE = "take", "leave"


class ReportingYearForm(FlaskForm):
    """The new year, what becomes of the numbers of the present one, and the year that the sender saw."""

    reporting_year = YearField()
    numbers = RadioField(choices=[TAKE, LEAVE], default=TAKE, validate_choice=False)
    seen = HiddenField()

    def validate_reporting_year(self, field: YearField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Geben Sie das Jahr ein, über das Sie berichten."))
        if field.data == current_declaration().reporting_year:
            raise ValidationError(_("Das ist schon das Berichtsjahr dieser Erklärung."))


@blueprint.get("/berichtsjahr")
@permit(Permission.DECLARATION_EDIT)
def show(declaration_id: int) -> ResponseReturnValue:
    """Ask for the year; with a year, tell what the change means."""
    form = ReportingYearForm(formdata=request.args, meta={"csrf": False})
    if not form.reporting_year.raw_data:
        return _page(form)
    if not form.validate():
        return _page(form), 422
    return _answer(form)


@blueprint.post("/berichtsjahr")
@permit(Permission.DECLARATION_EDIT)
def change(declaration_id: int) -> ResponseReturnValue:
    form, declaration = ReportingYearForm(), current_declaration()
    if not form.validate():
        return _page(form), 422
    year, before = int(form.reporting_year.data or 0), declaration.reporting_year
    try:
        year_change.change_reporting_year(
            current_work(),
            declaration,
            year,
            seen=_seen_year(form.seen.data or ""),
            takes_numbers=form.numbers.data != LEAVE,
        )
    except YearMoved:
        flash(_("Jemand anderes hat das Berichtsjahr gerade geändert. Prüfen Sie es noch einmal."), "warning")
        return _answer(form, status=409)
    except (YearFixed, YearAhead, YearTaken, Locked):
        return _answer(form, status=422)
    flash(
        _("Diese Erklärung gilt jetzt für %(year)s statt für %(before)s.", year=year, before=before),
        "success",
    )
    return redirect(url_for("overview.show", declaration_id=declaration_id), 303)


def _seen_year(text: str) -> int:
    """The year that the posted page had shown; 0 if it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) == len("2025") else 0


def _answer(form: ReportingYearForm, *, status: int = 200) -> ResponseReturnValue:
    """The page that tells what the change means, or why it is not possible."""
    errors, existing = form.reporting_year.errors, None
    try:
        known = year_change.year_change_consequences(
            db(), current_declaration(), int(form.reporting_year.data or 0), now=datetime.now(UTC)
        )
        return _page(form, known=known), status
    except YearFixed:
        return _page(form), 422
    except YearAhead as ahead:
        text = _(
            "So weit voraus kann noch niemand berichten. Möglich ist höchstens %(year)s.", year=ahead.latest
        )
        errors = [text]
    except YearTaken as taken:
        existing = taken.existing.id
        errors = [_("Für dieses Jahr gibt es schon eine Erklärung.")]
    form.reporting_year.errors = errors
    return _page(form, existing=existing), 422


def _page(
    form: ReportingYearForm, *, known: YearChangeConsequences | None = None, existing: int | None = None
) -> str:
    declaration = current_declaration()
    requests = contribution_requests.count_by_stage(db(), declaration, now=datetime.now(UTC))
    return render_template(
        "declarations/reporting_year.html",
        declaration=declaration,
        form=form,
        errors=field_errors(form),
        known=known,
        existing=existing,
        has_versions=bool(versions.versions(db(), declaration.id)),
        is_open=declaration.state in OPEN_STATES,
        open_requests=requests.unanswered,
    )
