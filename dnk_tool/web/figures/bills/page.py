"""The page of the usual bills: all eight in one form, each saved as a line of its calculator.

Photos taken at bills that are entered already: kept with everything else that the page's form holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from dnk_tool.domain.answers.completeness import CompletionStatus, section_completeness
from dnk_tool.domain.evidence import EvidenceTarget
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.evidence.access import require_evidence_editable
from dnk_tool.services.evidence.files import EvidenceDetails
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.figures.bills import BillSaveOutcome, save_bill
from dnk_tool.services.figures.calculator_lines import TooManyLines, lines_of
from dnk_tool.services.figures.plausibility import save_explanations
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.web.evidence.labels import ACCEPT, added_text
from dnk_tool.web.evidence.routes import largest_request, too_large_text
from dnk_tool.web.evidence.uploads import (
    STORAGE_ERRORS,
    UploadedFiles,
    inspect_uploads,
    storage_error_text,
    store_files,
)
from dnk_tool.web.figures.bills.form import BillFields, empty_bills, posted_bills, read_bill
from dnk_tool.web.figures.bills.rows import bill_rows, odd_by_line
from dnk_tool.web.figures.calculators.page import entered_text
from dnk_tool.web.figures.calculators.routes import known_factors
from dnk_tool.web.figures.calculators.saved_message import flash_notes, too_many_lines_text
from dnk_tool.web.figures.explanations import ExplanationInput, explanations_of, read_explanations
from dnk_tool.web.figures.plausibility import explanations_page
from dnk_tool.web.figures.warnings import warning_views, warnings_by_field
from dnk_tool.web.http.access import current_actor, current_declaration, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.request_limits import accepts_upload
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.text.form_errors import FieldError
from dnk_tool.web.text.quantities import QuantityFormatter

blueprint = Blueprint("bills", __name__, url_prefix="/erklaerungen/<int:declaration_id>/rechnungen")


BUTTON = "photo:"  # the beginning of the value of a photo's button, before the id of its line


@dataclass
class LinePhotos:
    """The photos of one form by the id of their line, each with the label of its bill."""

    labels: dict[int, str]
    sent: dict[int, FileStorage]
    inspected: dict[int, UploadedFiles] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)
    is_stored: bool = False

    def inspect(self) -> None:
        """Inspect the files; the request must hold no transaction."""
        self.inspected = {line: inspect_uploads([photo]) for line, photo in self.sent.items()}

    def store(self) -> None:
        """Attach each photo to its line and commit it; where that fails, note a message at its field."""
        for line, uploaded in self.inspected.items():
            text = uploaded.errors[0] if uploaded.errors else ""
            if not text:
                try:
                    title = _("%(bill)s (Foto)", bill=self.labels[line])
                    added = store_files(
                        EvidenceTarget(line=line), uploaded.files, EvidenceDetails(title=title)
                    )
                    db().commit()
                    self.is_stored = True
                    flash(added_text(added), "success")
                except STORAGE_ERRORS as error:
                    text = storage_error_text(error)[0]
            if text:
                self.errors.append(FieldError(photo_field(line), f"{self.labels[line]}: {text}"))


def photo_field(line: int) -> str:
    """Name and id of the field for a photo of a line."""
    return f"photo-{line}-file"


def posted_photos(bills: Sequence[BillFields]) -> LinePhotos:
    """The photos that the request sends for lines of these bills. Raises Locked for a line that is closed."""
    taken = {name: file for name, file in request.files.items() if file.filename}
    labels = _labels(bills) if taken else {}
    sent = {line: taken[photo_field(line)] for line in labels if photo_field(line) in taken}
    for line in sent:
        require_evidence_editable(db(), current_declaration(), EvidenceTarget(line=line), current_actor())
    return LinePhotos(labels, sent)


def pressed_line() -> str:
    """The id of the line whose photo button was pressed; "" for any other button."""
    action = request.form.get("action", "")
    return action.removeprefix(BUTTON) if action.startswith(BUTTON) else ""


def _labels(bills: Sequence[BillFields]) -> dict[int, str]:
    by_kind = {bill.kind: bill.label for bill in bills}
    lines = (stored.line for stored in lines_of(db(), current_declaration()))
    return {
        line.id: by_kind[line.calculator, line.activity]
        for line in lines
        if (line.calculator, line.activity) in by_kind
    }


@dataclass
class SavedBills:
    """What became of the bills of one form. `has_conflict`: a line stood there that says something else."""

    outcomes: dict[str, BillSaveOutcome] = field(default_factory=dict)
    has_conflict: bool = False


@blueprint.get("/")
@permit(Permission.DECLARATION_VIEW)
def show(declaration_id: int) -> ResponseReturnValue:
    return _page(empty_bills())


@blueprint.post("/")
@permit(Permission.DECLARATION_EDIT)
@creates
@accepts_upload(largest_request, too_large=too_large_text)
def save(declaration_id: int) -> ResponseReturnValue:
    """Save each bill that is right, with its file; what was typed in the others stays with the message."""
    factors, sentences = known_factors(), {one.id: one for one in read_explanations(request.form)}
    bills = posted_bills()
    photos = posted_photos(bills)
    lines = {
        bill.key: line
        for bill in bills
        if not bill.is_empty and (line := read_bill(bill, current_declaration(), factors))
    }
    files = _inspected_files(bills, lines, photos)
    saved = _save_lines(bills, lines)
    if files or photos.sent:
        db().commit()  # a file that fails rolls back no line
        _store_files(bills, files, saved)
        photos.store()
    if any(bill.errors for bill in bills) or photos.errors:
        db().commit()
        return _page(bills, sentences, photos.errors), 200 if photos.is_stored else _status(saved)
    return _save_sentences(bills, sentences, saved) or _answer(bills, saved)


def _status(saved: SavedBills) -> int:
    """A page with messages is a refusal only if nothing was saved."""
    if saved.has_conflict:
        return 409
    return 200 if saved.outcomes else 422


def _inspected_files(
    bills: Sequence[BillFields], lines: Mapping[str, CalculatorLine], photos: LinePhotos
) -> dict[str, UploadedFiles]:
    """The files of bills that can be saved, inspected with the photos without holding the database."""
    chosen = [bill for bill in bills if bill.file and bill.key in lines]
    if chosen or photos.sent:
        end_transaction()
    photos.inspect()
    return {bill.key: inspect_uploads([bill.file]) for bill in chosen if bill.file}


def _save_lines(bills: Sequence[BillFields], lines: Mapping[str, CalculatorLine]) -> SavedBills:
    result = SavedBills()
    for bill in bills:
        if bill.key not in lines:
            continue
        try:
            outcome = save_bill(current_work(), current_declaration(), lines[bill.key])
        except TooManyLines:
            bill.add_error(bill.quantity_id, too_many_lines_text())
            continue
        if outcome.is_other:
            result.has_conflict = True
            bill.add_error(bill.quantity_id, _conflict_text(bill, outcome))
        else:
            result.outcomes[bill.key] = outcome
    return result


def _conflict_text(bill: BillFields, outcome: BillSaveOutcome) -> str:
    shown = QuantityFormatter(declarations.selection_of(current_declaration()).catalogue, current_language())
    return str(
        _(
            "Diese Rechnung hat inzwischen jemand eingetragen: %(text)s. Ändern Sie jene Zeile, oder tragen "
            "Sie Ihre unter „Andere Rechnung“ als zweite ein.",
            text=entered_text(outcome.stored, bill.bill.activity, shown),
        )
    )


def _store_files(bills: Sequence[BillFields], files: Mapping[str, UploadedFiles], saved: SavedBills) -> None:
    """Attach each file to its line; where that fails, say so at the row."""
    for bill in bills:
        outcome, sent = saved.outcomes.get(bill.key), files.get(bill.key)
        if sent is None:
            continue
        text = sent.errors[0] if sent.errors else ""
        if outcome is None:
            text = _("Wählen Sie die Datei bitte noch einmal aus.")
        elif not text:
            try:
                target = EvidenceTarget(line=outcome.stored.line.id)
                store_files(target, sent.files, EvidenceDetails())
                db().commit()  # a later file that fails rolls back no more than itself
            except STORAGE_ERRORS as error:
                text = storage_error_text(error)[0]
        if text:
            bill.add_error(bill.file_id, text)


def _save_sentences(
    bills: Sequence[BillFields], sentences: Mapping[str, ExplanationInput], saved: SavedBills
) -> ResponseReturnValue | None:
    """Save why odd numbers are right; an answer only if a sentence cannot be saved."""
    if any(sentence.error for sentence in sentences.values()):
        db().commit()
        return _page(bills, sentences), _status(saved)
    meant = {key: sentence for key, sentence in sentences.items() if sentence.is_changed}
    if not meant:
        return None
    try:
        conflicts = save_explanations(
            current_work(), current_declaration(), [sentence.sentence for sentence in meant.values()]
        )
    except LookupError:
        abort(404)  # the 404 page shows the typed text
    if not conflicts:
        return None
    db().commit()  # saves the rest; conflicting explanations are kept
    refs = {conflict.ref for conflict in conflicts}
    again = {key: sentence for key, sentence in meant.items() if sentence.ref in refs}
    return explanations_page(again, conflicts=conflicts), 409


def _answer(bills: Sequence[BillFields], saved: SavedBills) -> ResponseReturnValue:
    number = len(saved.outcomes)
    if number:
        flash(
            ngettext("%(num)d Rechnung ist gespeichert.", "%(num)d Rechnungen sind gespeichert.", number),
            "success",
        )
    for bill in bills:
        outcome = saved.outcomes.get(bill.key)
        if outcome and outcome.saved:
            flash_notes(bill.form, outcome.saved, None)
    later, line = request.form.get("action") == "later", pressed_line()
    endpoint, anchor = "overview.show" if later else ".show", f"photo-of-{line}" if line else None
    return redirect(url_for(endpoint, declaration_id=current_declaration().id, _anchor=anchor), 303)


def _page(
    bills: Sequence[BillFields],
    sentences: Mapping[str, ExplanationInput] | None = None,
    photo_errors: Sequence[FieldError] = (),
) -> str:
    declaration, language = current_declaration(), current_language()
    content = declarations.read_content(db(), declaration)
    shown = QuantityFormatter(content.sheet.selection.catalogue, language)
    all_lines = calculator_lines.lines_of(db(), declaration)
    kinds = {bill.kind for bill in bills}
    lines = [stored for stored in all_lines if (stored.line.calculator, stored.line.activity) in kinds]
    calculation = calculator_lines.calculation_of(
        declaration, all_lines, content.of_year(declaration.reporting_year)
    )
    calculators = {bill.calculator.key: bill.calculator for bill in bills}
    counted = {stored.line.calculator for stored in lines}
    fields = {f"line-{stored.line.id}" for stored in lines}
    fields |= {result for key in counted for result in calculators[key].results}
    views = warning_views(db(), declaration, content, language, lines=all_lines)
    by_field = warnings_by_field(views, fields)
    odd, others = odd_by_line(by_field, lines, calculation)
    explained = [view for found in by_field.values() for view in found]
    explanations = explanations_of(declaration, explained, sentences)
    rows = bill_rows(
        bills,
        lines,
        calculation,
        shown,
        year=declaration.reporting_year,
        files=evidence.count_files_by_line(db(), declaration),
        odd=odd,
        open_calculators=frozenset(
            key
            for key, calculator in calculators.items()
            if calculator_lines.is_calculator_open(db(), declaration, calculator)
        ),
    )
    errors = [FieldError(id_, text) for bill in bills for id_, text in bill.errors.items()]
    errors += photo_errors
    errors += [
        FieldError(f"{key}-text", str(entry["error"]))
        for key, entry in explanations.items()
        if entry["error"]
    ]
    return render_template(
        "figures/bills/show.html",
        declaration=declaration,
        sheet=content.sheet,
        rows=rows,
        errors=errors,
        filled=sum(bool(row.lines) for row in rows),
        questions=[view for view in explained if view.is_open],
        others=others,
        explanations=explanations,
        accept=ACCEPT,
        further=[stored for stored in all_lines if stored not in lines],
        calculators=[calculators[key] for key in calculators if key in counted],
        next_criterion=next(
            (
                one
                for one in content.sheet.selection.criteria
                if section_completeness(content.sheet, one).status is not CompletionStatus.DONE
            ),
            None,
        ),
    )
