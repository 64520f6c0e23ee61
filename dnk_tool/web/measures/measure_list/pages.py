"""Takes in a list of measures, checks its rows as often as asked, and takes them over into the register."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue.factors.loader import OWN_FACTORS_FOLDER, load_factors
from dnk_tool.domain.measures.measure_list.rows import CheckedMeasure
from dnk_tool.domain.measures.model import MAX_COMPANY_MEASURES
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.measures import measure_list
from dnk_tool.services.measures.criterion_measures import RegisterFull
from dnk_tool.services.measures.measure_list import MeasureList
from dnk_tool.services.uploads.csv_tables import UnreadableTable
from dnk_tool.store.measures import measures
from dnk_tool.web.http.access import current_actor, current_organisation, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.request_limits import accepts_large_form
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.measures.measure_list.form import carried_list, column_errors, posted_list
from dnk_tool.web.measures.measure_list.rows_page import rows_page
from dnk_tool.web.text.form_errors import FieldError
from dnk_tool.web.uploads import record_refused_file, table_fault_text, uploaded_bytes

blueprint = Blueprint(
    "measure_list", __name__, url_prefix="/unternehmen/<int:organisation_id>/massnahmen/liste"
)
PASTED_FIELD = "pasted"  # unlike a list of people it is carried through a sign-in that had expired
MOST_SHOWN_AGAIN = 40_000  # characters of a pasted list


@blueprint.get("")
@permit(Permission.DECLARATION_EDIT)
def show(organisation_id: int) -> ResponseReturnValue:
    return _upload_page()


@blueprint.post("")
@permit(Permission.DECLARATION_EDIT)
def read(organisation_id: int) -> ResponseReturnValue:
    """Read the file or the pasted cells, and show the rows. Stores nothing."""
    content = uploaded_bytes() or request.form.get(PASTED_FIELD, "").encode()
    if not content.strip():
        return _upload_page(_("Fügen Sie die Liste ein, oder wählen Sie eine Datei aus.")), 422
    end_transaction()  # releases the lock while the file is read
    try:
        it = measure_list.read_measure_list(content)
        return rows_page(it, _checked(organisation_id, it))
    except UnreadableTable as unreadable:
        record_refused_file(unreadable.fault)
        return _upload_page(table_fault_text(unreadable, _("Maßnahme, Art, Stand und Wirkung"))), 422


@blueprint.post("/pruefen")
@permit(Permission.DECLARATION_EDIT)
@accepts_large_form
def check(organisation_id: int) -> ResponseReturnValue:
    """Check the rows again with other columns and what was corrected."""
    before = carried_list()
    if before is None:
        return _expired()
    it = posted_list(before)
    page = rows_page(it, _checked(organisation_id, it))
    return (page, 422) if column_errors(it) else page


@blueprint.post("/uebernehmen")
@permit(Permission.DECLARATION_EDIT)
@accepts_large_form
@creates
def take(organisation_id: int) -> ResponseReturnValue:
    """Add the good rows to the register; the others stay in the file."""
    before = carried_list()
    if before is None:
        return _expired()
    it, language = posted_list(before), current_language()
    if column_errors(it):
        return rows_page(it, []), 422
    known = measures.of_company(db(), organisation_id).values()
    rows = [row for row in measure_list.check_list(it, known, language) if row.number not in it.left_out]
    try:
        count = measure_list.take_list_over(
            db(),
            organisation_id,
            rows,
            factors=load_factors(current_settings().instance / OWN_FACTORS_FOLDER),
            actor=current_actor(),
            now=datetime.now(UTC),
        )
    except RegisterFull:
        db().rollback()
        return rows_page(it, rows, notice=_full_text()), 422
    flash(
        ngettext("%(num)d Maßnahme ist übernommen.", "%(num)d Maßnahmen sind übernommen.", count), "success"
    )
    return redirect(url_for("measures.show", organisation_id=organisation_id), 303)


def _checked(organisation_id: int, it: MeasureList) -> list[CheckedMeasure]:
    if column_errors(it):
        return []
    known = measures.of_company(db(), organisation_id).values()
    return measure_list.check_list(it, known, current_language())


def _upload_page(error: str = "") -> str:
    pasted = request.form.get(PASTED_FIELD, "")
    return render_template(
        "measures/list/upload.html",
        organisation=current_organisation(),
        pasted=pasted if len(pasted) <= MOST_SHOWN_AGAIN else "",
        errors=[FieldError(PASTED_FIELD if pasted else "file", error)] if error else [],
    )


def _expired() -> ResponseReturnValue:
    text = _("Diese Vorschau gilt nicht mehr. Laden Sie die Liste bitte noch einmal hoch.")
    return _upload_page(text), 422


def _full_text() -> str:
    text = _(
        "Es ist nichts übernommen: Mehr als %(most)s Maßnahmen kann Ihr Unternehmen nicht haben.",
        most=MAX_COMPANY_MEASURES,
    )
    return str(text)
