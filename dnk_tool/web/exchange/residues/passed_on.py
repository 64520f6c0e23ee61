"""Notes that a residue was passed on, and proposes a line of waste; nothing is counted by itself."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import ValidationError

from dnk_tool.domain.exchange.residues import NoticeKind
from dnk_tool.domain.numbers import plain
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.exchange import residues as verbs
from dnk_tool.services.exchange.residue_members import ResidueGone
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.exchange.residues import ResidueNoticeRow
from dnk_tool.web.exchange.residues.notice_form import TonnesField, exact
from dnk_tool.web.exchange.residues.notices import own_row_or_404
from dnk_tool.web.exchange.residues.places import ResiduePlace, place_of_row
from dnk_tool.web.http.access import current_actor, current_organisation, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import YearField

blueprint = Blueprint(
    "residues_passed_on", __name__, url_prefix="/unternehmen/<int:organisation_id>/reststoffe"
)


class PassedOnForm(FlaskForm):
    """How much was passed on, and in which year."""

    tonnes = TonnesField()
    year = YearField()

    def validate_tonnes(self, field: TonnesField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Geben Sie an, wie viele Tonnen Sie weitergegeben haben."))

    def validate_year(self, field: YearField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Geben Sie das Jahr an, in dem Sie den Stoff weitergegeben haben."))
        if field.data and field.data > local_day(datetime.now(UTC)).year:
            raise ValidationError(_("Dieses Jahr liegt in der Zukunft."))


@blueprint.get("/<int:notice_id>/weitergegeben")
@permit(Permission.ORGANISATION_EDIT)
def show(organisation_id: int, notice_id: int) -> ResponseReturnValue:
    row = own_row_or_404(notice_id)
    year = row.passed_on_year or local_day(datetime.now(UTC)).year
    data = {"tonnes": row.passed_on_tonnes or row.tonnes, "year": year}
    return _page(row, place_of_row(row), PassedOnForm(formdata=None, data=data))


@blueprint.post("/<int:notice_id>/weitergegeben")
@permit(Permission.ORGANISATION_EDIT)
def note(organisation_id: int, notice_id: int) -> ResponseReturnValue:
    row, form = own_row_or_404(notice_id), PassedOnForm()
    place = place_of_row(row)
    if not form.validate():
        return _page(row, place, form), 422
    tonnes, year, actor = exact(form.tonnes), int(form.year.data or 0), current_actor()
    try:
        verbs.note_passed_on(Work(db(), actor, datetime.now(UTC)), organisation_id, notice_id, tonnes, year)
    except ResidueGone:
        db().rollback()
        flash(_("Diesen Eintrag gibt es nicht mehr."), "warning")
        return redirect(place.address("residues.show"), 303)
    flash(_("Notiert. Der Eintrag steht nicht mehr auf der Liste."), "success")
    return redirect(url_for(".show", organisation_id=organisation_id, notice_id=notice_id), 303)


def _page(row: ResidueNoticeRow, place: ResiduePlace, form: PassedOnForm) -> str:
    return render_template(
        "exchange/residues/passed_on.html",
        organisation=current_organisation(),
        place=place,
        row=row,
        form=form,
        errors=field_errors(form),
        is_offer=row.kind is NoticeKind.OFFER,
        line_href=_line_address(row),
    )


def _line_address(row: ResidueNoticeRow) -> str:
    """The form of a new line of waste with what was passed on; empty without a declaration of that year."""
    if row.passed_on_year is None or row.passed_on_tonnes is None or row.kind is not NoticeKind.OFFER:
        return ""
    own = declarations.of_organisations(db(), [current_organisation().id])
    declaration = next((each for each in own if each.reporting_year == row.passed_on_year), None)
    if declaration is None:
        return ""
    return url_for(
        "calculators.new",
        declaration_id=declaration.id,
        calculator_key="waste",
        art="reuse",
        label=row.title,
        waste_code=row.codes[0],
        menge=plain(row.passed_on_tonnes),
        einheit="t",
    )
