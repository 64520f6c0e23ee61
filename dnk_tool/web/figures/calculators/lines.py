"""One calculator line: created, changed, removed and restored; conflicts show both versions.

What an address proposes for a new line, such as a residue that was passed on; nothing is stored by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue.calculators.model import QUANTITY_FIELD, Activity, Calculator
from dnk_tool.domain import numbers
from dnk_tool.domain.evidence import EvidenceTarget
from dnk_tool.domain.figures.calculators import (
    Basis,
    CalculatorLine,
    NoteCode,
    line_faults,
    unasked_faults,
    with_proposed_factors,
)
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.figures.calculator_lines import LineSaveOutcome, StoredLine, TooManyLines, line_of
from dnk_tool.services.figures.recalculate import calculation_from_lines
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.evidence.rows import evidence_panel
from dnk_tool.web.figures.calculators import waste_code_field
from dnk_tool.web.figures.calculators.bill_period import add_period_errors
from dnk_tool.web.figures.calculators.factor_choices import slot_choices
from dnk_tool.web.figures.calculators.form import (
    LineForm,
    add_fault_errors,
    form_data,
    line_form,
    quantity_field_name,
    read_line,
    split_fields,
    unconfirmed_slots,
)
from dnk_tool.web.figures.calculators.gwp_choice import inventory_gwp_set
from dnk_tool.web.figures.calculators.page import entered_text
from dnk_tool.web.figures.calculators.routes import (
    activity_or_404,
    blueprint,
    calculator_or_404,
    known_factors,
    line_or_404,
)
from dnk_tool.web.figures.calculators.saved_message import flash_saved, too_many_lines_text
from dnk_tool.web.http.access import current_declaration, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import seen_version
from dnk_tool.web.text.quantities import QuantityFormatter

# Fields kept for the next line, such as the bill of the next month.
REPEATED_FIELDS = ("site", "basis")
PROPOSED_FIELDS = (*REPEATED_FIELDS, "label", "waste_code")


def proposed_data(activity: Activity, asked: Mapping[str, str]) -> dict[str, Any]:
    """The fields that an address fills, with its quantity as in `menge=3.4&einheit=t`."""
    data: dict[str, Any] = {name: asked[name] for name in PROPOSED_FIELDS if name in asked}
    field, unit = activity.field(QUANTITY_FIELD), asked.get("einheit", "")
    try:
        value = numbers.parse(asked.get("menge", ""), "en")
    except numbers.NotANumber:
        return data
    if field is None or unit not in field.units:
        return data
    name = quantity_field_name(QUANTITY_FIELD)
    return data | {name: value, f"{name}-unit": unit}


@blueprint.get("/<calculator_key>/zeilen/neu")
@permit(Permission.DECLARATION_EDIT)
def new(declaration_id: int, calculator_key: str) -> ResponseReturnValue:
    """Show the form of a new line, or the activities to choose from if there are several."""
    calculator = calculator_or_404(calculator_key)
    if "art" not in request.args and len(calculator.activities) > 1:
        return render_template(
            "figures/calculators/activities.html", declaration=current_declaration(), calculator=calculator
        )
    activity = activity_or_404(calculator, request.args.get("art", calculator.activities[0].key))
    single = _existing_single_line(calculator, activity)
    if single:
        return redirect(_line_url(calculator, single.line.id), 303)
    data = proposed_data(activity, request.args)
    return _page(calculator, line_form(calculator, activity)(formdata=None, data=data), None)


def _existing_single_line(calculator: Calculator, activity: Activity) -> StoredLine | None:
    """The line of an activity that occurs once a year, if it exists."""
    if not activity.is_single:
        return None
    lines = calculator_lines.lines_of(db(), current_declaration())
    activity_key = calculator.key, activity.key
    return next((line for line in lines if (line.line.calculator, line.line.activity) == activity_key), None)


@blueprint.post("/<calculator_key>/zeilen/neu")
@permit(Permission.DECLARATION_EDIT)
@creates
def create(declaration_id: int, calculator_key: str) -> ResponseReturnValue:
    calculator = calculator_or_404(calculator_key)
    activity = activity_or_404(calculator, request.args.get("art", calculator.activities[0].key))
    return _save(calculator, line_form(calculator, activity)(), _existing_single_line(calculator, activity))


@blueprint.get("/<calculator_key>/zeilen/<int:line_id>")
@permit(Permission.DECLARATION_VIEW)
def edit(declaration_id: int, calculator_key: str, line_id: int) -> ResponseReturnValue:
    calculator = calculator_or_404(calculator_key)
    stored = line_or_404(calculator, line_id)
    activity = activity_or_404(calculator, stored.line.activity)
    form = line_form(calculator, activity)(formdata=None, data=form_data(stored.line, stored.version))
    return _page(calculator, form, stored)


@blueprint.post("/<calculator_key>/zeilen/<int:line_id>")
@permit(Permission.DECLARATION_EDIT)
def save(declaration_id: int, calculator_key: str, line_id: int) -> ResponseReturnValue:
    calculator = calculator_or_404(calculator_key)
    # A colleague may have removed it while it was being edited.
    stored = line_or_404(calculator, line_id, even_removed=True)
    activity = activity_or_404(calculator, stored.line.activity)
    return _save(calculator, line_form(calculator, activity)(), stored)


def _save(calculator: Calculator, form: LineForm, stored: StoredLine | None) -> ResponseReturnValue:
    declaration, factors = current_declaration(), known_factors()
    year = declaration.reporting_year
    if waste_code_field.searches_code(form, year):
        return _page(calculator, form, stored)
    if not form.validate():
        return _page(calculator, form, stored), 422
    line = read_line(form, calculator, stored.line if stored else None, factors, year=year)
    gwp_set = inventory_gwp_set(declaration, calculator, factors)
    line = with_proposed_factors(line, form.activity, factors, year, gwp_set)
    faults = [*line_faults(line, form.activity), *unasked_faults(line, form.activity)]
    add_fault_errors(form, faults, unconfirmed_slots(form, line, factors, year=year))
    waste_code_field.add_code_errors(form, line, year)
    add_period_errors(form, line, year)
    _add_credit_errors(form, line)
    if field_errors(form):
        return _page(calculator, form, stored), 422
    try:
        outcome = calculator_lines.save_line(current_work(), declaration, line, seen=seen_version(form))
    except TooManyLines:
        form.label.errors = [too_many_lines_text()]
        return _page(calculator, form, stored), 422
    if outcome.theirs:
        return _conflict_page(calculator, form, outcome)
    flash_saved(form, outcome, stored.line if stored else None)
    if request.form.get("action") == "next":
        return redirect(_next_url(calculator, form), 303)
    return redirect(_list_url(calculator, gespeichert=outcome.stored.line.id), 303)


def _add_credit_errors(form: LineForm, line: CalculatorLine) -> None:
    """Refuse a credit note that is more than the bills of its kind, without any other fault."""
    declaration = current_declaration()
    if not line.is_credit or field_errors(form):
        return
    stored = calculator_lines.lines_of(db(), declaration)
    others = [each.line for each in stored if each.line.id != line.id]
    calculation = calculation_from_lines(declaration, [*others, line], {})
    if any(note.code is NoteCode.CREDIT_ABOVE and line.id in note.lines for note in calculation.notes):
        form[quantity_field_name(QUANTITY_FIELD)].errors = [
            _(
                "So viel steht bisher nicht auf den Rechnungen dieser Art. Tragen Sie zuerst die Rechnung "
                "ein, oder prüfen Sie die Menge der Gutschrift."
            )
        ]


def _lines_of_activity(
    activity: Activity, calculator: Calculator, shown: QuantityFormatter
) -> list[tuple[str, str]]:
    """Label and quantities of each existing line of the activity."""
    activity_key = calculator.key, activity.key
    return [
        (line.line.label, entered_text(line, activity, shown))
        for line in calculator_lines.lines_of(db(), current_declaration())
        if (line.line.calculator, line.line.activity) == activity_key
    ]


def _conflict_page(calculator: Calculator, form: LineForm, outcome: LineSaveOutcome) -> ResponseReturnValue:
    """Show both versions: the person's own in the fields, the other beside it."""
    theirs = outcome.theirs
    if theirs is None:
        abort(409)
    db().commit()  # the person's own version is kept in the history
    form.version.data = str(theirs.version)
    return _page(calculator, form, theirs, theirs=theirs, is_gone=outcome.is_gone), 409


