"""Takes in a list of measures, checks its rows as often as asked, and takes them over into the register.

The page with the rows of a list of measures: its columns, faults to correct, and what is taken over.
What a person says about a list of measures: its columns, corrections, and what is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue.factors.loader import OWN_FACTORS_FOLDER, load_factors
from dnk_tool.domain.measures.measure_list import CheckedMeasure, MeasureColumn
from dnk_tool.domain.measures.model import MAX_COMPANY_MEASURES
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.uploads import single_line
from dnk_tool.services.measures import measure_list
from dnk_tool.services.measures.criterion_measures import RegisterFull
from dnk_tool.services.measures.measure_list import LONGEST_CELL, MeasureList
from dnk_tool.services.uploads.csv_tables import UnreadableTable
from dnk_tool.store.measures import measures
from dnk_tool.web.http.access import current_actor, current_organisation, current_work, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.request_limits import accepts_large_form
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.measures.measure_list.labels import column_texts, fault_text, words_of
from dnk_tool.web.text.form_errors import FieldError
from dnk_tool.web.text.options import Option
from dnk_tool.web.uploads import column_name, record_refused_file, table_fault_text, uploaded_bytes

blueprint = Blueprint(
    "measure_list", __name__, url_prefix="/unternehmen/<int:organisation_id>/massnahmen/liste"
)
PASTED_FIELD = "pasted"  # unlike a list of people it is carried through a sign-in that had expired
MOST_SHOWN_AGAIN = 40_000  # characters of a pasted list


MOST_FAULTY_SHOWN, SAMPLES = 20, 3


def carry_list(it: MeasureList) -> str:
    """The list for a field of its form. Raises UnreadableTable if it is too large."""
    return measure_list.carry(_key(), it, _place())


def carried_list() -> MeasureList | None:
    """The list that the form carries; None for that of another person or company, and the next day."""
    return measure_list.carried(_key(), request.form.get("rows", ""), _place())


def posted_list(it: MeasureList) -> MeasureList:
    """The list with what the request says of its columns and rows."""
    edits, left_out = {number: dict(texts) for number, texts in it.edits.items()}, set(it.left_out)
    for row in it.table.rows:
        posted = {
            column: single_line(text)[:LONGEST_CELL]
            for column in MeasureColumn
            if (text := request.form.get(f"{column.value}-{row.number}")) is not None
        }
        if posted:
            edits[row.number] = edits.get(row.number, {}) | posted
            left_out.discard(row.number)
            if request.form.get(f"decision-{row.number}"):
                left_out.add(row.number)
    return replace(
        it, columns=_posted_columns(it), edits=edits, left_out=frozenset(left_out), is_confirmed=True
    )


def column_errors(it: MeasureList) -> dict[str, str]:
    """Messages about the columns by the id of their field."""
    places = list(it.columns.values())
    errors = {
        f"column-{column.value}": _("Diese Spalte ist zweimal gewählt. Wählen Sie eine andere.")
        for column, place in it.columns.items()
        if places.count(place) > 1
    }
    if MeasureColumn.TEXT not in it.columns:
        errors[f"column-{MeasureColumn.TEXT.value}"] = _("Sagen Sie, in welcher Spalte die Maßnahme steht.")
    return errors


def _posted_columns(it: MeasureList) -> dict[MeasureColumn, int]:
    columns = {}
    for column in MeasureColumn:
        said = request.form.get(f"column-{column.value}")
        place = it.columns.get(column) if said is None else whole_number(said, digits=3)
        if place is not None and place < len(it.table.heads):
            columns[column] = place
    return columns


def _place() -> measure_list.Place:
    return current_organisation().id, current_actor().user_id


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])


@dataclass(frozen=True)
class MeasureColumnChoice:
    """One meaning with the columns that it may have, and what stands in the chosen one."""

    id: str
    label: str
    value: str
    options: list[Option]
    samples: list[str]
    is_guessed: bool


@dataclass(frozen=True)
class FaultyMeasure:
    """A row to be corrected: its measure and the faulty cell, as (key, label, text, options) each."""

    number: int
    note: str
    noted: str
    fields: Sequence[tuple[str, str, str, list[Option]]]
    is_left_out: bool


def rows_page(it: MeasureList, rows: Sequence[CheckedMeasure], *, notice: str = "") -> str:
    """Render the rows; with errors in the columns only these."""
    errors, texts = column_errors(it), column_texts()
    needed = [row for row in rows if row.fault and not row.fault.needs_nothing]
    good = [row for row in rows if row.read and row.number not in it.left_out]
    used = [column for column in MeasureColumn if column in it.columns]
    return render_template(
        "measures/list/rows.html",
        organisation=current_organisation(),
        carried=carry_list(it),
        notice=notice,
        errors=[FieldError(id_, text) for id_, text in errors.items()],
        columns=list(_column_choices(it)),
        is_open=bool(errors) or not it.is_confirmed,
        faulty=[_faulty(row, it) for row in needed[:MOST_FAULTY_SHOWN]],
        more_faulty=max(0, len(needed) - MOST_FAULTY_SHOWN),
        heads=[texts[column] for column in used],
        good=[[row.texts.get(column, "") or "–" for column in used] for row in good],
        known=[
            (row.number, row.texts.get(MeasureColumn.TEXT, ""), fault_text(row))
            for row in rows
            if row.fault and row.fault.needs_nothing
        ],
    )


def _column_choices(it: MeasureList) -> Iterator[MeasureColumnChoice]:
    table = it.table
    options: list[Option] = [
        {"value": str(place), "label": column_name(head, place)} for place, head in enumerate(table.heads)
    ]
    for column, label in column_texts().items():
        place = it.columns.get(column)
        cells = (
            [row.cells[place] for row in table.rows[:SAMPLES] if place < len(row.cells)]
            if place is not None
            else []
        )
        yield MeasureColumnChoice(
            f"column-{column.value}",
            str(label),
            "" if place is None else str(place),
            [{"value": "", "label": _("keine Spalte")}, *options],
            [cell or "–" for cell in cells],
            place is not None and not it.is_confirmed,
        )


def _faulty(row: CheckedMeasure, it: MeasureList) -> FaultyMeasure:
    texts = column_texts()
    columns = dict.fromkeys((MeasureColumn.TEXT, row.column))
    fields = [
        (column.value, str(texts[column]), typed := row.texts.get(column, ""), _options(column, typed))
        for column in columns
    ]
    return FaultyMeasure(row.number, fault_text(row), row.column.value, fields, row.number in it.left_out)


def _options(column: MeasureColumn, typed: str) -> list[Option]:
    """The words to choose from, where the cell of a column is not free; what is typed stays until then."""
    words = words_of(column)
    if not words:
        return []
    nothing: list[Option] = [{"value": "", "label": _("nichts davon")}] if typed else []
    return [
        {"value": typed, "label": typed or _("bitte wählen")},
        *nothing,
        *({"value": word, "label": word} for word in words),
    ]


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
            current_work(),
            organisation_id,
            rows,
            factors=load_factors(current_settings().instance / OWN_FACTORS_FOLDER),
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
