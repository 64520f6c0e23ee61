"""Lists of people, fuel cards and waste: pasted or sent, previewed, and taken over as sums.

The list stays in memory: of what is sent nothing is stored, and its preview carries it encrypted.
"""

from collections.abc import Sequence

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.domain.figures.lists.model import COLUMNS, ListKind
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.figures import calculator_lines, lists
from dnk_tool.services.figures.calculator_lines import TooManyLines
from dnk_tool.services.figures.lists import ListOvertaken
from dnk_tool.services.figures.recalculate import RecalculationOutcome
from dnk_tool.services.uploads.csv_tables import TableFault, UnreadableTable
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import list_mappings
from dnk_tool.web.figures.calculators.saved_message import too_many_lines_text
from dnk_tool.web.figures.lists.form import first_form, posted_form, supplier_name
from dnk_tool.web.figures.lists.labels import column_texts, list_words
from dnk_tool.web.figures.lists.preview import ListPreview, list_preview, preview_page
from dnk_tool.web.http.access import current_actor, current_declaration, current_work, permit
from dnk_tool.web.http.interrupted_forms import LIST_FIELD
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.request_limits import MAX_MEMORY_BYTES, accepts_in_memory
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.text.form_errors import FieldError
from dnk_tool.web.uploads import record_refused_file, table_fault_text, uploaded_bytes

blueprint = Blueprint("lists", __name__, url_prefix="/erklaerungen/<int:declaration_id>/listen")

KINDS = {"lohn": ListKind.PAYROLL, "tankkarten": ListKind.FUEL, "abfall": ListKind.WASTE}
# The calculators that lines of each kind belong to; first the one whose figures it is mostly about.
_CALCULATORS = {
    ListKind.PAYROLL: ("diversity", "intensity", "staff-turnover", "training", "pay-gap"),
    ListKind.FUEL: ("energy",),
    ListKind.WASTE: ("waste",),
}
MOST_SHOWN_AGAIN = 40_000  # characters; an answer above 256 KB might wait in a file for a slow browser


def _too_large_text() -> tuple[str, str]:
    return _("Diese Liste ist zu groß"), _(
        "Es wurde nichts gelesen. Möglich sind %(most)s KB: Gehen Sie zurück, und kopieren Sie nur die "
        "Spalten, die wir brauchen, in eine neue Tabelle.",
        most=MAX_MEMORY_BYTES // 1_000,
    )


@blueprint.get("/<list_name>")
@permit(Permission.DECLARATION_EDIT)
def show(declaration_id: int, list_name: str) -> ResponseReturnValue:
    return _send_page(_kind_or_404(list_name))


@blueprint.post("/<list_name>")
@permit(Permission.DECLARATION_EDIT)
@accepts_in_memory(too_large=_too_large_text)
def read(declaration_id: int, list_name: str) -> ResponseReturnValue:
    """Read the list and show what it comes to. Stores nothing."""
    wanted, pasted = _kind_or_404(list_name), request.form.get(LIST_FIELD, "")
    content = uploaded_bytes() or pasted.encode()
    if not content.strip():
        text = _("Fügen Sie die Liste ein, oder wählen Sie eine Datei aus.")
        return _send_page(wanted, text), 422
    end_transaction()  # releases the lock while the file is read
    try:
        table = lists.read_list(content, wanted)
        if not table.rows:
            raise UnreadableTable(TableFault.EMPTY)
        carried = lists.carry_list(_key(), table, _place(wanted))
    except UnreadableTable as unreadable:
        record_refused_file(unreadable.fault)
        return _send_page(wanted, _fault_text(unreadable, wanted)), 422
    return preview_page(list_preview(wanted, table, first_form(wanted, table)), carried)