@blueprint.post("/<calculator_key>/zeilen/<int:line_id>/entfernen")
@permit(Permission.DECLARATION_EDIT)
def remove(declaration_id: int, calculator_key: str, line_id: int) -> ResponseReturnValue:
    calculator, declaration = calculator_or_404(calculator_key), current_declaration()
    line_or_404(calculator, line_id)
    calculator_lines.remove_line(current_work(), declaration, line_id)
    flash(_("Die Zeile zählt nicht mehr mit. Unten auf dieser Seite können Sie sie zurückholen."), "success")
    return redirect(_list_url(calculator), 303)


@blueprint.post("/<calculator_key>/zeilen/<int:line_id>/zurueckholen")
@permit(Permission.DECLARATION_EDIT)
def restore(declaration_id: int, calculator_key: str, line_id: int) -> ResponseReturnValue:
    calculator, declaration = calculator_or_404(calculator_key), current_declaration()
    stored = line_of(db(), declaration, line_id, even_removed=True)
    if stored is None or stored.line.calculator != calculator.key:
        abort(404)
    try:
        calculator_lines.restore_line(current_work(), declaration, line_id)
    except TooManyLines:
        flash(too_many_lines_text(), "warning")
        return redirect(_list_url(calculator), 303)
    flash(_("Die Zeile zählt wieder mit."), "success")
    return redirect(_list_url(calculator, gespeichert=line_id), 303)


def _list_url(calculator: Calculator, **values: Any) -> str:
    return url_for(".show", declaration_id=current_declaration().id, calculator_key=calculator.key, **values)


def _next_url(calculator: Calculator, form: LineForm) -> str:
    """The form of the next line of the same activity, as bills often come in twelves."""
    kept = {name: form[name].data for name in REPEATED_FIELDS if form[name].data}
    kept = {name: text for name, text in kept.items() if text != Basis.CREDIT.value}
    return url_for(
        ".new",
        declaration_id=current_declaration().id,
        calculator_key=calculator.key,
        art=form.activity.key,
        **kept,
    )


def _line_url(calculator: Calculator, line_id: int) -> str:
    return url_for(
        ".edit", declaration_id=current_declaration().id, calculator_key=calculator.key, line_id=line_id
    )


@dataclass(frozen=True)
class TheirLine:
    """What somebody else has saved of a line meanwhile; `by`: their name."""

    text: str
    by: str
    changed_at: datetime


def _page(
    calculator: Calculator,
    form: LineForm,
    stored: StoredLine | None,
    *,
    theirs: StoredLine | None = None,
    is_gone: bool = False,
) -> str:
    declaration, language = current_declaration(), current_language()
    selection = declarations.selection_of(declaration)
    shown = QuantityFormatter(selection.catalogue, language)
    fields, further = split_fields(form.activity)
    factors = known_factors()
    gwp_set = inventory_gwp_set(declaration, calculator, factors)
    by = accounts.names_of(db(), {theirs.changed_by}) if theirs and theirs.changed_by else {}
    return render_template(
        "figures/calculators/line.html",
        declaration=declaration,
        calculator=calculator,
        activity=form.activity,
        form=form,
        errors=field_errors(form),
        stored=stored,
        units={
            field.key: [{"value": symbol, "label": shown.unit(symbol)} for symbol in field.units]
            for field in form.activity.fields
        },
        fields=fields,
        further=further,
        before=[] if stored else _lines_of_activity(form.activity, calculator, shown),
        further_is_open=any(
            form[quantity_field_name(field.key)]._value() or form[quantity_field_name(field.key)].errors
            for field in further
        ),
        slots=slot_choices(form, stored, factors, shown, year=declaration.reporting_year, gwp_set=gwp_set),
        waste_code=waste_code_field.waste_code_choice(form, declaration.reporting_year),
        bases=[basis for basis in Basis if basis is not Basis.CREDIT or form.activity.takes_credits],
        sites=[site["name"] for site in declaration.organisation.sites],
        theirs=(
            TheirLine(
                entered_text(theirs, form.activity, shown), next(iter(by.values()), ""), theirs.changed_at
            )
            if theirs
            else None
        ),
        is_gone=is_gone,
        files=evidence_panel(EvidenceTarget(line=stored.line.id)) if stored and not is_gone else None,
        is_open=calculator_lines.is_calculator_open(db(), declaration, calculator),
    )