@blueprint.post("/<list_name>/vorschau")
@permit(Permission.DECLARATION_EDIT)
@accepts_in_memory(too_large=_too_large_text)
def check(declaration_id: int, list_name: str) -> ResponseReturnValue:
    """Show the preview with other columns, or write what was previewed: all chosen lines or nothing."""
    wanted, carried = _kind_or_404(list_name), request.form.get("rows", "")
    table = lists.carried_list(_key(), carried, _place(wanted))
    if table is None:
        text = _("Diese Vorschau gilt nicht mehr. Fügen Sie die Liste bitte noch einmal ein.")
        return _send_page(wanted, text), 422
    preview = list_preview(wanted, table, posted_form(wanted, table))
    chosen = request.form.getlist("take")
    if preview.form.errors:
        return preview_page(preview, carried, chosen=chosen), 422
    if request.form.get("action") != "take":
        return preview_page(preview, carried)
    if request.form.get("seen") != preview.fingerprint:
        notice = _(
            "Es ist noch nichts gespeichert: Seit der Vorschau hat sich etwas geändert. Hier ist die neue; "
            "prüfen Sie sie, und übernehmen Sie dann."
        )
        return preview_page(preview, carried, notice=notice, chosen=chosen), 409
    return _take_over(preview, carried, chosen)


def _kind_or_404(list_name: str) -> ListKind:
    if list_name not in KINDS:
        abort(404)
    return KINDS[list_name]


def _take_over(preview: ListPreview, carried: str, chosen: list[str]) -> ResponseReturnValue:
    lines = [one for one in preview.lines if one.key in chosen and preview.can_take(one)]
    if not lines:
        error = _("Wählen Sie mindestens eine Zeile aus, die übernommen werden soll.")
        return preview_page(preview, carried, chosen=chosen, error=error), 422
    declaration = current_declaration()
    try:
        outcome = lists.take_list_over(
            current_work(),
            declaration,
            lines,
            kind=preview.kind,
            supplier=preview.form.supplier,
            columns=preview.marks,
        )
    except (ListOvertaken, TooManyLines) as refused:
        db().rollback()
        if isinstance(refused, TooManyLines):
            return preview_page(preview, carried, chosen=chosen, error=too_many_lines_text()), 422
        notice = _("Es ist nichts gespeichert: Jemand hat gerade eine dieser Zeilen geändert.")
        fresh = list_preview(preview.kind, preview.table, preview.form)
        return preview_page(fresh, carried, notice=notice, chosen=chosen), 409
    _flash_outcome(len(lines), outcome)
    return redirect(url_for("bills.show", declaration_id=declaration.id), 303)


def _flash_outcome(number: int, outcome: RecalculationOutcome) -> None:
    text = ngettext("%(num)d Zeile ist übernommen.", "%(num)d Zeilen sind übernommen.", number)
    flash(f"{text} {_('Die Liste selbst haben wir nicht behalten.')}", "success")
    if outcome.differing:
        names = _names(outcome.differing)
        flash(_("Selbst eingetragen und darum unverändert: %(names)s", names=names), "warning")
    if outcome.locked:
        names = _names(outcome.locked)
        flash(_("Nicht geändert, weil gerade gesperrt: %(names)s", names=names), "warning")


def _names(datapoints: Sequence[str]) -> str:
    points = declarations.selection_of(current_declaration()).catalogue.datapoints
    return ", ".join(points[key].label.to(current_language()) for key in datapoints)


def _send_page(kind: ListKind, error: str = "") -> str:
    declaration, pasted = current_declaration(), request.form.get(LIST_FIELD, "")
    calculators = [load_calculators()[key] for key in _CALCULATORS[kind]]
    return render_template(
        "figures/lists/send.html",
        declaration=declaration,
        words=list_words(kind),
        kind=kind.value,
        calculator=calculators[0].key,
        columns=[column_texts(kind)[column] for column in COLUMNS[kind]],
        supplier=supplier_name(),
        suppliers=list_mappings.suppliers(db(), declaration.organisation_id, kind.value),
        pasted=pasted if len(pasted) <= MOST_SHOWN_AGAIN else "",
        most=MAX_MEMORY_BYTES // 1_000,
        is_open=any(calculator_lines.is_calculator_open(db(), declaration, one) for one in calculators),
        errors=[FieldError(LIST_FIELD, error)] if error else [],
    )


def _fault_text(unreadable: UnreadableTable, kind: ListKind) -> str:
    return table_fault_text(unreadable, list_words(kind).needed, most_bytes=MAX_MEMORY_BYTES)


def _place(kind: ListKind) -> lists.Place:
    return current_declaration().id, current_actor().user_id, kind.value


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])
